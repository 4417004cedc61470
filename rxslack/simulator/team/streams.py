"""Messages that grow as they are read: started, appended to, and ended by the app, a person or time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from rxslack.simulator.options import StreamOptions
from rxslack.simulator.team import messages
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.clock import Timer, Timers
from rxslack.simulator.team.stream_content import DisplayMode, StreamContent
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["EndedBy", "LiveStream", "Streams"]

EndedBy: TypeAlias = Literal["", "app", "person", "time"]
"""Who ended a stream: chat.stopStream, the stop button, Slack after some minutes; "" for nobody yet."""

_STATES: Mapping[EndedBy, str] = {
    "": "in_progress",
    "app": "completed",
    "person": "completed",  # inferred: of the three values that Slack has, the best
    "time": "errored",  # inferred: people then see that something went wrong
}
"""`streaming_state` of the message. Source: slackapi/node-slack-sdk#2371."""


@dataclass(eq=False)
class LiveStream:
    """
    One message that streams, or did. Guarded by the team's lock.

    Args:
        channel: the conversation.
        ts: of the message.
        thread_ts: of the thread that it is in.
        recipient: the id of the user who sees it grow.
        started_at: when, on the workspace's clock.
        first: the message as it was started, which is what all others see until its end.
        content: what it received.
        mode: the argument of the first call with content, to which all later ones have to keep.
        ended_by: who ended it.
        ended_at: when; None: not yet.
        is_closed: whether chat.stopStream was called, which it may be after a person's stop.
        expiry: ends it in time.
    """

    channel: Channel
    ts: str
    thread_ts: str
    recipient: str
    started_at: float
    first: Json = field(repr=False)
    content: StreamContent = field(repr=False)
    mode: str = ""
    ended_by: EndedBy = ""
    ended_at: float | None = None
    is_closed: bool = False
    expiry: Timer | None = field(default=None, repr=False)


