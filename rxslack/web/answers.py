"""
Reading an answer of HTTP/1.1 off a socket: bounded in time and size, and no more of it than Slack's answers need.

No request, no address and no secret may come into this file.

Source: RFC 9112 (messages, section 6 on the length of a body, 7.1 on chunks), RFC 1952 (gzip).
"""

from __future__ import annotations

import errno
import re
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from http.client import (
    BadStatusLine,
    HTTPException,
    IncompleteRead,
    LineTooLong,
    RemoteDisconnected,
)
from time import monotonic
from typing import Any, Final, Protocol, TypeAlias, TypeVar

__all__ = ["AnswerTooLong", "Deadline", "Headers", "HttpAnswer", "parsed", "read_answer"]

ENOUGH: Final = 1024 * 1024  # bytes; room for what surrounds a body
PIECE: Final = 64 * 1024  # bytes read at once
_LONGEST_LINE: Final = 64 * 1024  # bytes, as in http.client
_MOST_LINES: Final = 100  # of a head, as in http.client
_MOST_MEMBERS: Final = 100  # of a zipped body; each costs a copy of what is behind it

_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_HEXADECIMAL: Final = re.compile(rb"[0-9A-Fa-f]{1,16}")
_FIRST_LINE: Final = re.compile(r"HTTP/1\.(\d) +([1-9]\d\d)(?: |$)")

T = TypeVar("T")

Parsing: TypeAlias = Generator[None, bytes, T]
"""Wants the next bytes each time, and makes something of them."""


class Deadline:
    """
    A moment by which something has to be done, however often bytes come until then.

    Args:
        seconds: from now on; None for no end.
    """

    def __init__(self, seconds: float | None) -> None:
        self._due = None if seconds is None else monotonic() + seconds

    def left(self) -> float | None:
        """
        The seconds that are left, as a time-out for the next step.

        Raises: TimeoutError when none are.
        """
        if self._due is None:
            return None
        left = self._due - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


class AnswerTooLong(OSError):
    """
    An answer is longer than allowed.

    Args:
        most: how many bytes are.
    """

    def __init__(self, most: int) -> None:
        words = f"the answer is longer than {most} bytes (see Transport.max_answer_size)"
        super().__init__(errno.EMSGSIZE, words)


class Headers(Mapping[str, str]):
    """
    The headers of an answer, found in any case.

    >>> headers = Headers([("Retry-After", "30"), ("Via", "one"), ("via", "two")])
    >>> headers["retry-after"], headers["Via"], [*headers]
    ('30', 'one, two', ['Retry-After', 'Via'])

    Args:
        fields: names and values; those of one name are joined.
    """

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields: dict[str, tuple[str, str]] = {}
        for name, value in fields:
            key = name.lower()
            before = self._fields.get(key)
            self._fields[key] = (
                (name, value) if before is None else (before[0], f"{before[1]}, {value}")
            )

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return repr(dict(self))


class HttpAnswer:
    """
    An answer, read to its end. Its `repr` does not show what a peer has said.

    Attributes:
        status: of HTTP.
        headers: its headers.
        body: unzipped.
        last: whether nothing can be asked on the same connection any more.
    """

    __slots__ = ("body", "headers", "last", "status")

    def __init__(self, status: int, headers: Headers, body: bytes, *, last: bool) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.last = last

    def __repr__(self) -> str:
        return f"<HttpAnswer {self.status}>"


class Readable(Protocol):
    """What a `socket`, and TLS over one, can do that is needed here."""

    def settimeout(self, value: float | None, /) -> None:
        """As a socket's."""
        ...

    def recv(self, size: int, /) -> bytes:
        """As a socket's."""
        ...


