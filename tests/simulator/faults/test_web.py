"""Each fault of the Web API, seen by plain sockets and by requests."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from rxslack.simulator import BOT_SCOPES, Limits, Rate, Workspace


def post(slack: Workspace, method: str, **arguments: Any) -> requests.Response:
    """By a client that knows nothing of Slack, on a connection of its own."""
    return requests.post(
        slack.base_url + method,
        data=arguments,
        headers={"Authorization": f"Bearer {slack.bot_token}", "Connection": "close"},
        timeout=10,
    )


def connect(slack: Workspace) -> dict[str, Any]:
    answer: dict[str, Any] = post(slack, "rtm.connect").json()
    return answer


def raw_answer(slack: Workspace, method: str) -> bytes:
    """Every byte of an answer, up to the end of the connection."""
    where = urlsplit(slack.base_url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as sock:
        sock.sendall(
            f"POST /api/{method} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Authorization: Bearer {slack.bot_token}\r\nContent-Length: 0\r\n\r\n".encode()
        )
        return b"".join(iter(lambda: sock.recv(65_536), b""))


@pytest.mark.parametrize("retry_after", [7, None, "soon"])
def test_it_says_slower_with_and_without_a_time(
    slack: Workspace, retry_after: int | str | None
) -> None:
    with slack.faults.rate_limit("rtm.connect", retry_after=retry_after):
        answer = post(slack, "rtm.connect")
    assert (answer.status_code, answer.json()) == (429, {"ok": False, "error": "ratelimited"})
    assert answer.headers.get("Retry-After") == (str(retry_after) if retry_after else None)
    assert connect(slack)["ok"]


def test_it_says_slower_in_slacks_other_spelling(slack: Workspace) -> None:
    with slack.faults.rate_limit("chat.postMessage", error="rate_limited", status=200):
        answer = post(slack, "chat.postMessage", channel="general", text="Hello")
    assert (answer.status_code, answer.json()["error"]) == (200, "rate_limited")
    assert slack.messages("general") == []


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_it_breaks_down_in_html(slack: Workspace, status: int) -> None:
    with slack.faults.server_error(status=status):
        answers = [post(slack, "rtm.connect"), post(slack, "api.test")]
    assert {answer.status_code for answer in answers} == {status}
    assert all(answer.text.startswith("<!DOCTYPE html>") for answer in answers)
    assert [call.method for call in slack.calls()] == ["rtm.connect", "api.test"]


def test_it_sends_an_empty_body(slack: Workspace) -> None:
    with slack.faults.truncate("api.test", keep=0.0, says_so=True):
        answer = post(slack, "api.test")
    assert (answer.status_code, answer.content) == (200, b"")
    assert len(slack.calls("api.test")) == 1


def test_it_breaks_json_off(slack: Workspace) -> None:
    with slack.faults.truncate("auth.test", says_so=True):
        answer = post(slack, "auth.test")
    assert answer.text.startswith('{"ok":true')
    with pytest.raises(ValueError, match=r"."):
        json.loads(answer.text)


def test_it_promises_more_bytes_than_come(slack: Workspace) -> None:
    with slack.faults.truncate("auth.test"):
        head, _, body = raw_answer(slack, "auth.test").partition(b"\r\n\r\n")
    promised = next(line for line in head.split(b"\r\n") if line.startswith(b"Content-Length:"))
    assert 0 < len(body) < int(promised.split()[1])


@pytest.mark.parametrize("how", ["FIN", "RST"])
def test_it_does_the_work_and_loses_the_answer(slack: Workspace, how: Any) -> None:
    with slack.faults.lose_answer("api.test", how=how, times=1):
        if how == "RST":
            with pytest.raises(ConnectionResetError):
                raw_answer(slack, "api.test")
        else:
            assert raw_answer(slack, "api.test") == b""
        assert b"200 OK" in raw_answer(slack, "api.test")
    assert len(slack.calls("api.test")) == 2


def test_it_stores_a_message_whose_answer_never_comes(slack: Workspace) -> None:
    arguments = {"channel": slack.channel_id("general"), "text": "Hello"}
    with (
        slack.faults.lose_answer("chat.postMessage", times=1),
        pytest.raises(requests.ConnectionError),
    ):
        post(slack, "chat.postMessage", **arguments)
    post(slack, "chat.postMessage", **arguments)
    assert [message["text"] for message in slack.messages("general")] == ["Hello", "Hello"]


def test_it_says_ok_and_gives_no_url(slack: Workspace) -> None:
    with slack.faults.no_url():
        answer = connect(slack)
    assert answer["ok"]
    assert "url" not in answer
    assert "url" in connect(slack)


def test_it_gives_a_url_that_refuses(slack: Workspace) -> None:
    with slack.faults.dead_url():
        where = urlsplit(str(connect(slack)["url"]))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((where.hostname or "", where.port or 0), timeout=10)


def test_it_changes_no_answer_that_is_not_json(slack: Workspace) -> None:
    with slack.faults.dead_url(), slack.faults.answer("rtm.connect", body="<html>busy</html>"):
        assert post(slack, "rtm.connect").text == "<html>busy</html>"


def test_it_gives_a_url_whose_host_nobody_knows(slack: Workspace) -> None:
    with slack.faults.dead_url(unknown_host=True):
        host = urlsplit(str(connect(slack)["url"])).hostname or ""
    assert host.endswith(".invalid")


@pytest.mark.parametrize("error", ["invalid_auth", "account_inactive", "token_revoked"])
def test_it_fails_at_the_third_connect_as_at_the_first(slack: Workspace, error: str) -> None:
    with slack.faults.fail("rtm.connect", error, after=2) as script:
        answers = [connect(slack) for _ in range(4)]
    assert [answer.get("error") for answer in answers] == [None, None, error, error]
    assert script.given == 2
    with slack.faults.fail("rtm.connect", error):
        assert connect(slack)["error"] == error


def test_it_recovers_after_so_many_failures(slack: Workspace) -> None:
    with slack.faults.fail("rtm.connect", "internal_error", times=2):
        answers = [connect(slack) for _ in range(3)]
    assert [answer["ok"] for answer in answers] == [False, False, True]


def test_it_keeps_an_answer_back(slack: Workspace) -> None:
    with slack.faults.hold("api.test") as hold:
        with pytest.raises(requests.ReadTimeout):
            requests.post(slack.base_url + "api.test", timeout=0.2)
        assert hold.waiting == 1
        assert len(slack.calls("api.test")) == 1
    assert post(slack, "api.test").json()["ok"]


def test_it_limits_rtm_connect_to_ten_at_once(slack: Workspace) -> None:
    answers = [post(slack, "rtm.connect") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 50
    slack.clock.advance(60.0)
    assert connect(slack)["ok"]


def test_it_lets_two_clients_of_one_app_starve_each_other() -> None:
    with Workspace(limits=Limits(tier1=Rate(1 / 60, 1))) as slack:
        assert connect(slack)["ok"]
        headers = {"Authorization": f"Bearer {slack.new_token('xoxb')}"}
        other = requests.post(slack.base_url + "rtm.connect", headers=headers, timeout=10)
    assert other.status_code == 429


def walk(slack: Workspace, method: str, key: str, **arguments: Any) -> list[list[Any]]:
    """Every page, by the rules."""
    pages: list[list[Any]] = []
    cursor = ""
    while True:
        answer: dict[str, Any] = post(slack, method, cursor=cursor, **arguments).json()
        assert answer["ok"], answer
        pages.append(answer[key])
        metadata: dict[str, str | None] = answer.get("response_metadata") or {}
        cursor = metadata.get("next_cursor") or ""
        if not cursor:
            return pages


@pytest.fixture
def talk(slack: Workspace) -> list[str]:
    """A channel with nine messages; the time stamps, oldest first."""
    return [slack.say("general", "alice", f"Hello {n}")["ts"] for n in range(9)]


@pytest.mark.parametrize("kind", ["short", "empty"])
def test_it_gives_short_and_empty_pages_of_history(
    slack: Workspace, talk: list[str], kind: str
) -> None:
    general = slack.channel_id("general")
    with slack.faults.short_pages() if kind == "short" else slack.faults.empty_pages():
        pages = walk(slack, "conversations.history", "messages", channel=general, limit=3)
    assert [message["ts"] for page in pages for message in page] == talk[::-1]
    assert ([] in pages) == (kind == "empty")
    assert len(pages) > 3


@pytest.mark.parametrize("kind", ["short", "empty"])
def test_it_gives_short_and_empty_pages_of_a_thread(slack: Workspace, kind: str) -> None:
    parent = slack.say("general", "alice", "Hello")["ts"]
    said = [slack.say("general", "bob", f"{n}", thread_ts=parent)["ts"] for n in range(7)]
    arguments = {"channel": slack.channel_id("general"), "ts": parent, "limit": 4}
    with slack.faults.short_pages() if kind == "short" else slack.faults.empty_pages():
        pages = walk(slack, "conversations.replies", "messages", **arguments)
    assert [message["ts"] for page in pages for message in page[1:]] == said
    assert len(pages) > 3
    assert ([] in pages) == (kind == "empty")


def test_it_gives_empty_pages_of_lists(slack: Workspace) -> None:
    with slack.faults.empty_pages("conversations.list"):
        pages = walk(slack, "conversations.list", "channels", limit=1)
    assert [len(page) for page in pages] == [0, 1, 0, 1]


def test_it_finds_cursors_too_old(slack: Workspace, talk: list[str]) -> None:
    arguments = {"channel": slack.channel_id("general"), "limit": 2}
    first = post(slack, "conversations.history", **arguments).json()
    arguments["cursor"] = first["response_metadata"]["next_cursor"]
    with slack.faults.expire_cursors(times=1):
        assert post(slack, "conversations.history", **arguments).json()["error"] == "invalid_cursor"
        assert post(slack, "conversations.history", **arguments).json()["ok"]


@pytest.mark.parametrize("cursor", ["", None, "absent"])
def test_it_ends_pages_in_each_of_slacks_ways(
    slack: Workspace, talk: list[str], cursor: Any
) -> None:
    arguments = {"channel": slack.channel_id("general")}
    with slack.faults.last_cursor("conversations.history", cursor):
        assert len(walk(slack, "conversations.history", "messages", limit=5, **arguments)) == 2
        metadata = post(slack, "conversations.history", **arguments).json()["response_metadata"]
    assert metadata == ({} if cursor == "absent" else {"next_cursor": cursor})


def test_it_needs_cursors_encoded(slack: Workspace, talk: list[str]) -> None:
    general = slack.channel_id("general")
    for limit in range(1, 9):
        first = post(slack, "conversations.history", channel=general, limit=limit).json()
        cursor = first["response_metadata"]["next_cursor"]
        answer = requests.post(
            slack.base_url + "conversations.history",
            data=f"channel={general}&cursor={cursor}",
            headers={
                "Authorization": f"Bearer {slack.bot_token}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            timeout=10,
        ).json()
        assert answer.get("error") == ("invalid_cursor" if cursor.endswith("=") else None)


def test_it_restricts_history_to_fifteen_a_minute() -> None:
    with Workspace(limits=Limits.restricted()) as slack:
        for n in range(20):
            slack.say("general", "alice", f"{n}")
        arguments = {"channel": slack.channel_id("general"), "limit": 999}
        first = post(slack, "conversations.history", **arguments)
        second = post(slack, "conversations.history", **arguments)
    assert len(first.json()["messages"]) == 15
    assert (second.status_code, second.headers["Retry-After"]) == (429, "60")


def test_it_keeps_channels_from_a_classic_bot() -> None:
    with Workspace(bot_scopes=BOT_SCOPES[:2]) as slack:
        answer = post(slack, "conversations.history", channel=slack.channel_id("general")).json()
        assert answer["error"] == "missing_scope"
        direct = slack.direct("alice")
        assert post(slack, "conversations.history", channel=direct).json()["ok"]


@pytest.mark.parametrize("placed", ["header", "form", "query", "json", "nowhere"])
def test_it_takes_a_token_where_slack_takes_it(slack: Workspace, placed: str) -> None:
    url, token = slack.base_url + "auth.test", slack.bot_token
    options: dict[str, dict[str, Any]] = {
        "header": {"headers": {"Authorization": f"Bearer {token}"}},
        "form": {"data": {"token": token}},
        "query": {"params": {"token": token}},
        "json": {"json": {"token": token}},
        "nowhere": {},
    }
    answer = requests.post(url, timeout=10, **options[placed]).json()
    taken = placed in ("header", "form", "query")  # the last for a classic app's token alone
    assert answer.get("error") == (None if taken else "not_authed")


def test_it_warns_of_the_charset(slack: Workspace) -> None:
    def warning(kind: str, body: str) -> str:
        url, headers = slack.base_url + "api.test", {"Content-Type": kind}
        text: str = requests.post(url, data=body, headers=headers, timeout=10).json()["warning"]
        return text

    assert warning("application/json", "{}") == "missing_charset"
    assert warning("application/x-www-form-urlencoded; charset=utf-8", "") == "superfluous_charset"


def test_it_answers_everything_during_an_outage_that_begins_later(slack: Workspace) -> None:
    with slack.faults.server_error(after=1, times=1):
        statuses = [post(slack, "api.test").status_code for _ in range(3)]
    assert statuses == [200, 503, 200]


def test_it_leaves_the_same_to_chance_in_every_run() -> None:
    def walked() -> list[int]:
        with Workspace(seed=3) as slack:
            for n in range(30):
                slack.say("general", "alice", f"{n}")
            with slack.faults.short_pages():
                general = slack.channel_id("general")
                pages = walk(slack, "conversations.history", "messages", channel=general, limit=9)
        return [len(page) for page in pages]

    sizes = walked()
    assert max(sizes) < 9
    assert sizes == walked()
