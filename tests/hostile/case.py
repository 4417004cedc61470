"""What a peer does to a client, and what that may cost."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from reactivex import Observable

from rxslack.errors import SlackError

__all__ = ["MIB", "Case", "Script", "Subject"]

MIB = 1024 * 1024

Script: TypeAlias = Callable[[socket.socket], object]
"""Plays the peer on one connection, TLS done; what it raises of OSError ends it quietly."""

Subject: TypeAlias = Callable[[str, str | None], Observable[Any]]
"""
What is subscribed to, in a process of its own: made of the base URL of the peer, and of the file
with the authority to trust when that begins with https.
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """
    One thing a hostile peer may do.

    Args:
        says: what it does, a noun phrase.
        script: does it.
        subject: what it does it to.
        memory: bytes that the client's process may grow by, at its peak.
        error: what has to come in the end, and be retryable.
        within: seconds from the subscription until it may take that to come.
        dispose_after: seconds from a second subscription to its disposal, which is to come in the
            midst of it; None: no disposal is tried.
        free_within: seconds from there until threads and sockets have to be gone.
        schemes: how the peer is reached.
    """

    says: str
    script: Script
    subject: Subject
    memory: int
    error: type[SlackError]
    within: float
    dispose_after: float | None = 0.5
    free_within: float = 1.0
    schemes: tuple[str, ...] = ("http", "https")
