"""Which metrics there are."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

__all__ = [
    "BOUNDS",
    "EVENTS",
    "LAG",
    "LOGS",
    "LOG_DEAD",
    "LOG_ENTRIES",
    "LOG_LAG",
    "LOG_OLDEST",
    "LOG_PENDING",
    "LOG_UP",
    "METRICS",
    "QUEUE",
    "Metric",
]


class Metric(NamedTuple):
    """
    One of them.

    Args:
        name: as Prometheus has it.
        kind: "counter" only grows, "gauge" goes both ways, "histogram" has times.
        labels: their names.
        text: what it counts.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    text: str


EVENTS: Final = Metric("rxslack_events_total", "counter", ("type",), "Events that sources emit.")
LAG: Final = Metric(
    "rxslack_event_lag_seconds", "histogram", (), "From Slack's ts to the emission, of some events."
)
QUEUE: Final = Metric("rxslack_queue_calls", "gauge", ("sink",), "Calls that wait, or are made.")

LOG_UP: Final = Metric("rxslack_log_up", "gauge", ("log",), "Whether a log can be reached, 1 or 0.")
LOG_ENTRIES: Final = Metric(
    "rxslack_log_entries", "gauge", ("log",), "Entries in a log, also those kept for a replay."
)
LOG_LAG: Final = Metric(
    "rxslack_log_lag_entries", "gauge", ("log", "group"), "Entries that no reader has taken yet."
)
LOG_PENDING: Final = Metric(
    "rxslack_log_pending_entries", "gauge", ("log", "group"), "Entries taken, and not done."
)
LOG_OLDEST: Final = Metric(
    "rxslack_log_oldest_seconds", "gauge", ("log", "group"), "Since the oldest of these came."
)
LOG_DEAD: Final = Metric(
    "rxslack_log_dead_entries", "gauge", ("log", "group"), "Entries nobody could deal with."
)
LOGS: Final = (LOG_UP, LOG_ENTRIES, LOG_LAG, LOG_PENDING, LOG_OLDEST, LOG_DEAD)
"""Looked at when somebody asks, as is `QUEUE`."""

METRICS: Final = {
    "events": EVENTS,
    "lag": LAG,
    "connections_open": Metric(
        "rxslack_connections_open", "gauge", ("protocol",), "Connections to Slack that stand."
    ),
    "connections_ended": Metric(
        "rxslack_connections_ended_total",
        "counter",
        ("protocol", "cause"),
        "Connections to Slack that ended.",
    ),
    "url_wait": Metric(
        "rxslack_url_wait_seconds", "histogram", (), "Waits for the budget of websocket addresses."
    ),
    "gaps": Metric("rxslack_gaps_total", "counter", (), "Gaps between connections."),
    "gap_seconds": Metric("rxslack_gap_seconds_total", "counter", (), "The seconds of all gaps."),
    "messages_recovered": Metric(
        "rxslack_messages_recovered_total", "counter", (), "Messages that backfill recovered."
    ),
    "parts_not_recovered": Metric(
        "rxslack_parts_not_recovered_total",
        "counter",
        (),
        "Channels, or threads, of gaps that could not be recovered to the end.",
    ),
    "web_api": Metric(
        "rxslack_web_api_seconds", "histogram", ("method", "outcome"), "Calls of the Web API."
    ),
    "deliveries": Metric(
        "rxslack_deliveries_total",
        "counter",
        ("method", "outcome"),
        "Calls of sinks that are over.",
    ),
    "delivery": Metric(
        "rxslack_delivery_seconds",
        "histogram",
        ("method",),
        "From acceptance by a sink to the end.",
    ),
    "retries": Metric(
        "rxslack_retries_total", "counter", ("method", "cause"), "Attempts that are repeated."
    ),
}
"""By the names by which `core.telemetry` tells of them."""

BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Seconds: the upper bounds of the buckets of all histograms, beside infinity."""
