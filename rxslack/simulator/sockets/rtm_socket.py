"""One RTM websocket: what Slack says over it, and how it takes what a client says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rxslack.simulator.faults import Hold
from rxslack.simulator.faults.session import Swapper
from rxslack.simulator.sockets.rtm import Rtm, Ticket
from rxslack.simulator.sockets.server_socket import ServerSocket
from rxslack.simulator.team.access import Bucket, Refused, Token
from rxslack.simulator.team.clock import TimerGroup
from rxslack.simulator.team.messages import by_token, post
from rxslack.simulator.team.mrkdwn import as_posted
from rxslack.simulator.team.people import presence_events
from rxslack.simulator.team.text import Json, read_object
from rxslack.wire.frames import PING, server_frame

__all__ = ["RtmSocket"]

_EXPIRED: Final = {"code": 1, "msg": "Socket URL has expired"}
_NO_CHANNEL: Final = {"code": 0, "msg": "invalid channel id"}
_NO_TEXT: Final = {"code": 2, "msg": "message text is missing"}
_CANNOT: Final = {"code": 4, "msg": "cannot process message"}
_SLOWER: Final = {"code": -1, "msg": "slow down, too many messages..."}
"""What is known of Slack's error codes: docs.slack.dev/legacy/legacy-rtm-api, and for 0, 4 and -1
slack-rs/slack-rs#35, slackapi/node-slack-sdk#1100, slack-go/slack#246."""


