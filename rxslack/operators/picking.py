"""Operators that pick messages: by text, channel, person, thread, mention, or whether a bot wrote them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Final, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

import reactivex
from reactivex import Observable, abc, operators as ops
from reactivex.scheduler import NewThreadScheduler

from rxslack.core.fork import after_fork
from rxslack.core.operator import composed
from rxslack.errors import ConfigurationError
from rxslack.events.markup import mentions_in
from rxslack.events.messages import (
    Event,
    Identity,
    channel_of,
    event_in,
    is_edit,
    is_from_bot,
    is_from_me,
    is_new,
    is_reply,
    text_of,
    thread_of,
    ts_of,
    user_of,
)
from rxslack.operators.plain_checks import (
    Check,
    about,
    in_a_thread,
    not_by,
    of_channel,
    of_user,
    saying,
    with_text,
)
from rxslack.recovery.reconnect import reconnect
from rxslack.web.client import WebClient
from rxslack.web.protocol import check_client
from rxslack.wire.bursts import Condition, kept, turned
from rxslack.wire.wishes import EVERYTHING, Wish, text_piece, wish, word_piece

__all__ = [
    "Matched",
    "check_ids",
    "containing",
    "from_user",
    "in_channel",
    "in_thread",
    "keep",
    "keep_knowing_me",
    "matching",
    "mentioning",
    "mentioning_me",
    "not_from_bots",
    "not_from_me",
]

E = TypeVar("E")

# Of the types of events that bring a message.
_MESSAGES: Final = (word_piece("message"), word_piece("app_mention"))


def keep(
    predicate: Callable[[Event], bool],
    needed: Wish = EVERYTHING,
    of_plain: Callable[[Check], Check] | None = None,
) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the items whose event, the item itself or its `event`, the predicate is true of.

    Args:
        predicate: never raises, and changes nothing.
        needed: what is necessary for it in a frame.
        of_plain: makes the check for plain messages of that for any item.
    """

    def holds(item: object) -> bool:
        return predicate(event_in(item))

    condition = Condition(holds, of_plain and of_plain(holds), needed)
    return lambda source: kept(source, condition)


def check_ids(ids: tuple[str, ...], initials: str, what: str) -> frozenset[str]:
    """
    The ids as a set.

    Errors: ``ConfigurationError`` for none at all, and for a name in the place of an id, which
        no event would ever match.
    """
    for one in ids:
        if not re.fullmatch(f"[{initials}][A-Z0-9]+", one):
            raise ConfigurationError(
                f"{one!r} is no id of a {what}; events carry ids such as {initials[0]}0123ABCD, "
                "which Slack shows at the end of an item's details"
            )
    if not ids:
        raise ConfigurationError(f"give the id of at least one {what}")
    return frozenset(ids)


_known: WeakKeyDictionary[WebClient, Identity] = WeakKeyDictionary()


_locks: WeakKeyDictionary[WebClient, Lock] = WeakKeyDictionary()


_lock = Lock()


def _lock_anew() -> None:
    """In a child of `fork()`: nobody is there to let these go."""
    global _lock
    _lock = Lock()
    _locks.clear()


after_fork(_lock_anew)


def keep_knowing_me(
    me: WebClient | Identity,
    predicate: Callable[[Event, Identity], bool],
    scheduler: abc.SchedulerBase | None,
    needed: Callable[[Identity], Wish] = lambda _: EVERYTHING,
    of_plain: Callable[[Identity], Callable[[Check], Check]] | None = None,
) -> Callable[[Observable[E]], Observable[E]]:
    """Keep the events that a predicate is true of, given who `me` is."""

    def piped(source: Observable[E]) -> Observable[E]:
        def knowing(identity: Identity) -> Observable[E]:
            quick = of_plain and of_plain(identity)
            return source.pipe(
                keep(lambda event: predicate(event, identity), needed(identity), quick)
            )

        if isinstance(me, Identity):
            return knowing(me)
        return asked(me, scheduler).pipe(ops.flat_map(knowing))

    return piped


