"""
Websocket frames, apart from any socket: `FrameReader` reads them, `client_frames` writes them.

Only what a client receives and sends is covered, without extensions; `server_frame` writes what a
server sends, for the simulator. The text of a message is not
decoded here: decoding it together with its JSON is faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import urandom
from struct import Struct
from typing import Final, NamedTuple, Protocol, TypeAlias

from rxslack.errors import FrameError

__all__ = [
    "BINARY",
    "CLOSE",
    "CONTINUATION",
    "PING",
    "PONG",
    "TEXT",
    "Choice",
    "Choose",
    "Form",
    "FrameReader",
    "client_frames",
    "form",
    "server_frame",
]

_heads: Final = Struct(">HH")
_head_at: Final = _heads.unpack_from

CONTINUATION: Final = 0x0
TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA
_TEXT_EMPTY: Final = 0x8100  # the first two bytes: FIN and the text opcode, no mask, length 0
_TEXT_WIDE: Final = 0x817E  # the same with the length in the two bytes that follow
_MAX_SHORT: Final = 0xFFFF  # bytes that those can tell of
_CONTROL: Final = 0x8  # of an opcode: the frame is no part of a message
_MAX_CONTROL: Final = 125  # bytes, RFC 6455 section 5.5

_FIN: Final = 0x80  # of the first byte: the message ends here
_MASKED: Final = 0x80  # of the second, which holds a length up to 125 itself
_keys_in: Final = Struct("4s").iter_unpack


class Form(NamedTuple):
    """
    How most texts are expected to begin: three pieces of bytes, each of which is in the same place in all of them.

    Args:
        head: reads the first bytes of a frame whose length is in two bytes of its own: its first two bytes, its
            length, and the pieces; `form` makes one.
        pieces: what these have to be.
        shortest: bytes that such a text has at least.
    """

    head: Struct
    pieces: tuple[bytes, bytes, bytes]
    shortest: int


def form(*pieces: bytes, between: tuple[int, int] = (0, 0), shortest: int = 0) -> Form:
    r"""
    The form of texts.

    >>> form(b"{", b"}", between=(2, 0)).head.unpack(b"\x81\x7e\x01\x00{..}")
    (33150, 256, b'{', b'}', b'')

    Args:
        pieces: up to three; the first is what the texts begin with.
        between: bytes between the first two, and between the last two, that may be any.
        shortest: bytes that such a text has at least.
    """
    first, second, third = (*pieces, b"", b"", b"")[:3]
    layout = f">HH{len(first)}s{between[0]}x{len(second)}s{between[1]}x{len(third)}s"
    return Form(Struct(layout), (first, second, third), shortest)


class Choice(Protocol):
    """Chooses among the texts in some bytes."""

    @property
    def form(self) -> Form:
        """How most of them begin."""
        ...

    def cut(
        self, data: bytes, starts: Sequence[int], ends: Sequence[int], others: Sequence[int]
    ) -> list[bytes]:
        """
        The texts that are of use, in order.

        Args:
            data: the bytes that they are a part of.
            starts: where in them each text begins, in order.
            ends: where it ends.
            others: which of them are not of the form.
        """
        ...


Choose: TypeAlias = Callable[[], Choice | None]
"""How to choose at this moment; None: all are of use."""


class FrameReader:
    r"""
    Cuts a stream of bytes into messages, however it was chunked on the way.

    >>> FrameReader().feed(b"\x81\x02{}\x81")
    [b'{}']

    Args:
        max_size: bytes of the largest message allowed, its fragments together.
        on_ping: called with the payload of each ping, in order, while `feed` runs.
        on_pong: called with the payload of each pong that does not come amid the fragments of a
            message: whatever was sent before it has come as a whole.
        on_any_pong: called with the payload of each pong, wherever it comes.
        on_binary: makes of a binary message what is handed over in its place.

    Attributes:
        choose: if given, tells how to choose which text messages are handed over; the others are left out.
        whole: how many messages `choose` was asked about.
        closed: code and reason of the CLOSE frame that came, else None. Nothing after it is read.
        failure: the breach of RFC 6455 that ended the reading, else None. The messages before it
            were handed over.

    Source: RFC 6455 sections 5.2 (framing), 5.4 (fragments), 5.5 (control frames), 7.4 (codes).
    """

    def __init__(
        self,
        *,
        max_size: int = 16 * 1024 * 1024,
        on_ping: Callable[[bytes], object] = bytes,
        on_pong: Callable[[bytes], object] = bytes,
        on_any_pong: Callable[[bytes], object] = bytes,
        on_binary: Callable[[bytes], bytes] = bytes,
    ) -> None:
        self.choose: Choose | None = None
        self._choice: Choice | None = None  # as of what is read now
        self.whole = 0
        self.closed: tuple[int, str] | None = None
        self.failure: FrameError | None = None
        self._max_size = max_size
        self._on_ping = on_ping
        self._on_pong = on_pong
        self._on_any_pong = on_any_pong
        self._on_binary = on_binary
        # Put together as they come: as objects of their own, small pieces take many times their size.
        self._rest = bytearray()  # of the frame that is not whole yet
        self._need = 2  # bytes that it takes until more can be told of it
        self._opcode = 0  # of the message whose fragments are being collected, else 0
        self._fragments = bytearray()

    @property
    def unfinished(self) -> int:
        """Bytes that have come of a message that is not whole."""
        return len(self._rest) + len(self._fragments)

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are whole now that these bytes came, oldest first."""
        messages: list[bytes] = []
        at = 0
        self._choice = None if self.choose is None else self.choose()
        # One more to choose from. It is worth the copy of what a quiet connection, or TLS, brings at a time.
        if self._choice is not None and len(self._rest) < len(data) < _MAX_SHORT:
            data, self._rest = bytes(self._rest) + data, bytearray()
        try:
            # What is left of a frame is put together with what that frame needs, and no more: data is not copied.
            while self._rest and at < len(data) and not (self.closed or self.failure):
                missing = self._need - len(self._rest)
                self._rest += data[at : at + missing]
                at += missing
                # Waiting until a frame can be whole keeps the joining linear for large messages.
                if len(self._rest) >= self._need:
                    frame, self._rest = bytes(self._rest), bytearray()
                    self._rest += frame[self._walk(frame, 0, messages) :]
            if at < len(data) and not (self.closed or self.failure):
                self._rest += data[self._walk(data, at, messages) :]
        except FrameError as error:
            self.failure = error
        return messages

    def _walk(self, data: bytes, at: int, messages: list[bytes]) -> int:
        """Take every whole frame from there on; return where the first one that is not whole begins."""
        after: int | None = at
        while after is not None:
            at = after
            # The short way takes no look at the size, so it is for limits that it cannot exceed.
            if not self._opcode and self._max_size > _MAX_SHORT:
                at = self._take_plain(data, at, messages)
            after = self._step(data, at, messages)
        return at

    def _take_plain(self, data: bytes, at: int, messages: list[bytes]) -> int:
        if self._choice is None:
            return _take_plain(data, at, messages.append)
        starts: list[int] = []
        ends: list[int] = []
        others: list[int] = []
        at = _find_plain(data, at, self._choice.form, starts, ends, others)
        self.whole += len(starts)
        messages += self._choice.cut(data, starts, ends, others)
        return at

    def _step(self, data: bytes, at: int, messages: list[bytes]) -> int | None:
        """Take whichever frame begins here; return where it ends, None if that did not come yet."""
        start = at + 2
        if start > len(data):
            self._need = 2
            return None
        first, length = data[at], data[at + 1]
        # Refused as soon as the header is there, before bytes are collected for it.
        if length > 127:
            raise FrameError(1002, "a masked frame from the server")
        if length > _MAX_CONTROL:
            if first & _CONTROL:
                raise FrameError(1002, f"a control frame of more than {_MAX_CONTROL} bytes")
            wide = 2 if length == 126 else 8
            if start + wide > len(data):
                self._need = 2 + wide
                return None
            length = int.from_bytes(data[start : start + wide], "big")
            start += wide
        self._check(first, length)
        end = start + length
        if end > len(data):
            self._need = end - at
            return None
        self._take(first, data[start:end], messages)
        return len(data) if self.closed else end

    def _check(self, first: int, length: int) -> None:
        """Refuse a frame by its header, before its payload is waited for."""
        opcode = first & 0x0F
        if first & 0x70:
            raise FrameError(1002, "a reserved bit is set and no extension was agreed on")
        if opcode in (CLOSE, PING, PONG):
            if not first & 0x80:
                raise FrameError(1002, "a control frame in fragments")
        elif opcode == CONTINUATION:
            if not self._opcode:
                raise FrameError(1002, "a continuation of nothing")
        elif opcode not in (TEXT, BINARY):
            raise FrameError(1002, f"the unknown opcode {opcode}")
        elif self._opcode:
            raise FrameError(1002, "a new message inside a fragmented one")
        # Before the payload has come: memory is what the limit is for.
        if length + len(self._fragments) > self._max_size:
            raise FrameError(1009, f"a message over {self._max_size} bytes")

    def _take(self, first: int, payload: bytes, messages: list[bytes]) -> None:
        opcode = first & 0x0F
        if opcode == PING:
            self._on_ping(payload)
        elif opcode == CLOSE:
            self.closed = _read_close(payload)
        elif opcode == PONG:
            # Amid the fragments of a message a pong does not say that all before it has been read
            # whole.
            self._on_any_pong(payload)
            if not self._opcode:
                self._on_pong(payload)
        else:
            self._opcode = self._opcode or opcode
            if first & 0x80:
                messages.append(self._whole(payload))
            else:
                self._fragments += payload

    def _whole(self, last: bytes) -> bytes:
        message = last
        if self._fragments:
            message = b"".join((self._fragments, last))
            self._fragments = bytearray()
        if self._opcode == BINARY:
            message = self._on_binary(message)
        self._opcode = 0
        return message


