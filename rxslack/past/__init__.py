"""
What was said before: recordings, history, exports.

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

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.past.export import export as export
    from rxslack.past.history import HistoryProgress as HistoryProgress, history as history
    from rxslack.past.record import record as record
    from rxslack.past.replay import replay as replay

lazy_names(
    __name__,
    {
        "rxslack.past.export": "export",
        "rxslack.past.history": "HistoryProgress history",
        "rxslack.past.record": "record",
        "rxslack.past.replay": "replay",
    },
)