def asked(web: WebClient, scheduler: abc.SchedulerBase | None) -> Observable[Identity]:
    """One identity: at once when it is known, else when Slack has answered, on another thread."""

    def ask(_: abc.SchedulerBase) -> Observable[Identity]:
        known = _known.get(web)
        if known is not None:
            return reactivex.just(known)
        return reactivex.from_callable(lambda: identify(web), scheduler or NewThreadScheduler())

    return reactivex.defer(ask).pipe(reconnect(scheduler=scheduler))


def identify(web: WebClient) -> Identity:
    """
    Ask Slack who a client's token is, unless it has been asked before.

    Errors: what `call` raises; ``ConfigurationError`` for a token that is nobody.
    """
    with _lock:
        asking = _locks.setdefault(web, Lock())
    with asking:
        identity = _known.get(web) or Identity.of(web.call("auth.test"))
        if identity == Identity():
            raise ConfigurationError(
                "auth.test knows no user and no bot for this token; "
                "give the client whose token posts the messages"
            )
        with _lock:
            _known[web] = identity
    return identity


@composed
def containing(text: str, *, ignore_case: bool = True) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the messages whose text contains another.

    >>> from rxslack.testing import diagram
    >>> a, b = {"type": "message", "text": "Hello all"}, {"type": "message", "text": "Bye"}
    >>> diagram("a-b-|", containing("hello"), a=a, b=b)
    'a---|'

    What somebody writes is looked at, and what somebody edits, where the text is inside; not what
    Slack changes by itself, as when it adds the preview of a link. Put `of_type(MessageEvent)`
    first to leave edits out.

    Args:
        text: As Slack marks text up: ``&`` is written ``&amp;``, a mention ``<@U0123ABCD>``.
        ignore_case: Whether "hello" is contained in "HELLO".

    Emits: the items themselves, unchanged, in order.
    Errors: ``ConfigurationError`` at once for an empty text; the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/messaging/formatting-message-text.
    """
    if not text:
        raise ConfigurationError("every message contains the empty text; leave containing() out")
    wanted = text.casefold() if ignore_case else text

    def has_it(event: Event) -> bool:
        said = text_of(event)
        return wanted in (said.casefold() if ignore_case else said) and (
            is_new(event) or is_edit(event)
        )

    # Several letters may have one lower case, and a text without any is written in escapes.
    needed = wish(_MESSAGES, [None if ignore_case else text_piece(text)])
    return keep(has_it, needed, partial(with_text, wanted, ignore_case))


@dataclass(frozen=True)
class Matched(Generic[E]):
    """
    A message, and what a pattern found in its text.

    Attributes:
        event: the message.
        match: what `re` found: ``matched.match["name"]``.
    """

    event: E
    match: re.Match[str]

    def __getitem__(self, group: int | str) -> str:
        """A group of the pattern by its number or name; "" when it took no part."""
        return self.match[group] or ""


@composed
def matching(
    pattern: str | re.Pattern[str],
) -> Callable[[Observable[E]], Observable[Matched[E]]]:
    r"""
    Keep the messages whose text matches a pattern, each with its match.

    >>> from rxslack.testing import diagram
    >>> a, b = {"type": "message", "text": "deploy web"}, {"type": "message", "text": "Bye"}
    >>> names = ops.map(lambda matched: matched["what"])
    >>> diagram("a-b-|", lambda s: s.pipe(matching(r"deploy (?P<what>\w+)"), names), a=a, b=b)
    'A---|'

    A is ``"web"``. `reply` takes what this emits and answers the message in it. Which messages
    are looked at is the same as for `containing`.

    Args:
        pattern: As for `re.search`: found anywhere unless it begins with ``^``. The text it meets
            is as Slack marks it up: ``&`` is ``&amp;``, a mention ``<@U0123ABCD>``.

    Emits: a `Matched` for each message that matches, in order.
    Errors: ``re.error`` at once for a pattern that is none; the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/messaging/formatting-message-text.
    """
    search = re.compile(pattern).search

    def found_in(item: object) -> re.Match[str] | None:
        event = event_in(item)
        return search(text_of(event)) if is_new(event) or is_edit(event) else None

    def matches(item: object) -> bool:
        return found_in(item) is not None

    # Those that match are searched twice; they are few, and for the others nothing is made.
    condition = Condition(matches, saying(search, matches), wish(_MESSAGES))

    def matched(item: E) -> Matched[E]:
        return Matched(item, cast("re.Match[str]", found_in(item)))

    return lambda source: turned(kept(source, condition), matched)


@composed
def from_user(*users: str) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the events that are from one of these users.

    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "user": "U1", "text": "Hello"}
    >>> b = {"type": "message", "subtype": "message_changed", "message": {"user": "U2"}}
    >>> diagram("a-b-|", from_user("U2"), a=a, b=b)
    '--b-|'

    Args:
        users: Ids of people, or of bots' users.

    Emits: the items themselves, unchanged, in order. A change is from the author of the message.
    Errors: ``ConfigurationError`` at once for a name in the place of an id; the source's own
        error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/reference/objects/user-object.
    """
    wanted = check_ids(users, "UW", "user")
    needed = wish(map(word_piece, wanted))
    return keep(lambda event: user_of(event) in wanted, needed, partial(of_user, wanted))


