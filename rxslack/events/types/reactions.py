"""Reactions to messages and files."""

from typing import Literal, NotRequired, TypedDict

__all__ = ["ReactionAddedEvent", "ReactionItem", "ReactionRemovedEvent"]


class ReactionItem(TypedDict):
    """What was reacted to. Source: docs.slack.dev/reference/events/reaction_added."""

    type: str  # "message", "file" or "file_comment"
    channel: NotRequired[str]  # of a message
    ts: NotRequired[str]  # of a message
    file: NotRequired[str]  # "F0HS27V1Z"
    file_comment: NotRequired[str]  # "Fc0HS2KBEZ"


class ReactionAddedEvent(TypedDict):
    """
    Someone reacted to a message or a file.

    Source: docs.slack.dev/reference/events/reaction_added.
    """

    type: Literal["reaction_added"]
    user: str  # "U0123ABCD", who reacted
    reaction: str  # "thumbsup", without colons; with a skin tone "+1::skin-tone-3"
    item: ReactionItem
    item_user: NotRequired[str]  # whose item it is; absent for some bots
    event_ts: str  # "1712345678.000200"
    ts: NotRequired[str]  # on some sockets, for some reactions
    reaction_url: NotRequired[str]
    item_thread_ts: NotRequired[str]


class ReactionRemovedEvent(TypedDict):
    """Someone took a reaction back. Source: docs.slack.dev/reference/events/reaction_removed."""

    type: Literal["reaction_removed"]
    user: str  # "U0123ABCD", who had reacted
    reaction: str  # "thumbsup", without colons
    item: ReactionItem
    item_user: NotRequired[str]  # whose item it is; absent for some bots
    event_ts: str  # "1712345678.000200"
    ts: NotRequired[str]  # on some sockets, for some reactions
    item_thread_ts: NotRequired[str]
