"""Operators for `pipe`, one a file."""

from rxslack.operators._grouped import (
    Conversation,
)
from rxslack.operators.acknowledgement import (
    Acknowledgement,
    acknowledgement,
)
from rxslack.operators.backfill import (
    backfill,
)
from rxslack.operators.backoff import (
    backoff,
)
from rxslack.operators.by_conversation import (
    by_conversation,
)
from rxslack.operators.by_thread import (
    by_thread,
)
from rxslack.operators.concurrent import (
    concurrent,
)
from rxslack.operators.containing import (
    containing,
)
from rxslack.operators.directory import (
    Directory,
)
from rxslack.operators.distinct import (
    distinct,
)
from rxslack.operators.enriched import (
    Enriched,
    enriched,
)
from rxslack.operators.events_api import (
    events_api,
)
from rxslack.operators.from_user import (
    from_user,
)
from rxslack.operators.in_channel import (
    in_channel,
)
from rxslack.operators.in_thread import (
    in_thread,
)
from rxslack.operators.interactions import (
    interactions,
)
from rxslack.operators.isolate import (
    isolate,
)
from rxslack.operators.matching import (
    Matched,
    matching,
)
from rxslack.operators.mentioning import (
    mentioning,
)
from rxslack.operators.mentioning_me import (
    mentioning_me,
)
from rxslack.operators.narrow import (
    narrow,
)
from rxslack.operators.not_from_bots import (
    not_from_bots,
)
from rxslack.operators.not_from_me import (
    not_from_me,
)
from rxslack.operators.of_type import (
    of_type,
)
from rxslack.operators.reconnect import (
    reconnect,
)
from rxslack.operators.record import (
    record,
)
from rxslack.operators.reply import (
    PostMessageArguments,
    reply,
)
from rxslack.operators.response import (
    ResponseArguments,
    response,
)
from rxslack.operators.select import (
    select,
)
from rxslack.operators.shared import (
    shared,
)
from rxslack.operators.slash_commands import (
    slash_commands,
)

__all__ = [
    "Acknowledgement",
    "Conversation",
    "Directory",
    "Enriched",
    "Matched",
    "PostMessageArguments",
    "ResponseArguments",
    "acknowledgement",
    "backfill",
    "backoff",
    "by_conversation",
    "by_thread",
    "concurrent",
    "containing",
    "distinct",
    "enriched",
    "events_api",
    "from_user",
    "in_channel",
    "in_thread",
    "interactions",
    "isolate",
    "matching",
    "mentioning",
    "mentioning_me",
    "narrow",
    "not_from_bots",
    "not_from_me",
    "of_type",
    "reconnect",
    "record",
    "reply",
    "response",
    "select",
    "shared",
    "slash_commands",
]
