r"""
Operators, of which pipelines are composed.

In the examples `web` is a `WebClient`, `events` its stream as it comes from `shared`, and `messages` the plain
messages in it; `ops` is `reactivex.operators`.

## What is wanted

`of_type(MessageEvent)` keeps what the class promises, and tells the type checker so. Stock operators work as well.
These leave the type of the stream as it is:

| operator | keeps |
|---|---|
| `containing("deploy")` | what somebody writes or edits that has this text |
| `matching(r"deploy (\w+)")` | the same by a pattern; emits `Matched`, with `event` and `match` |
| `in_channel("C…")`, `from_user("U…")` | the events of these |
| `in_thread()`, `in_thread(ts)` | replies; one thread |
| `mentioning("U…")`, `mentioning_me(web)` | what mentions them, or you |
| `not_from_me(web)`, `not_from_bots()` | all but your own; all but what apps write |
| `distinct()` | each event once, however often it is delivered |
| `by_conversation(idle)`, `by_thread(idle)` | all, as one stream for each, ending after `idle` seconds of silence |
| `enriched(Directory(web))` | all, as `Enriched`, with the `user` and `channel` objects |

**A bot that does not answer itself.** Its own posts come back as events, its edits too, and a thread's
first message comes again with each reply. Put these two in front of whatever picks what to answer:

```python
answers = events.pipe(
    rxslack.not_from_me(web),  # the token's user and bot, asked of Slack once
    rxslack.not_from_bots(),  # other bots, and yourself under another name
    rxslack.matching(r"ping"),
    ops.map(rxslack.reply("ping pong")),
)
```

A user's token posting under another `username` is a bot without a trace of you, which is why the second is
there. Leave it out to answer other bots.

## What takes its time

`concurrent(key, work)` is the operator for work that takes its time: in order for a key, side by side
over the keys.

```python
def ask_the_database(event):
    return rxslack.reply("42")(event)  # after a while


answers = messages.pipe(
    rxslack.concurrent(lambda e: e["channel"], ask_the_database),
    rxslack.post_message(web),
)
```

The work may be `async`: it then runs on an event loop and needs no thread. `overlap="latest"` lets a newer
item of a key replace an older one, whose coroutine is cancelled; `"join"` takes those that wait together.

## When a callback raises

One bad event need not end a bot: `isolate` turns what a callback raises into an item.

```python
careful = rxslack.rtm(web).pipe(
    rxslack.reconnect(),
    rxslack.isolate(
        rxslack.of_type(rxslack.MessageEvent),
        ops.map(rxslack.reply(lambda e: str(1 / int(e["text"])))),
    ),  # {"type": "rxslack.failure", "item": …, "error": ZeroDivisionError(…)}
)
```

Every other exception of your code goes to the `on_error` of its own stream, and never looks like a lost
connection. Where nothing takes it (`subscribe(print)`, a sink without `on_error`, an `on_error` that raises),
the stream ends and the exception is logged once, as an error with its traceback, by a logger below
`rxslack`. So are `SystemExit`, `KeyboardInterrupt`, `GeneratorExit` and `asyncio.CancelledError`: raised on
a thread they would end that thread silently, and the program would go on. `run` raises them where it was called.

## A state that outlives a restart

`folded` is `scan` with its state in a file. Behind `backfill` with a checkpoint it counts each message once, also
what was said while the program did not run:

```python
def count(totals, event):
    return {**totals, event["user"]: totals.get(event["user"], 0) + 1}


totals = rxslack.rtm(web).pipe(
    rxslack.reconnect(),
    rxslack.backfill(web, checkpoint="seen.sqlite"),
    rxslack.of_type(rxslack.MessageEvent),
    rxslack.folded(count, {}, store="totals.sqlite"),  # dict[str, int], after each message
)
```

How it was at noon, or with another `count`, tells a recording: ``replay(path, until=noon)`` in the place of `rtm`.

## Windows as charts and tables

`chart` and `table` make messages of the numbers of a window, with Slack's own blocks and the same numbers in letters:

```python
from collections import Counter

busy = messages.pipe(
    ops.map(lambda e: e["channel"]),
    ops.buffer_with_time(60.0),
    ops.filter(bool),
    ops.map(Counter),
    ops.map(rxslack.chart("bar", title="Messages in the last minute", channel="C0123ABCD")),
    rxslack.keep_posted(web, "busy channels"),  # one message, edited
)
```

## Many subscribers, one connection

`shared` gives several pipelines one connection:

```python
events = rxslack.shared(rxslack.rtm(web).pipe(rxslack.reconnect()), linger=5.0)
messages = events.pipe(rxslack.of_type(rxslack.MessageEvent))
reactions = events.pipe(rxslack.of_type(rxslack.ReactionAddedEvent))
```

## Inside

`picking` has the filters by text, channel, person, thread and mention; `typed` those after which a type
checker knows what there is; `unpacking` takes events, commands and interactions out of envelopes; `answering`
makes answers of them; `charts` and `tables` show numbers; `grouping` makes a stream of each conversation; `enriched` adds names and channels, which a
`Directory` remembers. `distinct`, `folded`, `isolate`, `shared`, `concurrent` and `until_stopped` are each by themselves. `reconnect` and
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

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.operators.answering import (
        Acknowledgement as Acknowledgement,
        PostMessageArguments as PostMessageArguments,
        ResponseArguments as ResponseArguments,
        acknowledgement as acknowledgement,
        reply as reply,
        response as response,
    )
    from rxslack.operators.charts import chart as chart
    from rxslack.operators.concurrent import concurrent as concurrent
    from rxslack.operators.directory import Directory as Directory
    from rxslack.operators.distinct import distinct as distinct
    from rxslack.operators.enriched import Enriched as Enriched, enriched as enriched
    from rxslack.operators.folded import folded as folded
    from rxslack.operators.grouping import (
        Conversation as Conversation,
        by_conversation as by_conversation,
        by_thread as by_thread,
    )
    from rxslack.operators.isolate import isolate as isolate
    from rxslack.operators.picking import (
        Matched as Matched,
        containing as containing,
        from_user as from_user,
        in_channel as in_channel,
        in_thread as in_thread,
        matching as matching,
        mentioning as mentioning,
        mentioning_me as mentioning_me,
        not_from_bots as not_from_bots,
        not_from_me as not_from_me,
    )
    from rxslack.operators.pipe import pipe as pipe
    from rxslack.operators.predicates import (
        is_event as is_event,
        is_known as is_known,
        is_message as is_message,
        is_plain_message as is_plain_message,
    )
    from rxslack.operators.shared import shared as shared
    from rxslack.operators.tables import table as table
    from rxslack.operators.typed import narrow as narrow, of_type as of_type, select as select
    from rxslack.operators.unpacking import (
        events_api as events_api,
        interactions as interactions,
        slash_commands as slash_commands,
    )
    from rxslack.operators.until_stopped import until_stopped as until_stopped
    from rxslack.past.record import record as record
    from rxslack.recovery.backfill import backfill as backfill
    from rxslack.recovery.reconnect import reconnect as reconnect

lazy_names(
    __name__,
    {
        "rxslack.operators.answering": """
            Acknowledgement PostMessageArguments ResponseArguments acknowledgement
            reply response
        """,
        "rxslack.operators.charts": "chart",
        "rxslack.operators.concurrent": "concurrent",
        "rxslack.operators.directory": "Directory",
        "rxslack.operators.distinct": "distinct",
        "rxslack.operators.enriched": "Enriched enriched",
        "rxslack.operators.predicates": "is_event is_known is_message is_plain_message",
        "rxslack.operators.folded": "folded",
        "rxslack.operators.grouping": "Conversation by_conversation by_thread",
        "rxslack.operators.isolate": "isolate",
        "rxslack.operators.picking": """
            Matched containing from_user in_channel in_thread matching mentioning
            mentioning_me not_from_bots not_from_me
        """,
        "rxslack.operators.pipe": "pipe",
        "rxslack.operators.shared": "shared",
        "rxslack.operators.tables": "table",
        "rxslack.operators.typed": "narrow of_type select",
        "rxslack.operators.unpacking": "events_api interactions slash_commands",
        "rxslack.operators.until_stopped": "until_stopped",
        "rxslack.past.record": "record",
        "rxslack.recovery.backfill": "backfill",
        "rxslack.recovery.reconnect": "reconnect",
    },
)
