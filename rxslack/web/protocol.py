"""
Slack's facts, each with its unit and source; pure functions over what came off the wire.

No I/O, no clock and no Rx may live in this file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from typing import Any, Final, TypeVar

from rxslack.errors import (
    ApiError,
    AuthenticationError,
    MissingScope,
    RateLimited,
    RepeatedCursor,
)

__all__ = [
    "CONNECT_METHODS",
    "FATAL_ERRORS",
    "MAX_OUTGOING_BYTES",
    "METHOD_FAMILIES",
    "UNCERTAIN_ERRORS",
    "Cursors",
    "api_error",
    "as_form",
    "check_client",
    "each_page",
    "method_spelled",
    "next_cursor",
    "read_outgoing",
    "retry_after",
]

P = TypeVar("P", bound=Mapping[str, Any])

_FAMILIES: Final = """
    admin agents api apps assistant auth blocks bookmarks bots calls canvases channels chat
    conversations dialog dnd emoji entity files functions groups im migration mpim oauth openid pins
    reactions reminders rtm search slackLists slackbot stars team tooling usergroups users views
    workflows
"""
METHOD_FAMILIES: Final = frozenset(_FAMILIES.split())
"""
What the names of Slack's methods begin with.

Sources: docs.slack.dev/reference/methods; the methods of slack_sdk 3.48 (slack_sdk/web/client.py), for
families that are not in the reference any more.
"""

MAX_OUTGOING_BYTES: Final = 16 * 1024
"""A larger frame makes Slack close the socket. docs.slack.dev/legacy/legacy-rtm-api."""

CONNECT_METHODS: Final = frozenset({"rtm.connect", "rtm.start", "apps.connections.open"})
"""Methods that open a connection: for them an unknown error is worth another attempt."""

_NEW_TOKEN = "get a new token from the app's page and start again"
_OTHER_TOKEN = (
    "this kind of token cannot do this; RTM takes the xoxb- or xoxp- token of a classic app, "
    "Socket Mode an xapp- token"
)
_ADMIN = "ask the workspace's administrators"
_CLASSIC = "this app cannot use RTM; connect it by Socket Mode"
_BUG = "the arguments are wrong, and stay wrong when sent again"

FATAL_ERRORS: Final[Mapping[str, str]] = {
    "not_authed": "no token was sent; give WebClient one",
    "invalid_auth": "the token is wrong; copy it again from the app's page",
    "account_inactive": _NEW_TOKEN,
    "token_revoked": _NEW_TOKEN,
    "token_expired": _NEW_TOKEN,
    "user_removed_from_team": _NEW_TOKEN,
    "team_disabled": _ADMIN,
    "missing_scope": "",
    "no_permission": _ADMIN,
    "not_allowed_token_type": _OTHER_TOKEN,
    "is_bot": _OTHER_TOKEN,
    "access_denied": _ADMIN,
    "accesslimited": _ADMIN,
    "ekm_access_denied": _ADMIN,
    "enterprise_is_restricted": _ADMIN,
    "two_factor_setup_required": "set up two-factor sign-in for the account",
    "unknown_method": "Slack knows no such method; check its spelling",
    "not_simulated": "the simulated Slack lacks it; slack.faults.answer(method, body=...) answers it",
    "method_deprecated": _CLASSIC,
    "deprecated_endpoint": _CLASSIC,
    "rtm_connect_required": "call rtm.connect in place of rtm.start",
    "forbidden_team": _ADMIN,
    "insecure_request": "use https",
    "missing_args": _BUG,
    "invalid_arguments": _BUG,
    "invalid_arg_name": _BUG,
    "invalid_array_arg": _BUG,
    "invalid_post_type": _BUG,
    "missing_post_type": _BUG,
    "invalid_charset": _BUG,
    "invalid_form_data": _BUG,
}
"""
Codes that no further attempt can mend, with the remedy.

