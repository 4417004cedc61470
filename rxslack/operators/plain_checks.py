"""
What operators ask of plain messages, in few steps.

A plain message is a dict of the type "message" without a subtype, as nearly all items of a flood are; see
`BurstObserver`. Each check here says of one what the functions of `rxslack.events.messages` say of anything. Those
are asked, by `otherwise`, where a message has a message inside, or something else that most have not.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any

__all__ = [
    "Check",
    "about",
    "in_a_thread",
    "not_by",
    "of_channel",
    "of_user",
    "saying",
    "with_text",
]

Check = Callable[[Any], bool]


def of_channel(wanted: Set[str], otherwise: Check) -> Check:
    """Whether it was said in one of these channels."""

    def check(item: Any) -> bool:
        channel = item.get("channel")
        return channel in wanted if type(channel) is str and channel else otherwise(item)

    return check


def of_user(wanted: Set[str], otherwise: Check) -> Check:
    """Whether one of these users said it."""

    def check(item: Any) -> bool:
        user = item.get("user")
        if type(user) is str and user and "message" not in item:
            return user in wanted
        return otherwise(item)

    return check


def not_by(unwanted: str | None, otherwise: Check) -> Check:
    """Whether neither this user said it, nor a bot that `otherwise` knows."""

    def check(item: Any) -> bool:
        if "bot_id" in item or "bot_profile" in item or "message" in item:
            return otherwise(item)
        user = item.get("user")
        return user != unwanted if type(user) is str and user else otherwise(item)

    return check


def with_text(wanted: str, ignore_case: bool, otherwise: Check) -> Check:
    """Whether somebody says a text, in which ``wanted`` is in lower case if case is ignored."""

    def check(item: Any) -> bool:
        text = item.get("text")
        if type(text) is not str or "message" in item:
            return otherwise(item)
        if wanted not in (text.casefold() if ignore_case else text):
            return False
        return not item.get("hidden") and item.get("reply_to") is None

    return check


def saying(found_in: Callable[[str], object], otherwise: Check) -> Check:
    """Whether somebody says what something is found in."""

    def check(item: Any) -> bool:
        text = item.get("text")
        if type(text) is not str or "message" in item:
            return otherwise(item)
        return bool(found_in(text)) and not item.get("hidden") and item.get("reply_to") is None

    return check


def in_a_thread(otherwise: Check) -> Check:
    """Whether it may be a reply, and is one."""

    def check(item: Any) -> bool:
        return ("thread_ts" in item or "message" in item) and otherwise(item)

    return check


def about(ts: str, otherwise: Check) -> Check:
    """Whether it is the message of this ``ts``, or stands in its thread."""

    def check(item: Any) -> bool:
        if "message" in item or "deleted_ts" in item:
            return otherwise(item)
        return bool(item.get("ts") == ts or item.get("thread_ts") == ts)

    return check
