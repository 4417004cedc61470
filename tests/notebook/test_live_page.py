"""The page of a live view in a real browser: what is pressed, typed and opened in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from rxslack.notebook.names import Names
from rxslack.notebook.page import LivePage
from rxslack.notebook.tally import Tally
from tests.notebook.browsing import DRIVER, Stage, chromium, picture

pytest.importorskip("selenium.webdriver", reason="the extra `jupyter` is missing")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(DRIVER is None, reason="no chromedriver on this machine"),
]

COLUMNS = ("time", "channel", "user", "type", "text")
AT = 1764000000.0
NASTY = (
    "<script>document.title = 'hacked'</script><b>bold</b> <img src=x onerror=\"document.title='hacked'\">"
    " <javascript:alert(1)|click> $a$ \u202e"
)


class Web:
    def call(self, method: str, /, **given: Any) -> Any:
        if method == "users.info":
            name = {"U1": "alice", "U2": "bob"}.get(given["user"], "carol")
            return {"user": {"profile": {"display_name": name}}}
        return {"channel": {"name": {"C1": "general", "C2": "random"}[given["channel"]]}}


def said(number: int, text: str = "", **more: Any) -> dict[str, Any]:
    ts = f"{AT + number:.6f}"
    made = {"channel": f"C{1 + number % 2}", "user": f"U{1 + number % 3}", "ts": ts}
    return {"type": "message", **made, "text": text or f"message {number}", **more}


class Kernel:
    """What the kernel's half of a view is, without a stream."""

    def __init__(self) -> None:
        self.stopped = 0
        self.now = AT
        self.tally = Tally(5000, clock=lambda: self.now)
        self.page = LivePage(self.tally, COLUMNS, Names(Web()), "the workspace", 12, self._stop)

    def _stop(self) -> None:
        self.stopped += 1

    def say(self, *events: dict[str, Any]) -> None:
        for event in events:
            self.now += 0.25
            self.tally.add(event)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    monkeypatch.setattr("rxslack.notebook.tally.FLOOD", 1e12)  # all that is said is kept
    return Kernel()


def shown(browser: Any, kernel: Kernel, *, dark: bool = False) -> Stage:
    stage = Stage(browser, "live", kernel.page.news(), kernel.page.answer, dark=dark)
    stage.serve()
    deadline = time.monotonic() + 60.0
    while any(len(one) == 2 for one in kernel.page._unnamed):  # pyright: ignore[reportPrivateUsage] - the names come on a thread
        stage.tell(kernel.page.news())
        assert time.monotonic() < deadline
    stage.painted()
    return stage


def rows(stage: Stage) -> list[str]:
    return stage.texts(".row:not(.line) .text")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_shows_text_as_slack_does(browser: Any, kernel: Kernel, dark: bool) -> None:
    first = said(2, "*Lunch?* <@U2> in <#C2> :tada: <https://example.com|the list> `x = 1`")
    edit = {"type": "message", "subtype": "message_changed", "channel": "C1", "ts": "9.0",
            "previous_message": {"text": "Lunch at one"},
            "message": {"text": "Lunch at two", "user": "U2", "ts": "8.0"}}  # fmt: skip
    gap = {"type": "rxslack.gap", "since": AT, "until": AT + 4.5, "reason": "went away"}
    chat = [said(n, thread_ts=first["ts"]) for n in (3, 4, 5)]
    kernel.say({"type": "hello"}, first, edit, *chat, gap, {"type": "hello"}, said(6))
    stage = shown(browser, kernel, dark=dark)
    assert "Lunch? @bob in #random 🎉 the list x = 1" in rows(stage)
    assert "Lunch at one Lunch at two" in rows(stage)
    assert stage.texts(".row s") == ["Lunch at one"]
    assert stage.one(".row a").get_attribute("href") == "https://example.com/"
    assert "a gap of 4.5 s: went away" in stage.texts(".gap")[0]
    picture(stage.one(".rxslack"), f"live-{'dark' if dark else 'light'}")


def test_it_shows_text_as_text(browser: Any, kernel: Kernel) -> None:
    kernel.say(*(said(n, NASTY, user=NASTY, channel=NASTY) for n in range(3)))
    kernel.say({"type": NASTY, "text": NASTY})
    stage = shown(browser, kernel)
    assert "<script>document.title = 'hacked'</script><b>bold</b> <img" in rows(stage)[0]
    stage.one(".row").click()
    stage.painted()
    assert "hacked" in stage.one(".detail pre").text
    assert browser.title == "stage"
    inside = "return document.querySelectorAll('.row script, .row b, .row img, .row a').length"
    assert browser.execute_script(inside) == 0


