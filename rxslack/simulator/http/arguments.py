"""What a call says, from wherever it came: the query, a form, multipart, JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl

from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import read_json

__all__ = ["Arguments", "FormField", "HttpRequest", "parts_of", "read_arguments", "uploaded"]


@dataclass(frozen=True)
class HttpRequest:
    """
    What came over HTTP.

    Args:
        method: the last part of the path, such as "chat.postMessage".
        query: what follows the question mark.
        content_type: of the body, "" when it has none.
        authorization: the header of that name.
        body: as sent.
    """

    method: str
    query: str
    content_type: str
    authorization: str
    body: bytes


@dataclass(frozen=True)
class Arguments:
    """
    What a call says.

    Args:
        values: without the token.
        warnings: what Slack warns of.
        token: of the header or the body; "" for none.
        query_token: of the query, where it counts for classic apps only; "" for none.
        problem: with what the call is refused, when it could not be read.
    """

    values: dict[str, Any]
    warnings: list[str]
    token: str
    query_token: str
    problem: Refused | None


class FormField(NamedTuple):
    """
    One field of a multipart body.

    Args:
        name: of the field.
        filename: "" for a field that is no file.
        content: its bytes.
    """

    name: str
    filename: str
    content: bytes


def read_arguments(http: HttpRequest) -> Arguments:
    """
    Read a call.

    Source: docs.slack.dev/apis/web-api, "POST bodies" and "Warnings".
    """
    kind, _, parameters = http.content_type.partition(";")
    kind = kind.strip().lower()
    values = _form(http.query)
    query_token = str(values.pop("token", None) or "")
    problem, warnings, body_token = None, list[str](), ""
    if kind == "application/json":
        warnings = [] if "charset" in parameters else ["missing_charset"]
        try:
            found: Any = read_json(http.body or b"{}")
        except ValueError:
            problem = Refused("invalid_json")
        else:
            if isinstance(found, dict):
                values |= cast("dict[str, Any]", found)
                values.pop("token", None)  # Slack does not read it there
            else:
                problem = Refused("json_not_object")
    else:
        if kind == "multipart/form-data":
            said = parts_of(http.content_type, http.body)
            values |= {part.name: part.content.decode("utf-8", "replace") for part in said}
        else:
            warnings = ["superfluous_charset"] if "charset" in parameters else []
            values |= _form(http.body.decode("utf-8", "replace"))
        body_token = str(values.pop("token", None) or "")
    scheme, _, header = http.authorization.partition(" ")
    token = header.strip() if scheme.lower() == "bearer" else body_token
    return Arguments({} if problem else values, warnings, token, query_token, problem)


def uploaded(content_type: str, body: bytes) -> bytes:
    """The bytes of a file: a body as it is, or the file in a multipart form."""
    if not content_type.lower().startswith("multipart/form-data"):
        return body
    parts = parts_of(content_type, body)
    files = [part for part in parts if part.filename] or parts
    return files[0].content if files else b""


def parts_of(content_type: str, body: bytes) -> list[FormField]:
    r"""
    The fields of a multipart body; what is not one is left out.

    >>> parts_of("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; '
    ...          b'name="a"\r\n\r\n1\r\n--x--\r\n')
    [FormField(name='a', filename='', content=b'1')]

    Source: RFC 7578; RFC 2046 section 5.1.
    """
    boundary = str(_headers(content_type).get_param("boundary", "", header="content-type"))
    return [*_parts(boundary.encode(), body)] if boundary else []


def _parts(boundary: bytes, body: bytes) -> Iterator[FormField]:
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:]:
        if piece.startswith(b"--"):
            return
        head, found, content = piece.partition(b"\r\n\r\n")
        disposition = re.search(rb"(?im)^content-disposition:[ \t]*(.*?)\r?$", head)
        if not found or disposition is None:
            continue
        said = _headers(disposition[1].decode("utf-8", "replace"))
        name, filename = (
            said.get_param(n, "", header="content-type") for n in ("name", "filename")
        )
        if name and isinstance(name, str):
            yield FormField(name, filename if isinstance(filename, str) else "", content)


def _headers(value: str) -> Message:
    """A header's parameters, for which the library has a parser."""
    message = Message()
    message["content-type"] = value.replace("\r", "").replace("\n", "")
    return message


def _form(text: str) -> dict[str, Any]:
    """
    A form's fields.

    A cursor whose "=" is not encoded loses it, and is no good.

    Source: docs.slack.dev/apis/web-api/pagination.
    """
    fields: dict[str, Any] = dict(parse_qsl(text, keep_blank_values=True))
    if re.search(r"(?:^|&)cursor=[^&=]+=", text):
        fields["cursor"] = fields["cursor"].rstrip("=")
    return fields
