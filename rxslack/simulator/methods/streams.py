"""chat.startStream, chat.appendStream, chat.stopStream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast, get_args

from rxslack.simulator.methods.agents import session_status
from rxslack.simulator.methods.chat import MAX_BLOCKS, WRITE, author_of, destination_of
from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.stream_content import DisplayMode
from rxslack.simulator.team.streams import LiveStream
from rxslack.simulator.team.text import Json

MAX_TEXT: Final = (
    12_000  # characters of one text; docs.slack.dev/reference/methods/chat.appendStream
)
TASK_STATES: Final = ("pending", "in_progress", "complete", "error")


class Addition(NamedTuple):
    """
    What a call brings.

    Args:
        chunks: well formed.
        mode: the argument that they came in; "" without any.
    """

    chunks: list[Json]
    mode: str


@Method("chat.startStream", "tier2", WRITE, kinds=("xoxb",), granular=True)
def start_stream(request: Request) -> Json:
    """
    Post a message that grows.

    Source: docs.slack.dev/reference/methods/chat.startStream, whose list of errors has two for tokens
    of classic bots, `not_allowed_token_type` and `is_bot`; that it is the first is inferred.
    """
    channel = destination_of(request)
    recipient = _recipient(request, channel)
    if channel.find(request.text("thread_ts")) is None:
        raise Refused("invalid_thread_ts")  # also without one, where Slack says so in most channels
    display = request.text("task_display_mode", "timeline")
    if display not in get_args(DisplayMode):
        raise _wrong(f"unknown task_display_mode: {display}")
    content = _content(request)
    state = request.state
    with request.team.lock:  # who sees the message sees the stop button, too
        stream = state.streams.start(
            channel,
            author_of(request),
            content.chunks,
            thread_ts=request.text("thread_ts"),
            recipient=recipient,
            display=cast("DisplayMode", display),
            mode=content.mode,
        )
        if request.token.is_agent:
            thread_ts = stream.thread_ts
            state.agent_sessions.set_status(channel, thread_ts, "processing", initiator=recipient)
    return _where(stream)


@Method("chat.appendStream", "tier4", WRITE, kinds=("xoxb",), granular=True)
def append_stream(request: Request) -> Json:
    """Let it grow. Source: docs.slack.dev/reference/methods/chat.appendStream."""
    stream = _stream(request)
    content = _content(request)
    if not content.chunks:
        raise Refused("no_text")
    request.state.streams.append(stream, content.chunks, content.mode)
    return _where(stream)


@Method("chat.stopStream", "tier2", WRITE, kinds=("xoxb",), granular=True)
def stop_stream(request: Request) -> Json:
    """
    End it, and release the session.

    Source: docs.slack.dev/reference/methods/chat.stopStream. That an app that is no agent may name a
    status is inferred.
    """
    stream = _stream(request)
    status = session_status(request.text("session_status", "active"))
    content = _content(request)
    blocks = _objects(request.structure("blocks", "invalid_blocks") or [], "invalid_blocks")
    if len(blocks) > MAX_BLOCKS:
        raise Refused("invalid_blocks")
    metadata = request.structure("metadata", "invalid_metadata_format")
    state = request.state
    with request.team.lock:
        message = state.streams.stop(
            stream, content.chunks, content.mode, blocks=blocks, metadata=metadata
        )
        if request.token.is_agent:
            state.agent_sessions.set_status(stream.channel, stream.thread_ts, status)
    return _where(stream) | {"message": message}


def _where(stream: LiveStream) -> Json:
    return {"channel": stream.channel.id, "ts": stream.ts}


def _stream(request: Request) -> LiveStream:
    channel = request.channel()
    ts = request.required("ts")
    if channel.find(ts) is None:
        raise Refused("message_not_found")
    stream = request.state.streams.find(channel, ts)
    if stream is None:
        raise Refused("message_not_in_streaming_state")
    return stream


def _recipient(request: Request, channel: Channel) -> str:
    """
    Who sees it grow: in a direct message the other one, elsewhere who is named.

    Raises: Refused.
    """
    user = request.text("recipient_user_id")
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not request.text(name):
                raise Refused(f"missing_{name}")
    if user:
        return request.person(name="recipient_user_id").id
    return next((member for member in channel.members if member != request.user_id), "")


def _content(request: Request) -> Addition:
    """
    What is said.

    Raises: Refused.
    Source: NousResearch/hermes-agent#104173 (one of both arguments);
    docs.slack.dev/reference/methods/chat.appendStream (`invalid_chunks`).
    """
    text = request.text("markdown_text")
    found = request.structure("chunks", "invalid_chunks")
    if text and found:
        raise Refused("cannot_provide_both_markdown_text_and_chunks")
    if text:
        return Addition([_checked({"type": "markdown_text", "text": text})], "markdown_text")
    chunks = [_checked(chunk) for chunk in _objects(found or [], "invalid_chunks")]
    return Addition(chunks, "chunks" if chunks else "")


def _checked(chunk: Json) -> Json:
    """A chunk that is well formed. Raises Refused."""
    is_good = _KINDS.get(str(chunk.get("type")))
    if is_good is None or not is_good(chunk):
        raise Refused("invalid_chunks")
    if chunk["type"] == "markdown_text" and len(chunk["text"]) > MAX_TEXT:
        raise Refused("msg_too_long")
    return chunk


def _is_text(chunk: Mapping[str, Any]) -> bool:
    return isinstance(chunk.get("text"), str)


def _is_task(chunk: Mapping[str, Any]) -> bool:
    named = all(chunk.get(name) and isinstance(chunk[name], str) for name in ("id", "title"))
    said = all(isinstance(chunk.get(name, ""), str) for name in ("details", "output"))
    return named and said and chunk.get("status") in TASK_STATES


def _is_plan(chunk: Mapping[str, Any]) -> bool:
    return isinstance(chunk.get("title"), str)


def _is_blocks(chunk: Mapping[str, Any]) -> bool:
    blocks: object = chunk.get("blocks")
    items: list[Any] = [*blocks] if isinstance(blocks, list) else [None]
    return all(isinstance(item, dict) for item in items)


_KINDS: Final = {
    "markdown_text": _is_text,
    "task_update": _is_task,
    "plan_update": _is_plan,
    "blocks": _is_blocks,
}


def _objects(found: object, error: str) -> list[Json]:
    items: list[Any] = [*found] if isinstance(found, list) else [None]
    if not all(isinstance(item, dict) for item in items):
        raise Refused(error)
    return items


def _wrong(problem: str) -> Refused:
    messages = [f"[ERROR] {problem}"]
    return Refused("invalid_arguments", response_metadata={"messages": messages})
