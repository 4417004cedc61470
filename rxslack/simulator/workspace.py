"""The workspace: what a test, a demo or a notebook holds in its hand."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from types import TracebackType
from typing import Any, Literal, TypeVar

from rxslack.settings import Transport
from rxslack.simulator import posting, reactions
from rxslack.simulator.channel import Channel
from rxslack.simulator.clock import Clock
from rxslack.simulator.connection import Connection
from rxslack.simulator.deliveries import Deliveries
from rxslack.simulator.faults import Faults
from rxslack.simulator.frames import encode
from rxslack.simulator.gestures import Gestures
from rxslack.simulator.http_events import HttpEvents
from rxslack.simulator.journal import Call, Entry, Journal
from rxslack.simulator.limits import Buckets
from rxslack.simulator.membership import join
from rxslack.simulator.oddities import oddity
from rxslack.simulator.options import Limits, RtmOptions
from rxslack.simulator.presence import set_presence
from rxslack.simulator.response_urls import ResponseUrls
from rxslack.simulator.server import Server
from rxslack.simulator.socket_mode import SocketMode
from rxslack.simulator.socket_mode_options import SocketModeOptions
from rxslack.simulator.state import State
from rxslack.simulator.team import Team
from rxslack.simulator.text import rich_text
from rxslack.simulator.tickets import Tickets
from rxslack.simulator.timers import Timers
from rxslack.simulator.tokens import BOT_SCOPES, USER_SCOPES, Token
from rxslack.simulator.wire import Json
from rxslack.web import WebClient

__all__ = ["Connection", "Workspace"]

T = TypeVar("T")


class Workspace:
    """
    A local Slack: Web API and RTM on one port of this machine, everything held in memory.

    It runs from its making until `close()`, or the end of its `with`; any client of Slack's that
    can be told a base URL talks to it.

    >>> with Workspace() as slack:
    ...     message = slack.say("general", "alice", "Hello")
    ...     answer = slack.web.call("conversations.history", channel=message["channel"])
    ...     [m["text"] for m in answer["messages"]]
    ['Hello']

    Args:
        users: names of the people who are there from the beginning.
        channels: names of the public channels; everybody, and the bot, is a member of each.
        bot_name: of the workspace's one app.
        bot_scopes: of `bot_token`. Default: a classic bot's, with the history of channels.
        limits: how often may be called. Default: much like Slack. `Limits.off()`: no limits.
        rtm: habits of the websocket.
        socket_mode: habits of Socket Mode.
        host: address to listen on.
        port: to listen on; 0 finds one that is free.
        seed: makes ids, tokens, and what faults leave to chance the same in every run.
        clock: the workspace's time; `slack.clock.advance(60.0)` moves it.
        keep: how many lines of the transcript are kept.
        tls: a server's context with its certificate; https: and wss: take the place of http: and ws:.
        transport: for `web`, `user_web` and `app`: with the authority that signed the certificate.

    Attributes:
        base_url: of the Web API, with a slash at the end.
        bot_token, user_token, app_token: to call it with. The user's is the first user's.
        web: a `WebClient` with the bot's token; `user_web` and `app` likewise with the others.
        faults: what can go wrong, each at a word.
        socket_mode: the app's websockets, and what was delivered over them.
        http_events: events over HTTP: `slack.http_events.deliver_to(url)`.
        gestures: what people do with the app: commands, buttons, shortcuts, dialogs.
        clock: its time.
        bot_id, bot_user_id, team_id: of the app's bot, the user it acts as, the workspace.

    Raises: OSError when the port is taken.
    """

    def __init__(
        self,
        *,
        users: Sequence[str] = ("alice", "bob", "carol"),
        channels: Iterable[str] = ("general", "random"),
        bot_name: str = "greeter",
        bot_scopes: Sequence[str] = BOT_SCOPES,
        limits: Limits | None = None,
        rtm: RtmOptions | None = None,
        socket_mode: SocketModeOptions | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int | str | None = None,
        clock: Clock | None = None,
        keep: int = 10_000,
        tls: ssl.SSLContext | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self._team = Team(clock=self.clock, seed=seed, bot_name=bot_name)
        self.faults = Faults(self._team.changes, seed, self._open_numbers)
        rtm = rtm or RtmOptions()
        timers = Timers(self.clock)
        options = socket_mode or SocketModeOptions()
        deliveries = Deliveries(self._team, timers, options, seed=seed, keep=keep)
        self.socket_mode = SocketMode(options, deliveries)
        self._state = State(
            team=self._team,
            clock=self.clock,
            limits=limits or Limits(),
            rtm=rtm,
            faults=self.faults,
            journal=Journal(self.clock, keep=keep),
            buckets=Buckets(self.clock),
            tickets=Tickets(self._team, life=rtm.ticket_life),
            timers=timers,
            socket_mode=self.socket_mode,
            response_urls=ResponseUrls(self._team),
        )
        self.gestures = Gestures(self._state)
        self.http_events = HttpEvents(self._state)
        self.socket_mode.watch(self._state)
        self._settle(users, channels)
        self._server = Server(self._state, host=host, port=port, tls=tls)
        where, s = f"{host}:{self._server.port}", "s" if tls else ""
        self._state.address["ws"] = f"ws{s}://{where}"
        self._state.address["http"] = f"http{s}://{where}"
        self.base_url = f"http{s}://{where}/api/"
        self._hand_out_tokens(users, bot_scopes, transport)

    def _open_numbers(self) -> list[int]:
        return [socket.link.number for socket in self._state.sockets.open()]

    def _settle(self, users: Sequence[str], channels: Iterable[str]) -> None:
        for name in users:
            self._team.add_person(name)
        everybody = self._team.humans()
        for name in channels:
            self._team.add_channel(name, members=everybody, creator=everybody[-1])

    def _hand_out_tokens(
        self, users: Sequence[str], bot_scopes: Sequence[str], transport: Transport | None
    ) -> None:
        self.bot_token = self._token("xoxb", self.bot_user_id, bot_scopes)
        owner = self._team.person(users[0]).id if users else self.bot_user_id
        self.user_token = self._token("xoxp", owner, USER_SCOPES)
        self.app_token = self._token("xapp", "", ("connections:write",))
        self.web = WebClient(self.bot_token, base_url=self.base_url, transport=transport)
        self.user_web = WebClient(self.user_token, base_url=self.base_url, transport=transport)
        self.app = WebClient(self.app_token, base_url=self.base_url, transport=transport)

    def _token(self, kind: str, user_id: str, scopes: Sequence[str]) -> str:
        text = self._team.identity.token(kind)
        return self._state.tokens.add(Token(text, kind, user_id, (*scopes,))).text

    def __repr__(self) -> str:
        return f"<Workspace at {self.base_url}>"

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every connection and thread. Again does nothing."""
        self.faults.close()
        self._state.timers.close()
        self.http_events.close()
        self._server.close()
        for client in (self.web, self.user_web, self.app):
            client.close()

    # Who is there

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
            message = posting.post(
                self._team, place, draft, thread_ts=thread_ts, broadcast=broadcast
            )
        return {**message, "channel": place.id}

    def edit(self, channel: str, ts: str, text: str, *, by: str | None = None) -> Json:
        """Somebody, the author unless said otherwise, edits a message; returns the new one."""
        place, message = self._message(channel, ts)
        editor = self.user_id(by) if by else message.get("user", self.bot_user_id)
        return posting.edit(self._team, place, message, {"text": text}, editor)

    def delete(self, channel: str, ts: str) -> None:
        """Somebody deletes a message."""
        posting.delete(self._team, *self._message(channel, ts))

    def react(self, channel: str, ts: str, user: str, emoji: str) -> None:
        """Somebody reacts to a message with an emoji, named without colons."""
        place, message = self._message(channel, ts)
        reactions.react(self._team, place, message, self.user_id(user), emoji)

    def type(self, channel: str, user: str) -> None:
        """Somebody is typing."""
        place = self._team.channel(channel)
        event = {"type": "user_typing", "channel": place.id, "user": self.user_id(user)}
        with self._team.lock:
            self._team.publish(event, to=place.members)

    def set_presence(self, user: str, presence: Literal["active", "away"]) -> None:
        """Somebody comes or goes; sockets that subscribed to that person are told."""
        set_presence(self._state, self._team.person(user), presence)

    def trigger(self, user: str) -> str:
        """Somebody does something that may open a view; the `trigger_id`, good for three seconds."""
        return self._state.new_trigger(self.user_id(user))

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
        self.faults.migrating(times=times)
        for socket in self._state.sockets.open():
            socket.tell({"type": "team_migration_started"})
            socket.part()

    def emit(self, event: Mapping[str, Any]) -> None:
        """Say any event to all websockets, and to those that are being opened."""
        with self._team.lock:
            self._team.publish(event)

    def emit_odd(self, name: str, channel: str = "general", user: str = "alice") -> Json:
        """
        Say an event that breaks clients which expect the usual.

        Args:
            name: one of `rxslack.simulator.ODDITIES`, such as "null text".
            channel: name or id.
            user: name or id.

        Returns: the event.

        Raises: LookupError, naming those there are.
        """
        event = oddity(name, self.channel_id(channel), self.user_id(user))
        self.emit(event)
        return event

    def emit_text(self, text: str | bytes) -> None:
        """Send all websockets a text frame with this payload, whatever it is."""
        with self._team.lock:
            self._team.feed.raw(encode(text.encode() if isinstance(text, str) else text))

    def emit_bytes(self, raw: bytes) -> None:
        """Put these bytes on every websocket, whether they are a frame or not."""
        with self._team.lock:
            self._team.feed.raw(raw)

    # What can be seen

    def messages(self, channel: str) -> list[Json]:
        """What was said in a channel, oldest first, replies in threads among it."""
        with self._team.lock:
            return deepcopy(self._team.channel(channel).messages)

    def ephemerals(self, user: str) -> list[Json]:
        """What was said to somebody alone, oldest first."""
        with self._team.lock:
            wanted = self.user_id(user)
            return deepcopy([one for one in self._state.ephemerals if one["to"] == wanted])

    def status(self, channel: str, thread_ts: str) -> str:
        """What an app says under a thread that it is doing; "" when it says nothing."""
        return self._state.statuses.get((self.channel_id(channel), thread_ts), "")

    def modals(self, user: str) -> list[Json]:
        """The modals that somebody sees, the topmost last."""
        return deepcopy(self._state.views.modals.get(self.user_id(user), []))

    def home(self, user: str) -> Json | None:
        """The home tab that the app published for somebody."""
        return deepcopy(self._state.views.homes.get(self.user_id(user)))

    def file(self, id: str) -> bytes | None:  # noqa: A002 - Slack's word
        """The bytes of a file that was uploaded."""
        found = self._state.files.find(id)
        return None if found is None else found.content

    def calls(self, method: str | None = None) -> list[Call]:
        """The Web API calls that came in, oldest first; those of one method, or all."""
        return self._state.journal.calls(method)

    @property
    def transcript(self) -> list[Entry]:
        """Every call, answer and frame, in and out, with its time, oldest first."""
        return self._state.journal.entries()

    @property
    def connections(self) -> list[Connection]:
        """The websockets that are open."""
        return [Connection(socket) for socket in self._state.sockets.open()]

    @property
    def past_connections(self) -> list[Connection]:
        """Every websocket there ever was, those that are open included."""
        return [Connection(socket) for socket in self._state.sockets.all()]

    def wait_until(self, predicate: Callable[[], T], timeout: float = 10.0) -> T:
        """
        Wait until `predicate()` is true, and return what it returned.

        Args:
            predicate: called on this thread, after each change in the workspace.
            timeout: seconds.

        Raises: TimeoutError.
        """
        return self._team.changes.wait_until(predicate, timeout)

    def _message(self, channel: str, ts: str) -> tuple[Channel, Json]:
        place = self._team.channel(channel)
        message = place.find(ts)
        if message is None:
            raise LookupError(f"no message in {channel!r} has the ts {ts!r}")
        return place, message
