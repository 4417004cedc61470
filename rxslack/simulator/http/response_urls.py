"""Where an app answers to what somebody did: a few times, and for half an hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from rxslack.simulator.faults import Answer
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import as_body, read_object

__all__ = ["ResponseUrls"]

USES: Final = 5
LIFE: Final = 1800.0  # seconds
"""Both: docs.slack.dev/interactivity/handling-user-interaction, "Response URL"."""

Take: TypeAlias = "Callable[[Mapping[str, Any]], object]"


@dataclass(eq=False)
class ResponseUrl:
    """One address that was given out, and what takes the answers that come to it."""

    expires: float
    take: Take
    used: int = 0


class ResponseUrls:
    """
    The addresses that are out. Guarded by the team's lock.

    Args:
        team: where answers appear.
        keep: how many addresses are known, the newest.
    """

    def __init__(self, team: Team, *, keep: int) -> None:
        self._team = team
        self._keep = keep
        self._out: dict[str, ResponseUrl] = {}

    def issue(self, take: Take) -> str:
        """
        The path of a new address.

        Args:
            take: called with each answer that comes to it, under the team's lock.
        """
        identity = self._team.identity
        number, secret = identity.letters(13, "0123456789"), identity.letters(24)
        path = f"/response/{self._team.id}/{number}/{secret}"
        self._out[path] = ResponseUrl(self._team.clock() + LIFE, take)
        if len(self._out) > self._keep:
            del self._out[next(iter(self._out))]
        return path

    def answer(self, path: str, body: bytes) -> Answer:
        """What Slack says to a POST; the wording of its refusals is not documented."""
        with self._team.lock:
            url = self._out.get(path)
            if url is None:
                return _refusal(404, "no_service")
            if url.expires < self._team.clock():
                return _refusal(404, "expired_url")
            if url.used >= USES:
                return _refusal(404, "used_url")
            said = read_object(body)
            if said is None:
                return _refusal(400, "invalid_payload")
            try:
                url.take(said)
            except Refused as refused:
                return _refusal(400, refused.error)
            url.used += 1
        self._team.changes.notify()
        return Answer(b"ok", 200, {"Content-Type": "text/html"})


def _refusal(status: int, error: str) -> Answer:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Answer(as_body({"ok": False, "error": error}), status, headers)
