"""What people do with the app: commands, buttons, shortcuts, dialogs; and what the app makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from rxslack.simulator.http.response_urls import ResponseUrls
from rxslack.simulator.sockets.deliveries import Deliveries, Delivery, EnvelopeType
from rxslack.simulator.team import messages
from rxslack.simulator.team.feed import Changes
from rxslack.simulator.team.people import Person
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json, as_posted
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


class Interactions:
    """
    What people do with the app, delivered over Socket Mode.

    Each returns an `Interaction`, at once; its `wait()` waits for the app.

    Args:
        team: people, channels and messages.
        views: the dialogs that are open.
        deliveries: the way to the app.
        response_urls: where the app answers later.
    """

    def __init__(
        self, team: Team, views: Views, deliveries: Deliveries, response_urls: ResponseUrls
    ) -> None:
        self._team = team
        self._views = views
        self._deliveries = deliveries
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
        self, user: str, action_id: str, *, channel: str = "", ts: str = "", **action: Any
    ) -> Interaction:
        """
        Somebody uses a button, a menu or another element.

        Args:
            user: name or id.
            action_id: of the element.
            channel: of the message that it is in. Default: it is in the view that is open.
            ts: of the message.
            action: what the action says beside, such as `value` or `selected_option`.

        Raises: LookupError when there is no such element.
        Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload.
        """
        team = self._team
        person = team.person(user)
        payload = self._around("block_actions", person) | self._container(person, channel, ts)
        holder = payload.get("message") or payload["view"]
        block_id, element = _element(holder, action_id)
        done: Json = {name: element[name] for name in ("type", "text", "value") if name in element}
        done |= {"action_id": action_id, "block_id": block_id, "action_ts": team.stamps.next()}
        payload |= {"actions": [done | action], "state": {"values": {}}}
        return self._send("interactive", payload, person, url=bool(channel))

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
        payload = self._around("message_action", person) | self._container(person, channel, ts)
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
            values: what is filled in: by `block_id`, then `action_id`, as `view.state` has it.

        Raises: LookupError when none is open.
        Source: docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
        """
        person = self._team.person(user)
        filled: Json = {"values": dict(values or {})}
        view: Json = {**self._top(person), "state": filled}
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
        payload = self._around("block_suggestion", person) | self._container(person, channel, ts)
        holder = payload.get("message") or payload["view"]
        block_id, _ = _element(holder, action_id)
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

    def _container(self, person: Person, channel: str, ts: str) -> Json:
        if not channel:
            view = self._top(person)
            return {"view": view, "container": {"type": "view", "view_id": view["id"]}}
        place, message = self._team.message(channel, ts)
        where = {"type": "message", "message_ts": ts, "channel_id": place.id, "is_ephemeral": False}
        return {
            "container": where,
            "channel": {"id": place.id, "name": place.name or "directmessage"},
            "message": message,
        }

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

        self._deliveries.start(interaction.delivery, settled)
        return interaction

    def _show(self, interaction: Interaction, said: Mapping[str, Any]) -> None:
        """
        Show an answer: to the channel, in the place of a message, or to that person alone.

        Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
        """
        team, payload = self._team, interaction.payload
        names = ("text", "blocks", "attachments")
        content: Json = {name: said[name] for name in names if said.get(name)}
        if "text" in content:
            content["text"] = as_posted(str(content["text"]))
        channel: Json = payload.get("channel") or {}
        place = team.channels.get(str(payload.get("channel_id") or channel.get("id")))
        message: Json = payload.get("message") or {}
        origin = place and place.find(message.get("ts"))
        if place and origin and said.get("delete_original"):
            messages.delete(team, place, origin)
        elif place and origin and said.get("replace_original"):
            messages.edit(team, place, origin, content, team.bot.user_id)
        elif place and said.get("response_type") == "in_channel":
            asked = said.get("thread_ts")
            thread = asked if place.find(asked) else None
            draft = {**messages.by_app(team, {}), **content}
            messages.post(team, place, draft, thread_ts=thread)
        elif content:
            interaction.replies.append(content)

    def _close_or_not(self, interaction: Interaction, response: Json) -> None:
        self._views.respond(interaction.user_id, response)


def _element(holder: Mapping[str, Any], action_id: str) -> tuple[str, Json]:
    """The element of a message or a view, and the id of its block."""
    for block in cast("list[Json]", holder.get("blocks") or []):
        for element in _elements(block):
            if element.get("action_id") == action_id:
                return str(block.get("block_id", "")), element
    raise LookupError(f"nothing there has the action_id {action_id!r}")


def _elements(block: Mapping[str, Any]) -> Iterator[Json]:
    yield from block.get("elements") or []
    for name in ("element", "accessory"):
        if isinstance(block.get(name), dict):
            yield block[name]
