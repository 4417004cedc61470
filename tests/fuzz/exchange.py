"""HTTP requests that are right, wrong, and mutated, and what a server says to them."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from random import Random
from typing import Final

from tests.fuzz.bytes_at_random import mutated
from tests.fuzz.finding import Finding

__all__ = ["exchange", "request", "status_of"]

PATIENCE: Final = 10.0  # seconds without an answer, or an end, that are a hang

_LENGTHS: Final = (
    *(
        "",
        " ",
        "0",
        "1",
        "+5",
        "-1",
        "1_0",
        "1.0",
        "0x10",
        "many",
        "5, 5",
        "5\r\nContent-Length: 6",
    ),
    *("²", "٣", "007", "1048577", "9" * 20, "9" * 5000, "0" * 5000, "\0", "\xa0"),
)
_ODD: Final = (
    *("Transfer-Encoding: chunked", "Expect: 100-continue", "Connection: close", "Connection:"),
    *(
        "Content-Encoding: gzip",
        "Upgrade: h2c",
        ": nameless",
        "no colon",
        " folded",
        "X: " + "y" * 9000,
    ),
    *(
        "Content-Type: multipart/form-data",
        "Content-Type: application/json; charset=\xff",
        "X: \x00",
    ),
    *("Authorization: Basic eA==", "Authorization: Bearer", "Authorization: \xff", "Content-Type:"),
)
_LINES: Final = (
    *("GET / HTTP/1.1", "GET /", "GET  HTTP/1.1", "POST http://[ HTTP/1.1", "POST //[x HTTP/1.1"),
    *(
        "CONNECT x:1 HTTP/1.1",
        "POST * HTTP/1.1",
        "POST / HTTP/9.9",
        "POST / HTTP/1.²",
        "POST / HTTP/",
    ),
    *("HEAD / HTTP/1.1", "PUT / HTTP/1.0", "_ / HTTP/1.1", "", "\0", "GET /%ff%00?%=&&= HTTP/1.1"),
)


def request(random: Random, line: str, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    """A request; as it is meant in a third of the cases."""
    lines = [f"{name}: {value}" for name, value in headers]
    lines.append(f"Content-Length: {len(body)}")
    if random.random() < 0.33:
        return _joined(line, lines, body)
    for _ in range(random.choice((0, 1, 1, 2))):
        kind, at = random.randrange(6), random.randrange(len(lines))
        if kind == 0:
            lines[-1] = f"Content-Length: {random.choice(_LENGTHS)}"
        elif kind == 1:
            lines.insert(at, random.choice(_ODD))
        elif kind == 2 and len(lines) > 1:
            del lines[at]
        elif kind == 3:
            lines.append(lines[at])
        elif kind == 4:
            lines[at] = lines[at].swapcase()
        else:
            line = random.choice(_LINES)
    whole = _joined(line, lines, body)
    if random.random() < 0.1:
        whole = whole[: random.randrange(len(whole))]
    return mutated(random, whole) if random.random() < 0.4 else whole


def _joined(line: str, lines: Iterable[str], body: bytes) -> bytes:
    head = "\r\n".join([line, *lines, "", ""])
    return head.encode("utf-8", "surrogateescape") + body


def exchange(port: int, said: bytes) -> bytes:
    """Say something to a server, and that it was all; what comes until the end."""
    heard = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        try:
            with suppress(ConnectionError):  # it was refused amid being said
                client.sendall(said)
            with suppress(OSError):  # or then
                client.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):  # the server ended before all was read
                while more := client.recv(65_536):
                    heard += more
        except TimeoutError:
            raise Finding(f"nothing for {PATIENCE} s", said) from None
    return bytes(heard)


def status_of(heard: bytes) -> int:
    """The status of the first answer; 0 when there is none."""
    words = heard.split(b"\r\n", 1)[0].split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
