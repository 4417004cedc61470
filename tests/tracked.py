"""An item that writes down how it ended."""

from __future__ import annotations

from rxslack.lanes.tracking import TrackedItem

__all__ = ["Tracked"]


class Tracked(TrackedItem):
    """
    A tracked item.

    Attributes:
        ends: True when it was done, False when it was left undone; empty before.
        is_elsewhere: whether it is somebody else's by now.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[bool] = []
        self.is_elsewhere = False

    @property
    def lapsed(self) -> bool:
        return self.is_elsewhere

    def over(self, *, done: bool) -> None:
        self.ends.append(done)
