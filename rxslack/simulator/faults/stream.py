"""What can go wrong with bytes, below frames and answers."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from rxslack.simulator.faults.fault import ActiveFaults, Fault, Hold, Switch
from rxslack.simulator.team.feed import Changes
from rxslack.wire.frames import CONTINUATION, PING, TEXT, server_frame

__all__ = ["Accepting", "Break", "Breaking", "Broken", "Piece", "StreamFaults"]

Breaking: TypeAlias = Literal["RST", "FIN", "stall"]
"""What follows the first part of a frame: a TCP reset, the end without CLOSE, or nothing more."""


@dataclass(frozen=True)
class Break:
    """
    A point in a websocket's bytes where something happens.

    Args:
        how: what.
        hold: of a stall: at its release the bytes go on.
    """

    how: Breaking
    hold: Hold


Piece: TypeAlias = "bytes | Break"


class Accepting(Protocol):
    """Where connections come in."""

    def shut(self) -> None:
        """Refuse connections."""
        ...

    def open(self) -> None:
        """Take them again."""
        ...


@dataclass(frozen=True)
class _Split:
    most: int
    pause: float


@dataclass(frozen=True)
class _Fragments:
    most: int
    pings: bool


class Broken(Switch[Break]):
    """A break that strikes by itself; its release lets what was stalled go on."""

    def release(self) -> None:
        """End it."""
        super().release()
        self._what.hold.release()


class _Refusing(Fault):
    pass


class StreamFaults(ActiveFaults):
    """Faults of TCP, of TLS, and of the way that frames lie in the stream."""

    def __init__(self, changes: Changes, seed: int | str | None = None) -> None:
        super().__init__(changes, seed)
        self._listener: Accepting | None = None

    def refuse(self) -> Fault:
        """Refuse TCP connections, as a host does on which nothing listens; open ones live on."""
        fault = self._begin(_Refusing(self._let_in), "listener")
        if self._listener is not None and self._at(_Refusing, "listener"):
            self._listener.shut()
        return fault

    def split_frames(self, *, most: int = 3, pause: float = 0.0) -> Switch[_Split]:
        """
        Send frames in many TCP segments.

        Args:
            most: bytes in one; each has some number up to it, by seeded chance.
            pause: seconds between two.
        """
        return self._switch("split", _Split(most, pause))

    def gather_frames(self) -> Hold:
        """Keep frames back; at the release, they leave in as few TCP segments as can be."""
        return self._hold("write")

    def fragment_messages(self, *, most: int = 4, pings: bool = True) -> Switch[_Fragments]:
        """
        Send each message in several frames.

        Args:
            most: frames for one message, two at least, by seeded chance.
            pings: whether a ping frame comes between them.
        """
        return self._switch("fragments", _Fragments(most, pings))

    def break_inside_frame(
        self, how: Breaking = "RST", *, after: int = 0, times: int | None = 1
    ) -> Broken:
        """
        Send a part of a frame, cut by seeded chance, and then no more.

        Args:
            how: what follows: "RST", "FIN", or, for a "stall", nothing until `release()`.
            after: frames on whatever websocket that pass first.
            times: how many are broken; a stall ends with the release in each case.
        """
        hold = self._hold("stall")
        broken = Broken(Break(how, hold), self._end, after=after, times=times)
        return self._begin(broken, "break")

    def stall(self, how: Breaking) -> Break:
        """A break for somebody to put among the frames of one websocket."""
        return Break(how, self._hold("stall"))

    # TLS, when the workspace speaks it

    def stall_tls(self) -> Hold:
        """Take TCP connections, and leave the client's TLS greeting without an answer."""
        return self._hold("tls")

    def no_close_notify(self) -> Switch[bool]:
        """End TLS connections with FIN alone: to TLS, a truncation."""
        return self._switch("no close_notify", True)

    def close_notify_only(self) -> Switch[bool]:
        """End TLS connections with close_notify alone, and leave TCP open."""
        return self._switch("close_notify only", True)

    # Where the server asks

    def attach(self, listener: Accepting) -> None:
        """Know where connections come in."""
        self._listener = listener

    def shape(self, queued: Iterable[Piece]) -> Iterator[Piece]:
        """
        How frames lie in the stream.

        Args:
            queued: frames, and breaks that somebody put among them.

        Yields: bytes to be sent one by one, and breaks.
        """
        pieces = [*self._broken(self._fragmented(queued))]
        split = self._strike("split")
        for piece in pieces if split else _joined(pieces):
            if isinstance(piece, Break) or split is None:
                yield piece
            else:
                yield from self._segments(piece, split)

    def is_on(self, what: Literal["no close_notify", "close_notify only"]) -> bool:
        """Whether a way to end TLS is chosen."""
        return self._strike(what) is not None

    def _let_in(self, fault: Fault) -> None:
        self._end(fault)
        if self._listener is not None and not self._at(_Refusing, "listener"):
            self._listener.open()

    def _fragmented(self, queued: Iterable[Piece]) -> Iterator[Piece]:
        chosen: _Fragments | None = self._strike("fragments")
        for piece in queued:
            if chosen is None or isinstance(piece, Break):
                yield piece
                continue
            parts = _in_fragments(piece, self.chance.randint(2, max(2, chosen.most)))
            for number, part in enumerate(parts):
                if number and chosen.pings:
                    yield server_frame(b"between", PING)
                yield part

    def _broken(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        for piece in pieces:
            if isinstance(piece, Break) or len(piece) < 2 or not (found := self._strike("break")):
                yield piece
                continue
            at = self.chance.randint(1, len(piece) - 1)
            yield piece[:at]
            yield found
            yield piece[at:]

    def _segments(self, data: bytes, split: _Split) -> Iterator[bytes]:
        at = 0
        while at < len(data):
            size = self.chance.randint(1, split.most)
            yield data[at : at + size]
            at += size
            if split.pause and at < len(data):
                time.sleep(split.pause)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    run: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, Break):
            yield b"".join(run)
            run = []
            yield piece
        else:
            run.append(piece)
    yield b"".join(run)


def _in_fragments(frame: bytes, parts: int) -> list[bytes]:
    r"""
    A whole text frame of a server's as a message of several frames; any other frame as it is.

    >>> _in_fragments(server_frame(b"Hello"), 2)
    [b'\x01\x03Hel', b'\x80\x02lo']
    """
    if frame[:1] != b"\x81":
        return [frame]
    head = 2 if frame[1] < 126 else 4 if frame[1] == 126 else 10
    payload = frame[head:]
    size = max(1, -(-len(payload) // parts))
    cut = [payload[at : at + size] for at in range(0, len(payload), size)] or [b""]
    return [
        server_frame(part, CONTINUATION if number else TEXT, fin=number == len(cut) - 1)
        for number, part in enumerate(cut)
    ]