@composed
def in_channel(*channels: str) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the events that belong to one of these conversations.

    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "channel": "C1", "text": "Hello"}
    >>> b = {"type": "reaction_added", "item": {"channel": "C2"}}
    >>> diagram("a-b-|", in_channel("C2", "D3"), a=a, b=b)
    '--b-|'

    Messages, reactions, pins, joins: wherever the event keeps the channel, it is found.

    Args:
        channels: Ids of channels, direct messages and group direct messages.

    Emits: the items themselves, unchanged, in order.
    Errors: ``ConfigurationError`` at once for a name in the place of an id; the source's own
        error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/reference/objects/conversation-object.
    """
    wanted = check_ids(channels, "CDG", "channel")
    needed = wish(map(word_piece, wanted))
    return keep(lambda event: channel_of(event) in wanted, needed, partial(of_channel, wanted))


@composed
def in_thread(thread_ts: str | None = None) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the messages of one thread, or the replies in all threads.

    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "channel": "C1", "ts": "7.1", "text": "Who comes?"}
    >>> b = {"type": "message", "channel": "C1", "ts": "8.1", "text": "Me", "thread_ts": "7.1"}
    >>> diagram("a-b-|", in_thread(), a=a, b=b), diagram("a-b-|", in_thread("7.1"), a=a, b=b)
    ('--b-|', 'a-b-|')

    Args:
        thread_ts: The ts of the message the thread began with, which is kept as well. Only the
            channel makes it unique: `in_channel` goes with it. None stands for all threads, and
            then only replies are kept.

    Emits: the items themselves, unchanged, in order; changes of messages in the thread among them.
    Errors: the source's own, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/messaging, "Threads": a reply's `thread_ts` is another than its `ts`.
    """
    if thread_ts is None:
        return keep(is_reply, wish(_MESSAGES, [word_piece("thread_ts")]), in_a_thread)
    # A deletion of anything has a ts.
    needed = wish([word_piece(thread_ts)])

    def belongs(event: Event) -> bool:
        return thread_ts in (thread_of(event), ts_of(event))

    return keep(belongs, needed, partial(about, thread_ts))


