"""What a test sees of a workspace, and each of its websockets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from rxslack.simulator.actions.administration import Administration
from rxslack.simulator.faults import Breaking, Hold
from rxslack.simulator.options import Ending
from rxslack.simulator.sockets.registry import Socket
from rxslack.simulator.sockets.rtm_socket import RtmSocket
from rxslack.simulator.team.agent_sessions import AgentSession
from rxslack.simulator.team.streams import EndedBy
from rxslack.simulator.team.text import Json, as_frame_text
from rxslack.simulator.team.transcript import Call, Entry
from rxslack.wire.frames import server_frame

__all__ = ["Connection", "Observations", "Stream"]


class Connection:
    """One websocket of the workspace's, open or past."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket

    def __repr__(self) -> str:
        state = "open" if self.is_open else "ended"
        return f"<Connection {self.number} of {self._socket.user_id or 'an app'}, {state}>"

    @property
    def number(self) -> int:
        """Which one it is, from 1, in the order of the handshakes."""
        return self._socket.link.number

    @property
    def is_open(self) -> bool:
        """Whether it has said hello and not ended."""
        return self._socket.is_open

    @property
    def user_id(self) -> str:
        """The id of the user who asked for it; "" for an app's."""
        return self._socket.user_id

    @property
    def kind(self) -> Literal["RTM", "Socket Mode"]:
        """What is spoken over it."""
        return "RTM" if isinstance(self._socket, RtmSocket) else "Socket Mode"

    @property
    def opened_at(self) -> float:
        """When its handshake was, on the workspace's clock."""
        return self._socket.opened_at

    @property
    def ended_at(self) -> float | None:
        """When it ended, on the workspace's clock; None: not yet."""
        return self._socket.ended_at

    @property
    def client_close(self) -> int | None:
        """The code of the CLOSE frame that the client sent; 1005 for none; None: no frame came."""
        return self._socket.link.client_close

    def send(self, event: Mapping[str, Any]) -> None:
        """Say an event to this client alone."""
        self._socket.tell(event)

    def send_text(self, text: str | bytes) -> None:
        """Send a text frame with this payload, whatever it is."""
        self._socket.offer(server_frame(text.encode() if isinstance(text, str) else text))

    def send_bytes(self, raw: bytes) -> None:
        """Put these bytes on the wire, whether they are a frame or not."""
        self._socket.offer(raw)

    def goodbye(self, *, times: int = 1, grace: float | None = None) -> None:
        """Say goodbye, and end it so many seconds later on the workspace's clock; None: never."""
        self._socket.say_goodbye(times=times, grace=grace)

    def close(self, code: int | None = 1000, reason: str = "") -> None:
        """End it with a CLOSE frame."""
        self._socket.link.close(code, reason)

    def end(self, how: Ending, code: int | None = 1000, reason: str = "") -> None:
        """
        End it in one of the ways there are.

        Args:
            how: "close", "FIN", "RST", or "close without FIN": the frame, and TCP left open.
            code: of the CLOSE frame; None for a frame without one.
            reason: of the CLOSE frame.
        """
        self._socket.link.end(how, code, reason)

    def break_inside(self, event: Mapping[str, Any], how: Breaking = "RST") -> Hold:
        """
        Send an event's frame up to some byte inside it, and then no more.

        Args:
            event: what the frame would have said.
            how: what follows: "RST", "FIN", or a "stall" that goes on at the release.
        """
        return self._socket.link.break_inside(server_frame(as_frame_text(event)), how)

    def half_open(self) -> Hold:
        """Neither read nor write, until the release; see `Faults.half_open`."""
        return self._socket.half_open()

    def hang_up(self) -> None:
        """End it as TCP does: FIN, and no CLOSE frame."""
        self._socket.link.hang_up()

    def cut(self) -> None:
        """End it with a TCP reset."""
        self._socket.link.cut()


@dataclass(frozen=True)
class Stream:
    """
    A message that streams, or did.

    Args:
        channel: the id of the conversation.
        ts: of the message.
        thread_ts: of the thread that it is in.
        recipient: the id of the user who sees it grow.
        markdown: what it received.
        started_at: when, on the workspace's clock.
        ended_at: when; None: not yet.
        ended_by: "app" (chat.stopStream), "person" (the stop button, whatever the app does then),
            "time"; "" while it streams.
    """

    channel: str
    ts: str
    thread_ts: str
    recipient: str
    markdown: str = field(repr=False)
    started_at: float
    ended_at: float | None
    ended_by: EndedBy


