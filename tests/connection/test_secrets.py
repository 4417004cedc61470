"""Whatever goes wrong, no secret is logged, raised or printed."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import pytest

import rxslack
from rxslack.simulator import Workspace
from rxslack.web.settings import DIRECT, Transport

CANARY = "canary-" + "c4n4ry"  # in two parts, so that a traceback that quotes this line is no find
URL = "ws://127.0.0.1:1/websocket/ticket-" + CANARY

TROUBLES: dict[str, dict[str, Any]] = {
    "invalid_auth": {"body": {"ok": False, "error": "invalid_auth"}},
    "missing scope": {"body": {"ok": False, "error": "missing_scope", "needed": "rtm:stream"}},
    "rate limited": {"status": 429, "headers": {"Retry-After": "1"}},
    "503": {"status": 503, "body": "<html>busy</html>"},
    "no JSON": {"body": "<html>hello</html>"},
    "truncated": {"body": '{"ok": true, "url": "' + URL},
    "refused": {"body": {"ok": True, "url": URL}},
    "no address": {"body": {"ok": True, "url": "wss://[" + CANARY}},
    "no such host": {"body": {"ok": True, "url": "ws://localhost.invalid/" + CANARY}},
}


@pytest.fixture
def words() -> Iterator[Callable[[], str]]:
    """All that is logged at any level, and printed, until it is asked for."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(1)
    with redirect_stdout(text), redirect_stderr(text):
        yield text.getvalue
    root.removeHandler(handler)
    root.setLevel(level)


def told(error: BaseException | None) -> str:
    """Everything an error can say, with what caused it and what it holds."""
    if error is None:
        return ""
    lines = traceback.format_exception(error)
    chain = [error, error.__cause__, error.__context__]
    return "".join(lines) + "".join(f"{one!r} {one} {vars(one)}" for one in chain if one)


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_9_it_shows_neither_token_nor_ticket_when_connecting_fails(
    unlimited: Workspace, listen: Any, words: Callable[[], str], trouble: dict[str, Any]
) -> None:
    web = rxslack.WebClient(f"xoxb-{CANARY}", base_url=unlimited.base_url)
    stream = rxslack.rtm(web, arguments={"batch_presence_aware": True})
    with unlimited.faults.answer("rtm.connect", **trouble):
        seen = listen(stream.pipe(rxslack.reconnect(lambda: [0.0])))
        seen.wait_for(lambda: seen.errors)
    error = seen.errors[0]
    if not isinstance(error, rxslack.UnreadableResponse):  # holds what came, and says the beginning
        assert CANARY not in told(error)
    assert CANARY not in str(error)
    assert CANARY not in words()
    assert CANARY not in repr(web) + repr(web.transport) + repr(stream)


def test_9_it_shows_no_ticket_of_a_connection_that_lived(
    unlimited: Workspace, connect: Any, words: Callable[[], str]
) -> None:
    stream = connect(rxslack.backfill(unlimited.user_web), named=True)
    for number in range(1, 4):
        stream.hellos(number)
        unlimited.connections[-1].cut()
    stream.hellos(4)
    unlimited.connections[-1].send({"type": "goodbye"})
    stream.hellos(5)
    stream.subscription.dispose()
    text = words()
    assert "connected" in text
    for secret in (unlimited.bot_token, unlimited.user_token, "/websocket/", "ticket"):
        assert secret not in text


def test_9_it_shows_no_password_of_a_proxy(listen: Any, words: Callable[[], str]) -> None:
    transport = Transport(
        proxy=f"http://me:{CANARY}@127.0.0.1:1", connect_timeout=1.0, allow_http=True
    )
    web = rxslack.WebClient("xoxb-test", base_url="http://slack.invalid/api/", transport=transport)
    seen = listen(rxslack.rtm(web).pipe(rxslack.reconnect(lambda: [0.0])))
    seen.wait_for(lambda: seen.errors)
    assert CANARY not in told(seen.errors[0]) + words() + repr(web) + repr(transport)


def test_9_it_would_find_a_secret_that_is_logged(words: Callable[[], str]) -> None:
    logging.getLogger("rxslack.rtm").debug("the token is %s", CANARY)
    assert CANARY in words()
    assert DIRECT == ""