class RtmSocket:
    """
    A websocket that was opened with a ticket, or with one that is spent.

    Args:
        rtm: what RTM's websockets share.
        link: the websocket itself.
        ticket: None when the URL was used before, or too old.

    Attributes:
        watched: ids of the users whose presence is told.
        is_open: whether it has said hello and not ended.
        has_ended: whether nothing more will come over it.
        opened_at: when its handshake was, on the workspace's clock.
        ended_at: when it ended; None: not yet.
    """

    def __init__(self, rtm: Rtm, link: ServerSocket, ticket: Ticket | None) -> None:
        self.link = link
        self.watched: set[str] = set()
        self.is_open = False
        self.has_ended = False
        self.opened_at = rtm.team.clock()
        self.ended_at: float | None = None
        self._rtm = rtm
        self._team, self._faults, self._options = rtm.team, rtm.faults, rtm.options
        self._ticket = ticket
        limit = rtm.limits.frames
        self._allowance = None if limit is None else Bucket(limit, rtm.team.clock)
        self._over_limit = 0
        self._ids = set[str]()
        self._timers = TimerGroup(rtm.timers)
        self._heard_at = self._began_at = rtm.team.clock()
        self._events = Swapper[bytes](lambda: rtm.faults.swaps("events"), link.offer)
        self._replies = Swapper[Json](lambda: rtm.faults.swaps("replies"), link.tell)
        self._handlers: Mapping[str, Callable[[Json], None]] = {
            "message": self._on_message,
            "ping": self._on_ping,
            "typing": self._on_typing,
            "user_typing": self._on_typing,
            "presence_sub": self._on_presence_sub,
            "presence_query": self._on_presence_query,
            "tickle": self._on_tickle,
        }

    @property
    def user_id(self) -> str:
        """The id of the user who asked for it; it is sent what this user may see."""
        return self._ticket.user_id if self._ticket else ""

    @property
    def token(self) -> Token | None:
        """Whose token asked for it."""
        return self._ticket.token if self._ticket else None

    @property
    def batch_presence(self) -> bool:
        """Whether presence comes in lists."""
        return self._ticket is not None and self._ticket.batch_presence

    def offer(self, frame: bytes) -> None:
        """Take an event's frame, without waiting."""
        self._events.take(frame)
        if self._faults.doubles():
            self._events.take(frame)

    def half_open(self) -> Hold:
        """Neither read nor write, until the release."""
        return self._faults.half_open(self.link.number)

    def tell(self, event: Mapping[str, Any]) -> None:
        """Send an event to this socket alone."""
        self.link.tell(event)

    def serve(self) -> None:
        """Greet, and read until the end, on this thread."""
        if self._ticket is None:
            self.tell({"type": "error", "error": _EXPIRED})
            self.part()
        else:
            self._faults.after(self._begin, "hello")
        try:
            self.link.serve(self._heard, self._note_life)
        finally:
            self._end()

    def _begin(self) -> None:
        greeting = self._faults.greeting()
        for frame in greeting.before:
            self.link.say(frame)
        if greeting.hello:
            self._greet()
        if greeting.ending is not None:
            self.link.end(greeting.ending, greeting.code)

    def _greet(self) -> None:
        """hello, what happened since rtm.connect, and from now on everything as it happens."""
        ticket, feed = self._ticket, self._team.feed
        # All with the lock held: an event that is published meanwhile would be lost between the
        # ticket and the socket, or come before what had waited.
        with self._team.lock:
            if ticket is None or self.has_ended:  # it ended while a fault held hello back
                return
            self.tell({"type": "hello", "fast_reconnect": False, "region": "sim", "start": True})
            self.is_open = True  # not before: whoever sees it may send something at once
            self._replay_own()
            for frame in ticket.waiting:
                self.offer(frame)
            feed.remove(ticket)
            feed.add(self)
            if self._options.reconnect_url:
                self.offer_spare()
            self._begin_timers()
        self._team.changes.notify()

    def _begin_timers(self) -> None:
        """Spare URLs, pings, goodbye and the end, all by the workspace's clock."""
        options, timers = self._options, self._timers
        self._heard_at = self._began_at = self._team.clock()
        if options.reconnect_url:
            timers.every(options.reconnect_url_every, self.offer_spare)
        timers.every(options.ping_every, lambda: self.link.offer(server_frame(b"", PING)))
        timers.after(options.max_age, self.say_goodbye_and_part)
        timers.when_quiet(options.quiet, self._last_event_at, self.say_goodbye_and_part)
        timers.when_quiet(options.idle_timeout, lambda: self._heard_at, self.part)

    def _last_event_at(self) -> float:
        return max(self._began_at, self._team.feed.last_event_at)

    def _note_life(self) -> None:
        self._heard_at = self._team.clock()

    def _replay_own(self) -> None:
        last = self._rtm.last_sent.get(self.user_id)
        if last is not None and self._options.replays_own_message:
            self.tell(last)
        if (foreign := self._faults.replayed()) is not None:
            self.tell({"user": self.user_id, **foreign})

    def offer_spare(self) -> None:
        """Send `reconnect_url`."""
        if self._ticket is not None:
            bare = self._faults.has_no_url()
            url = {} if bare else {"url": self._spare_url(self._ticket)}
            self.tell({"type": "reconnect_url"} | url)

    def say_goodbye(self, *, times: int = 1, grace: float | None = None) -> None:
        """
        Send `goodbye`, and part so many seconds later on the clock; None: never.

        Until then events go on coming: Slack says goodbye so that a client can have its next socket
        open before this one ends, and lose nothing.

        Source: docs.slack.dev/reference/events/goodbye.
        """
        now = self._team.clock()  # before it is told: whoever hears it may move the clock
        for _ in range(times):
            self.tell({"type": "goodbye"})
        if grace is not None:
            self._timers.at(now + grace, self.part)

    def say_goodbye_and_part(self) -> None:
        """The same with the options' grace."""
        grace = self._options.grace
        self.say_goodbye(grace=None if grace is None else self._faults.chance.uniform(*grace))

    def part(self) -> None:
        """End it as the options have it."""
        self.link.end(self._options.parting, self._options.close_code)

    def _spare_url(self, ticket: Ticket) -> str:
        return self._rtm.issue_spare_ticket(ticket.token, batch_presence=ticket.batch_presence)

    def _end(self) -> None:
        with self._team.lock:
            self.has_ended = True
            self.is_open = False
            self.ended_at = self._team.clock()
            self._timers.end()
            self._team.feed.remove(self)
            if self._ticket is not None:
                self._team.feed.remove(self._ticket)
        self._team.changes.notify()

    # What a client says

    def _heard(self, text: bytes) -> None:
        if not self.is_open:
            return
        message = read_object(text) or {}
        if self._floods(message):
            return
        handler = self._handlers.get(str(message.get("type")))
        if handler is not None:
            handler(message)
        elif self._options.answers_unknown_types:
            self._refuse(message, _CANNOT)

    def _floods(self, message: Json) -> bool:
        if self._allowance is None or not self._allowance.take():
            return False
        self._over_limit += 1
        self._refuse(message, _SLOWER)
        if self._over_limit > self._rtm.limits.patience:
            self.part()
        return True

    def _refuse(self, message: Json, error: Mapping[str, Any]) -> None:
        self._answer(message, {"ok": False, "error": dict(error)})

    def _answer(self, message: Json, answer: Json) -> None:
        self._faults.reply(_in_reply(message, answer), self._replies.take)

    def _on_message(self, message: Json) -> None:
        team = self._team
        text, channel = message.get("text"), team.channels.get(str(message.get("channel")))
        if (error := self._objection(message)) is not None:
            self._refuse(message, error)
        elif channel is None or self.user_id not in channel.members:
            self._refuse(message, _NO_CHANNEL)
        elif not isinstance(text, str) or not text:
            self._refuse(message, _NO_TEXT)
        elif self._ticket is not None:
            draft = {**by_token(team, self._ticket.token), "text": as_posted(text)}
            thread = message.get("thread_ts")
            try:
                posted = post(team, channel, draft, thread_ts=thread, but=self)
            except Refused:
                self._refuse(message, _CANNOT)
                return
            self._answer(message, {"ok": True, "ts": posted["ts"], "text": posted["text"]})
            self._remember(message, posted, channel.id)

    def _objection(self, message: Json) -> Mapping[str, Any] | None:
        """What a fault, or an option, has against a message."""
        options, number = self._options, str(message.get("id"))
        is_known = "id" in message and number in self._ids
        self._ids.add(number)
        if (error := self._faults.refusal()) is not None:
            return error
        if is_known and options.refuses_duplicate_ids:
            return _CANNOT
        if options.max_text is not None and len(str(message.get("text"))) > options.max_text:
            code, msg = options.long_text_error
            return {"code": code, "msg": msg}
        return None

    def _remember(self, message: Json, posted: Json, channel: str) -> None:
        self._rtm.last_sent[self.user_id] = {
            "reply_to": message.get("id"),
            "type": "message",
            "channel": channel,
            "user": self.user_id,
            "text": posted["text"],
            "ts": posted["ts"],
        }

    def _on_ping(self, message: Json) -> None:
        echoed = {name: value for name, value in message.items() if name not in {"id", "type"}}
        if any(isinstance(value, (dict, list)) for value in echoed.values()):
            self._refuse(message, _CANNOT)
        elif not self._faults.ignores_ping("json"):
            self.tell(_in_reply(message, {"type": "pong", **echoed}))

    def _on_typing(self, message: Json) -> None:
        team = self._team
        channel = team.channels.get(str(message.get("channel")))
        if channel is None or self.user_id not in channel.members:
            self._refuse(message, _NO_CHANNEL)
            return
        event = {"type": "user_typing", "channel": channel.id, "user": self.user_id}
        with team.lock:
            team.feed.publish(event, to=channel.members, but=self)

    def _on_presence_sub(self, message: Json) -> None:
        """The list replaces the one before; only those who are new on it are told at once."""
        wanted = set(_ids(message))
        added, self.watched = wanted - self.watched, wanted
        self._tell_presence([user for user in _ids(message) if user in added])

    def _on_presence_query(self, message: Json) -> None:
        self._tell_presence(_ids(message)[:500])

    def _on_tickle(self, message: Json) -> None:
        """Slack says nothing to it."""

    def _tell_presence(self, users: list[str]) -> None:
        team = self._team
        with team.lock:
            people = [team.people[user] for user in users if user in team.people]
            for event in presence_events(people, batch=self.batch_presence):
                self.tell(event)


def _in_reply(message: Json, answer: Json) -> Json:
    number = message.get("id")
    return answer | ({"reply_to": number} if number is not None else {})


def _ids(message: Json) -> list[str]:
    ids: Any = message.get("ids")
    listed: list[Any] = [*ids] if isinstance(ids, list) else []
    return [str(one) for one in listed]
