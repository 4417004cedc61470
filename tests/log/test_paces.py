"""A pace that processes keep together."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from rxslack import RateLimited, WebClient, post_message
from rxslack.log.paces import Limit
from rxslack.log.where import paces_at
from rxslack.sources.budget import budget_of
from tests.background import until
from tests.log.servers import Server

Item = dict[str, Any]
SLOW = Limit("a", rate=0.001, burst=3)


def test_a_burst_goes_at_once_and_then_nothing(where: str) -> None:
    one, other = paces_at(where), paces_at(where)
    assert [one.reserve([SLOW]), other.reserve([SLOW]), one.reserve([SLOW])] == [0.0, 0.0, 0.0]
    assert 900 < other.reserve([SLOW]) <= 1000.1


def test_of_several_paces_none_is_used_when_one_has_to_wait(where: str) -> None:
    paces = paces_at(where)
    single, double = Limit("b", 0.001, 1), Limit("c", 0.001, 2)
    assert paces.reserve([single, double]) == 0.0
    assert paces.reserve([single, double]) > 0
    assert paces.reserve([double]) == 0.0
    assert paces.reserve([double]) > 0


def test_a_hold_is_everybodys(where: str) -> None:
    paces_at(where).hold(SLOW, 50.0)
    assert 45 < paces_at(where).reserve([SLOW]) < 51


def test_it_goes_on_at_the_rate(where: str) -> None:
    paces, fast = paces_at(where), Limit("d", rate=50.0, burst=1)
    gone, began = 0, time.monotonic()
    while gone < 10:
        if wait := paces.reserve([fast]):
            time.sleep(wait)
        else:
            gone += 1
    assert time.monotonic() - began >= 9 / 50.0 - 0.01


class Web:
    """A Slack that keeps what is posted; those of one account are one."""

    account = "0123456789abcdef0123"

    def __init__(self) -> None:
        self.times: list[float] = []
        self.refused = False

    def call(self, _: str, /, **arguments: Any) -> Item:
        if self.refused:
            self.refused = False
            raise RateLimited("chat.postMessage", retry_after=60.0)
        self.times.append(time.monotonic())
        return {"ok": True, **arguments}


def test_sinks_of_several_processes_keep_one_pace(where: str) -> None:
    """Each sink has a client of its own, and so shares nothing but the log."""
    webs = [Web() for _ in range(4)]
    sinks = [post_message(web, budget=where, per_minute=120.0, burst=3) for web in webs]
    began = time.monotonic()
    for sink in sinks:
        for number in range(4):
            sink.on_next({"channel": "C1", "text": str(number)})
    until(lambda: sum(len(web.times) for web in webs) >= 6, 30.0)
    for sink in sinks:
        sink.close()
    times = sorted(at - began for web in webs for at in web.times)
    for number, at in enumerate(times):
        assert number + 1 <= 3 + 2.0 * at + 1e-3


def test_what_slack_says_to_one_holds_for_all(where: str) -> None:
    one, other = Web(), Web()
    one.refused = True
    first, second = post_message(one, budget=where), post_message(other, budget=where)
    first.on_next({"channel": "C1", "text": "a"})
    until(lambda: not one.refused)
    until(
        lambda: paces_at(where).reserve([Limit(f"{Web.account[:16]} chat.postMessage C1", 1.0, 5)])
    )
    second.on_next({"channel": "C1", "text": "b"})
    second.on_next({"channel": "C2", "text": "c"})
    until(lambda: other.times and second.left < 2)  # it is counted once its answer is read
    assert second.left == 1
    first.close()
    second.close()


def test_urls_of_several_processes_have_one_budget(where: str) -> None:
    web = WebClient("xoxb-test")
    one, other = budget_of(web, where), budget_of(web, where)
    taken = [one.take(), *(other.take() for _ in range(9))]
    assert taken == [0.0] * 10
    assert one.take() > 0
    one.heed(RateLimited("rtm.connect", retry_after=90.0))
    assert other.take() > 80


def test_without_its_log_each_keeps_the_pace_by_itself(
    own_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    web = Web()
    sink = post_message(web, budget=own_server.url)
    own_server.kill()
    for number in range(7):
        sink.on_next({"channel": "C1", "text": str(number)})
    until(lambda: len(web.times) >= 5)
    sink.close()
    assert "by itself" in caplog.text
    assert threading.active_count() < 50
