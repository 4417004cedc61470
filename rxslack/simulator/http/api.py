"""The Web API's front: who asks, how often, for what; and how the answer is said."""

from __future__ import annotations

import logging
from typing import Final

from rxslack.simulator.faults import Answer
from rxslack.simulator.http.arguments import Arguments, HttpRequest, read_arguments
from rxslack.simulator.methods import METHODS
from rxslack.simulator.methods.documented import RETIRED, is_documented
from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.methods.scheduled import post_what_is_due
from rxslack.simulator.state import State
from rxslack.simulator.team.access import Refused, Token, TooMany
from rxslack.simulator.team.text import Json, as_body

__all__ = ["answer_call"]

logger = logging.getLogger("rxslack.simulator")

NOBODY = Token("", "", "", ())
_SHORT: Final = 4096  # bytes written down of a call, and of its answer, for who has no token


def answer_call(state: State, http: HttpRequest) -> Answer:
    """
    Do a call, unless something goes wrong first.

    Source: docs.slack.dev/apis/web-api (errors are HTTP 200), .../rate-limits (429).
    """
    asked = read_arguments(http)
    token = _token(state, asked)
    known = token is not NOBODY
    # Written down whatever becomes of it, but not at length for somebody who has no token.
    kept = asked.values if known or len(http.body) <= _SHORT else {}
    state.transcript.call(http.method, kept, token.kind)
    answer = state.faults.around(http.method, lambda: _answer(state, http, asked, token))
    said = _without_ticket(answer.body)
    state.transcript.note("out", http.method, said if known else said[:_SHORT])
    return answer


def _answer(state: State, http: HttpRequest, asked: Arguments, token: Token) -> Answer:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "x-slack-req-id": state.team.identity.hex(32),
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
    state: State, http: HttpRequest, asked: Arguments, token: Token, headers: dict[str, str]
) -> Json:
    if asked.problem is not None:
        raise asked.problem
    method = METHODS.get(http.method)
    if method is None:
        raise _unknown(http.method)
    unread = http.content_type.startswith("application/json") and not method.takes_json
    if method.token_in_header and not http.authorization:
        raise Refused("not_authed")
    if method.needs_token:
        _check(state, method, token, named=bool(asked.token))
        headers["x-oauth-scopes"] = ",".join(token.scopes)
        if method.scopes:
            headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
    # A method's calls of one app in one workspace are counted together, whoever asks.
    key = (http.method, "" if token is NOBODY else state.team.bot.app_id)
    state.buckets.count(key, getattr(state.limits, method.tier))
    post_what_is_due(state)
    done = method.run(Request(state, http.method, {} if unread else asked.values, token))
    state.team.changes.notify()
    _let_events_leave(state)
    return _warned({"ok": True, **done}, asked.warnings)


def _token(state: State, asked: Arguments) -> Token:
    """
    Who asks. In the query a token counts for apps of before 24 February 2021: here, for classic ones.

    Source: docs.slack.dev/changelog/2020-11-no-more-tokens-in-querystrings-for-newly-created-apps.
    """
    if not asked.token:
        found = state.tokens.get(asked.query_token, NOBODY)
        return found if found.is_classic or found.is_client else NOBODY
    return state.tokens.get(asked.token, NOBODY)


def _unknown(name: str) -> Refused:
    """
    The refusal of a method that is not here: Slack's own, or one that says what is missing where.

    A typing error is to be mended by the caller; a method of Slack's that is not simulated is not.
    """
    if name in RETIRED:
        return Refused("method_deprecated")
    if not is_documented(name):
        return Refused("unknown_method", req_method=name)
    why = (
        f"{name} is a method of Slack's that is not simulated; "
        f'slack.faults.answer("{name}", body={{"ok": True}}) makes it answer'
    )
    logger.warning("%s", why)
    return Refused("not_simulated", req_method=name, response_metadata={"messages": [why]})


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