T = TypeVar("T")


class Observations(Administration):
    """What can be seen."""

    def messages(self, channel: str, *, seen_by: str | None = None) -> list[Json]:
        """
        What was said in a channel, oldest first, replies in threads among it.

        Args:
            channel: name or id.
            seen_by: name or id of a person. A message that streams for somebody else shows only how
                it began. Default: what the app finds in the history.
        """
        place = self._team.channel(channel)
        if seen_by is not None:
            return self._state.streams.as_seen(place, self.user_id(seen_by))
        with self._team.lock:
            return deepcopy(place.messages)

    @property
    def streams(self) -> list[Stream]:
        """The messages that stream, and those that did, oldest first."""
        with self._team.lock:
            return [
                Stream(
                    channel=one.channel.id,
                    ts=one.ts,
                    thread_ts=one.thread_ts,
                    recipient=one.recipient,
                    markdown=one.content.markdown,
                    started_at=one.started_at,
                    ended_at=one.ended_at,
                    ended_by=one.ended_by,
                )
                for one in self._state.streams.all()
            ]

    def ephemerals(self, user: str) -> list[Json]:
        """
        What is said to somebody alone, oldest first.

        Its buttons work: `slack.interactions.click("alice", "press", channel="general", ts=one["ts"])`.
        """
        return self._state.ephemerals.seen_by(self.user_id(user))

    def status(self, channel: str, thread_ts: str) -> str:
        """What an app says under a thread that it is doing; "" when it says nothing."""
        return self._state.statuses.get((self.channel_id(channel), thread_ts), "")

    def title(self, channel: str, thread_ts: str) -> str:
        """The title that the app gave a thread; "" for none. A session has its own."""
        return self._state.titles.get((self.channel_id(channel), thread_ts), "")

    def prompts(self, channel: str) -> list[Json]:
        """What people are suggested to say in a conversation, each with `title` and `message`."""
        return deepcopy(self._state.prompts.get(self.channel_id(channel), []))

    @property
    def sessions(self) -> list[AgentSession]:
        """The threads that the app works in as an agent, in the order of their beginning."""
        with self._team.lock:
            return self._state.agent_sessions.all()

    @property
    def functions(self) -> dict[str, Json]:
        """Steps of workflows that the app was told to do, by execution: `completed`, `outputs`, `error`."""
        return self._state.functions.all()

    def modals(self, user: str) -> list[Json]:
        """The modals that somebody sees, the topmost last."""
        return deepcopy(self._state.views.modals.get(self.user_id(user), []))

    def home(self, user: str) -> Json | None:
        """The home tab that the app published for somebody."""
        return deepcopy(self._state.views.homes.get(self.user_id(user)))

    def file(self, id: str) -> bytes | None:  # noqa: A002 - Slack's word
        """The bytes of a file that was uploaded."""
        found = self._state.files.find(id)
        return None if found is None else found.content

    def calls(self, method: str | None = None) -> list[Call]:
        """The Web API calls that came in, oldest first; those of one method, or all."""
        return self._state.transcript.calls(method)

    @property
    def transcript(self) -> list[Entry]:
        """Every call, answer and frame, in and out, with its time, oldest first."""
        return self._state.transcript.entries()

    @property
    def connections(self) -> list[Connection]:
        """The websockets that are open."""
        return [Connection(socket) for socket in self._state.sockets.open()]

    @property
    def past_connections(self) -> list[Connection]:
        """The websockets that there were, oldest first, those that are open included."""
        return [Connection(socket) for socket in self._state.sockets.all()]

    def wait_until(self, predicate: Callable[[], T], timeout: float = 10.0) -> T:
        """
        Wait until `predicate()` is true, and return what it returned.

        Args:
            predicate: called on this thread, after each change in the workspace.
            timeout: seconds.

        Raises: TimeoutError.
        """
        return self._team.changes.wait_until(predicate, timeout)
