"""What a test does to a workspace: who is there, what people do, and what Slack announces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from rxslack.simulator.odd_events import odd_event
from rxslack.simulator.rare_events import rare_event
from rxslack.simulator.sockets.registry import set_presence
from rxslack.simulator.state import State
from rxslack.simulator.team import messages, reactions
from rxslack.simulator.team.access import BOT_SCOPES, USER_SCOPES, Token
from rxslack.simulator.team.channel_events import announce_channel, announce_member, direct
from rxslack.simulator.team.files import File, share
from rxslack.simulator.team.membership import join
from rxslack.simulator.team.people import user_object
from rxslack.simulator.team.rich_text import rich_text
from rxslack.simulator.team.text import Json
from rxslack.wire.frames import server_frame

__all__ = ["Actions", "Administration"]


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
            user = {**user_object(person, team.id), "has_files": False}
            team.feed.publish({"type": "team_join", "user": user, "event_ts": team.stamps.next()})
            for channel in [*team.channels.values()]:
                if person.id in channel.members:
                    announce_member(team, channel, person.id, "member_joined_channel")
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

    def install(self, user: str = "alice") -> str:
        """Somebody lets the app in; returns the code that oauth.v2.access takes, once."""
        code = self._team.identity.letters(40)
        self._state.codes[code] = self.user_id(user)
        return code

    def run_function(self, callback_id: str, inputs: Mapping[str, Any] | None = None) -> str:
        """
        A workflow comes to a step of the app's; the app is told `function_executed`.

        Args:
            callback_id: of the function.
            inputs: of the step.

        Returns: the id of the execution, under which `slack.functions` has how it ended.
        Source: docs.slack.dev/reference/events/function_executed.
        """
        team = self._team
        with team.lock:
            execution = team.identity.new("Fx")
            self._state.functions[execution] = {"callback_id": callback_id, "completed": False}
            function = {
                "id": team.identity.new("Fn"),
                "callback_id": callback_id,
                "title": callback_id,
                "description": "",
                "type": "app",
                "input_parameters": list[Json](),
                "output_parameters": list[Json](),
                "app_id": team.bot.app_id,
                "date_created": 0,
                "date_updated": 0,
                "date_deleted": 0,
                "form_enabled": False,
            }
            event: Json = {
                "type": "function_executed",
                "function": function,
                "inputs": dict(inputs or {}),
                "function_execution_id": execution,
                "workflow_execution_id": team.identity.new("Wx"),
                "bot_access_token": next(
                    token.text for token in self._state.tokens.values() if token.is_bot
                ),
                "event_ts": team.stamps.next(),
            }
            team.feed.tell_app(event, to=[team.bot.user_id])
        return execution

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
        self._state.revoked[token] = error

    def _token(self, kind: str, user_id: str, scopes: Sequence[str]) -> str:
        text = self._team.identity.token(kind)
        self._state.tokens[text] = Token(text, kind, user_id, (*scopes,))
        return text


class Actions(Administration):
    """What people do, and what Slack says to every websocket."""

    # What people do

    def say(
        self,
        channel: str,
        user: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        **fields: Any,
    ) -> Json:
        """
        Somebody writes a message.

        Args:
            channel: name or id.
            user: name or id.
            text: as Slack writes it: `<@U…>` for a mention, `&amp;` for an ampersand.
            thread_ts: of the message that it answers.
            broadcast: whether the channel sees the answer, too.
            fields: more for the message, or other values; None takes a field away.

        Returns: the message as the channel's history has it, and its `channel`.
        """
        place, identity = self._team.channel(channel), self._team.identity
        with self._team.lock:
            draft = {
                "user": self.user_id(user),
                "text": text,
                "client_msg_id": identity.uuid(),
                "blocks": rich_text(text, identity.letters(5)),
                **fields,
            }
            draft = {name: value for name, value in draft.items() if value is not None}
            message = messages.post(
                self._team, place, draft, thread_ts=thread_ts, broadcast=broadcast
            )
        return {**message, "channel": place.id}

    def upload(
        self,
        channel: str,
        user: str,
        name: str,
        content: bytes | str,
        *,
        text: str = "",
        title: str = "",
        thread_ts: str | None = None,
    ) -> Json:
        """
        Somebody shares a file.

        Args:
            channel: name or id.
            user: name or id.
            name: of the file.
            content: its bytes.
            text: what is said with it, as `say` has it.
            title: of the file. Default: its name.
            thread_ts: of the message that it answers.

        Returns: the message, and its `channel`.
        """
        team, place = self._team, self._team.channel(channel)
        owner, data = self.user_id(user), content.encode() if isinstance(content, str) else content
        with team.lock:
            made = team.identity.new("F"), team.identity.letters(40)
            file = File(*made, name, len(data), owner, int(team.clock()))
            file.content, file.title, file.done = data, title or name, True
            draft: Json = {"user": owner, "text": text}
            if text:
                draft["blocks"] = rich_text(text, team.identity.letters(5))
            self._state.files.add(file)
            message = share(team, place, [file], draft, thread_ts=thread_ts)
        return {**message, "channel": place.id}

    def edit(self, channel: str, ts: str, text: str, *, by: str | None = None) -> Json:
        """Somebody, the author unless said otherwise, edits a message; returns the new one."""
        place, message = self._team.message(channel, ts)
        editor = self.user_id(by) if by else message.get("user", self.bot_user_id)
        return messages.edit(self._team, place, message, {"text": text}, editor)

    def delete(self, channel: str, ts: str) -> None:
        """Somebody deletes a message."""
        messages.delete(self._team, *self._team.message(channel, ts))

    def react(self, channel: str, ts: str, user: str, emoji: str) -> None:
        """Somebody reacts to a message with an emoji, named without colons."""
        place, message = self._team.message(channel, ts)
        reactions.react(self._team, place, message, self.user_id(user), emoji)

    def type(self, channel: str, user: str) -> None:
        """Somebody is typing."""
        place = self._team.channel(channel)
        event = {"type": "user_typing", "channel": place.id, "user": self.user_id(user)}
        with self._team.lock:
            self._team.feed.publish(event, to=place.members)

    def open_home(self, user: str) -> None:
        """
        Somebody opens the app's home tab, and the app is told `app_home_opened`; not over RTM.

        Source: docs.slack.dev/reference/events/app_home_opened.
        """
        team, person = self._team, self._team.person(user)
        with team.lock:
            event: Json = {
                "type": "app_home_opened",
                "user": person.id,
                "channel": team.direct([person.id], team.bot.user_id)[0].id,
                "tab": "home",
                "event_ts": team.stamps.next(),
            }
            if (view := self._state.views.homes.get(person.id)) is not None:
                event["view"] = view
            team.feed.tell_app(event, to=[team.bot.user_id])

    def set_presence(self, user: str, presence: Literal["active", "away"]) -> None:
        """Somebody comes or goes; sockets that subscribed to that person are told."""
        set_presence(self._team, self._state.sockets, self._team.person(user), presence)

    def stop_session(self, channel: str, thread_ts: str, user: str) -> list[str]:
        """
        Somebody presses the stop button in a thread where the app is at work.

        What streams there ends: an append is `stopped_by_user` from now on. The app is told
        `agent_session_stopped` over Socket Mode or HTTP, not over RTM.

        Args:
            channel: name or id.
            thread_ts: of the thread.
            user: name or id.

        Returns: the `ts` of the messages that were ended.

        Raises: LookupError when nobody sees a stop button there.
        """
        place = self._team.channel(channel)
        return self._state.agent_sessions.stop(place, thread_ts, self.user_id(user))

    def rename_session(self, channel: str, thread_ts: str, user: str, title: str) -> None:
        """
        Somebody gives a session another title; the app is told `agent_session_title_changed`.

        Raises: LookupError when there is no session.
        """
        session = self._state.agent_sessions.find(self._team.channel(channel), thread_ts)
        if session is None:
            raise LookupError(f"there is no session in the thread {thread_ts!r}")
        self._state.agent_sessions.rename_by(session, self.user_id(user), title)

    def trigger(self, user: str) -> str:
        """Somebody does something that may open a view; a `trigger_id`, good for three seconds."""
        return self._state.views.new_trigger(self.user_id(user))

    # What Slack says

    def goodbye(self, *, times: int = 1, grace: float | None = None) -> None:
        """
        Say goodbye on all websockets; what happens goes on being told until the end.

        Args:
            times: goodbyes; two have been seen.
            grace: seconds on the workspace's clock until the end. Default: never.
        """
        for socket in self._state.sockets.open():
            socket.say_goodbye(times=times, grace=grace)

    def migrate(self, *, times: int = 3) -> None:
        """
        Move the workspace to another server: every websocket is told, and ended at once.

        Args:
            times: answers of rtm.connect that then say `migration_in_progress`.

        Source: docs.slack.dev/reference/events/team_migration_started.
        """
        self._state.faults.migrating(times=times)
        for socket in self._state.sockets.open():
            socket.tell({"type": "team_migration_started"})
            socket.part()

    def emit(self, event: Mapping[str, Any]) -> None:
        """Say any event to all websockets, and to those that are being opened."""
        with self._team.lock:
            self._team.feed.publish(event)

    def emit_odd(self, name: str, channel: str = "general", user: str = "alice") -> Json:
        """
        Say an event that breaks clients which expect the usual.

        Args:
            name: one of `rxslack.simulator.ODD_EVENTS`, such as "null text".
            channel: name or id.
            user: name or id.

        Returns: the event.

        Raises: LookupError, naming those there are.
        """
        event = odd_event(name, self.channel_id(channel), self.user_id(user))
        self.emit(event)
        return event

    def emit_rare(self, name: str, channel: str = "general", user: str = "alice") -> Json:
        """
        Say an event that Slack documents and nothing here causes, such as "scope_granted".

        Args:
            name: one of `rxslack.simulator.RARE_EVENTS`.
            channel: name or id.
            user: name or id.

        Returns: the event.

        Raises: LookupError, naming those there are.
        """
        with self._team.lock:
            event = rare_event(self._team, name, self.channel_id(channel), self.user_id(user))
            self._team.feed.publish(event)
        return event

    def emit_text(self, text: str | bytes) -> None:
        """Send all websockets a text frame with this payload, whatever it is."""
        with self._team.lock:
            self._team.feed.raw(server_frame(text.encode() if isinstance(text, str) else text))

    def emit_bytes(self, raw: bytes) -> None:
        """Put these bytes on every websocket, whether they are a frame or not."""
        with self._team.lock:
            self._team.feed.raw(raw)
