"""A clock that jumps: hours pass in milliseconds, and always in the same order."""

from __future__ import annotations

from reactivex.testing import TestScheduler

__all__ = ["VirtualTime"]


class VirtualTime(TestScheduler):
    """
    Virtual seconds, counted from 0 and called frames.

    reactivex's own `start()` moves the clock on by itself after 100 actions at one time, and
    never ends with an infinite stream; `run_until` does neither.
    """

    @property
    def frame(self) -> float:
        """Virtual seconds since the beginning, to the microsecond."""
        return round(self.to_seconds(self.now), 6)

    def run_until(self, frame: float) -> None:
        """
        Do all that is due up to a time, that time included.

        Args:
            frame: Virtual seconds since the beginning.

        Errors: whatever an action raises; the clock stays where it happened, and may run on.
        """
        try:
            self.advance_to(frame)
        finally:
            self.stop()
