"""HTTP requests and answers, read and written by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

__all__ = ["Request", "read_request", "written"]


@dataclass(frozen=True)
class Request:
    """
    What a client asks for.

    path: with its query.
    headers: by their names in lower case.
    arguments: from the query and the body.
    """

    path: str
    headers: dict[str, str]
    arguments: dict[str, str]

    @property
    def method(self) -> str:
        """Slack's name for what is asked for: "auth.test"."""
        return urlsplit(self.path).path.rpartition("/")[2]


def read_request(data: bytes) -> tuple[Request | None, bytes]:
    """A request, once it is complete, and what is left."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None, data
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    size = int(headers.get("content-length") or 0)
    if len(rest) < size:
        return None, data
    path, body = first.split(" ")[1], rest[:size].decode()
    arguments = dict(parse_qsl(urlsplit(path).query))
    if "json" in headers.get("content-type", ""):
        found: dict[str, Any] = json.loads(body or "{}")
        arguments |= {name: str(value) for name, value in found.items()}
    else:
        arguments |= dict(parse_qsl(body))
    return Request(path, headers, arguments), rest[size:]


def written(status: int, body: Any, now: float, headers: dict[str, str] | None = None) -> bytes:
    """
    An answer.

    Args:
        status: of HTTP.
        body: an object, which becomes JSON with the slashes that Slack escapes, or bytes.
        now: unix seconds of the server's own clock, for the header `Date`.
        headers: more of them.
    """
    kind, data = "text/html", body
    if not isinstance(data, bytes):
        kind = "application/json; charset=utf-8"
        data = json.dumps(body).replace("/", "\\/").encode()
    fields = {
        "Date": formatdate(now, usegmt=True),
        "Content-Type": kind,
        "Content-Length": str(len(data)),
        **(headers or {}),
    }
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode() + data