@composed
def mentioning(*users: str) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the messages that mention one of these users.

    >>> from rxslack.testing import diagram
    >>> a, b = {"type": "message", "text": "Hi <@U1>"}, {"type": "message", "text": "Hi <@U2>"}
    >>> diagram("a-b-|", mentioning("U2"), a=a, b=b)
    '--b-|'

    Args:
        users: Ids of people, or of bots' users.

    Emits: the items themselves, unchanged, in order: what somebody writes and what somebody edits.
    Errors: ``ConfigurationError`` at once for a name in the place of an id; the source's own
        error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/messaging/formatting-message-text, "Mentioning users".
    """
    wanted = check_ids(users, "UW", "user")

    def named_in(text: str) -> bool:
        # Looking for marks takes much longer.
        return "<@" in text and not wanted.isdisjoint(mentions_in(text))

    def mentions(event: Event) -> bool:
        return named_in(text_of(event)) and (is_new(event) or is_edit(event))

    needed = wish(_MESSAGES, map(text_piece, wanted))
    return keep(mentions, needed, partial(saying, named_in))


@composed
def mentioning_me(
    me: WebClient | Identity, *, scheduler: abc.SchedulerBase | None = None
) -> Callable[[Observable[E]], Observable[E]]:
    """
    Keep the messages that mention you.

    >>> from rxslack.testing import diagram
    >>> a, b = {"type": "message", "text": "Hi <@U1>"}, {"type": "message", "text": "Hi <@U2>"}
    >>> diagram("a-b-|", mentioning_me(Identity(user_id="U2")), a=a, b=b)
    '--b-|'

    RTM has no app_mention event, so there this is how a bot hears its name.

    Args:
        me: As for `not_from_me`.
        scheduler: As for `not_from_me`.

    Emits: the items themselves, unchanged, in order: what somebody writes and what somebody edits.
    Errors: as `not_from_me`.
    Dispose: disposes the source, and stops asking.
    Source: docs.slack.dev/messaging/formatting-message-text, "Mentioning users".
    """
    check_client(me, "mentioning_me")
    return keep_knowing_me(me, mentions, scheduler, wish_for_mentions, quick_check_for_mentions)


def wish_for_mentions(me: Identity) -> Wish:
    """What is necessary in a frame that mentions me."""
    return wish(_MESSAGES, [text_piece(me.user_id or "")])


def quick_check_for_mentions(me: Identity) -> Callable[[Check], Check]:
    """That a plain message mentions me."""
    return partial(saying, lambda text: "<@" in text and me.user_id in mentions_in(text))


def mentions(event: Event, me: Identity) -> bool:
    """Whether somebody wrote a text that mentions me."""
    said = text_of(event)
    return "<@" in said and me.user_id in mentions_in(said) and (is_new(event) or is_edit(event))


@composed
def not_from_bots() -> Callable[[Observable[E]], Observable[E]]:
    """
    Drop what apps, bots and Slackbot write, also inside a change.

    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "user": "U1", "text": "Hello", "bot_id": None}
    >>> b = {"type": "message", "subtype": "bot_message", "bot_id": "B1", "text": "Build passed"}
    >>> diagram("a-b-|", not_from_bots(), a=a, b=b)
    'a---|'

    A message that an app posts with a person's token is the app's: it has a `bot_id`. Your own
    bot's messages over RTM's socket may have none, so `not_from_me` is needed beside this.

    Emits: all other items, unchanged, in order.
    Errors: the source's own, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/reference/events/message/bot_message.
    """
    return keep(lambda event: not is_from_bot(event), of_plain=partial(not_by, "USLACKBOT"))


@composed
def not_from_me(
    me: WebClient | Identity, *, scheduler: abc.SchedulerBase | None = None
) -> Callable[[Observable[E]], Observable[E]]:
    """
    Drop what you wrote or did yourself, so that a bot never answers itself.

    >>> from rxslack.testing import diagram
    >>> a = {"type": "message", "user": "U1", "text": "ping"}
    >>> b = {"type": "message", "subtype": "message_changed", "message": {"user": "U2"}}
    >>> diagram("a-b-|", not_from_me(Identity(user_id="U2", bot_id="B2")), a=a, b=b)
    'a---|'

    Both the user id and the bot id are looked at, and inside changes too: a bot's own edit, or
    the preview that Slack adds to its post, comes back as an event without a user at the top.

    Args:
        me: The client whose token posts. Slack is asked who that is (auth.test), once for each
            client, and the source is subscribed to when it has answered; a lost network is waited
            for, with pauses as `reconnect` makes them. Or an `Identity`, and nobody is asked.
        scheduler: Where to ask. Default: a thread of its own.

    Emits: all other items, unchanged, in order.
    Errors: what auth.test fails with for good; the source's own error, unchanged.
    Dispose: disposes the source, and stops asking.
    Source: docs.slack.dev/reference/methods/auth.test.
    """
    check_client(me, "not_from_me")
    return keep_knowing_me(
        me,
        lambda event, identity: not is_from_me(event, identity),
        scheduler,
        of_plain=lambda identity: partial(not_by, identity.user_id),
    )
