"""The opening handshake of a websocket, made by websocket-client."""

from __future__ import annotations

import re
import socket
from io import BytesIO
from typing import Any, Final

import websocket

from rxslack.errors import HandshakeRefused, TimedOut, TransportError
from rxslack.web.dialing import Deadline, explain

__all__ = ["shake_hands"]

_HANDSHAKE: Final = "the websocket handshake"
_MAX_HEAD: Final = 16 * 1024  # bytes of an answer to it, status line and headers together
_PIECE: Final = 4096  # bytes asked of the socket at a time
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_NEEDED: Final = (b"upgrade:", b"connection:", b"sec-websocket-accept:")


class _HandshakeSocket:
    """
    The socket, as it is shown to the library.

    The library reads byte by byte, waits as long as the peer likes, and acts on lines that nothing good comes of: it
    waits for the page of a refusal, and keeps cookies for the whole process. So the head of the answer is read here, in
    large pieces, by a deadline and up to a bound; and of its lines only those are shown that a handshake is about.

    Attributes:
        rest: what has come behind the head.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._shown: BytesIO | None = None
        self.rest = b""

    def recv(self, size: int) -> bytes:
        if self._shown is None:
            first, *lines = self._read_head().splitlines()
            needed = (line for line in lines if line.lower().startswith(_NEEDED))
            self._shown = BytesIO(b"\r\n".join([first, *needed, b"", b""]))
        return self._shown.read(size)

    def _read_head(self) -> bytes:
        came = b""
        while (end := _END_OF_HEAD.search(came)) is None and len(came) <= _MAX_HEAD:
            self._sock.settimeout(self._deadline.left())
            piece = self._sock.recv(_PIECE)
            if not piece:
                raise TransportError(_HANDSHAKE, "the peer hung up")
            came += piece
        if end is None or end.start() > _MAX_HEAD:
            raise TransportError(_HANDSHAKE, f"an answer with a head of over {_MAX_HEAD} bytes")
        self.rest = came[end.end() :]
        return came[: end.end()]

    def send(self, data: bytes) -> int:
        self._sock.settimeout(self._deadline.left())
        return self._sock.send(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def shake_hands(sock: socket.socket, url: str, deadline: Deadline, seconds: float) -> bytes:
    """
    Make the handshake over a socket that is connected.

    Args:
        sock: to the peer, TLS and proxy done.
        url: the address; whatever secret it holds stays out of errors.
        deadline: when all of it has to be done.
        seconds: that this deadline gave; for the error.

    Returns: what has come behind the answer: the first frames, perhaps.

    Raises: TransportError, TimedOut, HandshakeRefused.
    """
    shown = _HandshakeSocket(sock, deadline)
    try:
        websocket.create_connection(
            url,
            timeout=seconds,
            socket=shown,
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
    return shown.rest
