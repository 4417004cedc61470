"""Who is in a workspace, and who may come in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from rxslack.simulator.membership import join
from rxslack.simulator.state import State
from rxslack.simulator.tokens import BOT_SCOPES, USER_SCOPES, Token

__all__ = ["Roster"]


class Roster:
    """
    The people, channels and tokens of a workspace.

    Args:
        state: the workspace's.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._team = state.team

    @property
    def team_id(self) -> str:
        """The workspace's id, "T…"."""
        return self._team.id

    @property
    def bot_id(self) -> str:
        """The bot's id, "B…"."""
        return self._team.bot.id

    @property
    def bot_user_id(self) -> str:
        """The id of the user that the bot acts as, "U…"."""
        return self._team.bot.user_id

    def user_id(self, name: str) -> str:
        """The id of a person. Raises LookupError, naming those who are there."""
        return self._team.person(name).id

    def channel_id(self, name: str) -> str:
        """The id of a channel. Raises LookupError, naming those there are."""
        return self._team.channel(name).id

    def add_user(self, name: str) -> str:
        """Let somebody join the workspace and its public channels; returns the id."""
        with self._team.lock:
            person = self._team.add_person(name)
            self._team.changes.notify()
            return person.id

    def add_channel(
        self, name: str, *, members: Iterable[str] | None = None, private: bool = False
    ) -> str:
        """
        Make a channel.

        Args:
            name: without "#".
            members: names or ids. Default: everybody, and the bot.
            private: whether only members see it.

        Returns: its id.
        """
        with self._team.lock:
            everybody = self._team.humans()
            inside = everybody if members is None else [self.user_id(name) for name in members]
            kind = "private" if private else "public"
            return self._team.add_channel(
                name, kind=kind, members=inside, creator=(inside or everybody)[0]
            ).id

    def direct(self, *people: str) -> str:
        """The id of the direct message between the bot and these people."""
        with self._team.lock:
            members = [self.user_id(name) for name in people]
            return self._team.direct(members, self.bot_user_id)[0].id

    def join(self, channel: str, user: str) -> None:
        """Make somebody a member of a channel."""
        join(self._team, self._team.channel(channel), self.user_id(user))

    def new_token(
        self, kind: Literal["xoxb", "xoxp"] = "xoxp", *, user: str = "", scopes: Sequence[str] = ()
    ) -> str:
        """
        Another token.

        Args:
            kind: "xoxb", the bot's, or "xoxp", a user's.
            user: whose, by name or id; needed for "xoxp".
            scopes: what it may do. Default: what a classic app's may.
        """
        if kind == "xoxb":
            return self._token(kind, self.bot_user_id, scopes or BOT_SCOPES)
        return self._token(kind, self.user_id(user), scopes or USER_SCOPES)

    def revoke(self, token: str, error: str = "token_revoked") -> None:
        """Answer with this error from now on when the token is shown; sockets stay open."""
        self._state.tokens.refuse(token, error)

    def _token(self, kind: str, user_id: str, scopes: Sequence[str]) -> str:
        text = self._team.identity.token(kind)
        return self._state.tokens.add(Token(text, kind, user_id, (*scopes,))).text
