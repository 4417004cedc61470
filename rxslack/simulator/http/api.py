"""The Web API's front: who asks, how often, for what; and how the answer is said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import parse_qsl

from rxslack.simulator.faults import Answer
from rxslack.simulator.methods import METHODS
from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.methods.scheduled import post_what_is_due
from rxslack.simulator.state import State
from rxslack.simulator.team.access import Refused, Token, TooMany
from rxslack.simulator.team.text import Json, as_body, read_json

__all__ = ["HttpRequest", "answer_call"]

NOBODY = Token("", "", "", ())
_SHORT: Final = 4096  # bytes written down of a call, and of its answer, for who has no token


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
class _Asked:
    """
    What a call says.

    Args:
        arguments: without the token.
        warnings: what Slack warns of.
        token: "" for none.
        problem: with what the call is refused, when it could not be read.
    """

    arguments: dict[str, Any]
    warnings: list[str]
    token: str
    problem: Refused | None


def answer_call(state: State, http: HttpRequest) -> Answer:
    """
    Do a call, unless something goes wrong first.

    Source: docs.slack.dev/apis/web-api (errors are HTTP 200), .../rate-limits (429).
    """
    asked = _read(http)
    token = state.tokens.get(asked.token, NOBODY)
    known = token is not NOBODY
    # Written down whatever becomes of it, but not at length for somebody who has no token.
    kept = asked.arguments if known or len(http.body) <= _SHORT else {}
    state.transcript.call(http.method, kept, token.kind)
    answer = state.faults.around(http.method, lambda: _answer(state, http, asked, token))
    said = _without_ticket(answer.body)
    state.transcript.note("out", http.method, said if known else said[:_SHORT])
    return answer


def _answer(state: State, http: HttpRequest, asked: _Asked, token: Token) -> Answer:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "x-slack-req-id": state.team.identity.uuid(),
    }
    try:
        body = _done(state, http, asked, token, headers)
    except TooMany as limit:
        headers["Retry-After"] = str(limit.retry_after)
        return Answer(as_body({"ok": False, "error": "ratelimited"}), 429, headers)
    except Refused as refused:
        body = {"ok": False, "error": refused.error, **refused.fields}
    return Answer(as_body(body), 200, headers)


def _done(
    state: State, http: HttpRequest, asked: _Asked, token: Token, headers: dict[str, str]
) -> Json:
    if asked.problem is not None:
        raise asked.problem
    method = METHODS.get(http.method)
    if method is None:
        raise Refused("unknown_method", req_method=http.method)
    unread = http.content_type.startswith("application/json") and not method.takes_json
    if method.token_in_header and not http.authorization:
        raise Refused("not_authed")
    if method.needs_token:
        _check(state, method, token, named=bool(asked.token))
        headers["x-oauth-scopes"] = ",".join(token.scopes)
        headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
    # A method's calls of one app in one workspace are counted together, whoever asks.
    key = (http.method, "" if token is NOBODY else state.team.bot.app_id)
    state.buckets.count(key, getattr(state.limits, method.tier))
    post_what_is_due(state)
    done = method.run(Request(state, http.method, {} if unread else asked.arguments, token))
    _let_events_leave(state)
    return _warned({"ok": True, **done}, asked.warnings)


def _check(state: State, method: Method, token: Token, *, named: bool) -> None:
    if token is NOBODY:
        raise Refused("invalid_auth" if named else "not_authed")
    if refusal := state.revoked.get(token.text):
        raise Refused(refusal)
    if token.kind not in method.kinds or (method.granular and token.is_classic):
        raise Refused("not_allowed_token_type")
    if not token.may(method.scopes):
        raise Refused("missing_scope", needed=method.scopes[0], provided=",".join(token.scopes))


def _let_events_leave(state: State) -> None:
    """
    What a call caused is on the websockets before its answer is on its way.

    Seen on every measured call of Slack's; a client that does not read is not waited for long.
    """
    for socket in state.sockets.open():
        socket.link.flush(0.02)


def _read(http: HttpRequest) -> _Asked:
    """
    What a call says, from wherever it came, and what Slack warns of.

    Source: docs.slack.dev/apis/web-api, "POST bodies" and "Warnings".
    """
    kind, _, parameters = http.content_type.partition(";")
    arguments = _form(http.query)
    arguments.pop("token", None)  # Slack stopped reading it there
    problem, warnings, body_token = None, list[str](), ""
    if kind.strip() == "application/json":
        warnings = [] if "charset" in parameters else ["missing_charset"]
        try:
            found: Any = read_json(http.body or b"{}")
        except ValueError:
            problem = Refused("invalid_json")
        else:
            if isinstance(found, dict):
                arguments |= cast("dict[str, Any]", found)
                arguments.pop("token", None)  # nor there
            else:
                problem = Refused("json_not_object")
    else:
        warnings = ["superfluous_charset"] if "charset" in parameters else []
        arguments |= _form(http.body.decode("utf-8", "replace"))
        body_token = str(arguments.pop("token", None) or "")
    scheme, _, header = http.authorization.partition(" ")
    token = header.strip() if scheme.lower() == "bearer" else body_token
    return _Asked({} if problem else arguments, warnings, token, problem)


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


def _warned(answer: Json, warnings: list[str]) -> Json:
    own = answer.get("warning")
    if every := [*([own] if own else []), *warnings]:
        answer["warning"] = ",".join(every)
        answer["response_metadata"] = {
            **answer.get("response_metadata", {}),
            "warnings": every,
        }
    return answer


def _without_ticket(body: bytes) -> bytes:
    if b'"upload_url":"http' in body:
        return b'{"ok":true,"upload_url":"(a ticket)"}'
    return b'{"ok":true,"url":"(a ticket)"}' if b'"url":"ws' in body else body
