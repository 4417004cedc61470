"""All cases by name."""

from __future__ import annotations

from typing import Final

from tests.hostile import web, websocket
from tests.hostile.case import Case

__all__ = ["CASES"]

CASES: Final[dict[str, Case]] = {**websocket.CASES, **web.CASES}
