"""Every fault of a workspace in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rxslack.simulator.faults.fault import Hold
from rxslack.simulator.faults.session import SessionFaults
from rxslack.simulator.faults.stream import StreamFaults
from rxslack.simulator.faults.web import WebFaults
from rxslack.simulator.team.feed import Changes

__all__ = ["Faults"]


class Faults(WebFaults, SessionFaults, StreamFaults):
    """
    The faults of a workspace, each begun by a call and ended by its `with` or `release()`.

    >>> from rxslack.simulator import Workspace
    >>> with Workspace() as slack:
    ...     with slack.faults.answer("api.test", status=503, body="<html>"):
    ...         pass

    Those that last for one connection only are methods of `Connection`.

    Args:
        changes: notified when something begins or ends to wait.
        seed: makes the same choices in every run.
        open_sockets: the numbers of the websockets that are open.
    """

    def __init__(
        self,
        changes: Changes,
        seed: int | str | None = None,
        open_sockets: Callable[[], Sequence[int]] = tuple,
    ) -> None:
        super().__init__(changes, seed)
        self._open_sockets = open_sockets

    def half_open(self, *numbers: int) -> Hold:
        """
        Neither read nor write on the websockets that are open now; those to come are well.

        TCP stays up, nothing flows, and no FIN tells of it. The simulator does not notice either
        when a client gives such a connection up; it does at the release.

        Args:
            numbers: of the connections. Default: all that are open.
        """
        chosen = numbers or self._open_sockets()
        return self._hold(*(f"{way} {one}" for one in chosen for way in ("read", "write")))
