"""What an act on the page is: a small function, from what a browser sends to what it hears back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from rxslack.simulator.actions import Actions
from rxslack.simulator.interactions import Interactions
from rxslack.simulator.observations import Observations
from rxslack.simulator.page.switches import Switches
from rxslack.simulator.state import State
from rxslack.simulator.team.clock import Clock
from rxslack.simulator.team.text import Json

__all__ = ["ACTS", "Act", "Doer", "Given", "act"]


class Given:
    """
    What a browser sent.

    Args:
        fields: the JSON object.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def text(self, name: str, default: str | None = None) -> str:
        """A text. Raises ValueError when it is none, or missing without a default."""
        value = self._fields.get(name, default)
        if not isinstance(value, str):
            raise ValueError(f"{name} has to be a text")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """A number. Raises ValueError likewise."""
        value = self._fields.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(f"{name} has to be a number")
        return float(value)

    def object(self, name: str) -> Json:
        """A JSON object, empty when it is missing. Raises ValueError when it is none."""
        value = self._fields.get(name, {})
        if not isinstance(value, dict):
            raise ValueError(f"{name} has to be a JSON object")
        return cast("Json", value)


@dataclass(frozen=True, kw_only=True)
class Doer:
    """
    What an act may use.

    Args:
        state: the workspace's.
        interactions: with the app.
        clock: of the workspace.
        switches: of faults.
    """

    state: State
    interactions: Interactions
    clock: Clock
    switches: Switches

    @property
    def people(self) -> Actions:
        """What people do."""
        return Actions(self.state)

    @property
    def seen(self) -> Observations:
        """What can be seen."""
        return Observations(self.state)


Act: TypeAlias = "Callable[[Doer, str, Given], object]"
"""Done by the user with that id; what it returns is JSON for the browser."""

ACTS: Final[dict[str, Act]] = {}


def act(name: str) -> Callable[[Act], Act]:
    """Put a function into the table."""

    def known(done: Act) -> Act:
        ACTS[name] = done
        return done

    return known
