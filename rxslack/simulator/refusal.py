"""How the workspace says no."""

from __future__ import annotations

from typing import Any

__all__ = ["Refused", "TooMany"]


class Refused(Exception):
    """
    An answer with `ok: false`.

    Args:
        error: Slack's code, such as "channel_not_found".
        fields: what else the answer holds, such as `needed`.
    """

    def __init__(self, error: str, **fields: Any) -> None:
        super().__init__(error)
        self.error = error
        self.fields = fields


class TooMany(Refused):
    """
    HTTP 429.

    Args:
        retry_after: whole seconds.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after
