"""Who may do what."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["BOT_SCOPES", "USER_SCOPES", "Token", "TokenBook"]

BOT_SCOPES = ("identify", "bot", "channels:history", "groups:history")
"""A classic bot's, with the history of channels added. Without the last two it has none."""

USER_SCOPES = ("identify", "client")

_READING = (
    "channels:read",
    "groups:read",
    "im:read",
    "mpim:read",
    "users:read",
    "team:read",
    "files:read",
)
_WRITING = (
    "chat:write",
    "reactions:write",
    "channels:join",
    "channels:write",
    "im:write",
    "files:write",
)
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_IMPLIED = {
    # docs.slack.dev/legacy/legacy-rtm-api; a classic bot reads the history of direct messages
    # only: docs.slack.dev/reference/methods/conversations.history.
    "bot": ("rtm:stream", *_READING, *_WRITING, "im:history", "mpim:history"),
    "client": ("rtm:stream", *_READING, *_WRITING, *_HISTORY),
}


@dataclass(frozen=True)
class Token:
    """
    A token and what it stands for.

    Args:
        text: the secret.
        kind: "xoxb", "xoxp" or "xapp".
        user_id: whom it acts for; "" for an app's.
        scopes: as granted.
    """

    text: str = field(repr=False)
    kind: str
    user_id: str
    scopes: tuple[str, ...]

    @property
    def is_bot(self) -> bool:
        """Whether it acts as the bot."""
        return self.kind == "xoxb"

    def may(self, accepted: tuple[str, ...]) -> bool:
        """Whether one of the accepted scopes is granted, or implied by a granted one."""
        held = {*self.scopes, *(s for scope in self.scopes for s in _IMPLIED.get(scope, ()))}
        return not accepted or not held.isdisjoint(accepted)


class TokenBook:
    """All tokens of a workspace, and those that are no longer good."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._refused: dict[str, str] = {}

    def add(self, token: Token) -> Token:
        """Know a token from now on."""
        self._tokens[token.text] = token
        return token

    def find(self, text: str) -> Token | None:
        """The token, if it is known."""
        return self._tokens.get(text)

    def refuse(self, text: str, error: str) -> None:
        """Answer with an error from now on when this token is shown."""
        self._refused[text] = error

    def refusal(self, token: Token) -> str | None:
        """With which error a token is refused, if it is."""
        return self._refused.get(token.text)
