"""A Slack on the clock of marbles that streams, expires, forgets to answer and writes down its calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rxslack.errors import ApiError, TimedOut
from rxslack.testing import Marbles

__all__ = ["Lost", "Posted", "Slack", "refused"]

Item = dict[str, Any]
EPOCH = 1_000.0  # of the ts of messages, so that none is before the clock's beginning


def refused(code: str, method: str = "chat.startStream") -> ApiError:
    return ApiError(method, code, {"ok": False, "error": code})


@dataclass
class Lost:
    """The answer is lost on the way, after the call was carried out, or before."""

    done: bool
    error: Exception = field(default_factory=lambda: TimedOut("Slack", 30.0, maybe_done=True))


@dataclass
class Posted:
    """A message."""

    ts: str
    thread_ts: str
    text: str = ""
    chunks: list[Item] = field(default_factory=lambda: list[Item]())
    streaming: bool = False
    began: float = 0.0
    bot_id: str = "B1"
    blocks: list[Item] = field(default_factory=lambda: list[Item]())


class Slack:
    """
    Makes of calls messages.

    Args:
        marbles: Whose time it is.
        meets: By method, what the calls meet one after the other, before they go well.
        expires: Seconds after which a stream is over.
    """

    def __init__(self, marbles: Marbles, expires: float = 300.0, **meets: list[Any]) -> None:
        self.marbles = marbles
        self.expires = expires
        self.meets: defaultdict[str, list[Any]] = defaultdict(list)
        for name, troubles in meets.items():
            self.meets[name] = [*troubles]
        self.calls: list[tuple[float, str, Item]] = []
        self.messages: dict[str, Posted] = {}
        self.answering: dict[str, Any] = {}

    @property
    def now(self) -> float:
        return self.marbles.scheduler.frame

    @property
    def methods(self) -> list[str]:
        """The calls, without their family."""
        return [method.split(".")[1] for _, method, _ in self.calls]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages.values()]

    def call(self, method: str, /, **arguments: Any) -> Item:
        self.calls.append((self.now, method, arguments))
        name = method.split(".")[1]
        trouble = self.trouble(name, arguments)
        if isinstance(trouble, Lost):
            if trouble.done:
                getattr(self, name)(arguments)
            raise trouble.error
        if callable(trouble):
            trouble()
        elif trouble is not None:
            raise trouble
        answer: Item = getattr(self, name)(arguments)
        return {"ok": True, **answer}

    def trouble(self, name: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ARG002 - for others
        return self.meets[name].pop(0) if self.meets[name] else None

    def startStream(self, arguments: Item) -> Item:  # noqa: N802 - Slack's name
        message = self.begin(arguments, streaming=True)
        self.append(message, arguments)
        return {"channel": arguments["channel"], "ts": message.ts}

    def appendStream(self, arguments: Item) -> Item:  # noqa: N802 - as above
        message = self.streaming(arguments, "chat.appendStream")
        assert arguments["chunks"]
        self.append(message, arguments)
        return {"ts": message.ts}

    def stopStream(self, arguments: Item) -> Item:  # noqa: N802 - as above
        message = self.streaming(arguments, "chat.stopStream")
        self.append(message, arguments)
        message.streaming = False
        return {"ts": message.ts, "message": {"text": message.text}}

    def postMessage(self, arguments: Item) -> Item:  # noqa: N802 - as above
        message = self.begin(arguments, streaming=False)
        self.put(message, arguments)
        return {"channel": arguments["channel"], "ts": message.ts}

    def update(self, arguments: Item) -> Item:
        message = self.messages[arguments["ts"]]
        if self.is_streaming(message):
            raise refused("streaming_state_conflict", "chat.update")
        self.put(message, arguments)
        return {"ts": message.ts}

    def replies(self, arguments: Item) -> Item:
        found = [
            {"ts": one.ts, "text": one.text, "bot_id": one.bot_id}
            for one in self.messages.values()
            if one.thread_ts == arguments["ts"]
        ]
        question = {"ts": arguments["ts"], "user": "U1", "text": "Hello?"}
        return {"messages": [question, *found], "response_metadata": {"next_cursor": ""}}

    def begin(self, arguments: Item, *, streaming: bool) -> Posted:
        ts = f"{EPOCH + self.now:.3f}{len(self.messages):03}"
        message = Posted(ts, arguments["thread_ts"], streaming=streaming, began=self.now)
        self.messages[ts] = message
        return message

    def append(self, message: Posted, arguments: Item) -> None:
        assert "markdown_text" not in arguments  # Slack takes one of the two for a message
        for chunk in arguments.get("chunks", ()):
            message.chunks.append(chunk)
            if chunk["type"] == "markdown_text":
                assert 0 < len(chunk["text"]) <= 12_000
                message.text += chunk["text"]
        assert len(message.text) <= 12_000

    def put(self, message: Posted, arguments: Item) -> None:
        message.blocks = arguments.get("blocks", [])
        texts = [block["text"] for block in message.blocks if block["type"] == "markdown"]
        message.text = arguments.get("markdown_text") or arguments.get("text") or "".join(texts)
        assert 0 < len(message.text) <= 12_000

    def is_streaming(self, message: Posted) -> bool:
        return message.streaming and self.now - message.began < self.expires

    def streaming(self, arguments: Item, method: str) -> Posted:
        message = self.messages[arguments["ts"]]
        if not self.is_streaming(message):
            raise refused("message_not_in_streaming_state", method)
        return message
