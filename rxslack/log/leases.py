"""Who holds which of some names, as workspaces: each is one process' at a time, and all hold about as many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

__all__ = ["Leases", "Share"]


class Share(NamedTuple):
    """
    What a member has.

    Attributes:
        held: The names that are its own.
        handing_over: Those that another has taken over, who is not ready yet.
    """

    held: frozenset[str]
    handing_over: frozenset[str]


class Leases(Protocol):
    """
    Keeps them. All methods wait for the engine, and raise `LogUnavailable`.

    Of n names and m members, each takes names that nobody holds as long as it has fewer than n/m, rounded up. Who has
    more offers what is too much, which who has fewer takes: so as few as can be move.
    After an outage of the engine all members have a lease's time to be heard of again.
    """

    def renew(
        self, spread: str, member: str, lease: float, names: Sequence[str], ready: Sequence[str]
    ) -> Share:
        """
        Renew what a member holds, take its share of the rest, offer what is too much.

        Args:
            spread: Which names: all members give the same.
            member: Who; no other has this name, nor had.
            lease: Seconds after which what it holds is free when it is heard of no more.
            names: All there are.
            ready: Those of its own that the former holder need hold no longer.
        """
        ...

    def leave(self, spread: str, member: str) -> None:
        """What it holds is free."""
        ...