def _take_plain(data: bytes, at: int, append: Callable[[bytes], None]) -> int:
    """
    Take text frames in one piece, which is what all but every frame of Slack's is, up to 64 KiB.

    Returns: where the first frame begins that is another, or is not whole.
    """
    size = len(data)
    last = size - _heads.size
    while at <= last:
        head, wide = _head_at(data, at)
        if head == _TEXT_WIDE:
            start = at + 4
            end = start + wide
        elif _TEXT_EMPTY <= head < _TEXT_WIDE:
            start = at + 2
            end = start + (head & 0x7F)
        else:
            return at
        if end > size:
            return at
        append(data[start:end])
        at = end
    return at


def _find_plain(
    data: bytes, at: int, form: Form, starts: list[int], ends: list[int], others: list[int]
) -> int:
    """
    The same; tells where their texts begin and end, and which are not of a form, and cuts nothing.

    A text that is so near the end of the bytes that there is no room for the form is left to others, too.
    """
    head_at, (first, second, third), shortest = form.head.unpack_from, form.pieces, form.shortest
    begin, finish = starts.append, ends.append
    size = len(data)
    last = size - form.head.size
    while at <= last:
        head, wide, one, two, three = head_at(data, at)
        if head == _TEXT_WIDE:
            start = at + 4
            end = start + wide
            if end > size:
                return at
            if one != first or two != second or three != third or wide < shortest:
                others.append(len(starts))
        elif _TEXT_EMPTY <= head < _TEXT_WIDE:
            start = at + 2
            end = start + (head & 0x7F)
            if end > size:
                return at
            others.append(len(starts))
        else:
            return at
        begin(start)
        finish(end)
        at = end
    return at


