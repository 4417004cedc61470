"""Single promises, each tried with processes of their own; each returns a line, and whether it was kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.logs.answering import handover, replies, stopped
from tests.logs.hearing import full, ingest, outage
from tests.logs.sharing import budget, leases, spread
from tests.logs.stage import SceneResult

__all__ = ["SCENES"]

SCENES: dict[str, tuple[Callable[[Any], SceneResult], float]] = {
    "replies": (lambda size: replies(int(size)), 20),
    "ingest": (lambda size: ingest(int(size)), 10),
    "outage": (outage, 60),
    "full": (full, 30),
    "stopped": (stopped, 8),
    "handover": (handover, 60),
    "budget": (budget, 10),
    "leases": (lambda size: leases(int(size)), 1000),
    "spread": (lambda size: spread(int(size)), 300),
}
"""Each with its size: how often, or how many, or how many seconds."""
