"""Unknown events: passed on, counted, and logged once a type."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import rxslack
from rxslack.core.printable import printable
from rxslack.simulator import Workspace
from rxslack.wire.decoding import Unknown
from tests.odd import HOSTILE, nested


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "rxslack.events")
    return caplog


def test_it_logs_a_type_once_and_counts_it(lines: pytest.LogCaptureFixture) -> None:
    strangers = Unknown()
    for _ in range(3):
        strangers.look({"type": "invented"})
        strangers.look({"type": "message", "subtype": "invented"})
    strangers.report()
    strangers.report()

    assert strangers.counts == {"invented": 3, "message/invented": 3}
    assert lines.messages == [
        "unknown type of event, passed on as it is: invented",
        "unknown type of event, passed on as it is: message/invented",
        "events of unknown types so far: invented (3), message/invented (3)",
    ]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "hello"},
        {"type": "message"},
        {"type": "message", "subtype": None},
        {"type": "message", "subtype": "bot_message"},
        {"type": "emoji_changed", "subtype": "invented"},  # tells no classes apart
        {"type": "rxslack.reply"},
    ],
)
def test_it_says_nothing_of_what_is_known(
    lines: pytest.LogCaptureFixture, event: dict[str, Any]
) -> None:
    strangers = Unknown()
    strangers.look(event)
    strangers.report()

    assert not strangers.counts
    assert lines.messages == []


@pytest.mark.parametrize("kind", [None, 7, [], {}, ["hello"]])
def test_it_takes_any_type_there_is(kind: Any) -> None:
    strangers = Unknown()
    strangers.look({"type": kind})
    strangers.look({"type": "message", "subtype": kind if kind is not None else 0})

    assert strangers.counts.total() == 2


def test_it_is_bounded(lines: pytest.LogCaptureFixture) -> None:
    strangers = Unknown()
    for number in range(1500):
        strangers.look({"type": f"{number:04}" * 50})

    strangers.look({"type": f"{7:04}" * 50})

    assert strangers.counts[f"{7:04}" * 25] == 2
    assert len(strangers.counts) == len(lines.messages) == 1001
    assert strangers.counts["(further types)"] == 500
    assert max(map(len, lines.messages)) < 200


def test_it_reaches_users_and_the_log_over_rtm(
    slack: Workspace, lines: pytest.LogCaptureFixture
) -> None:
    seen: list[Any] = []
    kind = "invented_for_rtm"
    with rxslack.rtm(slack.web).subscribe(seen.append):
        slack.wait_until(lambda: slack.connections)
        for number in range(3):
            slack.emit({"type": kind, "number": number})
        slack.wait_until(lambda: [e for e in seen if e.get("number") == 2])

    slack.wait_until(lambda: any("so far" in line and kind in line for line in lines.messages))
    assert [event["number"] for event in seen if event["type"] == kind] == [0, 1, 2]
    assert [line for line in lines.messages if "passed on" in line and kind in line] == [
        f"unknown type of event, passed on as it is: {kind}"
    ]


def test_it_reaches_users_and_the_log_over_socket_mode(
    slack: Workspace, lines: pytest.LogCaptureFixture
) -> None:
    """What is inside the envelopes, once the pipeline takes it out."""
    seen: list[Any] = []
    kind = "invented_for_socket_mode"
    with rxslack.socket_mode(slack.app).pipe(rxslack.events_api()).subscribe(seen.append):
        slack.wait_until(lambda: slack.connections)
        for number in range(3):
            slack.socket_mode.send_event(
                {"event_id": f"Ev{number}", "event": {"type": kind, "number": number}}
            )
        slack.wait_until(lambda: [e for e in seen if e.get("number") == 2])

    assert [event["number"] for event in seen if event["type"] == kind] == [0, 1, 2]
    assert [line for line in lines.messages if "passed on" in line and kind in line] == [
        f"unknown type of event, passed on as it is: {kind}"
    ]


def test_it_logs_a_type_that_drives_no_terminal(lines: pytest.LogCaptureFixture) -> None:
    Unknown().look({"type": HOSTILE})
    Unknown().look({"type": "message", "subtype": HOSTILE})
    Unknown().look({"type": nested(5000)})
    assert len(lines.messages) == 3
    assert [printable(line) for line in lines.messages] == lines.messages
