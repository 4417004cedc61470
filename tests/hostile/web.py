"""What a peer may answer to a call of the Web API."""

from __future__ import annotations

import socket
import threading
import zlib
from functools import cache
from typing import Any, Final

from reactivex import Observable

from rxslack import WebClient, rtm
from rxslack.errors import TimedOut, TransportError
from rxslack.web.settings import DIRECT, Transport
from tests.hostile.case import MIB, Case, Script, Subject
from tests.hostile.peer import request_of

__all__ = ["CASES"]

_SECONDS: Final = 2.0
_JSON: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_START: Final = b'{"ok": true, "url": "'


def _stream(seconds: float) -> Subject:
    def subject(base_url: str, ca_file: str | None) -> Observable[Any]:
        transport = Transport(proxy=DIRECT, ca_file=ca_file, read_timeout=seconds)
        return rtm(WebClient("xoxb-test", base_url=base_url, transport=transport))

    return subject


@cache
def _gigabyte() -> bytes:
    """A gigabyte of JSON that has no end, zipped to a megabyte."""
    packer = zlib.compressobj(wbits=31)
    start = packer.compress(_START) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + (packer.compress(b"a" * MIB) + packer.flush(zlib.Z_FULL_FLUSH)) * 1024


def _zipped(sock: socket.socket) -> None:
    request_of(sock)
    body = _gigabyte()
    sock.sendall(_JSON + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    sock.recv(1)


def _for_ever(start: bytes, again: bytes) -> Script:
    many = again * max(1, 256 * 1024 // len(again))

    def script(sock: socket.socket) -> None:
        request_of(sock)
        sock.sendall(start)
        while True:
            sock.sendall(many)

    return script


def _in_drops(start: bytes, drop: bytes) -> Script:
    def script(sock: socket.socket) -> None:
        request_of(sock)
        sock.sendall(start)
        while not threading.Event().wait(0.2):
            sock.sendall(drop)

    return script


def _long(says: str, script: Script) -> Case:
    return Case(
        says=says,
        script=script,
        subject=_stream(30.0),
        memory=64 * MIB,
        error=TransportError,
        within=20.0,
        dispose_after=None,  # it is over soon
    )


def _slow(says: str, script: Script) -> Case:
    return Case(
        says=says,
        script=script,
        subject=_stream(_SECONDS),
        memory=32 * MIB,
        error=TimedOut,
        within=_SECONDS + 1.0,
    )


_CHUNKED: Final = _JSON + b"Transfer-Encoding: chunked\r\n\r\n"

CASES: Final[dict[str, Case]] = {
    "gzip": _long("a gigabyte of an answer in a megabyte", _zipped),
    "endless-answer": _long("an answer without an end", _for_ever(_JSON + b"\r\n" + _START, b"a")),
    "endless-chunks": _long(
        "chunks without an end", _for_ever(_CHUNKED, b"1000\r\n%s\r\n" % (b"a" * 0x1000))
    ),
    "endless-trailers": _long(
        "lines behind the last chunk without an end",
        _for_ever(_CHUNKED + b"0\r\n", b"a: %s\r\n" % (b"b" * 0x1000)),
    ),
    "dripping-answer": _slow(
        "an answer of a byte now and then",
        _in_drops(_JSON + b"Content-Length: 100000\r\n\r\n", b" "),
    ),
    "dripping-chunks": _slow("a chunk of a byte now and then", _in_drops(_CHUNKED, b"1\r\n \r\n")),
    "dripping-head": _slow("a header of a byte now and then", _in_drops(_JSON + b"X: ", b"a")),
}
