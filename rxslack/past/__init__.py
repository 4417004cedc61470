"""
What was said before.

In the examples `web` is a `WebClient`, `events` its stream as it comes from `shared`, and `messages` the plain
messages in it; `ops` is `reactivex.operators`.

```python
today = rxslack.rtm(web).pipe(rxslack.reconnect(), rxslack.record("tuesday.jsonl.gz"))
calm_moments = rxslack.replay("monday.jsonl.gz", ops.debounce(60.0))
all_of_it = rxslack.export("export.zip")
one_channel = rxslack.history(web, "C0123ABCD", progress=print)
```

A recording is JSON lines with arrival times, secrets masked; one process at a time writes into it, and
what a crash or a full disk leaves can be read, and appended to. Operators given to `replay` run in its
time, at any `speed` with the same result: a day of windows and debounces takes a second. `export` and
`history` give the same events from Slack's export and its API; `to_frame(stream)` makes a DataFrame.

## Inside

`record` writes a stream to a file and `replay` reads it back at any speed, in its own recorded time;
`recording_file` is the format. `history` reads channels from Slack, `export` Slack's own export.
"""

from rxslack.past.export import export
from rxslack.past.history import HistoryProgress, history
from rxslack.past.record import record
from rxslack.past.replay import replay

__all__ = [
    "HistoryProgress",
    "export",
    "history",
    "record",
    "replay",
]
