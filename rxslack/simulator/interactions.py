"""What people do with the app: commands, buttons, shortcuts, dialogs; and what the app makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rxslack.simulator.http.replies import show_reply
from rxslack.simulator.http.response_urls import ResponseUrls
from rxslack.simulator.sockets.deliveries import Delivery, EnvelopeType, Settled
from rxslack.simulator.team.ephemerals import Ephemerals
from rxslack.simulator.team.feed import Changes
from rxslack.simulator.team.inputs import element_in, fill, merged, missing, values_of
from rxslack.simulator.team.people import Person
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json, objects_in
from rxslack.simulator.team.views import Views

__all__ = ["Interaction", "Interactions"]


class Interaction:
    """
    A command, a click, a dialog sent off: its way to the app, and the app's answers.

    Args:
        delivery: its way to the app.
        changes: of the workspace.
        user_id: who did it.

    Attributes:
        payload: what the app is told.
        replies: what only that person sees of the app's answers, oldest first.
    """

    def __init__(self, delivery: Delivery, changes: Changes, user_id: str) -> None:
        self.payload: Json = delivery.payload
        self.replies: list[Json] = []
        self.user_id = user_id
        self.delivery = delivery
        self._changes = changes

    @property
    def response(self) -> Json | None:
        """What the acknowledgement said; None without one, or when it said nothing."""
        return self.delivery.response

    @property
    def acknowledged(self) -> bool:
        """Whether the app acknowledged it in time."""
        return self.delivery.acknowledged_at is not None

    @property
    def failed(self) -> bool:
        """Whether Slack has told the person that the app did not react."""
        return self.delivery.lost

    @property
    def response_url(self) -> str:
        """Where later answers go."""
        return str(self.payload.get("response_url", ""))

    def wait(self, timeout: float = 10.0) -> Json | None:
        """
        Wait until it is acknowledged, and return the response.

        Raises: TimeoutError; RuntimeError when Slack gave up, as it then tells the person.
        """
        self._changes.wait_until(lambda: self.delivery.is_settled, timeout)
        if self.failed:
            raise RuntimeError("the app did not acknowledge it in time")
        return self.response


Done = Callable[[Interaction, Json], object]
Deliver = Callable[[Delivery, Settled], object]


class Interactions:
    """
    What people do with the app, delivered over Socket Mode, or to its URL.

    Each returns an `Interaction`, at once; its `wait()` waits for the app.

    Args:
        team: people, channels and messages.
        views: the dialogs that are open.
        ephemerals: what only one person sees.
        deliver: sends something to the app.
        response_urls: where the app answers later.
    """

    def __init__(
        self,
        team: Team,
        views: Views,
        ephemerals: Ephemerals,
        deliver: Deliver,
        response_urls: ResponseUrls,
    ) -> None:
        self._team = team
        self._views = views
        self._ephemerals = ephemerals
        self._deliver = deliver
        self._filled: dict[tuple[str, str, str], Json] = {}  # by person, channel and ts
        self._response_urls = response_urls

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
            "trigger_id": self._views.new_trigger(person.id),
        }
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
        payload = self._around("block_actions", person)
        if channel:
            said, payload = self._message(payload, person, channel, ts)
            where = (person.id, said["channel"], ts)
            blocks, before = _blocks_of(said), self._filled.get(where, {})
        else:
            said, where = self._view(person), None
            payload |= {"view": said, "container": {"type": "view", "view_id": said["id"]}}
            blocks, before = said["blocks"], said["state"]["values"]
        block_id, element = element_in(blocks, action_id, block_id)
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
        said, payload = self._message(
            self._around("interactive_message", person), person, channel, ts
        )
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
        _, payload = self._message(self._around("message_action", person), person, channel, ts)
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
        payload = self._around("view_submission", person)
        payload |= {"view": view, "response_urls": list[Json]()}
        return self._send("interactive", payload, person, done=self._close_or_not)

    def close(self, user: str) -> Interaction | None:
        """Somebody closes the dialog; the app is told when the dialog said it wants to be."""
        person = self._team.person(user)
        view = self._top(person)
        self._views.close(person.id)
        if not view.get("notify_on_close"):
            return None
        payload = self._around("view_closed", person) | {"view": view, "is_cleared": False}
        del payload["trigger_id"]
        return self._send("interactive", payload, person)

    def suggest(
        self, user: str, action_id: str, typed: str, *, channel: str = "", ts: str = ""
    ) -> Interaction:
        """
        Somebody types in a menu whose options the app supplies; its `response` has them.

        Source: docs.slack.dev/reference/interaction-payloads/block_suggestion-payload.
        """
        person = self._team.person(user)
        payload = self._around("block_suggestion", person)
        if channel:
            said, payload = self._message(payload, person, channel, ts)
        else:
            said = self._view(person)
            payload |= {"view": said, "container": {"type": "view", "view_id": said["id"]}}
        block_id, _ = element_in(_blocks_of(said), action_id)
        payload |= {"action_id": action_id, "block_id": block_id, "value": typed}
        del payload["trigger_id"]
        return self._send("interactive", payload, person)

    def _around(self, kind: str, person: Person) -> Json:
        team = self._team
        return {
            "type": kind,
            "token": "simulated",
            "team": {"id": team.id, "domain": team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": team.id,
            },
            "api_app_id": team.bot.app_id,
            "trigger_id": self._views.new_trigger(person.id),
        }

    def _message(self, payload: Json, person: Person, channel: str, ts: str) -> tuple[Json, Json]:
        """
        The message that somebody sees, and the payload with it.

        The app is not shown a message that only that person sees: it has to know what it said.
        """
        place = self._team.channel(channel)
        alone = self._ephemerals.find(person.id, ts)
        said = alone or self._team.message(channel, ts)[1]
        container: Json = {
            "type": "message",
            "message_ts": ts,
            "channel_id": place.id,
            "is_ephemeral": alone is not None,
        }
        if said.get("thread_ts"):
            container["thread_ts"] = said["thread_ts"]
        payload |= {
            "container": container,
            "channel": {"id": place.id, "name": place.name or "directmessage"},
        }
        if alone is None:
            payload["message"] = said
        return {**said, "channel": place.id}, payload

    def _view(self, person: Person) -> Json:
        """The dialog on top, or the home tab, which a dialog covers."""
        home = self._views.homes.get(person.id)
        return home if home is not None and not self._views.top(person.id) else self._top(person)

    def _top(self, person: Person) -> Json:
        view = self._views.top(person.id)
        if view is None:
            raise LookupError(f"{person.name} has no dialog open")
        return view

    def _send(
        self,
        kind: EnvelopeType,
        payload: Json,
        person: Person,
        *,
        url: bool = False,
        done: Done | None = None,
    ) -> Interaction:
        interaction = Interaction(
            Delivery(kind, payload, answerable=True), self._team.changes, person.id
        )
        with self._team.lock:
            if url:
                path = self._response_urls.issue(lambda said: self._show(interaction, said))
                payload["response_url"] = self._team.url(path)

        def settled(delivery: Delivery) -> None:
            if done is not None and delivery.acknowledged_at is not None:
                done(interaction, delivery.response or {})

        self._deliver(interaction.delivery, settled)
        return interaction

    def _show(self, interaction: Interaction, said: Mapping[str, Any]) -> None:
        user, payload = interaction.user_id, interaction.payload
        content = show_reply(self._team, self._ephemerals, payload, user, said)
        if content is not None:
            interaction.replies.append(content)

    def _close_or_not(self, interaction: Interaction, response: Json) -> None:
        self._views.respond(interaction.user_id, response)


def _blocks_of(said: Mapping[str, Any]) -> list[Json]:
    """The blocks of a message, those in attachments included, or of a view."""
    holders = (said, *objects_in(said.get("attachments")))
    return [block for holder in holders for block in objects_in(holder.get("blocks"))]
