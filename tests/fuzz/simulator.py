"""
The simulated Slack: calls, uploads, answers and websockets of all kinds, most of them mutated.

A finding is an exception in one of its threads, a status of 500 or more, a hang, and an answer to a
foreign `Host` or `Origin`.
"""

from __future__ import annotations

import base64
import json
import re
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from random import Random
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from rxslack.simulator import Limits, Workspace
from rxslack.simulator.methods import METHODS
from tests.fuzz.bytes_at_random import mutated
from tests.fuzz.exchange import exchange, request, status_of
from tests.fuzz.finding import Finding, Step

__all__ = ["fuzzer"]

_HOSTS: Final = ("127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:80", "127.0.0.2")
_FOREIGN: Final = ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", "[::2]")
_FORM: Final = "application/x-www-form-urlencoded"
_NAMES: Final = (
    *("channel", "user", "text", "ts", "thread_ts", "limit", "cursor", "blocks", "attachments"),
    *("files", "users", "ids", "name", "timestamp", "oldest", "latest", "inclusive", "filename"),
    *(
        "length",
        "channels",
        "types",
        "view",
        "trigger_id",
        "view_id",
        "post_at",
        "file",
        "metadata",
    ),
    *("scheduled_message_id", "topic", "return_im", "team_id", "include_all_metadata", "presence"),
    *("exclude_archived", "status", "token", "error", "foo"),
)
_VALUES: Final[tuple[Any, ...]] = (
    *(
        "",
        "x",
        "1",
        "-1",
        "0",
        "1.5",
        "9" * 400,
        "9" * 5000,
        "1e400",
        "inf",
        "nan",
        "²",
        "é\ud800\0",
    ),
    *(
        "true",
        "[]",
        "{}",
        "[1]",
        "[[]]",
        '["x"]',
        '[{"id":[]}]',
        '{"type":"modal"}',
        "[" * 3000,
        "null",
    ),
    *(None, True, 7, 10**400, 1.5, [], {}, [None], {"a": {}}, ["x", 1], [{"id": {}}], "1.000001"),
    *("[" * 300 + "]" * 300, '{"a":' * 90 + "1" + "}" * 90),
    *("bmV4dDrCsg==", "bmV4dF90czrCsg==", "bmV4dDo="),  # cursors, of a superscript and of nothing
    *("<!channel>", "a" * 5000, "C0", "U0", "\n", '{"type":"modal","blocks":7,"title":[]}'),
)
_TYPES: Final[tuple[Any, ...]] = (
    "message",
    "ping",
    "typing",
    "presence_sub",
    "presence_query",
    "tickle",
    "x",
    [],
    None,
)


class _Setting:
    """A workspace, and what is known of it."""

    def __init__(self, slack: Workspace) -> None:
        self.slack = slack
        self.port = urlsplit(slack.base_url).port or 0
        self.tokens = [slack.bot_token, slack.user_token, slack.app_token]
        self.raised: list[str] = []
        self.known = [slack.channel_id("general"), slack.user_id("alice"), slack.bot_user_id]

    def keep(self, args: threading.ExceptHookArgs) -> None:
        """In the place of `threading.excepthook`."""
        self.raised.append(f"{args.exc_type.__name__}: {args.exc_value}")


@contextmanager
def fuzzer() -> Generator[Step]:
    """One workspace for all steps, the same each time; what is said in it stays said."""
    before = threading.excepthook
    with Workspace(seed=1, limits=Limits.off(), keep=100) as slack:
        setting = _Setting(slack)
        threading.excepthook = setting.keep
        try:
            yield lambda random: _step(random, setting)
        finally:
            threading.excepthook = before


def _step(random: Random, setting: _Setting) -> None:
    setting.raised.clear()
    said = random.choices((_call, _upload, _response, _rtm, _socket_mode), (8, 1, 1, 3, 2))[0](
        random, setting
    )
    heard = exchange(setting.port, said)
    if setting.raised:
        raise Finding(f"a thread ended with {setting.raised[0]}", said)
    status = status_of(heard)
    if status >= 500 and status not in (501, 505):
        raise Finding(f"it answered with {status}", said)
    if status in (101, 200) and _is_foreign(said):
        raise Finding("it answered a foreign page", said)


def _is_foreign(said: bytes) -> bool:
    """Whether the first request tells, on a line of its own, of a host that is foreign for sure."""
    head = said.split(b"\r\n\r\n", 1)[0]
    return (
        bool(re.search(rb"\r\n(?i:host|origin):[^\r\n]*(?:evil|::2)", head)) and b"\r\n\r\n" in said
    )


