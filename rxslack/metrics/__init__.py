"""
How a service fares: numbers, health, traces, and lines of the log that say what they are about.

```python
metrics = rxslack.Metrics()  # collects from all of the process, from here on

metrics.changes.subscribe(print)  # every ten seconds, as items
print(metrics.prometheus())  # as Prometheus reads it
```

| metric | labels | counts |
|---|---|---|
| `rxslack_events_total` | `type` | events, as their sources emit them |
| `rxslack_event_lag_seconds` | | from Slack's `ts` to the emission, of twenty events a second at the most |
| `rxslack_connections_open` | `protocol` | streams of Slack's that stand |
| `rxslack_connections_ended_total` | `protocol`, `cause` | those that ended, by the class of the error |
| `rxslack_url_wait_seconds` | | the wait for the budget of websocket addresses |
| `rxslack_gaps_total`, `rxslack_gap_seconds_total` | | between connections that did not overlap |
| `rxslack_messages_recovered_total`, `rxslack_parts_not_recovered_total` | | by `backfill` |
| `rxslack_web_api_seconds` | `method`, `outcome` | calls of the Web API |
| `rxslack_deliveries_total` | `method`, `outcome` | what became of the calls of sinks |
| `rxslack_delivery_seconds` | `method` | from an item's acceptance by a sink to its outcome, paces included |
| `rxslack_retries_total` | `method`, `cause` | attempts that are to be repeated |
| `rxslack_queue_calls` | `sink` | calls that wait in a sink, or are made |
| `rxslack_log_lag_entries`, `rxslack_log_pending_entries` | `log`, `group` | of a log in use: entries that nobody has taken, or that are taken and not done |
| `rxslack_log_oldest_seconds`, `rxslack_log_dead_entries` | `log`, `group` | since the oldest of these came; entries that were given up |
| `rxslack_log_up`, `rxslack_log_entries` | `log` | 1 where the log can be reached; entries in it, kept ones included |

`outcome` is "ok" or "done", "uncertain", or Slack's code or the class of the error. Nothing is done for each event: bursts
are counted, and told of twenty times a second. While there are no `Metrics`, nothing is counted. At the logs that the
process reads or writes it is looked when somebody asks, every five seconds at the most.

`run(stream, sink, serve=":9090")` serves `/metrics` for Prometheus, `/health` for whoever restarts what hangs, and `/ready`.
`traced()` follows each event through lanes and logs, and `to_opentelemetry(metrics)`, of the extra `otel`, hands spans and
numbers on, as ``opentelemetry-instrument rxslack run bot:pipeline --otel`` does without a line of code:

```python
rxslack.log_lines(form="json")  # one JSON object a line, with team, connection, channel and event
answers = messages.pipe(
    rxslack.traced(),
    ops.map(rxslack.reply("I am here")),
    rxslack.post_message(web),  # whose lines, and spans, name the event that they are about
)
```

## Inside

`metrics` keeps the numbers that `core.telemetry` tells of, `backlogs` looks at logs, `table` says which there are,
`prometheus` and `opentelemetry` write them for others, `health` is the WSGI application, `logs` and `tracing` are about single events. The lock of
a `Metrics` is held for its own numbers; nothing is called inside of it.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.metrics.health import HealthApp as HealthApp
    from rxslack.metrics.logs import log_lines as log_lines
    from rxslack.metrics.metrics import Measurement as Measurement, Metrics as Metrics
    from rxslack.metrics.opentelemetry import to_opentelemetry as to_opentelemetry
    from rxslack.metrics.tracing import traced as traced

lazy_names(
    __name__,
    {
        "rxslack.metrics.health": "HealthApp",
        "rxslack.metrics.logs": "log_lines",
        "rxslack.metrics.metrics": "Measurement Metrics",
        "rxslack.metrics.opentelemetry": "to_opentelemetry",
        "rxslack.metrics.tracing": "traced",
    },
)