Source: docs.slack.dev/reference/methods/rtm.connect, "Errors"; the official clients agree on the
first four and differ on the rest.
"""

_AUTHENTICATION: Final = frozenset(
    {
        "not_authed",
        "invalid_auth",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "user_removed_from_team",
        "team_disabled",
        "not_allowed_token_type",
        "is_bot",
        "two_factor_setup_required",
    }
)

_TRANSIENT: Final = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "migration_in_progress",
        "team_added_to_org",
        "org_login_required",
    }
)

UNCERTAIN_ERRORS: Final = frozenset({"internal_error", "fatal_error"})
"""
Codes after which the work may have been done.

docs.slack.dev/reference/methods/chat.postMessage.
"""

_RATE_LIMITED: Final = frozenset({"ratelimited", "rate_limited"})


def api_error(
    method: str, response: Mapping[str, Any], retry_after: float | None = None
) -> ApiError:
    """
    The error that an `ok: false` answer stands for.

    Args:
        method: the Web API method.
        response: the answer, a JSON object.
        retry_after: seconds, from the header of that name.

    >>> api_error("rtm.connect", {"ok": False, "error": "invalid_auth"})
    AuthenticationError('rtm.connect', 'invalid_auth')
    """
    code = str(response.get("error") or "unknown_error")
    if code in _RATE_LIMITED:
        return RateLimited(method, retry_after, code, response)
    if code == "missing_scope":
        return MissingScope(method, code, response)
    kind = AuthenticationError if code in _AUTHENTICATION else ApiError
    unknown = method in CONNECT_METHODS and code not in FATAL_ERRORS
    return kind(
        method,
        code,
        response,
        retryable=code in _TRANSIENT or unknown,
        maybe_done=code in UNCERTAIN_ERRORS,
        remedy=FATAL_ERRORS.get(code, ""),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until the next call may be made, as Slack says it; None where it says none."""
    try:
        seconds = float(headers.get("Retry-After") or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None


def method_spelled(client: object, name: str) -> str:
    """
    The method that slack_sdk's spelling means.

    >>> method_spelled(object(), "chat_postMessage")
    'chat.postMessage'

    Args:
        client: Who was asked for an attribute of that name.
        name: The attribute.

    Errors: ``AttributeError``, with the name that was probably meant, where no method of Slack's
        begins so.
    """
    family, _, rest = name.partition("_")
    by_name = name == "api_call"  # slack_sdk's `call`, and no method of Slack's
    if rest and family in METHOD_FAMILIES and not by_name:
        return name.replace("_", ".")
    from difflib import get_close_matches  # after a slip only

    public = [one for one in dir(client) if not one.startswith("_")]
    likely = ["call"] if by_name else get_close_matches(name, public, n=1)
    if not likely and rest:
        likely = [f"{one}_{rest}" for one in get_close_matches(family, METHOD_FAMILIES, n=1)]
    hint = f"; did you mean {likely[0]!r}?" if likely else ""
    message = f"{type(client).__name__!r} object has no attribute {name!r}{hint}"
    raise AttributeError(message, name=name)  # without `obj`: Python would add a guess of its own


def as_form(arguments: Mapping[str, Any]) -> dict[str, str]:
    """
    Arguments as form fields, the one encoding that every method of Slack's takes.

    None is left out, a boolean becomes `true` or `false`, a list of plain values is joined with
    commas (`users`, `types`), anything deeper (`blocks`, `attachments`, `metadata`) becomes JSON.
    Half of a surrogate pair, which JSON can hold and a form cannot, becomes JSON's escape for it.
    Source: docs.slack.dev/apis/web-api, "POST bodies".

    >>> as_form({"users": ["U1", "U2"], "blocks": [{"type": "divider"}], "limit": None})
    {'users': 'U1,U2', 'blocks': '[{"type": "divider"}]'}
    """
    fields = {name: _field(name, value) for name, value in arguments.items() if value is not None}
    return {name: _encodable(value) for name, value in fields.items()}


def _encodable(value: str) -> str:
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()


_JSON_FIELDS: Final = frozenset({"attachments", "blocks", "files", "metadata", "unfurls", "view"})


def _field(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple, set, frozenset)) and name not in _JSON_FIELDS:
        parts: list[Any] = [*value]
        if all(isinstance(part, (str, int)) for part in parts):
            return ",".join(map(str, parts))
        value = parts
    return json.dumps(value)


