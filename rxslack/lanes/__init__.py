"""Jobs in order within a lane, side by side over the lanes, at a pace."""

from rxslack.lanes.budget import Budget

__all__ = [
    "Budget",
]
