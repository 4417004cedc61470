"""Who wrote a message, what it says, where it belongs, and whether it is news."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rxslack.events import markup, messages
from rxslack.events.known import KNOWN_SUBTYPES, KNOWN_TYPES
from rxslack.events.messages import Event, Identity
from rxslack.operators import predicates

ME = Identity(user_id="UME", bot_id="BME")
AUTHORLESS = Identity(user_id="UME", bot_id=None)  # a person's token has no bot id


def message(**fields: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "ts": "7.1", **fields}


def change(subtype: str = "message_changed", **fields: Any) -> dict[str, Any]:
    return message(subtype=subtype, hidden=True, ts="9.1", **fields)


PLAIN = message(user="U1", text="Hello")
BOT_TOKEN = message(user="UME", bot_id="BME", text="Hello", bot_profile={"id": "BME"})
OVER_RTM = message(user="UME", text="Hello")
FOR_A_PERSON = message(user="U1", bot_id="B9", app_id="A9", text="Hello")
INTEGRATION = message(subtype="bot_message", bot_id="B9", text="", username="ci")
MINE_AS_INTEGRATION = message(subtype="bot_message", bot_id="BME", text="Hello")
NO_BOT = message(user="U1", bot_id=None, text="Hello")
SLACKBOT = message(user="USLACKBOT", text="Reminder")
REVOKED = message(subtype="ekm_access_denied", user="UREVOKEDU", text="redacted")
JOINED = message(subtype="channel_join", user="U1", text="<@U1> has joined the channel")
BOT_ADDED = message(subtype="bot_add", user="U1", bot_id="B9", text="added an integration")
SHARED = message(subtype="file_share", user="U1", text="see", files=[{"id": "F1"}], bot_id=None)
ME_MESSAGE = message(subtype="me_message", user="U1", text="waves")
COMMENTED = message(subtype="file_comment", text="good", comment={"id": "Fc1", "user": "U1"})
REPLY = message(user="U1", text="Me", ts="8.1", thread_ts="7.1")
PARENT = message(user="U1", text="Who comes?", thread_ts="7.1", reply_count=1)
BROADCAST = message(subtype="thread_broadcast", user="U1", text="Me", ts="8.1", thread_ts="7.1")
REPEATED = message(user="UME", text="Hello", reply_to=3)
NAMELESS_SUBTYPE = message(subtype=["odd"], user="U1", text="Hello")
INVENTED = message(subtype="invented", user="U1", text="Hello")

EDITED = change(
    message={"user": "U1", "text": "Hi", "ts": "7.1", "edited": {"user": "U1", "ts": "8.0"}},
    previous_message={"user": "U1", "text": "Hello", "ts": "7.1"},
)
MY_EDIT = change(
    message={"user": "UME", "bot_id": "BME", "text": "Hi", "ts": "7.1", "edited": {"ts": "8.0"}}
)
UNFURLED = change(
    message={"user": "U1", "text": "https://example.com", "ts": "7.1", "attachments": [{}]},
    previous_message={"user": "U1", "text": "https://example.com", "ts": "7.1"},
)
UNFURLED_AFTER_EDIT = change(
    message={"user": "U1", "text": "Hi", "edited": {"ts": "8.0"}, "attachments": [{}]},
    previous_message={"user": "U1", "text": "Hi", "edited": {"ts": "8.0"}},
)
DELETED = change("message_deleted", deleted_ts="7.1", previous_message={"user": "U1", "text": "Hi"})
DELETED_BARE = change("message_deleted", deleted_ts="7.1")
REPLIED = change("message_replied", message={"user": "UME", "text": "ping", "ts": "7.1"})
REPLIED_NAMELESS = message(hidden=True, ts="9.1", message={"user": "U1", "text": "q", "ts": "7.1"})
CHANGED_BARE = change()

MENTION = {"type": "app_mention", "user": "U1", "text": "<@UME> hi", "channel": "C1", "ts": "7.1"}
REACTED = {"type": "reaction_added", "user": "U1", "item": {"channel": "C1", "ts": "7.1"}}
CHANGED_USER = {"type": "user_change", "user": {"id": "U1"}}
RENAMED = {"type": "channel_rename", "channel": {"id": "C1", "name": "lobby"}}
PINNED: Event = {"type": "pin_added", "user": "U1", "channel_id": "C1", "item": {}}
FILE = {"type": "file_public", "file_id": "F1", "user_id": "U1"}
HELLO = {"type": "hello"}

Case = tuple[Callable[[Event], object], Event, object]


def cases(function: Callable[[Event], object], *pairs: tuple[Event, object]) -> list[Case]:
    return [(function, event, expected) for event, expected in pairs]


TABLE = [
    *cases(
        messages.text_of,
        (PLAIN, "Hello"),
        (EDITED, "Hi"),
        (INTEGRATION, ""),
        (message(user="U1", text=None), ""),
        (message(user="U1"), ""),
        (DELETED, ""),
        (REPLIED, ""),
        (REPLIED_NAMELESS, ""),
        (CHANGED_BARE, ""),
        (MENTION, "<@UME> hi"),
        (INVENTED, "Hello"),
        (REACTED, ""),
    ),
    *cases(
        messages.user_of,
        (PLAIN, "U1"),
        (INTEGRATION, None),
        (EDITED, "U1"),
        (DELETED, "U1"),
        (DELETED_BARE, None),
        (COMMENTED, "U1"),
        (MENTION, "U1"),
        (REACTED, "U1"),
        (CHANGED_USER, "U1"),
        (FILE, "U1"),
        (HELLO, None),
    ),
    *cases(
        messages.bot_of,
        (PLAIN, None),
        (NO_BOT, None),
        (BOT_TOKEN, "BME"),
        (message(bot_profile={"id": "B9"}), "B9"),
        (MY_EDIT, "BME"),
        (REACTED, None),
    ),
    *cases(
        messages.channel_of,
        (PLAIN, "C1"),
        (EDITED, "C1"),
        (REACTED, "C1"),
        (RENAMED, "C1"),
        (PINNED, "C1"),
        (HELLO, None),
    ),
    *cases(
        messages.ts_of,
        (PLAIN, "7.1"),
        (EDITED, "7.1"),
        (DELETED, "7.1"),
        (DELETED_BARE, "7.1"),
        (REPLIED, "7.1"),
        (REACTED, None),
    ),
    *cases(
        messages.thread_of,
        (PLAIN, None),
        (REPLY, "7.1"),
        (PARENT, "7.1"),
        (change(message={"ts": "8.1", "thread_ts": "7.1"}), "7.1"),
    ),
    *cases(
        messages.is_reply,
        (PLAIN, False),
        (PARENT, False),
        (REPLY, True),
        (BROADCAST, True),
        (change(message={"ts": "8.1", "thread_ts": "7.1"}), True),
        (change(message={"ts": "7.1", "thread_ts": "7.1"}), False),
        (REACTED, False),
    ),
    *cases(
        messages.is_new,
        *((event, True) for event in (PLAIN, BOT_TOKEN, INTEGRATION, SHARED, ME_MESSAGE)),
        *((event, True) for event in (COMMENTED, BROADCAST, REPLY, MENTION)),
        *((event, False) for event in (EDITED, UNFURLED, DELETED, REPLIED, REPLIED_NAMELESS)),
        *((event, False) for event in (JOINED, BOT_ADDED, REPEATED, INVENTED, REACTED, HELLO, {})),
        (message(user="U1", text="Hello", hidden=True), False),
    ),
    *cases(
        messages.is_change,
        *((event, True) for event in (EDITED, UNFURLED, DELETED, DELETED_BARE, REPLIED)),
        (REPLIED_NAMELESS, True),
        *((event, False) for event in (PLAIN, JOINED, REACTED, MENTION, {})),
    ),
    *cases(
        messages.is_edit,
        (EDITED, True),
        (MY_EDIT, True),
        *((event, False) for event in (UNFURLED, UNFURLED_AFTER_EDIT, DELETED, PLAIN, REPLIED)),
        (CHANGED_BARE, False),
    ),
    *cases(
        messages.is_from_bot,
        *((event, True) for event in (BOT_TOKEN, FOR_A_PERSON, INTEGRATION, SLACKBOT, MY_EDIT)),
        *((event, False) for event in (PLAIN, NO_BOT, JOINED, BOT_ADDED, REVOKED, EDITED)),
        (REACTED, False),
    ),
    *cases(
        messages.is_from_person,
        *((event, True) for event in (PLAIN, NO_BOT, SHARED, ME_MESSAGE, COMMENTED, EDITED)),
        *((event, True) for event in (DELETED, REPLY, BROADCAST, OVER_RTM, MENTION)),
        *((event, False) for event in (BOT_TOKEN, FOR_A_PERSON, INTEGRATION, SLACKBOT, REVOKED)),
        *((event, False) for event in (JOINED, BOT_ADDED, DELETED_BARE, REACTED, INVENTED)),
    ),
    *cases(
        lambda event: messages.is_from_me(event, ME),
        *((event, True) for event in (BOT_TOKEN, OVER_RTM, MINE_AS_INTEGRATION, MY_EDIT, REPEATED)),
        *((event, False) for event in (PLAIN, NO_BOT, INTEGRATION, EDITED, DELETED_BARE, HELLO)),
        ({"type": "reaction_added", "user": "UME"}, True),
    ),
    *cases(
        # Were null compared with null, every message of a person would be the bot's own.
        lambda event: messages.is_from_me(event, AUTHORLESS),
        (OVER_RTM, True),
        *((event, False) for event in (PLAIN, NO_BOT, INTEGRATION, DELETED_BARE)),
    ),
    *cases(lambda event: messages.is_from_me(event, Identity()), (DELETED_BARE, False)),
    *cases(
        messages.delivery_key,
        (PLAIN, ("message", "C1", "7.1", "", "")),
        (EDITED, ("message", "C1", "9.1", "message_changed", "8.0")),
        (MENTION, ("app_mention", "C1", "7.1", "", "")),
        ({**PLAIN, "event_id": "Ev1"}, ("event_id", "Ev1")),
        ({"type": "events_api", "payload": {"event_id": "Ev1"}}, ("event_id", "Ev1")),
        ({"type": "channel_marked", "channel": "C1", "ts": "7.1"}, None),
        (REACTED, None),
        (HELLO, None),
    ),
]


@pytest.mark.parametrize(("function", "event", "expected"), TABLE)
def test_it_reads_messages(
    function: Callable[[Event], object], event: Event, expected: object
) -> None:
    assert function(event) == expected


def test_it_reads_who_a_token_is() -> None:
    assert Identity.of({"ok": True, "user_id": "UME", "bot_id": "BME"}) == ME
    assert Identity.of({"ok": True, "user_id": "UME", "bot_id": None}) == AUTHORLESS


def test_it_finds_the_event_in_what_carries_one() -> None:
    class Carrier:
        event = PLAIN

    assert messages.event_in(PLAIN) is PLAIN
    assert messages.event_in(Carrier()) is PLAIN
    assert messages.event_in("no event") == messages.event_in(None) == {}


# A busy machine generates slowly, which is no fault of what is tested.

# Anything at all in the place of anything, most of it near to what Slack sends.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("aU1", max_size=3), inner),
    max_leaves=5,
)
KINDS = st.sampled_from(sorted(KNOWN_TYPES)) | JSON
SUBTYPES = st.sampled_from(sorted(KNOWN_SUBTYPES)) | JSON
TEXTS = st.text("<>@#!|&;ltCU1 ^", max_size=20) | JSON
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "subtype": SUBTYPES,
    "text": TEXTS,
    **dict.fromkeys(("user", "bot_id", "ts", "thread_ts", "channel", "hidden", "reply_to"), JSON),
    **dict.fromkeys(("deleted_ts", "event_id", "user_id", "channel_id", "payload"), JSON),
    **{key: JSON | st.dictionaries(st.just("ts"), JSON) for key in ("edited", "item", "comment")},
    "bot_profile": JSON | st.dictionaries(st.just("id"), JSON),
}
NESTED = st.fixed_dictionaries({}, optional={"type": KINDS, **FIELDS})
EVENTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {}, optional={"type": KINDS, **FIELDS, "message": NESTED | JSON, "previous_message": NESTED}
)
MESSAGES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"type": st.just("message")},
    optional={**FIELDS, "message": NESTED, "previous_message": NESTED},
)

HELPERS: list[Callable[[Any], object]] = [
    *(
        getattr(messages, name)
        for name in messages.__all__
        if name.islower() and name != "is_from_me"
    ),
    *(getattr(markup, name) for name in markup.__all__ if name.endswith("_in")),
    *(getattr(predicates, name) for name in ("is_known", "is_message", "is_plain_message")),
    markup.plain_text,
    Identity.of,
]


def helped(event: dict[str, Any]) -> None:
    for helper in HELPERS:
        helper(event)
    messages.is_from_me(event, ME)
    assert not markup.is_mentioned("nobody", event)
    for value in (messages.user_of(event), messages.bot_of(event), messages.channel_of(event)):
        assert value is None or isinstance(value, str)
    assert isinstance(messages.text_of(event), str)
    hash(messages.delivery_key(event))


@given(EVENTS)
def test_it_never_raises_whatever_an_event_lacks(event: dict[str, Any]) -> None:
    helped(event)


@given(MESSAGES)
def test_it_never_raises_whatever_a_message_lacks(event: dict[str, Any]) -> None:
    helped(event)


@given(JSON)
def test_it_never_raises_over_what_is_no_event(item: Any) -> None:
    helped(dict(messages.event_in(item)))
    assert not predicates.is_message(item)


@pytest.mark.slow
@given(MESSAGES)
def test_it_calls_nothing_both_new_and_changed(event: dict[str, Any]) -> None:
    assert not (messages.is_new(event) and messages.is_change(event))
    assert not (messages.is_from_bot(event) and messages.is_from_person(event))


def test_it_drives_every_helper() -> None:
    """A helper that is not among them would not be tested above."""
    functions = {name for name in messages.__all__ if callable(getattr(messages, name))}
    driven = {getattr(helper, "__name__", "") for helper in HELPERS} | {"is_from_me"}

    assert functions - {"CarriesEvent", "Event", "Identity"} <= driven


# Of these a null means the same as a key that is not there, and takes the longer way round.
NULLS = ("subtype", "message", "bot_id", "bot_profile", "event_id", "payload", "edited")
VALUES = st.one_of(
    st.none(),
    st.sampled_from(["", "U1", "UME", "USLACKBOT", "B1", "message_changed", "bot_message", "7.1"]),
    st.integers(0, 1),
    st.fixed_dictionaries({}, optional={"id": st.just("U1"), "user": st.just("USLACKBOT")}),
)
FLAT = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["message", "app_mention", "reaction_added", "", None]),
        "user": st.one_of(st.sampled_from(["U1", "UME", "USLACKBOT", ""]), VALUES),
    },
    optional=dict.fromkeys(
        (
            "user_id",
            "text",
            "channel",
            "ts",
            "thread_ts",
            "hidden",
            "reply_to",
            "event_ts",
            "comment",
        ),
        VALUES,
    ),
)
ODD = st.fixed_dictionaries({}, optional=dict.fromkeys((*NULLS, "item", "deleted_ts"), VALUES))
NONE: dict[str, Any] = {}
QUESTIONS: list[Callable[[Any], object]] = [
    *(messages.message_of, messages.text_of, messages.user_of, messages.bot_of),
    *(messages.thread_of, messages.ts_of, messages.is_new, messages.is_edit, messages.is_reply),
    *(messages.is_from_bot, messages.is_from_person, messages.delivery_key),
    lambda event: messages.is_from_me(event, ME),
]


@given(FLAT, st.one_of(st.just(NONE), ODD))
def test_it_says_the_same_by_the_short_way_and_by_the_long_one(
    flat: dict[str, Any], odd: dict[str, Any]
) -> None:
    event = {**flat, **odd}
    long = {**dict.fromkeys(NULLS), **event}
    for question in QUESTIONS[1:]:
        assert question(event) == question(long)
    assert (messages.message_of(event) is event) == (messages.message_of(long) is long)
