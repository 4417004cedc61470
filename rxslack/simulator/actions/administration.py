"""Who and what is in a workspace: its people, channels and tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from rxslack.simulator.methods.sign_in import uninstall
from rxslack.simulator.state import State
from rxslack.simulator.team.access import BOT_SCOPES, USER_SCOPES, Token
from rxslack.simulator.team.channel_events import announce_channel, announce_member, direct
from rxslack.simulator.team.membership import join

__all__ = ["Administration"]


class Administration:
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
        """
        Let somebody join the workspace and its public channels; returns the id.

        Tells `team_join`, and `member_joined_channel` of each channel.
        """
        team = self._team
        with team.lock:
            person = team.add_person(name)
            team.tell_user(person, "team_join")
            for channel in [*team.channels.values()]:
                if person.id in channel.members:
                    announce_member(team, channel, person.id, "member_joined_channel")
            return person.id

    def add_bot(self, name: str) -> str:
        """
        Install another app, whose bot may `say` something; returns the id of the bot's user.

        Tells `team_join`. The bot joins no channel by itself.
        """
        team = self._team
        with team.lock:
            if any(name == person.name for person in team.people.values()):
                raise ValueError(f"somebody is called {name!r} already")
            bot = team.add_bot(name)
            team.other_bots[bot.user_id] = bot
            team.tell_user(team.people[bot.user_id], "team_join")
            return bot.user_id

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
            creator = (inside or everybody)[0]
            channel = self._team.add_channel(name, kind=kind, members=inside, creator=creator)
            announce_channel(self._team, channel)
            return channel.id

    def add_emoji(self, name: str, url: str = "https://simulated.slack.com/emoji.png") -> None:
        """Add an emoji of the workspace's own, named without colons, and tell `emoji_changed`."""
        with self._team.lock:
            self._team.emoji[name] = url
            event = {"type": "emoji_changed", "subtype": "add", "name": name, "value": url}
            self._team.feed.publish({**event, "event_ts": self._team.stamps.next()})

    def rename_emoji(self, name: str, new_name: str) -> None:
        """Give one of them another name, and tell `emoji_changed`. Raises KeyError when there is none."""
        with self._team.lock:
            url = self._team.emoji.pop(name)
            self._team.emoji[new_name] = url
            names = {"old_name": name, "new_name": new_name, "value": url}
            event = {"type": "emoji_changed", "subtype": "rename", **names}
            self._team.feed.publish({**event, "event_ts": self._team.stamps.next()})

    def install(self, user: str = "alice") -> str:
        """Somebody lets the app in; returns the code that oauth.v2.access takes, once."""
        code = self._team.identity.letters(40)
        self._state.codes[code] = self.user_id(user)
        return code

    def uninstall(self) -> None:
        """Somebody takes the app away: its tokens are no good, and it is told `app_uninstalled`."""
        uninstall(self._state)

    def tell_links_of(self, *domains: str) -> None:
        """Tell the app `link_shared` of links of these domains, as its settings would say it."""
        self._team.link_domains[:] = domains

    def add_webhook(self, channel: str = "general") -> str:
        """An incoming webhook: the address that takes messages for a channel, with no token."""
        team = self._team
        with team.lock:
            hook, secret = team.identity.new("B"), team.identity.letters(24)
            path = f"/services/{team.id}/{hook}/{secret}"
            team.webhooks[path] = team.channel(channel).id
            return team.url(path)

    def direct(self, *people: str) -> str:
        """The id of the direct message between the bot and these people."""
        with self._team.lock:
            members = [self.user_id(name) for name in people]
            return direct(self._team, members, self.bot_user_id)[0].id

    def join(self, channel: str, user: str) -> None:
        """
        Make somebody a member of a channel.

        Raises: ValueError for somebody of another workspace, with which the channel is not shared.
        """
        place, person = self._team.channel(channel), self._team.person(user)
        if person.team and person.team not in place.connected:
            raise ValueError(f"{channel!r} is not shared with the workspace of {user!r}")
        join(self._team, place, person.id)

    def new_token(
        self,
        kind: Literal["xoxb", "xoxp", "xapp"] = "xoxp",
        *,
        user: str = "",
        scopes: Sequence[str] = (),
    ) -> str:
        """
        Another token.

        Args:
            kind: "xoxb", the bot's, "xoxp", a user's, or "xapp", the app's.
            user: whose, by name or id; needed for "xoxp".
            scopes: what it may do. Default: what a classic app's may.
        """
        if kind == "xoxb":
            return self._token(kind, self.bot_user_id, scopes or BOT_SCOPES)
        if kind == "xapp":
            return self._token(kind, "", scopes or ("connections:write",))
        return self._token(kind, self.user_id(user), scopes or USER_SCOPES)

    def revoke(self, token: str, error: str = "token_revoked") -> None:
        """Answer with this error from now on when the token is shown; sockets stay open."""
        self._state.revoked[token] = error

    def _token(self, kind: str, user_id: str, scopes: Sequence[str]) -> str:
        text = self._team.identity.token(kind)
        self._state.tokens[text] = Token(text, kind, user_id, (*scopes,))
        return text
