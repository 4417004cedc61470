"""What people do with dialogs, which apps had before modals."""

from __future__ import annotations

from collections.abc import Mapping

from rxslack.simulator.interactions.interaction import Interaction
from rxslack.simulator.interactions.sender import InteractionSender
from rxslack.simulator.team.people import Person
from rxslack.simulator.team.text import Json, objects_in

__all__ = ["Dialogs"]


class Dialogs(InteractionSender):
    """
    What people do with a dialog that dialog.open opened.

    Source: docs.slack.dev/legacy/legacy-dialogs.
    """

    def open(self, user: str) -> Json | None:
        """The dialog that somebody sees."""
        return self._views.dialogs.get(self._team.person(user).id)

    def submit(self, user: str, values: Mapping[str, str] | None = None) -> Interaction:
        """
        Somebody sends it; it closes unless the app's answer names `errors`.

        Args:
            user: name or id.
            values: what is filled in, by the names of elements; the rest is as the app began it.

        Raises: LookupError when none is open or has no such element; ValueError when something is
            missing that is not optional.
        """
        person, dialog = self._opened(user)
        elements = {str(one["name"]): one for one in objects_in(dialog["elements"])}
        if unknown := [name for name in values or {} if name not in elements]:
            raise LookupError(f"the dialog has no element {unknown[0]!r}; it has {[*elements]}")
        begun = {name: one.get("value") for name, one in elements.items()}
        filled = {**begun, **(values or {})}
        empty = [n for n, one in elements.items() if not filled[n] and not one.get("optional")]
        if empty:
            raise ValueError(f"Slack sends no dialog in which these are empty: {', '.join(empty)}")
        payload = self._about("dialog_submission", person, dialog)
        payload |= {"submission": filled, "state": dialog.get("state", "")}
        return self._send("interactive", payload, person, url=True, done=self._close_or_not)

    def cancel(self, user: str) -> Interaction | None:
        """Somebody closes it; the app is told when the dialog said it wants to be."""
        person, dialog = self._opened(user)
        del self._views.dialogs[person.id]
        if not dialog.get("notify_on_cancel"):
            return None
        payload = self._about("dialog_cancellation", person, dialog)
        payload["state"] = dialog.get("state", "")
        return self._send("interactive", payload, person, url=True)

    def suggest(self, user: str, name: str, typed: str) -> Interaction:
        """Somebody types in a menu whose options the app supplies; its `response` has them."""
        person, dialog = self._opened(user)
        payload = self._about("dialog_suggestion", person, dialog) | {"name": name, "value": typed}
        return self._send("interactive", payload, person)

    def _opened(self, user: str) -> tuple[Person, Json]:
        person = self._team.person(user)
        dialog = self._views.dialogs.get(person.id)
        if dialog is None:
            raise LookupError(f"{person.name} has no dialog open")
        return person, dialog

    def _about(self, kind: str, person: Person, dialog: Json) -> Json:
        place = self._team.channels[dialog["channel"]]
        payload = self._around(kind, person)
        del payload["trigger_id"]
        return payload | {
            "callback_id": dialog["callback_id"],
            "action_ts": self._team.stamps.next(),
            "channel": {"id": place.id, "name": place.name or "directmessage"},
        }

    def _close_or_not(self, interaction: Interaction, response: Json) -> None:
        if not response.get("errors"):
            self._views.dialogs.pop(interaction.user_id, None)
