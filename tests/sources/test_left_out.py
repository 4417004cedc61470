"""What no subscriber needs is not decoded, and everything else is as if it were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from reactivex import Observable, operators as ops

import rxslack
from tests.benchmarks.websockets_at_once import Flood, serve
from tests.sources.conftest import Listener

# The server's process is forked, and threads of other tests may be about to end.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

Stage: TypeAlias = Callable[[Observable[Any]], Observable[Any]]

COUNT = 3000
DEPLOYS = [f"{1_700_000_000 + number}.000100" for number in range(99, COUNT, 100)]
REACTION = (
    b'{"type":"reaction_added","user":"U1","reaction":"wave","event_ts":"1.1","item_user":"U1",'
    b'"item":{"type":"message","channel":"C1","ts":"7.1"}}'
)


def message(number: int) -> bytes:
    text = "now deploy web" if number % 100 == 99 else "nothing new"
    rest = f'"text":"{text}{" and so on" * 30}","ts":"{1_700_000_000 + number}.000100"'
    return b'{"type":"message","channel":"C1","user":"U1",%b}' % rest.encode()


def in_envelope(number: int, event: bytes) -> bytes:
    head = b'{"envelope_id":"a-%06d","type":"events_api","accepts_response_payload":false,' % number
    return head + b'"payload":{"type":"event_callback","event_id":"Ev%06d","event":%b}}' % (
        number,
        event,
    )


def wanted(stream: Observable[Any]) -> Observable[Any]:
    """Two pipelines on one connection."""
    one = rxslack.shared(stream)
    deploys = one.pipe(rxslack.containing("deploy", ignore_case=False))
    return deploys.pipe(ops.merge(one.pipe(rxslack.of_type(rxslack.ReactionAddedEvent))))


def all_of_it(stream: Observable[Any]) -> Observable[Any]:
    """Nobody knows what a user's function needs."""

    def is_wanted(item: dict[str, Any]) -> bool:
        return item["type"] in ("message", "reaction_added")

    return stream.pipe(ops.filter(is_wanted))


@pytest.mark.parametrize("envelopes", [False, True], ids=["rtm", "socket_mode"])
@pytest.mark.parametrize("retrying", [False, True])
@pytest.mark.parametrize("stage", [wanted, all_of_it])
def test_it_emits_what_is_wanted_of_a_flood(stage: Stage, retrying: bool, envelopes: bool) -> None:
    frames = [*map(message, range(COUNT)), REACTION]
    if envelopes:
        frames = [in_envelope(number, frame) for number, frame in enumerate(frames)]
    status = rxslack.Status()
    with serve(Flood(b'{"type":"hello"}', frames)) as address:
        stream: Observable[Any]
        if envelopes:
            app = rxslack.WebClient("xapp-test", base_url=address)
            stream = rxslack.socket_mode(app, status=status).pipe(rxslack.events_api())
        else:
            stream = rxslack.rtm(rxslack.WebClient("xoxb-test", base_url=address), status=status)
        listener = Listener((stream.pipe(rxslack.reconnect()) if retrying else stream).pipe(stage))
        listener.wait(lambda me: me.errors or "reaction_added" in me.kinds(), 60.0)
        left_out = status.now.left_out
        listener.dispose()
    assert listener.errors == []
    assert listener.kinds()[-1] == "reaction_added"
    found = [item["ts"] for item in listener.items[:-1]]
    if stage is wanted:
        assert found == DEPLOYS
        assert 0 < left_out <= COUNT - len(DEPLOYS)
    else:
        assert (len(found), left_out) == (COUNT, 0)