def test_it_filters_at_once_and_asks_for_what_it_does_not_hold(
    browser: Any, kernel: Kernel
) -> None:
    kernel.say(said(0, "the needle"), *(said(n) for n in range(1, 4000)), said(4000, "a Needle"))
    stage = shown(browser, kernel)
    stage.one("input[type=search]").send_keys("needle")
    assert rows(stage) == ["a Needle"]
    deadline = time.monotonic() + 60.0
    while rows(stage) != ["a Needle", "the needle"]:
        stage.serve()
        assert time.monotonic() < deadline
    kernel.say(*(said(n) for n in range(4001, 4400)), said(4401, "NEEDLE three"))
    kernel.say(*(said(n) for n in range(4402, 4800)))
    stage.tell(kernel.page.news())
    assert rows(stage) == ["NEEDLE three", "a Needle", "the needle"]


def test_it_filters_by_type_channel_and_person(browser: Any, kernel: Kernel) -> None:
    kernel.say(
        *(said(n) for n in range(12)), {"type": "user_typing", "channel": "C1", "user": "U1"}
    )
    stage = shown(browser, kernel)
    choose = "const one = document.querySelector(arguments[0]); one.value = arguments[1]; one.dispatchEvent(new Event('change'))"
    browser.execute_script(choose, "select[aria-label=user]", "U2")
    assert rows(stage) == ["message 10", "message 7", "message 4", "message 1"]
    browser.execute_script(choose, "select[aria-label=channel]", "C1")
    assert rows(stage) == ["message 10", "message 4"]
    browser.execute_script(choose, "select[aria-label=user]", "")
    browser.execute_script(choose, "select[aria-label=kind]", "user_typing")
    assert stage.texts(".row:not(.line) span:nth-child(4)") == ["user_typing"]


def test_it_holds_what_is_shown_and_goes_on(browser: Any, kernel: Kernel) -> None:
    kernel.say(said(1))
    stage = shown(browser, kernel)
    pause = stage.one("button")
    pause.click()
    kernel.say(said(2))
    stage.tell(kernel.page.news())
    assert rows(stage) == ["message 1"]
    assert "paused, 1 since" in stage.one(".rxslack").text
    pause.click()
    assert rows(stage) == ["message 2", "message 1"]


def test_it_opens_a_row_and_its_thread(browser: Any, kernel: Kernel) -> None:
    begin = said(2, "Who knows?", token="xoxb-test")
    replies = [said(2 * n, f"I know {n}", thread_ts=begin["ts"], channel="C1") for n in (5, 6)]
    kernel.say(begin, *(said(n) for n in range(900, 1300)), *replies)
    stage = shown(browser, kernel)
    stage.one(".row:not(.line)").click()
    stage.painted()
    assert '"text": "I know 6"' in stage.one(".detail pre").text
    stage.one(".detail button").click()
    stage.serve()
    assert [line.split(" ", 1)[1] for line in stage.texts(".reply")] == [
        "carol Who knows?",
        "bob I know 5",
        "alice I know 6",
    ]
    assert "xoxb-test" not in browser.page_source
    picture(stage.one(".rxslack"), "live-thread")


def test_it_scrolls_back_through_what_was_kept(browser: Any, kernel: Kernel) -> None:
    kernel.say(*(said(n) for n in range(2500)))
    stage = shown(browser, kernel)
    scroll = "const body = document.querySelector('.body'); body.scrollTop = body.scrollHeight"
    deadline = time.monotonic() + 100.0
    while not any(row == "message 0" for row in rows(stage)):
        browser.execute_script(scroll)
        stage.painted()
        stage.serve()
        assert time.monotonic() < deadline


def test_it_stops_the_stream(browser: Any, kernel: Kernel) -> None:
    stage = shown(browser, kernel)
    stage.one("button[title^=End]").click()
    stage.serve()
    assert kernel.stopped == 1


def test_it_stays_small_in_a_flood(browser: Any, kernel: Kernel) -> None:
    stage = shown(browser, kernel)
    sizes: list[float] = []
    for batch in range(60):
        kernel.say(*(said(5000 * batch + n, "x" * 500) for n in range(5000)))
        stage.tell(kernel.page.news())
        if batch % 20 == 19:
            stage.painted()
            browser.execute_script("gc()")
            sizes.append(browser.execute_script("return performance.memory.usedJSHeapSize") / 1e6)
    assert browser.execute_script("return document.querySelectorAll('.rxslack *').length") < 400
    assert sizes[-1] < sizes[0] + 30, sizes  # megabytes
    assert "300,000 events" in stage.one(".rxslack").text


def test_it_goes_on_where_it_was_when_it_is_painted_anew(browser: Any, kernel: Kernel) -> None:
    kernel.say(said(1), said(2, "other"))
    stage = shown(browser, kernel)
    stage.one("input[type=search]").send_keys("other")
    stage.painted()
    stage.paint_anew()
    assert stage.one("input[type=search]").get_attribute("value") == "other"
    kernel.say(said(3, "another"), said(4, "more"))
    stage.tell(kernel.page.news())
    stage.painted()
    assert "2 shown of 4" in stage.one(".rxslack").text
