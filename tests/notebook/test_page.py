"""What the page of a live view is told, and what its questions are answered with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rxslack.notebook.names import Names
from rxslack.notebook.page import LivePage
from rxslack.notebook.tally import Tally
from tests.odd import ODD

AT = 1764000000.0


class Kernel:
    def __init__(self, keep: int = 5000) -> None:
        self.now = AT
        self.stopped: list[str] = []
        self.tally = Tally(keep, clock=lambda: self.now)
        columns = ("time", "channel", "user", "type", "text")
        stop = self.stopped.append
        self.page = LivePage(self.tally, columns, Names(), "live", 10, lambda: stop("stopped"))

    def say(self, count: int, text: str = "Hello", **more: Any) -> None:
        for number in range(count):
            event = {"type": "message", "channel": "C1", "user": "U1", "ts": f"{number}.0"}
            self.tally.add({**event, "text": text, **more})

    def find(self, page: str = "p", **wanted: str) -> Any:
        return self.page.answer({"ask": "find", "id": "find-1", "page": page, "wanted": wanted})


@pytest.fixture(autouse=True)
def _without_floods(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said here is said at once; nothing of that is a flood unless a test is about it."""
    monkeypatch.setattr("rxslack.notebook.tally.FLOOD", 1e12)


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def numbers(news: Any) -> list[int]:
    return [row["n"] for row in news["rows"]]


def test_it_repeats_the_last_rows_until_a_page_has_answered(kernel: Kernel) -> None:
    kernel.say(60)
    assert numbers(kernel.page.news()) == [*range(60, 10, -1)]
    kernel.say(1)
    assert numbers(kernel.page.news()) == [*range(61, 11, -1)]
    kernel.page.answer({"ask": "ready", "page": "p", "wanted": {}})
    kernel.say(2)
    assert numbers(kernel.page.news()) == [63, 62]
    assert numbers(kernel.page.news()) == []


def test_it_says_little_however_much_comes(kernel: Kernel) -> None:
    kernel.page.answer({"ask": "ready", "page": "p", "wanted": {}})
    kernel.say(20_000, "x" * 5000, more="y" * 50_000)
    news = kernel.page.news()
    assert len(news["rows"]) == 20
    assert len(json.dumps(news)) < 20 * 9000
    assert news["head"]["total"] == 20_000


def test_it_sends_on_what_a_page_looks_for_however_much_else_comes(kernel: Kernel) -> None:
    kernel.find(text="NEEDLE")
    kernel.say(1000)
    kernel.say(1, "a needle")
    kernel.say(3_000)
    assert numbers(kernel.page.news())[20:] == [1001]


def test_it_keeps_a_part_of_a_flood_and_what_a_page_looks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rxslack.notebook.tally.FLOOD", 100)
    kernel = Kernel()
    kernel.find(text="needle")  # which is a look
    kernel.say(199)
    kernel.say(1, "a needle")
    kernel.say(1, type="rxslack.failure")
    kernel.say(1, type="rxslack.gap", since=1.0, until=2.0)
    kernel.say(1000)
    kept = [number for number, _, _ in kernel.tally.kept_after(0)]
    assert kept == [*range(1202, 1186, -1), 202, 201, 200, *range(100, 0, -1)]
    kernel.now += 0.5
    assert kernel.tally.seen().total == 1202
    kernel.say(300)
    kept = [number for number, _, _ in kernel.tally.kept_after(1202)]
    assert kept == [*range(1502, 1486, -1), *range(1252, 1202, -1)]
    assert kernel.tally.seen().total == 1502
    assert dict(kernel.tally.seen().counts)["rxslack.gap"] == 1
    assert kernel.tally.seen().state == "connected again, after a gap of 1.0 s"


def test_it_answers_from_what_was_kept() -> None:
    kernel = Kernel(keep=500)
    kernel.say(300, "early")
    kernel.say(300, "late", user="U2")
    answer = kernel.find(text="early")
    assert (len(answer["rows"]), answer["more"], answer["oldest"]) == (200, False, 101)
    assert kernel.find(user="U2")["more"]
    older: dict[str, Any] = {
        "ask": "find",
        "id": "find-2",
        "page": "p",
        "wanted": {},
        "before": 104,
    }
    assert numbers(kernel.page.answer(older)) == [103, 102, 101]


def test_it_finds_a_thread(kernel: Kernel) -> None:
    kernel.say(3)
    kernel.say(1, "reply", ts="9.0", thread_ts="1.0")
    kernel.say(1, "elsewhere", ts="9.0", thread_ts="1.0", channel="C2")
    asked = {"ask": "thread", "id": "thread-1", "channel": "C1", "thread": "1.0"}
    assert numbers(kernel.page.answer(asked)) == [4, 2]


def test_it_stops_when_it_is_told_to(kernel: Kernel) -> None:
    assert kernel.page.answer({"ask": "stop"}) is None
    assert kernel.stopped == ["stopped"]


@pytest.mark.parametrize("message", [None, "ready", {"ask": []}, {"ask": "other"}, [1]])
def test_it_takes_any_message(kernel: Kernel, message: object) -> None:
    assert kernel.page.answer(message) is None


@pytest.mark.parametrize("name", ODD)
def test_it_tells_of_odd_events(kernel: Kernel, name: str) -> None:
    kernel.tally.add(ODD[name])
    kernel.tally.add(object())
    news = kernel.page.news()
    assert len(news["rows"]) == 2
    json.dumps(news, ensure_ascii=False).encode()
    assert kernel.find(text="x", kind="message", user="U1", channel="C1") is not None


def test_it_tells_no_secret(kernel: Kernel) -> None:
    kernel.say(1, "xoxb-test", token="abc", user="xoxb-test", channel="xoxb-test")
    kernel.tally.add({"type": "xoxb-test"})
    assert "xoxb-test" not in json.dumps(kernel.page.news())


def test_it_tells_names_when_they_become_known(kernel: Kernel) -> None:
    kernel.say(1, "Hello <@U2>")
    assert kernel.page.news()["names"] == {}
    profile = {"display_name": "bob"}
    kernel.say(1, user="U2", user_profile=profile)
    assert kernel.page.news()["names"] == {"U2": "bob"}


def test_it_plots_types_in_time(kernel: Kernel) -> None:
    kernel.say(3)
    kernel.now += 1
    kernel.say(2, type="reaction_added")
    head = kernel.page.news()["head"]
    series = dict(head["series"])
    assert (series["message"][-2:], series["reaction_added"][-2:]) == ([3, 0], [0, 2])
    assert head["begin"] + len(series["message"]) - 1 == AT + 1
