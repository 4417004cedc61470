"""What was logged as an error."""

from __future__ import annotations

import logging

import pytest


def reports(caplog: pytest.LogCaptureFixture) -> list[tuple[str, BaseException | None]]:
    """Each line's logger, and the exception whose traceback it has."""
    records = [record for record in caplog.records if record.levelno >= logging.ERROR]
    return [(one.name, one.exc_info[1] if one.exc_info else None) for one in records]
