"""
Nothing lost between two connections.

In the examples `web` is a `WebClient`, `events` its stream as it comes from `shared`, and `messages` the plain
messages in it; `ops` is `reactivex.operators`.

`reconnect()` subscribes again after an error that a new connection can mend. Its pauses grow, and are random,
so that many clients do not come back together. A fatal answer, such as a revoked token, ends the stream once, with its remedy.

- **Lost.** FIN, RST and CLOSE are noticed as they come; silence after 30 s without a message or an
  answer to a ping, from the handshake on; a laptop that wakes probes its connection at once.
- **Handed over.** When Slack announces an end (`goodbye`, `team_migration_started`, `disconnect`), the next
  connection is opened beside the old one, which is read until Slack closes it, for 30 s at the most. What
  both deliver comes once; a replacement that fails harms nothing.
- **Not lost silently.** Between two connections that did not overlap there is one `rxslack.gap` item, behind
  the hello and before everything else of the new one. After that hello the old one is sent a ping: if it
  answers, the two overlapped and nothing was missed; if it is dead, there is a gap. `backfill` turns the gap
  into the messages that were said in it, threads included, before those that follow. It asks for what was
  said from ten seconds before the gap on (`margin`), and waits a second first (`settle`), because Slack's
  history is late. Channels in which live events wait are asked at once, and once more later: what only the
  second answer has comes out of order. It costs a call or two for each channel and one for each thread that was
  answered meanwhile. What was not filled is asked for again at the next gap. Edits, deletions, and answers in
  threads that rested for an hour cannot be had again, and the `rxslack.backfilled` item says so.
- **Not silent for long.** After 30 s without a connection the logger `rxslack.reconnect` warns, and after
  five minutes it reports an error, whenever the next attempt is.
- **Polite.** All streams of one token share one limit, whatever operators retry them: ten connection URLs at
  once, then one every ten seconds. So a bare `ops.retry()` storms nobody.

```python
reader = rxslack.WebClient(os.environ.get("SLACK_USER_TOKEN", "xoxp-test"))  # may read history
status = rxslack.Status()
events = rxslack.rtm(web, status=status, outgoing=rxslack.presence(["U0123ABCD"])).pipe(
    rxslack.reconnect(),
    rxslack.backfill(reader, checkpoint="seen.sqlite"),  # fills the time of a restart, too
)
status.now.phase  # "idle", "connecting", "connected", "lost"
status.changes.subscribe(lambda now: print(now.phase, now.cause))
```

## Inside

`reconnect` subscribes again after a retryable error, and holds a new connection beside the old one after a
goodbye; what no connection is known to have covered is told in an `rxslack.gap` item. `backfill` asks Slack
for what was said in the gaps, and puts it in order before what comes live. `backoff` makes the pauses.
The machines behind them are in `reconnecting` and `backfilling`.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.recovery.backfill import backfill as backfill
    from rxslack.recovery.backoff import backoff as backoff
    from rxslack.recovery.reconnect import reconnect as reconnect

lazy_names(
    __name__,
    {
        "rxslack.recovery.backfill": "backfill",
        "rxslack.recovery.backoff": "backoff",
        "rxslack.recovery.reconnect": "reconnect",
    },
)
