"""Whom the simulator answers, and what one of them can cost it."""

from __future__ import annotations

import base64
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import trustme

from rxslack.simulator import Limits, Workspace
from rxslack.simulator.http.listener import Listener
from rxslack.wire.frames import PING, PONG, TEXT

HEADERS = ("Host: localhost",)
MIB = 1024 * 1024
UPGRADE = (
    *("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


def connected(slack: Workspace) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(slack.base_url).port or 0), timeout=10.0)


def heard(client: socket.socket) -> str:
    """All that comes until the end."""
    with client, client.makefile("rb") as lines:
        return lines.read().decode(errors="replace")


def answer(slack: Workspace, line: str, *headers: str, body: bytes = b"") -> str:
    """What a request is answered with that is the last of its connection."""
    client = connected(slack)
    client.sendall("\r\n".join([line, *headers, "", ""]).encode() + body)
    client.shutdown(socket.SHUT_WR)
    return heard(client)


def status(text: str) -> int:
    return int(text.split()[1])


def call(slack: Workspace, *headers: str, method: str = "auth.test", body: bytes = b"") -> str:
    """The same for a call with the bot's token."""
    token = f"Authorization: Bearer {slack.bot_token}"
    return answer(slack, f"POST /api/{method} HTTP/1.1", token, *headers, body=body)


# Whom it answers


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost",
        "LocalHost:8765",
        "[::1]:1",
        "127.0.0.2",
        "slack.test:1",
    ],
)
def test_it_is_called_by_names_of_this_machine_and_those_it_is_given(host: str) -> None:
    with Workspace(hosts=["slack.test"]) as slack:
        assert '"ok":true' in call(slack, f"Host: {host}")
        assert '"ok":true' in call(slack, f"Host: {host}", f"Origin: http://{host}")


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("Host:",),
        ("Host: evil.example",),
        ("Host: evil.example:8765",),
        ("Host: 127.0.0.1.evil.example",),
        ("Host: 169.254.169.254",),
        ("Host: localhost@evil.example",),
        ("Host: localhost", "Host: evil.example"),
        ("Host: localhost", "Origin: https://evil.example"),
        ("Host: localhost", "Origin: http://localhost.evil.example"),
        ("Host: localhost", "Origin: http://localhost@evil.example"),
        ("Host: localhost", "Origin: null"),
        ("Host: localhost", "Origin:"),
        ("Host: localhost", "no colon", "Origin: https://evil.example"),
    ],
)
def test_it_does_nothing_for_pages_and_names_of_others(
    slack: Workspace, headers: tuple[str, ...]
) -> None:
    path = urlsplit(str(slack.web.call("rtm.connect")["url"])).path
    form = b"channel=general&text=Hi"
    assert status(call(slack, *headers)) in (400, 403)
    assert status(call(slack, *headers, f"Content-Length: {len(form)}", body=form)) in (400, 403)
    assert status(answer(slack, f"GET {path} HTTP/1.1", *UPGRADE, *headers)) in (400, 403)
    assert status(answer(slack, f"GET {path} HTTP/1.1", *UPGRADE, *HEADERS)) == 101
    assert [made.method for made in slack.calls()] == ["rtm.connect"]


# What one of them can cost


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ((f"Content-Length: {MIB + 1}",), 413),
        ((f"Content-Length: {10**9}",), 413),
        ((f"Content-Length: {'9' * 5000}",), 413),
        (("Transfer-Encoding: chunked",), 411),
        (("Content-Length: 1", "Content-Length: 2"), 400),
        *[
            ((f"Content-Length: {said}",), 400)
            for said in ("", "-1", "+1", "1_0", "²", "٣", "many")
        ],
    ],
)
def test_it_reads_no_body_that_it_refuses(
    slack: Workspace, headers: tuple[str, ...], code: int
) -> None:
    assert status(call(slack, *HEADERS, *headers)) == code
    assert status(answer(slack, "POST /upload/v1/x HTTP/1.1", *HEADERS, *headers)) == code
    assert not slack.calls()


def test_it_reads_as_much_of_a_file_as_was_announced(slack: Workspace) -> None:
    asked = slack.web.call("files.getUploadURLExternal", filename="x", length=3 * MIB)
    line = f"POST {urlsplit(str(asked['upload_url'])).path} HTTP/1.1"
    assert status(answer(slack, line, *HEADERS, f"Content-Length: {3 * MIB + 1}")) == 413
    body = bytes(3 * MIB)
    assert "OK" in answer(slack, line, *HEADERS, f"Content-Length: {len(body)}", body=body)


