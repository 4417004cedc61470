"""What all payloads of interactions have, and their way to the app."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rxslack.simulator.http.replies import show_reply
from rxslack.simulator.http.response_urls import ResponseUrls
from rxslack.simulator.interactions.interaction import Interaction
from rxslack.simulator.sockets.deliveries import Delivery, EnvelopeType, Settled
from rxslack.simulator.state import State
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.people import Person
from rxslack.simulator.team.text import Json, objects_in

__all__ = ["Deliver", "InteractionSender", "blocks_of"]

Done = Callable[[Interaction, Json], object]
Deliver = Callable[[Delivery, Settled], object]


class InteractionSender:
    """
    Makes payloads, and sends them over Socket Mode or to the app's URL.

    Args:
        state: the workspace's.
        deliver: sends something to the app.
        response_urls: where the app answers later.
    """

    def __init__(self, state: State, deliver: Deliver, response_urls: ResponseUrls) -> None:
        self._state = state
        self._team = state.team
        self._views = state.views
        self._ephemerals = state.ephemerals
        self._deliver = deliver
        self._response_urls = response_urls

    def _around(self, kind: str, person: Person, place: Channel | None = None) -> Json:
        """What all payloads say; `place` is where it happened."""
        team, enterprise = self._team, self._team.enterprise
        where = "" if place is None else place.id
        shown: Json = {"id": team.id, "domain": team.domain}
        if enterprise is not None:
            shown |= {"enterprise_id": enterprise.id, "enterprise_name": enterprise.name}
        return {
            "type": kind,
            "token": "simulated",
            "team": shown,
            "enterprise": enterprise and {"id": enterprise.id, "name": enterprise.name},
            "is_enterprise_install": False,
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": person.team or team.id,
            },
            "api_app_id": team.bot.app_id,
            "trigger_id": self._views.new_trigger(person.id, where),
        }

    def _on_message(self, kind: str, person: Person, channel: str, ts: str) -> tuple[Json, Json]:
        """
        The message that somebody sees, and a payload about it.

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
        payload = self._around(kind, person, place) | {
            "container": container,
            "channel": {"id": place.id, "name": place.name or "directmessage"},
        }
        if alone is None:
            payload["message"] = said
        made = f"{place.id} {ts}"
        pointer = str(payload["trigger_id"])
        payload |= self._state.functions.around(made, person.id, pointer)
        return {**said, "channel": place.id}, payload

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
            try:
                if done is not None and delivery.acknowledged_at is not None:
                    done(interaction, delivery.response or {})
            finally:
                interaction.is_over = True

        self._deliver(interaction.delivery, settled)
        return interaction

    def _show(self, interaction: Interaction, said: Mapping[str, Any]) -> None:
        user, payload = interaction.user_id, interaction.payload
        content = show_reply(self._team, self._ephemerals, payload, user, said)
        if content is not None:
            interaction.replies.append(content)


def blocks_of(said: Mapping[str, Any]) -> list[Json]:
    """The blocks of a message, those in attachments included, or of a view."""
    holders = (said, *objects_in(said.get("attachments")))
    return [block for holder in holders for block in objects_in(holder.get("blocks"))]
