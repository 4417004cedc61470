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


PARTS: Final = {
    "reconnecting": Part(
        (
            "recovery/reconnect.py",
            "recovery/reconnecting/attempts.py",
            "recovery/reconnecting/coverage.py",
            "recovery/reconnecting/duplicates.py",
            "recovery/reconnecting/emitter.py",
            "recovery/reconnecting/handover_timer.py",
            "recovery/reconnecting/reconnection.py",
        ),
        (
            "recovery/reconnecting/test_coverage.py",
            "recovery/reconnecting/test_duplicates.py",
            "recovery/reconnecting/test_emitter.py",
            "recovery/reconnecting/test_handover_timer.py",
            "recovery/test_reconnect.py",
            "recovery/reconnecting/test_attempts.py",
        ),
    ),
    "backfilling": Part(
        (
            "recovery/backfill.py",
            "web/calls.py",
            "recovery/backfilling/checkpoint.py",
            "recovery/backfilling/gap.py",
            "recovery/backfilling/history.py",
            "recovery/backfilling/filler.py",
        ),
        (
            "recovery/test_backfill.py",
            "recovery/test_backfill_time.py",
            "recovery/test_backfill_tracked.py",
            "web/test_calls.py",
            "recovery/backfilling/test_checkpoint.py",
            "recovery/test_backfill_live.py",
            "recovery/backfilling/test_gap.py",
            "recovery/backfilling/test_gap_channels.py",
            "recovery/backfilling/test_history.py",
            "recovery/backfilling/test_filler.py",
        ),
    ),
    "shared": Part(("operators/shared.py",), ("operators/test_shared.py",)),
    "isolate": Part(("operators/isolate.py",), ("operators/test_isolate.py",)),
    "delivering": Part(("sinks/delivery/delivery.py",), ("sinks/delivery/test_delivery.py",)),
    "waiting": Part(("wire/waits.py",), ("wire/test_waits.py",)),
    "reading": Part(
        ("wire/handshake.py", "wire/hub.py", "wire/read_loop.py", "wire/websocket.py"),
        (
            "wire/test_websocket.py",
            "wire/test_read_loop.py",
            "wire/test_hub.py",
            "wire/test_waits.py",
            "connection/test_evidence.py",
            "sources/connection/test_connection_silence.py",
        ),
    ),
}
