"""`ask`: a card with buttons for each item, one decision for each card, whatever happens in between."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject, abc, operators as ops

from rxslack.errors import ApiError, ConfigurationError, TransportError
from rxslack.sinks.ask import ask
from rxslack.testing import Marbles
from tests.sinks.keeping.slack import Slack

Item = dict[str, Any]


def pressed(name: str, button: str, user: str) -> Item:
    action = {"action_id": f"rxslack_ask.{button}", "value": name}
    return {"type": "block_actions", "user": {"id": user}, "actions": [action]}


# Python 3.13 and newer warn of a database that is left to the garbage collector.
subscriptions: list[abc.DisposableBase] = []


@pytest.fixture(autouse=True)
def all_disposed() -> Generator[None]:
    yield
    while subscriptions:
        subscriptions.pop().dispose()


class Desk:
    """An `ask` in virtual time, with somebody who clicks; `start` is what a restart is."""

    def __init__(self, slack: Slack, store: Path, **options: Any) -> None:
        self.slack = slack
        self.clock = slack.marbles.scheduler
        self.store = store
        self.options = options
        self.decisions: list[Any] = []
        self.ended: list[Any] = []
        self.start()

    def start(self) -> None:
        self.questions, self.clicks = Subject[Any](), Subject[Any]()
        asking = ask(
            self.slack, self.clicks, store=self.store, scheduler=self.clock, **self.options
        )
        self.running: abc.DisposableBase = self.questions.pipe(asking).subscribe(
            self.decisions.append, self.ended.append, lambda: self.ended.append("completed")
        )
        subscriptions.append(self.running)

    def restart(self) -> None:
        self.running.dispose()
        self.start()

    def put(self, name: str = "a", **more: Any) -> None:
        self.questions.on_next({"channel": "C1", "text": f"{name}?", "id": name, **more})

    def click(self, name: str = "a", button: str = "approve", user: str = "U1") -> None:
        self.clicks.on_next(pressed(name, button, user))

    def rest(self, seconds: float = 5.0) -> None:
        self.clock.run_until(self.clock.frame + seconds)

    def made(self) -> list[tuple[str, str | None, str | None]]:
        return [(one["ask"], one["decision"], one["user"]) for one in self.decisions]

    def said(self) -> list[str]:
        """What the cards say below the question."""
        last = [message["blocks"][-1] for message in self.slack.messages.values()]
        return [
            ", ".join(str(e["text"]["text"]) for e in block["elements"])
            if block["type"] == "actions"
            else block["elements"][0]["text"]
            for block in last
        ]

    def refusals(self) -> list[tuple[str, str]]:
        calls = [call for _, method, call in self.slack.calls if method == "chat.postEphemeral"]
        return [(call["user"], call["text"]) for call in calls]


@pytest.fixture
def slack(marbles: Marbles) -> Slack:
    return Slack(marbles)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "asks.db"


def test_it_shows_a_card_and_emits_what_is_decided(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store)
    desk.put("a", amount=7)
    desk.rest()
    assert desk.said() == ["Approve, Deny"]
    (ts,) = slack.messages
    desk.click()
    desk.rest()
    assert desk.decisions == [
        {
            "type": "rxslack.decision",
            "ask": "a",
            "item": {"channel": "C1", "text": "a?", "id": "a", "amount": 7},
            "decision": "approve",
            "user": "U1",
            "at": 5.0,
            "channel": "C1",
            "ts": ts,
        }
    ]
    assert desk.said() == ["Approve: <@U1>"]
    assert slack.methods() == ["chat.postMessage", "chat.update"]
    assert slack.messages[ts]["text"] == "a?\nApprove: <@U1>"


def test_it_is_decided_once_however_often_and_by_whomever_it_is_clicked(
    slack: Slack, store: Path
) -> None:
    desk = Desk(slack, store)
    desk.put()
    desk.rest()
    desk.click(button="deny")
    for _ in range(3):
        desk.click(button="deny")  # a double click
        desk.click(user="U2")  # somebody who was too late
    desk.rest()
    assert desk.made() == [("a", "deny", "U1")]
    assert desk.refusals() == [("U2", "Deny: <@U1>")]
    desk.click(user="U3")
    desk.rest()
    assert len(desk.decisions) == 1


def test_it_tells_strangers_once_that_it_is_not_theirs(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store, approvers=["U1"], refusal="Ask Alice")
    desk.put()
    desk.rest()
    for _ in range(3):
        desk.click(user="U9")
    desk.rest()
    assert (desk.made(), desk.refusals()) == ([], [("U9", "Ask Alice")])
    desk.click(user="U1")
    assert desk.made() == [("a", "approve", "U1")]


def may(user: str, item: Item) -> bool:
    return bool(item["owners"][user])


async def may_soon(user: str, item: Item) -> bool:
    await asyncio.sleep(0.001)
    return may(user, item)


@pytest.mark.parametrize("may", [may, may_soon])
def test_it_asks_a_function_who_may(slack: Slack, store: Path, may: Any) -> None:
    desk = Desk(slack, store, approvers=may)
    desk.put(owners={"U1": False, "U2": True})
    desk.click(user="U1")
    desk.click(user="U7")
    desk.click(user="U2")
    failed, decided = desk.decisions
    assert isinstance(failed["error"], KeyError)
    assert decided["user"] == "U2"


def test_it_has_the_buttons_that_it_is_given(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store, buttons={"a": "Now", "b": {"text": "Later", "style": "danger"}})
    desk.put(blocks=[{"type": "divider"}])
    desk.rest()
    (message,) = slack.messages.values()
    divider, actions = message["blocks"]
    assert divider == {"type": "divider"}
    assert [(e["text"]["text"], e.get("style")) for e in actions["elements"]] == [
        ("Now", None),
        ("Later", "danger"),
    ]
    desk.click(button="approve")  # of an earlier version
    desk.click(button="b")
    assert desk.made() == [("a", "b", "U1")]


def test_it_expires(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store, timeout=60.0, expired="Too late")
    desk.put()
    desk.rest(59.0)
    assert desk.decisions == []
    desk.rest(2.0)
    assert desk.made() == [("a", None, None)]
    assert desk.said() == ["Too late"]
    desk.click()
    assert len(desk.decisions) == 1


def test_it_escalates_to_further_people(slack: Slack, store: Path) -> None:
    options = {"approvers": ["U1"], "escalate_after": 60.0, "escalate_to": ["U8", "U9"]}
    desk = Desk(slack, store, timeout=600.0, **options)
    desk.put()
    desk.rest()
    desk.click(user="U8")
    desk.rest(60.0)
    (card, call) = slack.messages.values()
    assert (call["text"], call["thread_ts"]) == ("<@U8> <@U9>", card["ts"])
    desk.restart()
    desk.rest(60.0)
    assert len(slack.messages) == 2
    desk.click(user="U8")
    assert desk.made() == [("a", "approve", "U8")]


def test_it_goes_on_after_a_restart_without_a_call(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store, timeout=60.0)
    for name in "ab":
        desk.put(name)
    desk.rest()
    calls = len(slack.calls)
    desk.restart()
    desk.rest()
    assert len(slack.calls) == calls
    desk.click("a")
    desk.rest(60.0)
    assert desk.made() == [("a", "approve", "U1"), ("b", None, None)]
    assert len(slack.messages) == 2
    desk.restart()
    desk.rest()
    assert len(desk.decisions) == 2


def test_it_finds_a_card_that_was_posted_when_the_process_was_killed(
    slack: Slack, store: Path
) -> None:
    desk = Desk(slack, store)
    desk.put()
    desk.rest()
    desk.running.dispose()
    change(store, "UPDATE asks SET ts = '', shown = ''")  # as it is between the two
    desk.start()
    desk.rest()
    desk.click()
    desk.rest()
    assert len(slack.messages) == 1
    assert desk.said() == ["Approve: <@U1>"]
    assert desk.made() == [("a", "approve", "U1")]


def test_it_posts_a_card_that_was_not_posted_when_the_process_was_killed(
    slack: Slack, store: Path
) -> None:
    desk = Desk(slack, store)
    desk.put()
    desk.restart()
    desk.rest()
    assert desk.said() == ["Approve, Deny"]


def test_it_emits_after_a_restart_what_was_decided_and_not_told(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store)
    desk.put()
    desk.rest()
    desk.click()
    desk.running.dispose()
    change(store, "UPDATE asks SET told = 0")
    for _ in range(2):
        desk.restart()
    desk.rest()
    assert desk.made() == [("a", "approve", "U1")] * 2  # once before, once after
    assert desk.said() == ["Approve: <@U1>"]


def test_it_asks_once_what_comes_again(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store)
    for _ in range(2):
        desk.put()
    desk.rest()
    desk.click()
    desk.put()
    desk.restart()
    desk.put()
    desk.rest()
    assert (len(slack.messages), len(desk.decisions)) == (1, 1)


def test_it_forgets_after_a_while_what_is_over(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store, remember=10.0)
    desk.put()
    desk.rest()
    desk.click()
    desk.rest(11.0)
    desk.restart()
    desk.put()
    desk.rest()
    assert len(slack.messages) == 2


def test_it_has_two_hundred_questions_open_over_a_restart(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store)
    for number in range(200):
        desk.put(f"{number}", channel=f"C{number % 20}")
    desk.rest(30.0)
    desk.restart()
    desk.rest(60.0)
    assert len(slack.messages) == 200
    for number in range(200):
        for user in ("U1", "U2"):
            desk.click(f"{number}", user=user)
    assert sorted(desk.made()) == sorted((f"{n}", "approve", "U1") for n in range(200))
    desk.rest(400.0)
    assert desk.said() == ["Approve: <@U1>"] * 200


def test_it_makes_a_card_anew_that_somebody_deleted(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store, timeout=10.0)
    desk.put()
    desk.rest()
    slack.messages.clear()
    desk.rest(20.0)
    assert desk.said() == ["Nobody has decided in time"]


def test_a_card_that_slack_refuses_is_a_failure(slack: Slack, store: Path) -> None:
    slack.troubles = [("chat.postMessage", ApiError("chat.postMessage", "channel_not_found"))]
    desk = Desk(slack, store)
    desk.put()
    desk.rest()
    (failed,) = desk.decisions
    assert (failed["type"], failed["item"]["id"]) == ("rxslack.failure", "a")
    desk.put()  # so it may be asked once more
    desk.rest()
    assert desk.said() == ["Approve, Deny"]


def test_a_card_that_slack_does_not_take_for_now_is_tried_on(slack: Slack, store: Path) -> None:
    lost = TransportError("Slack", "refused")
    slack.troubles = [("chat.postMessage", lost)] * 35
    desk = Desk(slack, store)
    desk.put()
    desk.rest(900.0)
    assert desk.said() == ["Approve, Deny"]
    assert desk.decisions == []


def test_it_completes_when_all_is_decided(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store)
    desk.put()
    desk.questions.on_completed()
    desk.rest()
    assert desk.ended == []
    desk.click()
    desk.rest()
    assert desk.ended == ["completed"]
    assert desk.said() == ["Approve: <@U1>"]


@pytest.mark.parametrize("of", ["questions", "clicks"])
def test_it_passes_on_an_error(slack: Slack, store: Path, of: str) -> None:
    desk = Desk(slack, store)
    error = ValueError()
    getattr(desk, of).on_error(error)
    assert desk.ended == [error]
    desk.start()  # the file was let go


def test_it_lets_the_file_go_when_a_subscriber_leaves_on_a_decision(
    slack: Slack, store: Path
) -> None:
    """It was emitted, so it is not emitted again."""
    decisions: list[Any] = []
    clicks = Subject[Any]()
    asking = ask(slack, clicks, store=store, scheduler=slack.marbles.scheduler)
    question = {"channel": "C1", "text": "a?", "id": "a"}
    questions: Observable[Any] = reactivex.concat(reactivex.of(question), reactivex.never())
    asking(questions).pipe(ops.first()).subscribe(decisions.append)
    clicks.on_next(pressed("a", "approve", "U1"))
    assert len(decisions) == 1

    desk = Desk(slack, store)
    desk.rest()
    assert desk.decisions == desk.ended == []
    assert desk.said() == ["Approve: <@U1>"]


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ("Deploy?", "not str"),
        ({"text": "Deploy?"}, "no channel"),
        ({"channel": "C1"}, "empty"),
        ({"channel": "C1", "text": "Deploy?", "id": 7}, "id is 7"),
        ({"channel": "C1", "text": "Deploy?", "id": "x" * 201}, "1 to 200"),
        ({"channel": "C1", "text": "Deploy?", "at": object()}, "JSON"),
        ({"channel": "C1", "blocks": "[]"}, "no list"),
        ({"channel": "C1", "blocks": [{"type": "divider"}] * 50}, "51"),
    ],
)
def test_it_fails_what_cannot_be_asked(slack: Slack, store: Path, item: Any, says: str) -> None:
    desk = Desk(slack, store)
    desk.questions.on_next(item)
    desk.rest()
    (failed,) = desk.decisions
    assert says in str(failed["error"])
    assert slack.calls == []


def test_it_takes_no_more_than_may_be_open(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store, max_waiting=1)
    desk.put("a")
    desk.put("b")
    (failed,) = desk.decisions
    assert "no more may be" in str(failed["error"])


def test_it_passes_failures_on(slack: Slack, store: Path) -> None:
    desk = Desk(slack, store)
    failure = {"type": "rxslack.failure", "item": None, "error": ValueError()}
    desk.questions.on_next(failure)
    assert desk.decisions == [failure]


@pytest.mark.parametrize(
    "options",
    [
        {"buttons": {}},
        {"buttons": {"": "Yes"}},
        {"buttons": {"yes": ""}},
        {"approvers": "U1"},
        {"timeout": 0.0},
        {"escalate_after": 5.0},
        {"escalate_to": ["U1"]},
        {"max_waiting": 0},
    ],
)
def test_it_refuses_options_that_cannot_work(slack: Slack, store: Path, options: Any) -> None:
    with pytest.raises(ConfigurationError):
        ask(slack, Subject[Any](), store=store, **options)


def test_it_refuses_a_file_that_another_one_has(slack: Slack, store: Path) -> None:
    Desk(slack, store)
    (error,) = Desk(slack, store).ended
    assert isinstance(error, ConfigurationError)
    assert "file of its own" in str(error)


def test_it_refuses_a_file_of_another_version(slack: Slack, store: Path) -> None:
    change(store, "CREATE TABLE asks (id)")
    (error,) = Desk(slack, store).ended
    assert isinstance(error, ConfigurationError)
    assert "another version" in str(error)


def change(store: Path, statement: str) -> None:
    with sqlite3.connect(store) as file:
        file.execute(statement)
    file.close()
