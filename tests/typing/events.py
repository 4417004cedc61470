"""How programs tell events apart; read by the type checkers, never run."""

from __future__ import annotations

from typing import Any, assert_never, assert_type

from rxslack.events import (
    AnyMessageEvent,
    BotMessageEvent,
    Channel,
    ChannelArchiveEvent,
    ChannelArchiveMessageEvent,
    ChannelCreatedEvent,
    ChannelJoinMessageEvent,
    FileReference,
    FileSharedEvent,
    GapEvent,
    GoodbyeEvent,
    HelloEvent,
    MessageChangedEvent,
    MessageEvent,
    NestedMessage,
    PrefChangeEvent,
    ReactionAddedEvent,
    ReactionItem,
    ReactionRemovedEvent,
    ReplyEvent,
    SlackEvent,
    UserTypingEvent,
)


def by_comparison(e: SlackEvent) -> str:
    if e["type"] == "reaction_added":
        assert_type(e, ReactionAddedEvent)
        assert_type(e["item"], ReactionItem)
        return e["reaction"]
    if e["type"] == "message":
        return text_of(e)
    if e["type"] == "channel_created":
        assert_type(e, ChannelCreatedEvent)
        assert_type(e["channel"], Channel)
        return e["channel"]["name"]
    if e["type"] == "channel_archive":
        assert_type(e, ChannelArchiveEvent)
        return e["channel"]
    if e["type"] == "rxslack.gap":
        assert_type(e, GapEvent)
        assert_type(e["last_ts"], str | None)
        return e["reason"]
    return e["type"]


def by_match(e: SlackEvent) -> str:
    match e["type"]:
        case "user_typing":
            assert_type(e, UserTypingEvent)
            return e["user"]
        case "reaction_added" | "reaction_removed":
            assert_type(e, ReactionAddedEvent | ReactionRemovedEvent)
            return e["reaction"]
        case "file_shared":
            assert_type(e, FileSharedEvent)
            assert_type(e["file"], FileReference)
            return e["file_id"]
        case "pref_change":
            assert_type(e, PrefChangeEvent)
            assert_type(e["value"], Any)
            return e["name"]
        case "rxslack.reply":
            assert_type(e, ReplyEvent)
            assert_type(e.get("reply_to"), int | None)
            return e.get("text", "")
        case _:
            return ""


def to_the_end(e: HelloEvent | GoodbyeEvent | UserTypingEvent) -> str:
    match e["type"]:
        case "hello":
            return e.get("region", "")
        case "goodbye":
            return "bye"
        case "user_typing":
            return e["channel"]
        case _:
            assert_never(e)


def text_of(e: AnyMessageEvent) -> str:
    """A plain message is the one without a subtype; the others are told apart by it."""
    if "subtype" not in e:
        assert_type(e, MessageEvent)
        assert_type(e["user"], str)
        assert_type(e.get("bot_id"), str | None)
        return f"{e['user']} in {e['channel']} at {e['ts']}: {e['text']}"
    if e["subtype"] == "bot_message":
        assert_type(e, BotMessageEvent)
        return e["bot_id"]
    if e["subtype"] == "channel_join":
        assert_type(e, ChannelJoinMessageEvent)
        return e.get("inviter", "")
    if e["subtype"] == "channel_archive":
        assert_type(e, ChannelArchiveMessageEvent)
        return e["user"]
    return changed(e) if e["subtype"] == "message_changed" else e["channel"]


def changed(e: MessageChangedEvent) -> str:
    assert_type(e["message"], NestedMessage)
    assert_type(e["message"].get("text"), str | None)
    if "edited" in e["message"]:
        assert_type(e["message"]["edited"]["user"], str)
    return e["message"]["ts"]


def by_subtype(e: AnyMessageEvent) -> str:
    if "subtype" not in e:
        return e["text"]
    match e["subtype"]:
        case "message_deleted":
            return e["deleted_ts"]
        case "message_replied":
            return e["message"]["ts"]
        case "thread_broadcast":
            return e["root"]["ts"]
        case "channel_name":
            return e["old_name"] + e["name"]
        case "me_message" | "file_share":
            return e["text"]
        case _:
            return e["channel"]


def known_to_slack_alone(item: dict[str, Any]) -> str:
    """What rxslack does not know flows on as a dict, outside the union."""
    assert_type(item["type"], Any)
    return str(item["type"])
