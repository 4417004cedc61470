"""What a test sees of a websocket, and can do to it from the server's side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rxslack.simulator.app_socket import AppSocket
from rxslack.simulator.faults import Breaking, Hold
from rxslack.simulator.frames import encode
from rxslack.simulator.options import Ending
from rxslack.simulator.rtm import RtmSocket
from rxslack.simulator.wire import as_frame_text

__all__ = ["Connection"]


class Connection:
    """One websocket of the workspace's, open or past."""

    def __init__(self, socket: RtmSocket | AppSocket) -> None:
        self._socket = socket

    def __repr__(self) -> str:
        state = "open" if self.is_open else "ended"
        return f"<Connection {self.number} of {self._socket.user_id or 'an app'}, {state}>"

    @property
    def number(self) -> int:
        """Which one it is, from 1, in the order of the handshakes."""
        return self._socket.link.number

    @property
    def is_open(self) -> bool:
        """Whether it has said hello and not ended."""
        return self._socket.is_open

    @property
    def client_close(self) -> int | None:
        """The code of the CLOSE frame that the client sent; 1005 for none; None: no frame came."""
        return self._socket.link.client_close

    def send(self, event: Mapping[str, Any]) -> None:
        """Say an event to this client alone."""
        self._socket.tell(event)

    def send_text(self, text: str | bytes) -> None:
        """Send a text frame with this payload, whatever it is."""
        self._socket.offer(encode(text.encode() if isinstance(text, str) else text))

    def send_bytes(self, raw: bytes) -> None:
        """Put these bytes on the wire, whether they are a frame or not."""
        self._socket.offer(raw)

    def goodbye(self, *, times: int = 1, grace: float | None = None) -> None:
        """Say goodbye, and end it so many seconds later on the workspace's clock; None: never."""
        self._socket.say_goodbye(times=times, grace=grace)

    def close(self, code: int | None = 1000, reason: str = "") -> None:
        """End it with a CLOSE frame."""
        self._socket.link.close(code, reason)

    def end(self, how: Ending, code: int | None = 1000, reason: str = "") -> None:
        """
        End it in one of the ways there are.

        Args:
            how: "close", "FIN", "RST", or "close without FIN": the frame, and TCP left open.
            code: of the CLOSE frame; None for a frame without one.
            reason: of the CLOSE frame.
        """
        self._socket.link.end(how, code, reason)

    def break_inside(self, event: Mapping[str, Any], how: Breaking = "RST") -> Hold:
        """
        Send an event's frame up to some byte inside it, and then no more.

        Args:
            event: what the frame would have said.
            how: what follows: "RST", "FIN", or a "stall" that goes on at the release.
        """
        return self._socket.link.break_inside(encode(as_frame_text(event)), how)

    def half_open(self) -> Hold:
        """Neither read nor write, until the release; see `Faults.half_open`."""
        return self._socket.half_open()

    def hang_up(self) -> None:
        """End it as TCP does: FIN, and no CLOSE frame."""
        self._socket.link.hang_up()

    def cut(self) -> None:
        """End it with a TCP reset."""
        self._socket.link.cut()
