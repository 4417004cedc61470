"""What people do with the app: commands, buttons, shortcuts, dialogs; and what the app makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rxslack.simulator.http.response_urls import ResponseUrls
from rxslack.simulator.interactions.dialogs import Dialogs
from rxslack.simulator.interactions.interaction import Interaction
from rxslack.simulator.interactions.sender import Deliver, InteractionSender, blocks_of
from rxslack.simulator.state import State
from rxslack.simulator.team.blocks import every_block
from rxslack.simulator.team.inputs import element_in, fill, merged, missing, values_of
from rxslack.simulator.team.people import Person
from rxslack.simulator.team.text import Json, objects_in

__all__ = ["Interactions"]


class Interactions(InteractionSender):
    """
    What people do with the app, delivered over Socket Mode, or to its URL.

    Each returns an `Interaction`, at once; its `wait()` waits for the app.

    Args:
        state: the workspace's.
        deliver: sends something to the app.
        response_urls: where the app answers later.

    Attributes:
        dialogs: the same for what apps had before modals.
    """

    def __init__(self, state: State, deliver: Deliver, response_urls: ResponseUrls) -> None:
        super().__init__(state, deliver, response_urls)
        self.dialogs = Dialogs(state, deliver, response_urls)
        self._filled: dict[tuple[str, str, str], Json] = {}  # by person, channel and ts

    def command(self, channel: str, user: str, command: str, text: str = "") -> Interaction:
        """
        Somebody sends a slash command.

        Args:
            channel: name or id.
            user: name or id.
            command: such as "/weather".
            text: what follows.

        Source: docs.slack.dev/interactivity/implementing-slash-commands.
        """
        team = self._team
        place, person = team.channel(channel), team.person(user)
        payload: Json = {
            "token": "simulated",
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": place.id,
            "channel_name": place.name or "directmessage",
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": team.bot.app_id,
            "is_enterprise_install": "false",
            "trigger_id": self._views.new_trigger(person.id, place.id),
        }
        if (enterprise := team.enterprise) is not None:
            payload |= {"enterprise_id": enterprise.id, "enterprise_name": enterprise.name}
        return self._send("slash_commands", payload, person, url=True, done=self._show)

    def click(
        self,
        user: str,
        action_id: str,
        *,
        channel: str = "",
        ts: str = "",
        block_id: str = "",
        values: Mapping[str, Mapping[str, Any]] | None = None,
        **action: Any,
    ) -> Interaction:
        """
        Somebody uses a button, a menu or another element.

        Args:
            user: name or id.
            action_id: of the element.
            channel: of the message that it is in. Default: it is in the view that is open, or
                where none is, in the home tab.
            ts: of the message.
            block_id: of its block, where several have an element of that `action_id`.
            values: what was filled in beside; see `submit`.
            action: what the action says beside, such as `value` or `selected_option`; an option may
                be named by its value.

        Raises: LookupError when there is no such element, naming those there are.
        Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload.
        """
        team = self._team
        person = team.person(user)
        if channel:
            said, payload = self._on_message("block_actions", person, channel, ts)
            where = (person.id, said["channel"], ts)
            blocks, before = blocks_of(said), self._filled.get(where, {})
        else:
            said, where = self._view(person), None
            payload = self._on_view("block_actions", person, said)
            blocks, before = said["blocks"], said["state"]["values"]
        block_id, element = element_in(blocks, action_id, block_id)
        if channel:
            payload |= _around_unfurl(said, block_id, payload["container"])
        filled = merged(blocks, values_of(blocks, before), values or {})
        if action_id in filled.get(block_id, {}) and action:
            action = fill(element, action)
            filled[block_id][action_id] = action
        elif action_id in filled.get(block_id, {}):
            action = dict(filled[block_id][action_id])
        if where is None:
            said["state"] = {"values": filled}
        else:
            self._filled[where] = filled
            payload["state"] = {"values": filled}
        shown = ("type", "text", "value", "placeholder", "confirm", "style", "url")
        done: Json = {name: element[name] for name in shown if name in element}
        done |= {"action_id": action_id, "block_id": block_id, "action_ts": team.stamps.next()}
        payload["actions"] = [done | action]
        return self._send("interactive", payload, person, url=bool(channel))

    def press(self, user: str, name: str, *, channel: str, ts: str) -> Interaction:
        """
        Somebody presses a button, or uses a menu, of an attachment: what apps had before Block Kit.

        Args:
            user: name or id.
            name: of the action.
            channel: of the message.
            ts: of the message.

        Raises: LookupError when no attachment has such an action.
        Source: docs.slack.dev/legacy/legacy-messaging/legacy-interactive-message-field-guide.
        """
        person = self._team.person(user)
        said, payload = self._on_message("interactive_message", person, channel, ts)
        for attachment in objects_in(said.get("attachments")):
            for action in objects_in(attachment.get("actions")):
                if action.get("name") == name:
                    shown = {key: action[key] for key in ("name", "type", "value") if key in action}
                    payload |= {
                        "actions": [shown],
                        "callback_id": attachment.get("callback_id", ""),
                        "attachment_id": str(attachment.get("id", 1)),
                        "action_ts": self._team.stamps.next(),
                        "message_ts": ts,
                        "is_app_unfurl": False,
                        "original_message": payload.get("message"),
                    }
                    return self._send("interactive", payload, person, url=True)
        raise LookupError(f"no attachment there has an action {name!r}")

    def shortcut(self, user: str, callback_id: str) -> Interaction:
        """
        Somebody uses a global shortcut.

        Source: docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload.
        """
        person = self._team.person(user)
        payload = self._around("shortcut", person)
        payload |= {"callback_id": callback_id, "action_ts": self._team.stamps.next()}
        return self._send("interactive", payload, person)

    def message_shortcut(
        self, user: str, callback_id: str, *, channel: str, ts: str
    ) -> Interaction:
        """Somebody uses a shortcut of a message. Source: as `shortcut`."""
        person = self._team.person(user)
        _, payload = self._on_message("message_action", person, channel, ts)
        del payload["container"]
        payload |= {
            "callback_id": callback_id,
            "message_ts": ts,
            "action_ts": self._team.stamps.next(),
        }
        return self._send("interactive", payload, person, url=True)

    def view(self, user: str) -> Json | None:
        """The dialog that somebody has on top."""
        return self._views.top(self._team.person(user).id)

    def submit(
        self, user: str, values: Mapping[str, Mapping[str, Any]] | None = None
    ) -> Interaction:
        """
        Somebody sends the dialog on top.

        Args:
            user: name or id.
            values: what is filled in: by `block_id`, then `action_id`, a text, an option's value, ids,
                or what `view.state` has. The rest is as it was, or as the app began it.

        Raises: LookupError when none is open, or has no such block; ValueError when something is
            missing that has to be filled in.
        Source: docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
        """
        person = self._team.person(user)
        view = self._top(person)
        filled = merged(
            view["blocks"], values_of(view["blocks"], view["state"]["values"]), values or {}
        )
        if empty := missing(view["blocks"], filled):
            raise ValueError(f"Slack sends no dialog in which these are empty: {', '.join(empty)}")
        view["state"] = {"values": filled}
        payload = self._on_view("view_submission", person, view)
        payload |= {"response_urls": list[Json]()}
        del payload["container"]
        return self._send("interactive", payload, person, done=self._close_or_not)

    def close(self, user: str) -> Interaction | None:
        """Somebody closes the dialog; the app is told when the dialog said it wants to be."""
        person = self._team.person(user)
        view = self._top(person)
        self._views.close(person.id)
        if not view.get("notify_on_close"):
            return None
        payload = self._on_view("view_closed", person, view) | {"is_cleared": False}
        del payload["trigger_id"], payload["container"]
        return self._send("interactive", payload, person)

    def suggest(
        self, user: str, action_id: str, typed: str, *, channel: str = "", ts: str = ""
    ) -> Interaction:
        """
        Somebody types in a menu whose options the app supplies; its `response` has them.

        Source: docs.slack.dev/reference/interaction-payloads/block_suggestion-payload.
        """
        person = self._team.person(user)
        if channel:
            said, payload = self._on_message("block_suggestion", person, channel, ts)
        else:
            said = self._view(person)
            payload = self._on_view("block_suggestion", person, said)
        block_id, _ = element_in(blocks_of(said), action_id)
        payload |= {"action_id": action_id, "block_id": block_id, "value": typed}
        del payload["trigger_id"]
        return self._send("interactive", payload, person)

    def _on_view(self, kind: str, person: Person, view: Json) -> Json:
        """A payload about a view."""
        payload = self._around(kind, person)
        container = {"type": "view", "view_id": view["id"]}
        step = self._state.functions.around(view["id"], person.id, payload["trigger_id"])
        return payload | {"view": view, "container": container} | step

    def _view(self, person: Person) -> Json:
        """The dialog on top, or the home tab, which a dialog covers."""
        home = self._views.homes.get(person.id)
        return home if home is not None and not self._views.top(person.id) else self._top(person)

    def _top(self, person: Person) -> Json:
        view = self._views.top(person.id)
        if view is None:
            raise LookupError(f"{person.name} has no dialog open")
        return view

    def _close_or_not(self, interaction: Interaction, response: Json) -> None:
        self._views.respond(interaction.user_id, response)


def _around_unfurl(said: Json, block_id: str, container: Json) -> Json:
    """
    What a payload says when the element is not in the message itself, but in an attachment.

    Source: docs.slack.dev/messaging/unfurling-links-in-messages, "Handling interactivity".
    """
    for attachment in objects_in(said.get("attachments")):
        blocks = every_block(objects_in(attachment.get("blocks")))
        if any(block.get("block_id") == block_id for block in blocks):
            unfurled = bool(attachment.get("is_app_unfurl"))
            container |= {
                "type": "message_attachment",
                "attachment_id": attachment.get("id", 1),
                "is_app_unfurl": unfurled,
            }
            if unfurled:
                container["app_unfurl_url"] = attachment.get("app_unfurl_url", "")
                return {"app_unfurl": attachment}
    return {}
