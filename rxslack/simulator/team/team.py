"""The workspace's state: who is there and where they talk. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import RLock

from rxslack.simulator.team.bots import Bot
from rxslack.simulator.team.channel import Channel, channel_object
from rxslack.simulator.team.feed import Changes, Feed
from rxslack.simulator.team.ids import IdMaker, Stamps
from rxslack.simulator.team.people import Enterprise, Person, user_object
from rxslack.simulator.team.text import Json

__all__ = ["SLACKBOT", "Team"]

SLACKBOT = "USLACKBOT"


class Team:
    """
    People, channels, and the lock that guards them and the order of events.

    Args:
        clock: unix time in seconds.
        seed: for ids.
        bot_name: the name of the app, its bot and its user.
    """

    def __init__(
        self, *, clock: Callable[[], float], seed: int | str | None, bot_name: str
    ) -> None:
        self.lock = RLock()
        self.changes = Changes()
        self.feed = Feed(clock, self.changes)
        self.clock = clock
        self.stamps = Stamps(clock)
        self.origin = "http://"  # where the workspace listens; known when the server runs
        self.identity = IdMaker(seed)
        self.id = self.identity.new("T")
        self.name = "Simulated"
        self.domain = "simulated"
        self.enterprise: Enterprise | None = None
        self.connected: dict[str, str] = {}  # names of other workspaces, by id
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.emoji: dict[str, str] = {}  # the workspace's own: addresses of pictures, by name
        self.usergroups: dict[str, Json] = {}
        self.snoozes: dict[str, int] = {}  # until when, in unix seconds, by user
        self.reminders: dict[str, Json] = {}
        self.link_domains: list[str] = []  # of links that the app is told of
        self.unfurls: dict[str, tuple[str, str]] = {}  # messages with such links, by `unfurl_id`
        self.webhooks: dict[str, str] = {}  # the channel's id, by the path of the address
        self._add(Person(SLACKBOT, "slackbot", int(clock())))
        self.other_bots: dict[str, Bot] = {}  # those of other apps, by their users' ids
        self.bot = self.add_bot(bot_name)

    def add_bot(self, name: str) -> Bot:
        """A bot, and the user it acts as. Tells nothing."""
        made = int(self.clock())
        bot = Bot(
            self.identity.new("B"), self.identity.new("A"), self.identity.new("U"), name, made
        )
        self._add(Person(bot.user_id, name, made, is_bot=True, bot_id=bot.id))
        return bot

    def _add(self, person: Person) -> None:
        self.people[person.id] = person

    def url(self, path: str) -> str:
        """The full address of something that is asked for over HTTP."""
        return f"{self.origin}{path}"

    def socket_url(self, path: str) -> str:
        """The full address of a websocket."""
        return f"{self.origin.replace('http', 'ws', 1)}{path}"

    def person(self, name: str) -> Person:
        """
        A person by name or id.

        Raises: LookupError, naming those who are there.
        """
        wanted = name.removeprefix("@")
        for person in self.people.values():
            if wanted in (person.id, person.name):
                return person
        known = ", ".join(p.name for p in self.people.values() if p.id != SLACKBOT)
        raise LookupError(f"nobody is called {name!r}; there are {known}; add_user({name!r}) helps")

    def channel(self, name: str) -> Channel:
        """
        A conversation by name or id.

        Raises: LookupError, naming those there are.
        """
        wanted = name.removeprefix("#")
        for channel in self.channels.values():
            if wanted and wanted in (channel.id, channel.name):
                return channel
        known = ", ".join(c.name or c.id for c in self.channels.values())
        raise LookupError(
            f"no channel is called {name!r}; there are {known}; add_channel({name!r}) helps"
        )

    def message(self, channel: str, ts: str) -> tuple[Channel, Json]:
        """
        A message by its channel's name or id, and its `ts`; and the channel.

        Raises: LookupError.
        """
        place = self.channel(channel)
        message = place.find(ts)
        if message is None:
            raise LookupError(f"no message in {channel!r} has the ts {ts!r}")
        return place, message

    def add_person(self, name: str) -> Person:
        """A new person, who joins every public channel. Tells nothing."""
        if any(name == person.name for person in self.people.values()):
            raise ValueError(f"somebody is called {name!r} already")
        person = Person(self.identity.new("U"), name, int(self.clock()))
        self._add(person)
        for channel in self.channels.values():
            if channel.kind == "public":
                channel.members[person.id] = None
        return person

    def add_outsider(self, person: Person) -> None:
        """
        Somebody who joins no channel by themselves: a guest, or one of another workspace.

        Raises: ValueError when somebody is called like that.
        """
        if any(person.name == other.name for other in self.people.values()):
            raise ValueError(f"somebody is called {person.name!r} already")
        self._add(person)

    def add_channel(
        self, name: str, *, kind: str = "public", members: Iterable[str], creator: str
    ) -> Channel:
        """A new conversation. Tells nothing."""
        if name and any(name == channel.name for channel in self.channels.values()):
            raise ValueError(f"a channel is called {name!r} already")
        channel = Channel(
            self.identity.new("D" if kind == "im" else "C"),
            name=name,
            kind=kind,
            creator=creator,
            members=members,
            clock=self.clock,
        )
        self.channels[channel.id] = channel
        return channel

    def direct(self, members: Iterable[str], creator: str) -> tuple[Channel, bool]:
        """The direct message between some people, and whether it was there before."""
        wanted = sorted({*members, creator})
        for channel in self.channels.values():
            if channel.kind in {"im", "mpim"} and sorted(channel.members) == wanted:
                return channel, True
        kind = "im" if len(wanted) <= 2 else "mpim"
        name = "" if kind == "im" else f"mpdm-{'--'.join(self.people[u].name for u in wanted)}-1"
        return self.add_channel(name, kind=kind, members=wanted, creator=creator), False

    def permalink(self, channel: Channel, message: Json) -> str:
        """The address of a message, as people share it."""
        path = f"archives/{channel.id}/p{message['ts'].replace('.', '')}"
        thread = message.get("thread_ts", message["ts"])
        inside = "" if thread == message["ts"] else f"?thread_ts={thread}&cid={channel.id}"
        return f"https://{self.domain}.slack.com/{path}{inside}"

    def icon(self) -> Json:
        """The workspace's picture."""
        sizes = (34, 44, 68, 88, 102, 132, 230)
        pictures = {
            f"image_{size}": f"https://{self.domain}.slack.com/icon_{size}.png" for size in sizes
        }
        original = f"https://{self.domain}.slack.com/icon.png"
        return {**pictures, "image_original": original, "image_default": True}

    def shown(self, channel: Channel, viewer: str) -> Json:
        """A conversation as the Web API shows it to someone."""
        return channel_object(channel, self.id, viewer, enterprise=self.enterprise)

    def user(self, person: Person) -> Json:
        """A user as the Web API shows it."""
        is_stranger = bool(person.team) and not self._meets(person.id, self.bot.user_id)
        return user_object(person, self.id, enterprise=self.enterprise, is_stranger=is_stranger)

    def _meets(self, one: str, another: str) -> bool:
        """Whether two users share a conversation."""
        return any(
            one in channel.members and another in channel.members
            for channel in self.channels.values()
        )

    def tell_user(self, person: Person, *kinds: str) -> None:
        """Tell each kind of event about a user, with the lock held."""
        for kind in kinds:
            event: Json = {
                "type": kind,
                "user": {**self.user(person), "has_files": False},
                "cache_ts": int(self.clock()),
                "event_ts": self.stamps.next(),
            }
            self.feed.publish(event)

    def humans(self) -> list[str]:
        """The ids of all members, the bot's user among them; of no guest, and nobody from elsewhere."""
        return [
            person.id
            for person in self.people.values()
            if person.id != SLACKBOT and not person.team and person.guest is None
        ]
