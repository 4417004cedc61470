"""What all tests of numbers begin with."""

from __future__ import annotations

import pytest

from rxslack.log import status
from rxslack.log.where import Where


@pytest.fixture(autouse=True)
def no_other_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs that other tests have left to the garbage collector are not counted."""
    in_use = status.logs_in_use
    others_read, others_written = in_use()

    def mine() -> tuple[set[Where], set[Where]]:
        read, written = in_use()
        return read - others_read, written - others_written

    monkeypatch.setattr(status, "logs_in_use", mine)
