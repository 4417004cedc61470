"""
The opening handshake of a websocket, made by websocket-client.

The library reads the answer byte by byte, waits as long as the peer likes, and believes every line of
it. So it is given a `HandshakeSocket`, which has a deadline and a bound, and leaves lines out.
"""

from __future__ import annotations

import socket
from typing import Any, Final

import websocket

from rxslack.errors import HandshakeRefused, TimedOut, TransportError
from rxslack.web.dialing import Deadline, explain

__all__ = ["shake_hands"]

_HANDSHAKE: Final = "the websocket handshake"
_MAX_HEAD: Final = 16 * 1024  # bytes of an answer to it, status line and headers together


class _HandshakeSocket:
    """
    A socket for the handshake, which reads byte by byte: what it lacks in time it gives up.

    It shows the head of an answer, up to a bound, without the lines that nothing good comes of: one
    that makes the library wait for the page of a refusal, as long as the peer says it is, and one
    that makes it keep cookies for the whole process.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._line = b""  # what has not been shown of the current one
        self._room = _MAX_HEAD

    def recv(self, size: int) -> bytes:
        while not self._line:
            line = self._read_line()
            if not line.lower().startswith((b"content-length", b"set-cookie")):
                self._line = line
                break
        shown, self._line = self._line[:size], self._line[size:]
        return shown

    def _read_line(self) -> bytes:
        """With its end; b"" or a part of it when the peer hangs up."""
        line = bytearray()
        while not line.endswith(b"\n"):
            self._sock.settimeout(self._deadline.left())
            byte = self._sock.recv(1)
            if not byte:
                break
            line += byte
            self._room -= 1
            if self._room < 0:
                raise TransportError(_HANDSHAKE, f"an answer with a head of over {_MAX_HEAD} bytes")
        return bytes(line)

    def send(self, data: bytes) -> int:
        self._sock.settimeout(self._deadline.left())
        return self._sock.send(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def shake_hands(sock: socket.socket, url: str, deadline: Deadline, seconds: float) -> None:
    """
    Make the handshake over a socket that is connected.

    Args:
        sock: to the peer, TLS and proxy done.
        url: the address; whatever secret it holds stays out of errors.
        deadline: when all of it has to be done.
        seconds: that this deadline gave; for the error.

    Raises: TransportError, TimedOut, HandshakeRefused.
    """
    try:
        websocket.create_connection(
            url,
            timeout=seconds,
            socket=_HandshakeSocket(sock, deadline),
            header=["User-Agent: rxslack"],
            suppress_origin=True,
            redirect_limit=0,
        )
    except websocket.WebSocketBadStatusException as error:
        # Not chained: its text is the server's page, which may repeat the ticket in the address.
        raise HandshakeRefused(error.status_code) from None
    except websocket.WebSocketTimeoutException as error:
        raise TimedOut(_HANDSHAKE, seconds) from error
    except websocket.WebSocketConnectionClosedException as error:
        raise TransportError(_HANDSHAKE, "the peer hung up") from error
    except websocket.WebSocketException:
        raise HandshakeRefused(0) from None
    except OSError as error:
        raise explain(_HANDSHAKE, error, seconds) from error
