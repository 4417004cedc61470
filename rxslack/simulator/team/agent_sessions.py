"""What an agent is doing in a thread: its sessions, which people may stop and rename."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from rxslack.events.types.agents import AgentSessionStatus
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.streams import Streams
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["AgentSession", "AgentSessions"]


@dataclass(frozen=True)
class AgentSession:
    """
    A thread that an agent works in.

    Args:
        channel: the id of the conversation.
        thread_ts: of the thread.
        status: what the app says it is doing.
        title: by which people find it again.
        initiator: the id of the user who began it; "" when nobody was named.
    """

    channel: str
    thread_ts: str
    status: AgentSessionStatus
    title: str = ""
    initiator: str = ""


class AgentSessions:
    """
    All sessions. Each act takes the team's lock.

    Args:
        team: where.
        streams: what is stopped with a session.
    """

    def __init__(self, team: Team, streams: Streams) -> None:
        self._team = team
        self._streams = streams
        self._all: dict[tuple[str, str], AgentSession] = {}

    def all(self) -> list[AgentSession]:
        """Every one, in the order of their beginning."""
        return [*self._all.values()]

    def find(self, channel: Channel, thread_ts: str) -> AgentSession | None:
        """The session of a thread."""
        return self._all.get((channel.id, thread_ts))

    def set_status(
        self,
        channel: Channel,
        thread_ts: str,
        status: AgentSessionStatus,
        *,
        title: str = "",
        initiator: str = "",
    ) -> AgentSession:
        """Say what the app is doing; title and initiator count when that begins a session."""
        with self._team.lock:
            before = self.find(channel, thread_ts)
            session = before or AgentSession(channel.id, thread_ts, status, title, initiator)
            return self._keep(replace(session, status=status))

    def rename(self, session: AgentSession, title: str) -> AgentSession:
        """Give it another title."""
        with self._team.lock:
            return self._keep(replace(session, title=title))

    def stop(self, channel: Channel, thread_ts: str, user: str) -> list[str]:
        """
        Somebody presses the stop button: what streams there ends, and the app is told.

        The status stays: to change it is up to the app.

        Returns: the `ts` of the messages that were ended.
        Raises: LookupError when nobody sees a stop button there.
        Source: docs.slack.dev/reference/events/agent_session_stopped.
        """
        with self._team.lock:
            session = self.find(channel, thread_ts)
            if session is None or session.status != "processing":
                raise LookupError(
                    f"no session of that thread is processing: {session}; one begins with "
                    "agents.sessions.setStatus or chat.startStream, called with AGENT_SCOPES"
                )
            if not self._streams.options.has_stop_button:
                raise LookupError("the app does not subscribe to agent_session_stopped")
            ended = self._streams.interrupt(channel, thread_ts)
            self._tell("agent_session_stopped", session, user, streaming_message_ts=ended)
            return ended

    def rename_by(self, session: AgentSession, user: str, title: str) -> None:
        """
        Somebody gives it another title, and the app is told.

        Source: docs.slack.dev/reference/events/agent_session_title_changed.
        """
        with self._team.lock:
            self.rename(session, title)
            about = {"title": title, "previous_title": session.title, "team_id": self._team.id}
            self._tell("agent_session_title_changed", session, user, **about)

    def _keep(self, session: AgentSession) -> AgentSession:
        self._all[session.channel, session.thread_ts] = session
        self._team.changes.notify()
        return session

    def _tell(self, kind: str, session: AgentSession, user: str, **fields: Any) -> None:
        event: Json = {
            "type": kind,
            "channel": session.channel,
            "thread_ts": session.thread_ts,
            "user": user,
            **fields,
            "event_ts": self._team.stamps.next(),
        }
        self._team.feed.tell_app(event, to=[self._team.bot.user_id])