def test_it_does_not_do_what_was_said_in_part(slack: Workspace) -> None:
    body = f"channel={slack.channel_id('general')}&text=Hello everybody".encode()
    assert '"ok":true' in call(
        slack, *HEADERS, f"Content-Length: {len(body)}", method="chat.postMessage", body=body
    )
    assert "ok" not in call(
        slack, *HEADERS, f"Content-Length: {len(body) + 1}", method="chat.postMessage", body=body
    )
    assert len(slack.messages("general")) == 1


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("GET /" + "a" * 70_000, 414),
        ("GET / HTTP/1.1\r\na: " + "b" * 70_000, 431),
        ("GET / HTTP/1.1" + ("\r\na: " + "b" * 30_000) * 3, 431),
        ("GET / HTTP/1.1" + "\r\na: b" * 101, 431),
    ],
)
def test_it_reads_no_head_without_end(slack: Workspace, head: str, code: int) -> None:
    assert status(answer(slack, head)) == code


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is waited for long."""
    monkeypatch.setattr("rxslack.simulator.http.handler.Handler.idle", 0.05)
    monkeypatch.setattr("rxslack.simulator.http.handler.Handler.patience", 0.05)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"POST /api/auth.te",
        b"POST /api/auth.test HTTP/1.1\r\nHost: localhost\r\n",
        b"POST /api/auth.test HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx",
    ],
)
def test_it_ends_a_connection_that_says_nothing_more(slack: Workspace, said: bytes) -> None:
    client = connected(slack)
    client.sendall(said)
    assert heard(client) == ""


@pytest.mark.usefixtures("hasty")
def test_it_ends_a_connection_between_two_requests(slack: Workspace) -> None:
    client = connected(slack)
    client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert status(heard(client)) == 200


@pytest.mark.usefixtures("hasty")
def test_it_ends_a_connection_that_says_nothing_in_tls() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority: Any = trustme.CA()  # its signatures name types of an optional library
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with Workspace(tls=context) as slack:
        assert heard(connected(slack)) == ""


@pytest.mark.usefixtures("hasty")
def test_it_lets_a_websocket_be_silent(slack: Workspace, raw: Callable[..., Any]) -> None:
    client = raw()
    assert "101" in client.answer()
    client.event()
    client.event()
    client.sock.settimeout(0.15)  # three times as long as a request may take
    with pytest.raises(TimeoutError):
        client.segment()
    client.sock.settimeout(10.0)
    client.send(PING, b"p")
    assert client.frame() == (0x80 | PONG, b"p")


@pytest.fixture
def listener() -> Iterator[Listener]:
    """For two at once, which say hello and wait."""

    def serve(sock: socket.socket, _: Any) -> None:
        sock.sendall(b"hello")
        sock.recv(1)

    made = Listener("127.0.0.1", 0, serve, most=2)
    yield made
    made.close()


def test_it_takes_no_more_connections_than_it_has_room_for(listener: Listener) -> None:
    def come() -> socket.socket:
        return socket.create_connection((listener.host, listener.port), timeout=10.0)

    inside = [come(), come()]
    assert [client.recv(5) for client in inside] == [b"hello"] * 2
    assert heard(come()) == ""
    for client in inside:
        client.sendall(b"x")
        client.close()


def test_it_writes_down_little_of_who_has_no_token(slack: Workspace) -> None:
    body = b"foo=" + b"x" * 10_000
    answer(
        slack, "POST /api/api.test HTTP/1.1", *HEADERS, f"Content-Length: {len(body)}", body=body
    )
    assert slack.calls()[0].arguments == {}
    assert max(len(entry.data) for entry in slack.transcript) <= 4096


# What nobody should say


def cursor(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.list", {"cursor": cursor("next:²")}, "invalid_cursor"),
        ("conversations.list", {"cursor": "é"}, "invalid_cursor"),
        ("conversations.history", {"cursor": cursor("next_ts:²")}, "invalid_cursor"),
        ("files.completeUploadExternal", {"files": "[1]"}, "invalid_arguments"),
        ("chat.postMessage", {"text": "x", "blocks": "[" * 5000}, "invalid_blocks_format"),
    ],
)
def test_it_refuses_what_no_client_should_ask_for(
    method: str, arguments: dict[str, Any], error: str
) -> None:
    with Workspace(limits=Limits.off()) as slack:
        body = urlencode({"channel": slack.channel_id("general"), **arguments}).encode()
        headers = (*HEADERS, f"Content-Length: {len(body)}")
        assert f'"error":"{error}"' in call(slack, *headers, method=method, body=body)


def test_it_refuses_json_that_is_nested_without_end(slack: Workspace) -> None:
    for body in (b"[" * 50_000, b'{"a":' * 200 + b"1" + b"}" * 200):
        headers = (*HEADERS, "Content-Type: application/json", f"Content-Length: {len(body)}")
        assert '"error":"invalid_json"' in call(slack, *headers, body=body)


def test_it_refuses_a_path_that_is_none(slack: Workspace) -> None:
    assert status(answer(slack, "GET http://[ HTTP/1.1", *HEADERS)) == 400


def test_it_lives_on_after_frames_that_nobody_should_send(
    slack: Workspace, raw: Callable[..., Any]
) -> None:
    for url in (slack.web.call("rtm.connect")["url"], ""):
        client = raw(url or slack.app.call("apps.connections.open")["url"])
        assert "101" in client.answer()
        client.event()
        deep = b"[" * 5000
        client.send_bytes(b"\x81\xfe" + len(deep).to_bytes(2, "big") + bytes(4) + deep)
        client.send(
            TEXT,
            json.dumps(
                {
                    "type": "message",
                    "channel": slack.channel_id("general"),
                    "text": "x",
                    "thread_ts": [],
                }
            ).encode(),
        )
        client.send(PING, b"p")
        while (found := client.frame()) != (0x80 | PONG, b"p"):
            assert found[0] == 0x80 | TEXT


def test_it_takes_an_answer_into_a_thread_that_is_none(slack: Workspace) -> None:
    command = slack.interactions.command("general", "alice", "/x")
    path = urlsplit(str(command.payload["response_url"])).path
    body = json.dumps({"text": "x", "response_type": "in_channel", "thread_ts": ["x"]}).encode()
    line = f"POST {path} HTTP/1.1"
    assert status(answer(slack, line, *HEADERS, f"Content-Length: {len(body)}", body=body)) == 200
    assert [message["text"] for message in slack.messages("general")] == ["x"]