class Streams:
    """
    All messages that stream, or did; each act takes the team's lock.

    While a message grows, the app's events tell nothing of it. At its end comes `message_changed`:
    inferred from slackapi/node-slack-sdk#2371, where it was seen.

    Args:
        team: where.
        timers: of the workspace's clock.
        options: how long they live, and what they take.
    """

    def __init__(self, team: Team, timers: Timers, options: StreamOptions) -> None:
        self.options = options
        self._team = team
        self._timers = timers
        self._all: dict[tuple[str, str], LiveStream] = {}

    def all(self) -> list[LiveStream]:
        """Every one, the oldest first."""
        return [*self._all.values()]

    def find(self, channel: Channel, ts: object) -> LiveStream | None:
        """The stream whose message has that `ts`."""
        return self._all.get((channel.id, ts)) if isinstance(ts, str) else None

    def is_streaming(self, channel: Channel, ts: object) -> bool:
        """Whether that message may still grow."""
        stream = self.find(channel, ts)
        return stream is not None and not stream.ended_by

    def start(
        self,
        channel: Channel,
        draft: Mapping[str, Any],
        chunks: Sequence[Json],
        *,
        thread_ts: str,
        recipient: str,
        display: DisplayMode,
        mode: str,
    ) -> LiveStream:
        """
        Post a message that grows.

        Args:
            channel: the conversation.
            draft: who says it.
            chunks: what it begins with.
            thread_ts: the message it answers to.
            recipient: the id of the user who sees it grow.
            display: how tasks are shown.
            mode: the argument that the chunks came in; "" without any.

        Raises: Refused.
        """
        team = self._team
        with team.lock:
            content = StreamContent(team, display)
            self._receive(content, chunks)
            shown = {**draft, **content.shown(), "streaming_state": _STATES[""]}
            message = messages.post(team, channel, shown, thread_ts=thread_ts)
            stream = LiveStream(
                channel,
                message["ts"],
                message["thread_ts"],
                recipient,
                team.clock(),
                message,
                content,
                mode,
            )
            self._all[channel.id, stream.ts] = stream
            if self.options.life is not None:
                life = self.options.life
                stream.expiry = self._timers.after(life, lambda: self.end(stream, "time"))
        return stream

    def append(self, stream: LiveStream, chunks: Sequence[Json], mode: str) -> None:
        """
        Let a message grow.

        Raises: Refused, when it has ended, too, and when the content is not as it began.
        """
        with self._team.lock:
            if stream.ended_by == "person":
                raise Refused("stopped_by_user")
            if stream.ended_by:
                raise Refused("message_not_in_streaming_state")
            self._take(stream, chunks, mode)
            kept = stream.channel.find(stream.ts)
            if kept is not None:
                kept |= stream.content.shown()
            self._team.changes.notify()

    def stop(
        self,
        stream: LiveStream,
        chunks: Sequence[Json],
        mode: str,
        *,
        blocks: Sequence[Json],
        metadata: Any,
    ) -> Json:
        """
        End a message as the app wants it.

        Args:
            stream: which.
            chunks: what is still to be appended.
            mode: the argument that they came in; "" without any.
            blocks: what is shown below all else.
            metadata: of the message; None for none.

        Returns: the message.
        Raises: as `append`.
        """
        with self._team.lock:
            if stream.ended_by == "person" and not self.options.takes_last_words:
                raise Refused("stopped_by_user")
            if stream.is_closed or stream.ended_by == "time":
                raise Refused("message_not_in_streaming_state")
            self._take(stream, chunks, mode)
            stream.content.add_blocks(blocks)
            stream.is_closed = True
            more = {} if metadata is None else {"metadata": metadata}
            return self._show_end(stream, stream.ended_by or "app", **more)

    def interrupt(self, channel: Channel, thread_ts: str) -> list[str]:
        """Somebody stops what streams in a thread; the `ts` of those messages."""
        with self._team.lock:
            found = [
                stream
                for stream in self._all.values()
                if (stream.channel.id, stream.thread_ts) == (channel.id, thread_ts)
                and not stream.ended_by
            ]
            for stream in found:
                self.end(stream, "person")
            return [stream.ts for stream in found]

    def end(self, stream: LiveStream, by: EndedBy) -> None:
        """End a stream, if that has not happened."""
        with self._team.lock:
            if not stream.ended_by:
                self._show_end(stream, by)

    def as_seen(self, channel: Channel, user: str) -> list[Json]:
        """
        What somebody sees in a channel now: of what streams for another one, only how it began.

        Source: agentconnect-md/agentconnect#1494; agno-agi/agno#6615 (a bot as its own recipient).
        """
        with self._team.lock:
            return deepcopy([self._seen(channel, message, user) for message in channel.messages])

    def _show_end(self, stream: LiveStream, by: EndedBy, **more: Any) -> Json:
        """Tell everybody what became of the message, and return it."""
        team, channel = self._team, stream.channel
        if not stream.ended_by:
            stream.ended_by, stream.ended_at = by, team.clock()
        if stream.expiry is not None:
            stream.expiry.cancel()
        previous = channel.find(stream.ts)
        if previous is None:  # somebody has deleted it
            return stream.first
        changed = previous | stream.content.shown() | {"streaming_state": _STATES[by], **more}
        channel.replace(changed)
        messages.tell_change(team, channel, changed, previous, channel.stamps.next())
        return deepcopy(changed)

    def _seen(self, channel: Channel, message: Json, user: str) -> Json:
        stream = self.find(channel, message["ts"])
        hidden = stream is not None and not stream.ended_by and stream.recipient != user
        return stream.first if stream is not None and hidden else message

    def _take(self, stream: LiveStream, chunks: Sequence[Json], mode: str) -> None:
        """
        Receive chunks, all or none.

        Source: NousResearch/hermes-agent#104173 (what began with one argument goes on with it).
        """
        if mode and stream.mode not in ("", mode):
            raise Refused("streaming_mode_mismatch")
        self._receive(stream.content, chunks)
        stream.mode = stream.mode or mode

    def _receive(self, content: StreamContent, chunks: Sequence[Json]) -> None:
        texts = [chunk["text"] for chunk in chunks if chunk["type"] == "markdown_text"]
        most = self.options.max_text
        if most is not None and len(content.markdown) + sum(map(len, texts)) > most:
            raise Refused("msg_too_long")
        blocks = sum(len(chunk["blocks"]) for chunk in chunks if chunk["type"] == "blocks")
        if content.block_count + blocks > self.options.max_blocks:
            raise Refused("invalid_blocks")  # inferred: which error it is, no page says
        for chunk in chunks:
            content.add(chunk)