def read_answer(sock: Readable, deadline: Deadline, most: int) -> HttpAnswer:
    """
    Read an answer to its end.

    Args:
        sock: where it comes from.
        deadline: by which all of it has to be there.
        most: bytes of the longest body, once unzipped.

    Raises: what `parsed` does; TimeoutError; OSError.
    """
    parsing = parsed(most)
    next(parsing)
    while True:
        sock.settimeout(deadline.left())
        piece = sock.recv(PIECE)
        try:
            parsing.send(piece)
        except StopIteration as end:
            answer: HttpAnswer = end.value
            return answer


def parsed(most: int) -> Parsing[HttpAnswer]:
    r"""
    Makes an answer of the bytes that are sent in, none of them for the end of the connection.

    >>> parsing = parsed(most=1000)
    >>> next(parsing)
    >>> parsing.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
    >>> parsing.send(b"lo")
    Traceback (most recent call last):
    StopIteration: <HttpAnswer 200>

    Args:
        most: bytes of the longest body, once unzipped.

    Raises: AnswerTooLong; HTTPException for what is no answer, or was cut off.
    """
    source = _Source(most)
    text = yield from source.head()
    while text.startswith("HTTP/1.1 1") and not text.startswith("HTTP/1.1 101"):
        text = yield from source.head()  # what came before was no answer yet: RFC 9110 section 15.2
    first, _, rest = text.partition("\n")
    found = _FIRST_LINE.match(first)
    if found is None:
        raise BadStatusLine(first[:200])
    status, headers = int(found[2]), Headers(_fields(rest))
    body, whole = yield from _body(source, status, headers)
    body = _unpacked(body, headers.get("Content-Encoding", ""), most)
    connection = headers.get("Connection", "").lower()
    kept = "keep-alive" in connection if found[1] == "0" else "close" not in connection
    return HttpAnswer(status, headers, body, last=not (kept and whole and source.is_empty()))


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """The fields of a head; a line that is none is passed over."""
    if "\n " in text or "\n\t" in text:  # lines may be folded: RFC 9112 section 5.2
        text = re.sub(r"\r?\n[ \t]+", " ", text)
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if colon and name and not name[-1].isspace():
            yield name, value.strip()


def _body(source: _Source, status: int, headers: Headers) -> Parsing[tuple[bytes, bool]]:
    """The body, as it was sent, and whether its end was said beforehand."""
    if status in (204, 304):
        return b"", True
    if headers.get("Transfer-Encoding", "").rpartition(",")[2].strip().lower() == "chunked":
        return (yield from source.chunks()), True
    size = headers.get("Content-Length", "")
    if "," in size and len({one.strip() for one in size.split(",")}) == 1:
        size = size.partition(",")[0]
    if size.isascii() and size.isdigit() and len(size) < 20:
        return (yield from source.exactly(int(size))), True
    return (yield from source.rest()), False


