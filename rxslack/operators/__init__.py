"""
What users compose.

`picking` has the filters by text, channel, person, thread and mention; `typed` those after which a type
checker knows what there is; `unpacking` takes events, commands and interactions out of envelopes; `answering`
makes answers of them; `grouping` makes a stream of each conversation; `enriched` adds names and channels, which a
`Directory` remembers. `distinct`, `isolate`, `shared`, `concurrent` and `until_stopped` are each by themselves. `reconnect` and
`backfill`, of `rxslack.recovery`, and `record`, of `rxslack.past`, are operators, too, and so are here as well. `pipe` composes
up to ten and keeps their types, where reactivex does for seven.

Threads: operators emit on the thread on which the source does. But `concurrent` emits on its workers,
`by_conversation` and `by_thread` end a silent group on their scheduler, and where `not_from_me` and
`mentioning_me` have to ask Slack first who the token is, they subscribe to the source on the thread that asked.
`enriched` waits for Slack on the source's thread.

Locks: those of `shared` and of a `Directory` are held for their own books only; no user code, no call and
no other lock is inside. In `picking` each client has a lock, held while its `auth.test` is called, so
that many streams ask once; the lock of the room's tables may be taken inside it, never around it. `isolate`
has none: as ever in Rx, its source emits one item at a time.
"""

from rxslack.operators.answering import (
    Acknowledgement,
    PostMessageArguments,
    ResponseArguments,
    acknowledgement,
    reply,
    response,
)
from rxslack.operators.concurrent import concurrent
from rxslack.operators.directory import Directory
from rxslack.operators.distinct import distinct
from rxslack.operators.enriched import Enriched, enriched
from rxslack.operators.grouping import Conversation, by_conversation, by_thread
from rxslack.operators.isolate import isolate
from rxslack.operators.narrowing import is_event, is_known, is_message, is_plain_message
from rxslack.operators.picking import (
    Matched,
    containing,
    from_user,
    in_channel,
    in_thread,
    matching,
    mentioning,
    mentioning_me,
    not_from_bots,
    not_from_me,
)
from rxslack.operators.pipe import pipe
from rxslack.operators.shared import shared
from rxslack.operators.typed import narrow, of_type, select
from rxslack.operators.unpacking import events_api, interactions, slash_commands
from rxslack.operators.until_stopped import until_stopped
from rxslack.past.record import record
from rxslack.recovery.backfill import backfill
from rxslack.recovery.reconnect import reconnect

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
    "is_event",
    "is_known",
    "is_message",
    "is_plain_message",
    "isolate",
    "matching",
    "mentioning",
    "mentioning_me",
    "narrow",
    "not_from_bots",
    "not_from_me",
    "of_type",
    "pipe",
    "reconnect",
    "record",
    "reply",
    "response",
    "select",
    "shared",
    "slash_commands",
    "until_stopped",
]