def next_cursor(response: Mapping[str, Any]) -> str:
    """
    The cursor of the next page; "" at the end, whether Slack leaves it out, nulls or empties it.

    Source: docs.slack.dev/apis/web-api/pagination.

    >>> next_cursor({"response_metadata": {"next_cursor": "dGVhbQ=="}}), next_cursor({"ok": True})
    ('dGVhbQ==', '')
    """
    metadata: Mapping[str, Any] = response.get("response_metadata") or {}
    return str(metadata.get("next_cursor") or response.get("next_cursor") or "")


class Cursors:
    """
    The cursors of one list, from page to page; each has to be new, or the pages have no end.

    >>> cursors = Cursors("users.list")
    >>> [cursors.after({"next_cursor": cursor}) for cursor in ("one", "two", "")]
    ['one', 'two', '']

    Args:
        method: Slack's name for the list.
    """

    def __init__(self, method: str) -> None:
        self._method = method
        self._seen: set[int] = set()  # their hashes: a cursor may be long

    def after(self, page: Mapping[str, Any]) -> str:
        """The cursor of the next page; "" at the end. Raises: RepeatedCursor."""
        cursor = next_cursor(page)
        if hash(cursor) in self._seen:
            raise RepeatedCursor(self._method)
        if cursor:
            self._seen.add(hash(cursor))
        return cursor


def each_page(method: str, ask: Callable[[str | None], P]) -> Generator[P]:
    """
    The pages of a list, each asked for when the one before was dealt with.

    Args:
        method: Slack's name for the list.
        ask: makes the call, with the cursor of a page; None for the first.

    Raises: RepeatedCursor; what `ask` raises.
    """
    cursor: str | None = None
    cursors = Cursors(method)
    while cursor != "":
        page = ask(cursor)
        yield page
        cursor = cursors.after(page)
        del page  # before there is another one


def read_outgoing(message: Any, number: int) -> tuple[str, int]:
    """
    What to send over the socket for an item of `outgoing`, and the `id` it carries.

    Args:
        message: the item: a mapping with a `type`, such as `{"type": "typing", "channel": "C1"}`.
        number: the `id` to give it when it has none of its own.

    Raises: ValueError or TypeError, with the reason, for what Slack would close the socket over.
    Source: docs.slack.dev/legacy/legacy-rtm-api, "Sending messages" and "Limits".
    """
    if not isinstance(message, Mapping):
        raise TypeError(f"not a mapping but {type(message).__name__}")
    fields: dict[str, Any] = {"id": number, **message}
    if not isinstance(fields.get("type"), str):
        raise ValueError("a message to Slack needs a `type`")
    text = json.dumps(fields, allow_nan=False)
    if len(text) > MAX_OUTGOING_BYTES:  # all ASCII, so characters are bytes
        raise ValueError(f"{len(text)} bytes; Slack closes the socket over {MAX_OUTGOING_BYTES}")
    used = fields["id"]
    return text, used if isinstance(used, int) else number


def check_client(web: object, name: str) -> None:
    """
    Raise where a token stands in place of a client.

    >>> check_client("xoxb-test", "rtm")
    Traceback (most recent call last):
    TypeError: rtm takes a client, not str: write rtm(WebClient(…))
    """
    if isinstance(web, str):
        raise TypeError(f"{name} takes a client, not str: write {name}(WebClient(…))")
