"""Modals and home tabs, and the triggers that open them."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from rxslack.simulator.team.blocks import as_kept, with_ids
from rxslack.simulator.team.inputs import values_of
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["TRIGGER_LIFE", "Views"]

TRIGGER_LIFE: Final = 3.0  # seconds. docs.slack.dev/interactivity/handling-user-interaction
_MAX_TRIGGERS: Final = 1_000  # the newest; with a life of seconds, no app meets a forgotten one


class Views:
    """
    What is open, and for whom; thread-safe.

    Args:
        team: whose ids the views get.
    """

    def __init__(self, team: Team) -> None:
        self._team = team
        self._lock = Lock()
        self._triggers: dict[str, tuple[str, float, bool]] = {}  # whose, since when, whether used
        self._places: dict[str, str] = {}  # the conversation in which a trigger was made, if in one
        self.dialogs: dict[str, Json] = {}  # what apps had before modals, by user
        self.modals: dict[str, list[Json]] = {}  # by user, the topmost last
        self.homes: dict[str, Json] = {}  # by user

    def new_trigger(self, user: str, channel: str = "") -> str:
        """A `trigger_id` for what somebody did, there if it was in a conversation; it may open a view."""
        with self._team.lock:
            identity = self._team.identity
            made = f"{identity.letters(12)}.{identity.letters(24)}"
        with self._lock:
            self._triggers[made] = (user, self._team.clock(), False)
            self._places[made] = channel
            if len(self._triggers) > _MAX_TRIGGERS:
                oldest = next(iter(self._triggers))
                del self._triggers[oldest], self._places[oldest]
        return made

    def place_of(self, trigger: str) -> str:
        """The id of the conversation where a trigger was made; "" for none."""
        return self._places.get(trigger, "")

    def use_trigger(self, trigger: str) -> tuple[str, str]:
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
            if self._team.clock() - since > TRIGGER_LIFE:
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

    def find_external(self, external_id: str) -> Json | None:
        """The view that an app gave that id, if it is there."""
        with self._lock:
            found = [view for open_ones in self.modals.values() for view in open_ones]
            every = [*found, *self.homes.values()]
            return next((v for v in every if v["external_id"] == external_id), None)

    def top(self, user: str) -> Json | None:
        """The modal that somebody sees, if there is one."""
        with self._lock:
            open_ones = self.modals.get(user)
            return open_ones[-1] if open_ones else None

    def close(self, user: str) -> None:
        """Close the modal on top."""
        with self._lock:
            self.modals[user].pop()

    def respond(self, user: str, response: Mapping[str, Any]) -> None:
        """
        Do with somebody's modals what the acknowledgement of a submission says.

        Source: docs.slack.dev/surfaces/modals, "Updating modals".
        """
        action = response.get("response_action")
        made = self.made(response["view"]) if action in ("update", "push") else {}
        with self._lock:
            open_ones = self.modals.get(user, [])
            if not open_ones or action == "errors":
                return
            below = {"root_view_id": open_ones[0]["id"], "previous_view_id": open_ones[-1]["id"]}
            if action == "clear":
                open_ones.clear()
            elif action == "update":
                kept = ("id", "root_view_id", "previous_view_id")
                open_ones[-1] = made | {name: open_ones[-1][name] for name in kept}
            elif action == "push":
                open_ones.append(made | below)
            else:
                open_ones.pop()

    def made(self, view: Mapping[str, Any]) -> Json:
        """A view as Slack keeps it. Source: docs.slack.dev/reference/objects/view-object."""
        team = self._team
        with team.lock:
            made = team.identity.new("V")
        return {
            "id": made,
            **self.content(view),
            "team_id": team.id,
            "bot_id": team.bot.id,
            "app_id": team.bot.app_id,
            "app_installed_team_id": team.id,
            "root_view_id": made,
            "previous_view_id": None,
            "hash": self.new_hash(),
        }

    def content(self, view: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Json:
        """
        What an app says of a view, as Slack keeps it.

        Args:
            view: good.
            before: `state.values`, of which those of elements that are still there stay.
        """
        team = self._team
        with team.lock:
            blocks = with_ids(view["blocks"], lambda: team.identity.letters(5))
        return {
            "title": {"type": "plain_text", "text": "View Title", "emoji": True},  # of a home tab
            "close": None,
            "submit": None,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "submit_disabled": False,
            **as_kept({name: value for name, value in view.items() if name != "blocks"}),
            "blocks": blocks,
            "state": {"values": values_of(blocks, before)},
        }

    def new_hash(self) -> str:
        """What tells one version of a view from another."""
        with self._team.lock:
            return f"{int(self._team.clock())}.{self._team.identity.letters(8)}"