def _read_close(payload: bytes) -> tuple[int, str]:
    if not payload:
        return 1005, ""
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or code < 1000 or code in (1004, 1005, 1006, 1015) or code >= 5000:
        raise FrameError(1002, "a CLOSE frame with no valid code")
    try:
        return code, payload[2:].decode()
    except UnicodeDecodeError as error:
        raise FrameError(1007, "a CLOSE frame whose reason is not UTF-8") from error


def client_frames(opcode: int, payloads: Sequence[bytes]) -> bytes:
    r"""
    Frames for payloads, in order, each masked with a key of its own.

    >>> frames = client_frames(PING, [b"12345", b""])
    >>> frames[:2], len(frames)
    (b'\x89\x85', 17)

    The keys come from the system's source of randomness, asked once for all payloads of one length: whoever
    has a say in the payloads must not guess what goes over the network.

    Source: RFC 6455 sections 5.2 (framing), 5.3 and 10.3 (masking).
    """
    sizes = {*map(len, payloads)}
    if len(sizes) != 1:
        return b"".join([client_frames(opcode, [one]) for one in payloads])
    (size,) = sizes
    length = bytes((_MASKED | size,)) if size < 126 else _long(size, _MASKED)
    head = bytes((_FIN | opcode,)) + length
    start, whole = len(head) + 4, len(head) + 4 + size
    keys = urandom(4 * len(payloads))
    columns = [keys[place::4] for place in range(4)]
    before = head + bytes(4)
    clear = bytearray(before + before.join(payloads))
    for place in range(4):
        clear[len(head) + place :: whole] = columns[place]
    if size > len(payloads):
        masks = bytearray().join(
            [bytes(start) + (key * (size // 4 + 1))[:size] for (key,) in _keys_in(keys)]
        )
    else:  # of many short ones, a byte of each at a time
        masks = bytearray(len(clear))
        for place in range(size):
            masks[start + place :: whole] = columns[place % 4]
    # All as one number, in one operation: byte by byte it takes ten times as long.
    masked = int.from_bytes(clear, "big") ^ int.from_bytes(masks, "big")
    return masked.to_bytes(len(clear), "big")


def server_frame(payload: bytes, opcode: int = TEXT, *, fin: bool = True) -> bytes:
    r"""
    A frame as servers send it, without a mask.

    Any opcode and any payload is taken, so that a server can send frames that break the rules.

    >>> server_frame(b"Hello")
    b'\x81\x05Hello'

    Source: RFC 6455 section 5.2.
    """
    size = len(payload)
    length = bytes((size,)) if size < 126 else _long(size, 0)
    return bytes(((_FIN if fin else 0) | opcode,)) + length + payload


def _long(size: int, mask: int) -> bytes:
    """A length over 125 in its shortest form; `mask` is the bit that tells of a masked payload."""
    if size < 1 << 16:
        return bytes((mask | 126,)) + size.to_bytes(2, "big")
    return bytes((mask | 127,)) + size.to_bytes(8, "big")
