"""What people do in a workspace."""

from __future__ import annotations

from typing import Any, Literal

from rxslack.simulator.actions.announcements import Announcements
from rxslack.simulator.actions.organizations import Organizations
from rxslack.simulator.actions.sharing import FileSharing
from rxslack.simulator.actions.workflows import Workflows
from rxslack.simulator.sockets.registry import set_presence
from rxslack.simulator.team import messages, reactions
from rxslack.simulator.team.channel_events import direct
from rxslack.simulator.team.files import post_text
from rxslack.simulator.team.rich_text import rich_text
from rxslack.simulator.team.text import Json

__all__ = ["Actions"]


class Actions(Announcements, Organizations, FileSharing, Workflows):
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
        team, place, author = self._team, self._team.channel(channel), self.user_id(user)
        with team.lock:
            draft = {
                "user": author,
                "text": text,
                **messages.by_person(team, author),
                "blocks": rich_text(text, team.identity.letters(5)),
                **fields,
            }
            draft = {name: value for name, value in draft.items() if value is not None}
            message = post_text(
                self._team,
                self._state.files,
                place,
                draft,
                thread_ts=thread_ts,
                broadcast=broadcast,
            )
        return {**message, "channel": place.id}

    def edit(self, channel: str, ts: str, text: str, *, by: str | None = None) -> Json:
        """Somebody, the author unless said otherwise, edits a message; returns the new one."""
        place, message = self._team.message(channel, ts)
        editor = self.user_id(by) if by else message.get("user", self.bot_user_id)
        return messages.edit(self._team, place, message, {"text": text}, editor)

    def delete(self, channel: str, ts: str) -> None:
        """Somebody deletes a message."""
        messages.delete(self._team, *self._team.message(channel, ts))

    def react(self, channel: str, ts: str, user: str, emoji: str) -> None:
        """Somebody reacts to a message with an emoji, named without colons."""
        place, message = self._team.message(channel, ts)
        reactions.react(self._team, place, message, self.user_id(user), emoji)

    def type(self, channel: str, user: str) -> None:
        """Somebody is typing."""
        place = self._team.channel(channel)
        event = {"type": "user_typing", "channel": place.id, "user": self.user_id(user)}
        with self._team.lock:
            self._team.feed.publish(event, to=place.members)

    def open_home(self, user: str) -> None:
        """
        Somebody opens the app's home tab, and the app is told `app_home_opened`; not over RTM.

        Source: docs.slack.dev/reference/events/app_home_opened.
        """
        team, person = self._team, self._team.person(user)
        with team.lock:
            event: Json = {
                "type": "app_home_opened",
                "user": person.id,
                "channel": team.direct([person.id], team.bot.user_id)[0].id,
                "tab": "home",
                "event_ts": team.stamps.next(),
            }
            if (view := self._state.views.homes.get(person.id)) is not None:
                event["view"] = view
            team.feed.tell_app(event, to=[team.bot.user_id])

    def open_assistant(self, user: str) -> Json:
        """
        Somebody begins a thread with the app in its pane; returns the message at its root.

        The app is told `assistant_thread_started`, not over RTM. What is said in the thread goes to the
        app's direct message: `slack.say(message["channel"], user, …, thread_ts=message["ts"])`.

        Source: docs.slack.dev/reference/events/assistant_thread_started.
        """
        team, person = self._team, self._team.person(user)
        with team.lock:
            channel, _ = direct(team, [person.id], team.bot.user_id)
            title = "New Assistant Thread"
            draft: Json = {
                "subtype": "assistant_app_thread",
                "user": team.bot.user_id,
                "bot_id": team.bot.id,
                "app_id": team.bot.app_id,
                "text": title,
                "assistant_app_thread": {"title": title, "title_blocks": list[Json]()},
            }
            root = messages.post(team, channel, draft)
            thread: Json = {
                "user_id": person.id,
                "context": {},
                "channel_id": channel.id,
                "thread_ts": root["ts"],
            }
            event: Json = {"type": "assistant_thread_started", "assistant_thread": thread}
            event["event_ts"] = team.stamps.next()
            team.feed.tell_app(event, to=[team.bot.user_id])
        return {**root, "channel": channel.id}

    def set_presence(self, user: str, presence: Literal["active", "away"]) -> None:
        """Somebody comes or goes; sockets that subscribed to that person are told."""
        set_presence(self._team, self._state.sockets, self._team.person(user), presence)

    def stop_session(self, channel: str, thread_ts: str, user: str) -> list[str]:
        """
        Somebody presses the stop button in a thread where the app is at work.

        What streams there ends: an append is `stopped_by_user` from now on. The app is told
        `agent_session_stopped` over Socket Mode or HTTP, not over RTM.

        Args:
            channel: name or id.
            thread_ts: of the thread.
            user: name or id.

        Returns: the `ts` of the messages that were ended.

        Raises: LookupError when nobody sees a stop button there.
        """
        place = self._team.channel(channel)
        return self._state.agent_sessions.stop(place, thread_ts, self.user_id(user))

    def rename_session(self, channel: str, thread_ts: str, user: str, title: str) -> None:
        """
        Somebody gives a session another title; the app is told `agent_session_title_changed`.

        Raises: LookupError when there is no session.
        """
        session = self._state.agent_sessions.find(self._team.channel(channel), thread_ts)
        if session is None:
            raise LookupError(f"there is no session in the thread {thread_ts!r}")
        self._state.agent_sessions.rename_by(session, self.user_id(user), title)

    def trigger(self, user: str) -> str:
        """Somebody does something that may open a view; a `trigger_id`, good for three seconds."""
        return self._state.views.new_trigger(self.user_id(user))