class _Source:
    """What comes, as bytes, lines and blocks; all of it has a bound."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = most + most // 8 + ENOUGH
        self._bytes = b""
        self._at = 0  # all before it was taken; many small pieces are not worth a copy each

    def is_empty(self) -> bool:
        """Whether nothing has come that was not asked for."""
        return self._at == len(self._bytes)

    def head(self) -> Parsing[str]:
        """A head, without the empty line behind it."""
        if self.is_empty() and not (yield from self._more()):
            raise RemoteDisconnected("Remote end closed connection without response")
        while (end := _END_OF_HEAD.search(self._bytes, self._at)) is None:
            _check_lines(self._bytes[self._at :])
            if not (yield from self._more()):
                raise IncompleteRead(b"", None)
        head, self._at = self._bytes[self._at : end.start()], end.end()
        _check_lines(head)
        return head.decode("latin-1").replace("\r\n", "\n")

    def line(self) -> Parsing[bytes]:
        """A line, without its end."""
        while (end := self._bytes.find(b"\n", self._at)) < 0:
            if len(self._bytes) - self._at > _LONGEST_LINE:
                raise AnswerTooLong(self._most)
            if not (yield from self._more()):
                raise IncompleteRead(b"", None)
        line, self._at = self._bytes[self._at : end], end + 1
        return line.rstrip(b"\r")

    def exactly(self, size: int) -> Parsing[bytes]:
        """So many bytes."""
        if size > self._most + ENOUGH:
            raise AnswerTooLong(self._most)
        pieces: list[bytes] = []
        while (there := len(self._bytes) - self._at) < size:
            pieces.append(self._take(there))
            size -= there
            if not (yield from self._more()):
                raise IncompleteRead(b"".join(pieces), size)
        pieces.append(self._take(size))
        return b"".join(pieces) if len(pieces) > 1 else pieces[0]

    def chunks(self) -> Parsing[bytes]:
        """The chunks of a body, joined."""
        pieces: list[bytes] = []
        while size := (yield from self._size()):
            pieces.append((yield from self.exactly(size)))
            if (yield from self.line()):
                raise HTTPException("a chunk is longer than it said")
        while (yield from self.line()):
            """Trailers, of which nothing is needed."""
        return b"".join(pieces)

    def _size(self) -> Parsing[int]:
        text = (yield from self.line()).partition(b";")[0].strip()
        if not _HEXADECIMAL.fullmatch(text):
            raise HTTPException("a chunk does not say how long it is")
        return int(text, 16)

    def rest(self) -> Parsing[bytes]:
        """All that comes until the end of the connection."""
        pieces = [self._take(len(self._bytes) - self._at)]
        while (yield from self._more()):
            pieces.append(self._take(len(self._bytes)))
        return b"".join(pieces)

    def _take(self, size: int) -> bytes:
        block = self._bytes[self._at : self._at + size]
        self._at += size
        return block

    def _more(self) -> Parsing[bool]:
        """Take what comes next; whether anything did."""
        piece = yield
        self._left -= len(piece)
        if self._left < 0:
            raise AnswerTooLong(self._most)
        self._bytes = self._bytes[self._at :] + piece
        self._at = 0
        return bool(piece)


def _check_lines(head: bytes) -> None:
    if head.count(b"\n") > _MOST_LINES:
        raise HTTPException(f"got more than {_MOST_LINES} headers")
    if len(head) > _LONGEST_LINE and max(map(len, head.split(b"\n"))) > _LONGEST_LINE:
        raise LineTooLong("header line")


def _unpacked(body: bytes, coding: str, most: int) -> bytes:
    """A body, unzipped where that can be bounded; others stay as they are."""
    coding = coding.strip().lower()
    if coding in ("gzip", "x-gzip"):
        body = _unzipped(body, most)
    elif coding == "deflate":
        body = _inflated(body, most)
    if len(body) > most:
        raise AnswerTooLong(most)
    return body


def _unzipped(body: bytes, most: int) -> bytes:
    found: list[bytes] = []
    room = most + 1
    for _ in range(_MOST_MEMBERS):
        unzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            piece = unzip.decompress(body, room)
        except zlib.error as error:
            if found:  # what stands behind a member need not be one
                break
            raise HTTPException("the answer cannot be unzipped") from error
        found.append(piece)
        room -= len(piece)
        body = unzip.unused_data
        if not body or room <= 0:
            break
    return b"".join(found)


def _inflated(body: bytes, most: int) -> bytes:
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):  # some leave out what zlib puts around it
        try:
            return zlib.decompressobj(bits).decompress(body, most + 1)
        except zlib.error:
            continue
    raise HTTPException("the answer cannot be inflated")


class Response(dict[str, Any]):
    """
    Slack's answer: the JSON object as a dict, with its HTTP side at hand.

    Attributes:
        status: the HTTP status.
        headers: the HTTP headers, found in any case: `response.headers["x-oauth-scopes"]`.
    """

    def __init__(
        self,
        body: Mapping[str, Any],
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(body)
        self.status = status
        self.headers: Mapping[str, str] = Headers() if headers is None else headers
