"""One Web API call: who asks, with which arguments, read the way Slack reads them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rxslack.simulator.channel import Channel
from rxslack.simulator.people import Person
from rxslack.simulator.refusal import Refused
from rxslack.simulator.tokens import Token
from rxslack.simulator.wire import Json, read_json

if TYPE_CHECKING:
    from rxslack.simulator.state import State

__all__ = ["Method", "Request"]


@dataclass(frozen=True)
class Method:
    """
    A method of the Web API, as the simulator has it.

    Args:
        run: does it; raises Refused.
        tier: the name of a field of `Limits`.
        scopes: one of these is needed; none for "any token".
        takes_json: whether the arguments may come as JSON. Where not, Slack reads no argument.
        kinds: of tokens that may call it.
        needs_token: whether a call without a token is refused.
        token_in_header: whether the token counts in the Authorization header only.

    Source: docs.slack.dev/reference/methods, "Required scopes" and "Rate limits" of each.
    """

    run: Callable[[Request], Json]
    tier: str
    scopes: tuple[str, ...] = ()
    takes_json: bool = True
    kinds: tuple[str, ...] = ("xoxb", "xoxp")
    needs_token: bool = True
    token_in_header: bool = False


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
        value = self.arguments.get(name)
        return default if value is None else str(value).lower() in {"1", "true"}

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
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return read_json(value) if value else None
        except ValueError as problem:
            raise Refused(error) from problem

    def channel(self, *, name: str = "channel") -> Channel:
        """
        The conversation whose id an argument holds, if the caller may see it.

        Raises: Refused("channel_not_found").
        """
        channel = self.state.team.channels.get(self.required(name))
        if channel is None or (channel.kind != "public" and self.user_id not in channel.members):
            raise Refused("channel_not_found")
        return channel

    def person(self, *, name: str = "user") -> Person:
        """
        The user whose id an argument holds.

        Raises: Refused("user_not_found").
        """
        person = self.state.team.people.get(self.required(name))
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
