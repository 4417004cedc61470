"""Who a token is: asked once, waited for, and never guessed."""

from __future__ import annotations

from typing import Any

import reactivex
from reactivex import operators as ops

import rxslack
from rxslack.errors import AuthenticationError, ConfigurationError, TransportError
from rxslack.testing import Marbles
from rxslack.web.client import Response, WebClient

MINE = {"type": "message", "channel": "C1", "ts": "7.1", "user": "UME", "text": "ping"}
THEIRS = {**MINE, "user": "U1"}


class Asked(WebClient):
    """A client whose answers are made up; an exception among them is raised."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        super().__init__("xoxb-test")
        self.answers = list(answers)
        self.calls: list[tuple[str, Any]] = []

    def call(self, method: str, /, **arguments: Any) -> Response:
        self.calls.append((method, arguments))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Response(answer)


def test_it_asks_once_for_each_client(marbles: Marbles) -> None:
    web = Asked({"ok": True, "user_id": "UME"})
    source = marbles.cold("-m-t-|", m=MINE, t=THEIRS)
    first = marbles.watch(source.pipe(rxslack.not_from_me(web, scheduler=marbles.scheduler)))
    second = marbles.watch(
        source.pipe(rxslack.not_from_me(web, scheduler=marbles.scheduler)), "  ^"
    )
    named = marbles.watch(
        source.pipe(rxslack.mentioning_me(web, scheduler=marbles.scheduler)), "  ^"
    )
    marbles.flush()

    assert first == marbles.seen("---t-|")
    assert second == marbles.seen("-----t-|")
    assert named == marbles.seen("-------|")
    assert web.calls == [("auth.test", {})]


def test_it_waits_out_a_lost_network(marbles: Marbles) -> None:
    """The source is not subscribed to before it is known what to drop."""
    web = Asked(TransportError("auth.test", "refused"), {"ok": True, "user_id": "UME"})
    source = marbles.cold("-m-t-|", m=MINE, t=THEIRS)
    seen = marbles.run(source.pipe(rxslack.not_from_me(web, scheduler=marbles.scheduler)))

    assert seen.items == [THEIRS]
    assert web.calls == [("auth.test", {})] * 2
    assert len(source.subscriptions) == 1
    assert source.subscriptions[0].opened > 0


def test_it_fails_when_slack_refuses_for_good(marbles: Marbles) -> None:
    refused = AuthenticationError("auth.test", "invalid_auth")
    source = marbles.cold("-m-t-|", m=MINE, t=THEIRS)

    web = Asked(refused)

    assert (
        marbles.run(source.pipe(rxslack.not_from_me(web, scheduler=marbles.scheduler))).error
        is refused
    )
    assert source.subscriptions == []


def test_it_refuses_a_token_that_is_nobody(marbles: Marbles) -> None:
    web = Asked({"ok": True, "app_id": "A1", "bot_id": None})
    seen = marbles.run(
        marbles.cold("-m-|", m=MINE).pipe(rxslack.not_from_me(web, scheduler=marbles.scheduler))
    )

    assert isinstance(seen.error, ConfigurationError)


def test_it_stops_asking_when_disposed(marbles: Marbles) -> None:
    web = Asked(*[TransportError("auth.test", "refused")] * 50)
    source = marbles.cold("-t", t=THEIRS)
    marbles.run(source.pipe(rxslack.not_from_me(web, scheduler=marbles.scheduler)), "^-!")

    assert 0 < len(web.calls) < 50
    assert source.subscriptions == []


def test_it_asks_on_a_thread_of_its_own() -> None:
    web = Asked({"ok": True, "user_id": "UME"})
    seen = reactivex.of(MINE, THEIRS).pipe(rxslack.not_from_me(web), ops.to_list())

    assert seen.run() == [THEIRS]
