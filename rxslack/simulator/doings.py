"""What people do in a workspace, but for what they do with its app."""

from __future__ import annotations

from typing import Any, Literal

from rxslack.simulator import posting, reactions
from rxslack.simulator.channel import Channel
from rxslack.simulator.presence import set_presence
from rxslack.simulator.roster import Roster
from rxslack.simulator.text import rich_text
from rxslack.simulator.wire import Json

__all__ = ["Actions"]


class Actions(Roster):
    """What people do."""

    def say(
        self,
        channel: str,
        user: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        **fields: Any,
    ) -> Json:
        """
        Somebody writes a message.

        Args:
            channel: name or id.
            user: name or id.
            text: as Slack writes it: `<@U…>` for a mention, `&amp;` for an ampersand.
            thread_ts: of the message that it answers.
            broadcast: whether the channel sees the answer, too.
            fields: more for the message, or other values; None takes a field away.

        Returns: the message as the channel's history has it, and its `channel`.
        """
        place, identity = self._team.channel(channel), self._team.identity
        with self._team.lock:
            draft = {
                "user": self.user_id(user),
                "text": text,
                "client_msg_id": identity.uuid(),
                "blocks": rich_text(text, identity.letters(5)),
                **fields,
            }
            draft = {name: value for name, value in draft.items() if value is not None}
            message = posting.post(
                self._team, place, draft, thread_ts=thread_ts, broadcast=broadcast
            )
        return {**message, "channel": place.id}

    def edit(self, channel: str, ts: str, text: str, *, by: str | None = None) -> Json:
        """Somebody, the author unless said otherwise, edits a message; returns the new one."""
        place, message = self._message(channel, ts)
        editor = self.user_id(by) if by else message.get("user", self.bot_user_id)
        return posting.edit(self._team, place, message, {"text": text}, editor)

    def delete(self, channel: str, ts: str) -> None:
        """Somebody deletes a message."""
        posting.delete(self._team, *self._message(channel, ts))

    def react(self, channel: str, ts: str, user: str, emoji: str) -> None:
        """Somebody reacts to a message with an emoji, named without colons."""
        place, message = self._message(channel, ts)
        reactions.react(self._team, place, message, self.user_id(user), emoji)

    def type(self, channel: str, user: str) -> None:
        """Somebody is typing."""
        place = self._team.channel(channel)
        event = {"type": "user_typing", "channel": place.id, "user": self.user_id(user)}
        with self._team.lock:
            self._team.publish(event, to=place.members)

    def set_presence(self, user: str, presence: Literal["active", "away"]) -> None:
        """Somebody comes or goes; sockets that subscribed to that person are told."""
        set_presence(self._state, self._team.person(user), presence)

    def trigger(self, user: str) -> str:
        """Somebody does something that may open a view; a `trigger_id`, good for three seconds."""
        return self._state.new_trigger(self.user_id(user))

    def _message(self, channel: str, ts: str) -> tuple[Channel, Json]:
        place = self._team.channel(channel)
        message = place.find(ts)
        if message is None:
            raise LookupError(f"no message in {channel!r} has the ts {ts!r}")
        return place, message
