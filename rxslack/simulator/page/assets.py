"""The page's own files, as they lie in the package."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from rxslack.simulator.faults import Answer

__all__ = ["asset"]

_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",  # uploaded files come with the key, which an <img> does not send
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""
Nothing but what is served here is loaded or run, whatever a message says.

Source: w3.org/TR/CSP3; fetch.spec.whatwg.org, "Cross-Origin-Resource-Policy".
"""


def asset(name: str) -> Answer | None:
    """A file by its name, with no folder; None when there is none of that name."""
    content = _read(name)
    if content is None:
        return None
    kind = _TYPES[name.rpartition(".")[2]]
    return Answer(content, 200, {"Content-Type": kind, **_HEADERS})


@cache
def _files() -> frozenset[str]:
    return frozenset(
        one.name
        for one in resources.files("rxslack.simulator.page").joinpath("static").iterdir()
        if one.name.rpartition(".")[2] in _TYPES
    )


def _read(name: str) -> bytes | None:
    if name not in _files():  # a list, so that no name leads out of the folder
        return None
    return (resources.files("rxslack.simulator.page") / "static" / name).read_bytes()
