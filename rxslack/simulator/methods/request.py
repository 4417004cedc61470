"""One Web API call: who asks, with which arguments, read the way Slack reads them; and pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar

from rxslack.simulator.state import State
from rxslack.simulator.team.access import Refused, Token
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.content import flag, structure
from rxslack.simulator.team.people import Person
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json
from rxslack.web.serving import whole_number

__all__ = ["METHODS", "Method", "Request", "cursor_of", "page_of", "read_cursor"]


T = TypeVar("T")
Run: TypeAlias = "Callable[[Request], Json]"
"""What a method does: from its arguments to the answer, without `ok`; raises Refused."""


@dataclass(eq=False)
class Method:
    """
    The terms of a method of the Web API. As a decorator it puts a function into the table.

    Args:
        name: such as "chat.postMessage".
        tier: the name of a field of `Limits`.
        scopes: one of these is needed; none for "any token".
        takes_json: whether the arguments may come as JSON. Where not, Slack reads no argument.
        kinds: of tokens that may call it.
        needs_token: whether a call without a token is refused.
        granular: whether a classic bot's token is refused.
        token_in_header: whether the token counts in the Authorization header only.

    Attributes:
        run: the function.

    Source: docs.slack.dev/reference/methods, "Required scopes" and "Rate limits" of each.
    """

    name: str
    tier: str
    scopes: tuple[str, ...] = ()
    takes_json: bool = True
    kinds: tuple[str, ...] = ("xoxb", "xoxp")
    needs_token: bool = True
    granular: bool = False
    token_in_header: bool = False
    run: Run = field(init=False)

    def __call__(self, run: Run) -> Run:
        """Put the function into the table."""
        self.run = run
        METHODS[self.name] = self
        return run


METHODS: Final[dict[str, Method]] = {}
"""All methods, by name."""


@dataclass(frozen=True)
class Request:
    """
    One call.

    Args:
        state: the workspace's.
        method: its name.
        arguments: from a form, all strings; from JSON, of any type.
        token: who asks. Slack's few methods without one get the bot's.
    """

    state: State
    method: str
    arguments: Mapping[str, Any]
    token: Token

    @property
    def team(self) -> Team:
        """The workspace's people, channels and messages."""
        return self.state.team

    @property
    def user_id(self) -> str:
        """Whom the token acts for."""
        return self.token.user_id

    def text(self, name: str, default: str = "") -> str:
        """An argument as text; what is absent, or null, is the default."""
        value = self.arguments.get(name)
        return default if value is None else value if isinstance(value, str) else json.dumps(value)

    def required(self, name: str) -> str:
        """
        An argument that has to be there.

        Raises: Refused, as Slack says it.
        """
        if value := self.text(name):
            return value
        raise Refused(
            "invalid_arguments",
            response_metadata={"messages": [f"[ERROR] missing required field: {name}"]},
        )

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An argument as a boolean: `1`, `true`, `True` and JSON's true."""
        return flag(self.arguments.get(name), default=default)

    def number(self, name: str, default: int, *, most: int) -> int:
        """
        An argument as a whole number; one out of range is adjusted silently.

        Source: docs.slack.dev/apis/web-api/pagination, "Limits".
        """
        try:
            value = int(self.text(name) or default)
        except ValueError:
            return default
        return default if value < 1 else min(value, most)

    def cursor(self) -> str:
        """
        The cursor of the page that is asked for; "" for the first one.

        Raises: Refused("invalid_cursor") when it is too old.
        """
        cursor = self.text("cursor")
        if cursor and self.state.faults.cursor_is_expired(self.method):
            raise Refused("invalid_cursor")
        return cursor

    def page_size(self, limit: int) -> int:
        """How many items this page gets: as many as asked for, unless something goes wrong."""
        return self.state.faults.page_size(self.method, limit)

    def structure(self, name: str, error: str) -> Any:
        """
        An argument that holds JSON: `blocks`, `attachments`, `metadata`; None when absent.

        Raises: Refused(error) when it is not JSON.
        """
        return structure(self.arguments.get(name), error)

    def ids(self, name: str) -> list[str]:
        """
        An argument with ids: a JSON list, or divided by commas.

        Raises: Refused("invalid_arguments") when it is neither.
        """
        value = self.arguments.get(name)
        if isinstance(value, str) and not value.startswith("["):
            return [one.strip() for one in value.split(",") if one.strip()]
        found: Any = structure(value, "invalid_arguments") or []
        if not isinstance(found, list):
            raise Refused("invalid_arguments")
        items: list[Any] = [*found]
        return [str(one) for one in items]

    def channel(self, *, name: str = "channel") -> Channel:
        """
        The conversation whose id an argument holds, if the caller may see it.

        Raises: Refused("channel_not_found").
        """
        channel = self.team.channels.get(self.required(name))
        if channel is None or not channel.is_visible_to(self.user_id):
            raise Refused("channel_not_found")
        return channel

    def person(self, *, name: str = "user") -> Person:
        """
        The user whose id an argument holds.

        Raises: Refused("user_not_found").
        """
        person = self.team.people.get(self.required(name))
        if person is None:
            raise Refused("user_not_found")
        return person

    def need(self, *scopes: str) -> None:
        """
        Refuse a token that has none of these scopes.

        Raises: Refused("missing_scope") with `needed` and `provided`.
        """
        if not self.token.may(scopes):
            raise Refused(
                "missing_scope", needed=",".join(scopes), provided=",".join(self.token.scopes)
            )


def cursor_of(kind: str, place: str | int) -> str:
    """
    A cursor, opaque to clients, and ending in "=" as Slack's do whenever base64 has it so.

    >>> cursor_of("next", 20)
    'bmV4dDoyMA=='
    """
    return base64.b64encode(f"{kind}:{place}".encode()).decode()


def read_cursor(kind: str, cursor: str) -> str:
    """
    What `cursor_of` was given.

    Raises: Refused("invalid_cursor").
    """
    try:
        found, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError as error:  # not base64, or of no text
        raise Refused("invalid_cursor") from error
    if found != kind or not place:
        raise Refused("invalid_cursor")
    return place


def page_of(request: Request, items: Sequence[T], *, most: int = 1000) -> tuple[Sequence[T], Json]:
    """
    The page that a call asks for, and the metadata with the next one's cursor.

    Source: docs.slack.dev/apis/web-api/pagination.
    """
    limit = request.page_size(request.number("limit", most, most=most))
    cursor = request.cursor()
    place = read_cursor("next", cursor) if cursor else "0"
    start = whole_number(place, len(items))
    if start is None:
        raise Refused("invalid_cursor")
    end = start + limit
    following = cursor_of("next", end) if end < len(items) else ""
    return items[start:end], {"response_metadata": {"next_cursor": following}}
