"""What is remembered of deliveries."""

from __future__ import annotations

from typing import Any

import pytest
from reactivex import Subject

import rxslack
from rxslack.simulator import Delivery, SocketModeOptions, Workspace


@pytest.mark.parametrize(("keep", "is_known"), [(3, True), (2, False)])
def test_it_knows_only_the_newest_envelopes(keep: int, is_known: bool) -> None:
    options = SocketModeOptions(redelivers_every=1000)
    answers, envelopes, sent = Subject[Any](), list[Any](), list[Delivery]()
    with Workspace(socket_mode=options, keep=keep) as slack:
        app = rxslack.socket_mode(slack.app, acknowledge="by_hand", answers=answers)
        with app.subscribe(lambda one: envelopes.append(one) if "payload" in one else None):
            slack.wait_until(lambda: slack.connections)
            for number in range(3):
                slack.say("general", "alice", f"{number}")
                sent.append(slack.socket_mode.delivered[-1])
            slack.wait_until(lambda: len(envelopes) == 3)
            for envelope in (envelopes[0], envelopes[2]):
                answers.on_next({"envelope_id": envelope["envelope_id"]})
            slack.wait_until(lambda: sent[2].acknowledged_at is not None)
    assert (sent[0].acknowledged_at is not None) is is_known
