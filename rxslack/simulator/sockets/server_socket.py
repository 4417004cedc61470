"""One websocket, seen from the server: frames out through a writer, messages in on this thread."""

from __future__ import annotations

import base64
import hashlib
import socket
from collections.abc import Callable, Mapping
from typing import Any, Final

from rxslack.simulator.faults import Breaking, Faults, Hold, Payload
from rxslack.simulator.options import Ending, RtmOptions
from rxslack.simulator.sockets.frames import Breach, Frame, close_frame, read_messages
from rxslack.simulator.sockets.writer import Writer
from rxslack.simulator.team.text import as_frame_text
from rxslack.simulator.team.transcript import Transcript
from rxslack.wire.frames import CLOSE, PING, PONG, TEXT, server_frame

__all__ = ["ServerSocket", "accept_header"]

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_header(key: str) -> str:
    """
    The value of `Sec-WebSocket-Accept`. Source: RFC 6455 section 4.2.2.

    >>> accept_header("dGhlIHNhbXBsZSBub25jZQ==")
    's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
    """
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest()).decode()


class ServerSocket:
    """
    A websocket after its handshake.

    Args:
        sock: connected.
        read: returns exactly so many bytes, fewer at the end.
        options: its bounds.
        faults: what holds its writing back.
        transcript: where its frames are written down.
        number: which socket it is, from 1.
        answers_pings: whether a websocket ping gets its pong.

    Attributes:
        number: as given.
        client_close: the code of the client's CLOSE frame; 1005 when it had none; None as long as
            none came.
    """

    def __init__(
        self,
        sock: socket.socket,
        read: Callable[[int], bytes],
        *,
        options: RtmOptions,
        faults: Faults,
        transcript: Transcript,
        number: int,
        answers_pings: bool = True,
    ) -> None:
        self.number = number
        self.client_close: int | None = None
        self._read = read
        self._options = options
        self._faults = faults
        self._transcript = transcript
        self._answers_pings = answers_pings
        self._where = f"socket {number}"
        self._stays = False
        self._writer = Writer(
            sock,
            bound=options.max_waiting,
            gate=lambda go_on: faults.after(go_on, f"write {number}", "write"),
            shape=faults.shape,
            name=f"simulated-slack-writer-{number}",
        )

    def offer(self, frame: bytes) -> None:
        """Send bytes that are a frame, or are meant to be none."""
        self._transcript.note("out", self._where, frame)
        self._writer.put(frame)

    def tell(self, event: Mapping[str, Any]) -> None:
        """Send an event; the ticket in a `url` is not written down."""
        frame = server_frame(as_frame_text(event))
        shown = {**event, "url": "(a ticket)"} if "url" in event else None
        self._transcript.note(
            "out", self._where, frame if shown is None else server_frame(as_frame_text(shown))
        )
        self._writer.put(frame)

    def say(self, what: Payload) -> None:
        """Send an event, a text, or bytes as they are."""
        if isinstance(what, bytes):
            self.offer(what)
        elif isinstance(what, str):
            self.offer(server_frame(what.encode()))
        else:
            self.tell(what)

    def break_inside(self, frame: bytes, how: Breaking) -> Hold:
        """Send a part of a frame, and then the end, or nothing until the hold is released."""
        at = self._faults.chance.randint(1, len(frame) - 1)
        found = self._faults.stall(how)
        self._transcript.note("out", self._where, frame[:at])
        self._writer.put(frame[:at], found, frame[at:])
        return found.hold

    def flush(self, seconds: float) -> None:
        """Wait until what was offered has left, but no longer than that."""
        self._writer.flush(seconds)

    def close(self, code: int | None = 1000, reason: str = "") -> None:
        """Send what waits and CLOSE, and part when the client has answered."""
        self._finish(close_frame(code, reason))

    def end(self, how: Ending, code: int | None = 1000, reason: str = "") -> None:
        """Part in one of the ways there are."""
        if how == "close":
            self.close(code, reason)
        elif how == "FIN":
            self.hang_up()
        elif how == "RST":
            self.cut()
        else:  # "close without FIN": the client's CLOSE is read, and not answered with the end
            self._stays = True
            self.offer(close_frame(code, reason))

    def hang_up(self) -> None:
        """Send what waits and end the connection without CLOSE."""
        self._transcript.note("out", self._where, "(FIN)")
        self._writer.peer_done()
        self._finish(b"")

    def cut(self) -> None:
        """End it with a TCP reset."""
        self._transcript.note("out", self._where, "(RST)")
        self._writer.cut()

    def serve(self, heard: Callable[[bytes], object], alive: Callable[[], object] = bool) -> None:
        """
        Read until the end, on this thread, and free everything.

        Args:
            heard: called with each text message.
            alive: called with each frame.
        """
        self._writer.start()
        try:
            for message in read_messages(
                self._read, self._options.max_frame, fragments=self._options.accepts_fragments
            ):
                self._transcript.note("in", self._where, message.payload)
                self._faults.pause(f"read {self.number}")
                alive()
                if message.opcode == CLOSE and not self._stays:
                    self._answer_close(message)
                    break
                self._take(message, heard)
        except Breach as breach:
            self.close(breach.code, breach.reason)
        except (EOFError, OSError, ValueError):  # the end; ValueError: of a file closed meanwhile
            self._writer.give_up()
        except BaseException:  # a defect of `heard`; the writer would wait for the end of time
            self._writer.give_up()
            raise
        finally:
            self._writer.peer_done()
            self._writer.join()
            self._read = _nothing  # or the workspace's list of past sockets would keep the reader

    def _take(self, message: Frame, heard: Callable[[bytes], object]) -> None:
        if message.opcode == CLOSE:
            self.client_close = _code_of(message)
        elif message.opcode == PING:
            if self._answers_pings and not self._faults.ignores_ping("websocket"):
                self.offer(server_frame(message.payload, PONG))
        elif message.opcode == TEXT:
            heard(message.payload)

    def _answer_close(self, message: Frame) -> None:
        self.client_close = _code_of(message)
        self._finish(server_frame(message.payload[:2], CLOSE))

    def _finish(self, last: bytes) -> None:
        if self._writer.finish(last) and last:
            self._transcript.note("out", self._where, last)


def _nothing(_size: int) -> bytes:
    return b""


def _code_of(close: Frame) -> int:
    return int.from_bytes(close.payload[:2], "big") if len(close.payload) >= 2 else 1005