def _headers(random: Random, setting: _Setting) -> list[tuple[str, str]]:
    headers = [("Host", random.choice(_FOREIGN if random.random() < 0.05 else _HOSTS))]
    if random.random() < 0.1:
        origin = random.choice((*_HOSTS, *_FOREIGN))
        headers.append(
            ("Origin", random.choice((f"http://{origin}", "null", f"https://{origin}/")))
        )
    if random.random() < 0.8:
        headers.append(("Authorization", f"Bearer {random.choice(setting.tokens)}"))
    return headers


def _value(random: Random, setting: _Setting) -> Any:
    return random.choice((*_VALUES, *setting.known, *setting.known, *setting.known))


def _call(random: Random, setting: _Setting) -> bytes:
    method = random.choice([*METHODS, "no.method", "", "%00", "a/b"])
    names = random.sample(_NAMES, random.randint(0, 8))
    arguments = {name: _value(random, setting) for name in names}
    if random.random() < 0.6:
        arguments |= {"channel": setting.known[0], "text": "Hi"}
    is_json = random.random() < 0.5
    kind = "application/json" if is_json else _FORM
    body = json.dumps(arguments) if is_json else urlencode(arguments, errors="replace")
    line = f"{random.choice(('POST', 'POST', 'GET'))} /api/{method}"
    if random.random() < 0.1:
        line += f"?{quote(body)[:9000]}"
    headers = [*_headers(random, setting), ("Content-Type", kind)]
    return request(random, f"{line} HTTP/1.1", headers, body.encode("utf-8", "replace"))


def _upload(random: Random, setting: _Setting) -> bytes:
    length = random.choice((1, 10, 5000))
    asked = setting.slack.web.call("files.getUploadURLExternal", filename="x", length=length)
    path = random.choice((urlsplit(str(asked["upload_url"])).path, "/upload/v1/", "/upload/v1/x"))
    body = random.randbytes(random.choice((length, 0, 2 * length)))
    return request(random, f"POST {path} HTTP/1.1", _headers(random, setting), body)


def _response(random: Random, setting: _Setting) -> bytes:
    path = "/response/x"
    if random.random() < 0.8:
        url = setting.slack.interactions.command("general", "alice", "/x").payload["response_url"]
        path = urlsplit(str(url)).path
    names = ("text", "blocks", "replace_original", "delete_original", "response_type", "thread_ts")
    answer: Any = {name: _value(random, setting) for name in random.sample(names, 3)}
    body = json.dumps(random.choice((answer, answer, [answer], None))).encode()
    return request(random, f"POST {path} HTTP/1.1", _headers(random, setting), body)


def _rtm(random: Random, setting: _Setting) -> bytes:
    path = urlsplit(str(setting.slack.web.call("rtm.connect")["url"])).path
    return _upgrade(random, setting, path) + _frames(random, lambda: _message(random, setting))


def _socket_mode(random: Random, setting: _Setting) -> bytes:
    url = urlsplit(str(setting.slack.app.call("apps.connections.open")["url"]))
    answers: tuple[Any, ...] = (
        {"envelope_id": _value(random, setting), "payload": _value(random, setting)},
        [],
        None,
    )
    return _upgrade(random, setting, f"{url.path}?{url.query}") + _frames(
        random, lambda: random.choice(answers)
    )


def _upgrade(random: Random, setting: _Setting, path: str) -> bytes:
    headers = [
        *_headers(random, setting)[:-1],
        ("Host", "127.0.0.1"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", base64.b64encode(random.randbytes(16)).decode()),
    ]
    if random.random() < 0.2:
        return request(random, f"GET {path} HTTP/1.1", headers, b"")
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()


def _message(random: Random, setting: _Setting) -> Any:
    names = random.sample(_NAMES, random.randint(0, 4))
    message = {name: _value(random, setting) for name in names}
    message |= {"type": random.choice(_TYPES), "id": _value(random, setting)}
    if random.random() < 0.5:
        message |= {"channel": setting.known[0], "text": "Hi"}
    return message


def _frames(random: Random, said: Callable[[], Any]) -> bytes:
    """Frames as a client sends them."""
    frames = bytearray()
    for _ in range(random.randint(0, 4)):
        text = json.dumps(said()).encode()
        if random.random() < 0.2:
            text = random.choice((b"[" * 9000, b"\xff", b"", b"9" * 5000, mutated(random, text)))
        opcode = random.choice((1, 1, 1, 1, 1, 0, 2, 8, 9, 10, 3))
        frames += _frame(opcode, text[:125] if opcode > 7 else text)
    whole = bytes(frames)
    return mutated(random, whole) if random.random() < 0.3 else whole


def _frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    head = bytes([0x80 | opcode, 0x80 | min(size, 126)]) if size < 126 else b""
    head = head or bytes([0x80 | opcode, 0xFE]) + struct.pack("!H", min(size, 65_535))
    return head + bytes(4) + payload
