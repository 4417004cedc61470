"""
A durable log between who listens and who answers, for what outgrows one process.

    Slack ─┬→ `rtm` → `to_log` ─┐    the log      ┌→ `from_log` → your pipeline → `post_message` ─┬→ Slack
           │                    ├─→  C1 ▪▪▪▪▪▫▫▫ ─┤  holds C1 and C3                              │
           └→ `rtm` → `to_log` ─┘    C2 ▪▪▪▪▪▪▪▫ ─┼→ `from_log` → your pipeline → `post_message` ─┘
              each event once,       C3 ▪▪▫▫▫▫▫▫ ─┘  holds C2; as many workers as you like
              whoever hears it       ▪ done  ▫ not yet

A deploy drops the socket, a slow handler holds the stream up, one process is one machine. With a log in between,
who listens does nothing else and is seldom touched, and who answers may be ended, killed and multiplied at will:

```python
LOG = os.environ.get("RXSLACK_LOG", "events.db")  # later "redis://cache:6379/0"


def ingest(web: rxslack.WebClient):  # rxslack run bot:ingest; two of these
    return rxslack.rtm(web, named=True).pipe(rxslack.reconnect(), rxslack.to_log(LOG))


def answer(event: rxslack.MessageEvent) -> dict[str, str]:
    return {"channel": event["channel"], "text": f"{len(event['text'])} letters"}


def answers(web: rxslack.WebClient):  # rxslack run bot:answers; as many as you like
    return rxslack.from_log(LOG, group="answers").pipe(
        rxslack.not_from_me(web),
        rxslack.not_from_bots(),
        rxslack.of_type(rxslack.MessageEvent),
        rxslack.concurrent(lambda e: e["channel"], answer),
        rxslack.post_message(web, outbox=LOG, budget=LOG),
    )
```

A path is a SQLite file, which needs nothing and serves the processes of one machine. ``redis://…`` is a Redis from 7 on,
or a Valkey (``pip install 'rxslack[redis]'``); on a cluster all of a log is in one shard.

| promise | |
|---|---|
| appended | durable as the engine makes it; each event once within `remember` (600 s), whoever appends it |
| order | of a channel as appended, over all workers and through crashes; what Slack itself delivers late comes late |
| handled | at least once: by one that was killed, and by another |
| posted | once, with `outbox=LOG`, as long as the engine keeps its data |
| failover | what a killed worker held is taken over within its lease (5 s); at SIGTERM at once, but for calls under way |
| a full log | appending waits, and Slack with it; what nobody has read is never removed |

- **Done means done.** An event is done when `on_next` has returned and `concurrent`, every sink and every `hold`
  that took it is through with it, nor before `backfill` has let it go on. reactivex's own `delay`, `buffer` and
  `observe_on` hand an item on later and hold nothing: whoever uses them calls `hold`. ``socket_mode(acknowledge="when_done", deadline=None)`` is the same
  for Slack's envelopes: behind it, `to_log` acknowledges what is in the log, and nothing else.
- **Once.** The id of a post is made of the group, the event, its channel and its number among the posts for that event there.
  Before a post the outbox notes that it begins. A worker that finds one begun looks into the channel's history (`reader`, `look_up`),
  and posts it only if it is not there. So posts for one event in one channel have to come in the same order each time.
- **Order.** The channels are divided into 64 partitions. A worker takes some entries of a partition, and nobody else of its
  group gets any of it before they are done. There are no members and nothing is rebalanced.
- **Two that listen** over RTM need no leader, for the second to append an event appends nothing. In a deploy start one more, wait for
  its hello, end one. Of Socket Mode run as many as you like. `leased` is for what may not happen twice at a time.
- **Poison.** An event whose workers die, `attempts` times, comes as an `rxslack.failure` item, is kept
  (`rxslack log LOG --dead GROUP`), and its channel goes on.
- **Paces.** ``budget=LOG`` keeps one pace over all processes of a token, for posting and for connecting. While the
  log is away each keeps it by itself.
- **A thousand workspaces.** ``workspaces(webs, spread=LOG)``: each process holds its share.

## What is lost, and when

| what fails | SQLite | Redis, `appendonly yes`, `appendfsync everysec` | Redis without that |
|---|---|---|---|
| a process, `kill -9` | nothing | nothing | nothing |
| the server, `kill -9` | – | nothing | what was not snapshotted: the backlog, mostly |
| the machine's power | nothing | the last 1 to 2 s; posts of that time may be doubled | the same |

At the first connection a warning says when the append-only file is off, when `maxmemory-policy` may evict what nobody has
read, and when the server is too old. A log that has lost its data is an error in the log file, and the group begins anew.

**Size.** An entry takes some 0.8 KB in Redis' memory, and its key 133 bytes for ten minutes: 0.8 KB × events a second × seconds of the
longest outage of the workers. 30,000 events an hour, Slack's limit for a workspace, and a night of eight hours are 200 MB.
`max_entries` (a million) bounds it. `keep` (an hour) is for `rxslack log LOG --replay GROUP --since 30m`; what has been
posted is not posted again.

**Watching.** `rxslack log LOG` says of each group how far it is behind, how old the oldest is, and who holds what; `LogStatus` says the
same to programs. ``rxslack log LOG --forget GROUP`` ends a group that nobody reads any more, for which the log would be kept for ever.

## Inside

`engine` says what a log needs of what keeps it, in three methods: append, take, done. `sqlite` and `redis` are the two that
are there, in Lua the latter; `where` chooses. `entries` makes entries of items and says what two deliveries of one have in common.
`to_log` gathers what comes into batches; `from_log` takes and emits, and `HeldEntries` knows what it has taken.
`marks`, `paces` and `leases` say what the outbox, the budgets and `spread` need; `inspection` what `rxslack log` does.

Threads: `to_log` has one that appends, for as long as there is something. `from_log` has one that takes and emits, and one that
renews the lease and tells the engine what is over. Items are let go of on any thread, which only notes it.

Locks: `HeldEntries` has two, of which the outer one is held while the engine is asked. No lock is held while an item is emitted.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.log.from_log import from_log as from_log
    from rxslack.log.inspection import GroupSnapshot as GroupSnapshot, LogSnapshot as LogSnapshot
    from rxslack.log.spread import leased as leased
    from rxslack.log.status import LogStatus as LogStatus
    from rxslack.log.to_log import LogSink as LogSink, to_log as to_log

lazy_names(
    __name__,
    {
        "rxslack.log.from_log": "from_log",
        "rxslack.log.inspection": "GroupSnapshot LogSnapshot",
        "rxslack.log.spread": "leased",
        "rxslack.log.status": "LogStatus",
        "rxslack.log.to_log": "LogSink to_log",
    },
)
