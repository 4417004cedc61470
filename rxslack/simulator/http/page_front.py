"""What the server knows of the page that a browser shows: that there may be one, and how it is asked."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from rxslack.simulator.faults import Answer

__all__ = ["PageAnswer", "PageFront", "PageRequest"]


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """
    What a browser asks for.

    Args:
        method: "GET" or "POST".
        path: from the first slash on, decoded by nobody.
        query: what follows the question mark.
        host: the header of that name.
        origin: likewise; "" for none, as with most of GET.
        site: the header `Sec-Fetch-Site`; "" from clients that are no browsers.
        key: the secret of the page's address, as the page sends it along; "" for none.
        content_type: of the body.
        body: as sent.
    """

    method: str
    path: str
    query: str = ""
    host: str = ""
    origin: str = ""
    site: str = ""
    key: str = ""
    content_type: str = ""
    body: bytes = b""


PageAnswer: TypeAlias = "Answer | Generator[bytes]"
"""An answer, or the pieces of one that goes on: an event stream."""


class PageFront(Protocol):
    """A page, for the server."""

    def answer(self, request: PageRequest) -> PageAnswer | None:
        """What to say; None when the page has nothing at this path."""
        ...

    def most(self, path: str, key: str) -> int:
        """Bytes that a body may have that is sent there; 0 for no more than elsewhere."""
        ...
