"""What is changed, and the tests that have to notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["PARTS", "Part"]


@dataclass(frozen=True)
class Part:
    """
    Some modules, and their own tests.

    Args:
        modules: files or patterns below `rxslack/`; those that do not exist are passed over.
        tests: files or folders below `tests/`.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]


def operators(*names: str) -> tuple[str, ...]:
    return tuple(f"operators/{name}.py" for name in names)


PARTS: Final = {
    "reconnecting": Part(
        operators(
            "reconnect",
            "_attempt",
            "_coverage",
            "_duplicates",
            "_emitter",
            "_handover",
            "_reconnection",
            "_roles",
        ),
        (
            "operators/test_coverage.py",
            "operators/test_duplicates.py",
            "operators/test_emitter.py",
            "operators/test_handover.py",
            "operators/test_reconnect.py",
            "operators/test_roles.py",
        ),
    ),
    "backfilling": Part(
        operators(
            "backfill", "_calls", "_checkpoint", "_filling", "_job", "_lane", "_past", "_recovery"
        ),
        (
            "operators/test_backfill.py",
            "operators/test_backfill_time.py",
            "operators/test_calls.py",
            "operators/test_checkpoint.py",
            "operators/test_filling.py",
            "operators/test_job.py",
            "operators/test_lane.py",
            "operators/test_past.py",
            "operators/test_recovery.py",
        ),
    ),
    "shared": Part(operators("shared"), ("operators/test_shared.py",)),
    "isolate": Part(operators("isolate"), ("operators/test_isolate.py",)),
    "delivering": Part(("sinks/delivery.py",), ("sinks/test_delivery.py",)),
    "reading": Part(
        ("pump.py", "transport.py"),
        (
            "test_transport.py",
            "test_pump.py",
            "connection/test_evidence.py",
            "sources/test_watch.py",
        ),
    ),
}
