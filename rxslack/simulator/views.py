"""Modals and home tabs, and the triggers that open them."""

from __future__ import annotations

from threading import Lock

from rxslack.simulator.wire import Json

__all__ = ["TRIGGER_LIFE", "Views"]

TRIGGER_LIFE = 3.0  # seconds. docs.slack.dev/interactivity/handling-user-interaction


class Views:
    """What is open, and for whom; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._triggers: dict[str, tuple[str, float, bool]] = {}  # whose, since when, whether used
        self.modals: dict[str, list[Json]] = {}  # by user, the topmost last
        self.homes: dict[str, Json] = {}  # by user

    def add_trigger(self, trigger: str, user: str, now: float) -> None:
        """Somebody did something that may open a view."""
        with self._lock:
            self._triggers[trigger] = (user, now, False)

    def use_trigger(self, trigger: str, now: float) -> tuple[str, str]:
        """
        Use a trigger up.

        Returns: the user whom it belongs to, and Slack's refusal, one of which is "".
        """
        with self._lock:
            user, since, used = self._triggers.get(trigger, ("", 0.0, False))
            if not user:
                return "", "invalid_trigger_id"
            if used:
                return "", "exchanged_trigger_id"
            if now - since > TRIGGER_LIFE:
                return "", "expired_trigger_id"
            self._triggers[trigger] = (user, since, True)
            return user, ""

    def push(self, user: str, view: Json) -> None:
        """A modal opens on top of what is open."""
        with self._lock:
            self.modals.setdefault(user, []).append(view)

    def find(self, id: str) -> Json | None:  # noqa: A002 - Slack's word
        """The view of that id, if it is there."""
        with self._lock:
            found = [view for open_ones in self.modals.values() for view in open_ones]
            return next((v for v in [*found, *self.homes.values()] if v["id"] == id), None)
