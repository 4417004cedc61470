"""The sink that writes answers while they grow, and what makes an item for it of an event."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from functools import partial
from itertools import count
from logging import getLogger
from typing import Any, Final, Literal, NotRequired, TypedDict, Unpack, cast

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable

from rxslack.errors import ConfigurationError
from rxslack.events.messages import CarriesEvent, Event, event_in
from rxslack.lanes.coroutines import running_loop
from rxslack.operators.until_stopped import is_stop_of, stop_in
from rxslack.sinks.delivery.calls import Job, PendingCall, fields_of, needed
from rxslack.sinks.delivery.receivers import Outcome
from rxslack.sinks.delivery.sink import Sink, SinkOptions
from rxslack.sinks.streaming.delivery import StreamDeliverer, pace_of
from rxslack.sinks.streaming.producer import Chunks, Producer
from rxslack.sinks.streaming.stream import START, AnswerStream, StreamCall
from rxslack.web.client import Caller

__all__ = ["StreamReply", "stream_message", "stream_reply"]

log = getLogger("rxslack.stream_message")

VISIBLE: Final = ("recipient", "all")


class StreamReply(TypedDict):
    """
    An answer that is written while it grows.

    Source: docs.slack.dev/reference/methods/chat.startStream.
    """

    channel: str  # an id, "C0123ABCD"
    thread_ts: str  # of the message that began the thread
    chunks: Chunks  # what yields the text
    visible: NotRequired[Literal["recipient", "all"]]  # who sees it grow
    recipient_user_id: NotRequired[str]  # for whom it is
    recipient_team_id: NotRequired[str]  # and whose workspace
    task_display_mode: NotRequired[str]  # "timeline", "plan" or "dense"
    username: NotRequired[str]  # this and the icons need chat:write.customize
    icon_emoji: NotRequired[str]  # ":tada:"
    icon_url: NotRequired[str]
    metadata: NotRequired[Mapping[str, Any]]  # of the last message
    session_status: NotRequired[str]  # after the last message


def stream_reply(
    event: Event | CarriesEvent,
    chunks: Chunks,
    *,
    visible: Literal["recipient", "all"] = "recipient",
    **fields: Any,
) -> StreamReply:
    """
    Make the item for `stream_message` that answers an event in its thread.

    >>> event = {"type": "message", "channel": "C1", "user": "U1", "team": "T1", "ts": "7.1"}
    >>> reply = stream_reply(event, ["Hel", "lo"])
    >>> {name: reply[name] for name in ("channel", "thread_ts", "recipient_user_id")}
    {'channel': 'C1', 'thread_ts': '7.1', 'recipient_user_id': 'U1'}

    Args:
        event: What is answered; or what carries an event, as `Matched` does.
        chunks: An iterable, an async iterable or an Observable of chunks; or a function, or a
            coroutine, that returns one: ``model(event["text"])``. A chunk is a text in Markdown, or a
            dict of type `markdown_text`, `task_update`, `plan_update` or `blocks`.
        visible: Who sees it grow. "recipient": whoever is answered; in a channel all others see the
            beginning and then the end. "all": everybody, by a message that is changed; see `stream_message`.
        fields: More arguments for `chat.startStream`, such as `task_display_mode="plan"`, and
            `metadata` for the message when it is done.

    Returns: a dict for `stream_message`.
    Errors: ``ConfigurationError`` for an event without channel or ts.
    Source: docs.slack.dev/reference/methods/chat.startStream (`recipient_user_id` and
        `recipient_team_id` are needed in channels); github.com/agentconnect-md/agentconnect/issues/1494,
        who sees what.
    """
    itself = event_in(event)
    channel, ts = itself.get("channel"), itself.get("thread_ts") or itself.get("ts")
    if not (isinstance(channel, str) and isinstance(ts, str)):
        raise ConfigurationError(
            f"an event of type {itself.get('type')!r} has no channel and ts to reply to; "
            "filter for messages before stream_reply()"
        )
    team = itself.get("user_team") or itself.get("team") or itself.get("team_id")
    made: dict[str, Any] = {
        "channel": channel,
        "thread_ts": ts,
        "visible": visible,
        "recipient_user_id": itself.get("user"),
        "recipient_team_id": team,
        **fields,
        "chunks": chunks,
    }
    return cast("StreamReply", {name: value for name, value in made.items() if value is not None})


def stream_message(
    web: Caller,
    *,
    stopped_by: Observable[Any] | None = None,
    roll_over: float = 240.0,
    updates: float | None = None,
    **options: Unpack[SinkOptions],
) -> Sink:
    """
    Write answers while they grow, with `chat.startStream`, `chat.appendStream` and `chat.stopStream`.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         print(method, [chunk["text"] for chunk in arguments.get("chunks", ())])
    ...         return {"ok": True, "ts": "8.1"}
    >>> marbles = Marbles()
    >>> answer = {"channel": "C1", "thread_ts": "7.1", "chunks": marbles.cold("-a---bcd-|")}
    >>> sink = stream_message(Web(), scheduler=marbles.scheduler)
    >>> seen = marbles.run(marbles.cold("a|", a=answer).pipe(sink))
    chat.startStream ['a']
    chat.appendStream ['b']
    chat.appendStream ['c']
    chat.appendStream ['d']
    chat.stopStream []
    >>> [(event["state"], event["text"]) for event in seen.items]
    [('started', 'a'), ('finished', 'abcd')]

    An item is a dict, as `stream_reply` makes it. Its chunks are taken as they come, without holding
    anything up: what is async runs on the event loop of whoever subscribes, or on one that rxslack keeps
    for the process; a plain iterable on a thread of its own, since it may block. What comes while
    a call waits for its turn goes out in one: an append a second for a stream at the most, and 100 a
    minute for all of a client, in turns.

    **A message takes 12,000 characters and 50 blocks, and Slack ends it after about five
    minutes**; before that it is stopped at the end of a paragraph or a line, and another one goes on. A block of code
    that is open there is closed and opened again, a nested list goes on at the margin, and tasks that are not over
    are taken along.

    **A lost answer doubles and loses nothing.** A message to which something was perhaps appended is
    stopped and replaced as a whole with `chat.update`, in which tasks are lines of text. One that was
    perhaps begun is looked for in its thread, which needs the scope to read it; where it may not be read
    that is a failure with ``"uncertain": True``.

    **Where Slack does not stream** (a classic bot, some kinds of channels, no recipient), and for items with
    ``visible="all"``, the answer is posted with `chat.postMessage` and changed with `chat.update`, at
    most once a second, always to the newest text.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        stopped_by: A stream of events, the same as that of the questions: after an
            `agent_session_stopped` of a thread its answers are stopped. Best `shared`, for it is
            subscribed to as well. An answer that Slack itself calls stopped is so without it.
        roll_over: Seconds after its start at which a message is ended; at most 30 later, for the end
            of a line.
        updates: The shortest time between two "updated" of an answer, in seconds. Default: none is
            emitted.
        options: See `SinkOptions`; `max_waiting` counts answers.

    Emits: a `StreamEvent` when an answer is "started", and at its end, when it is "finished" with all
        of its text, or "stopped". An answer without any text is finished without a call. A failure when
        its chunks raise, after what came before is sent; when Slack refuses a call; when a million
        characters wait to be sent.
    Errors: as every `Sink`.
    Dispose: as every `Sink`. `close`, and a stop, dispose the producer: a coroutine is cancelled, an Observable
        disposed, a generator closed, when it comes back. After a stop one call ends the message, and
        after `close` none is made.
    Source: docs.slack.dev/reference/methods/chat.startStream, .../chat.appendStream (12,000 characters,
        tier 4), .../chat.stopStream; github.com/slackapi/node-slack-sdk/issues/2702 (the five minutes);
        docs.slack.dev/reference/events/agent_session_stopped.
    """
    return StreamSink(web, stopped_by, roll_over, updates, options)


class StreamSink(Sink):
    """See `stream_message`."""

    def __init__(
        self,
        web: Caller,
        stopped_by: Observable[Any] | None,
        roll_over: float,
        updates: float | None,
        options: SinkOptions,
    ) -> None:
        if not roll_over > 0:
            raise ConfigurationError(f"roll_over is {roll_over!r}; give seconds, more than 0")
        self._roll_over = roll_over
        self._scheduler = options.get("scheduler")
        self._loop = running_loop()
        self._numbers = count(1)
        self._streams: dict[str, AnswerStream] = {}
        self._books = threading.Lock()
        self._stops = Stops(stopped_by, self._stop)
        self._observes = False
        super().__init__(
            web,
            self._read_item,
            "stream_message",
            rule=pace_of,
            deliver=partial(StreamDeliverer, updates=updates),
            **options,
        )

    def __call__(self, source: Observable[Any]) -> Observable[Outcome]:
        """The operator; see `Sink`."""
        piped = super().__call__(source)

        def subscribe(
            observer: abc.ObserverBase[Outcome], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            self._loop = running_loop() or self._loop
            self._stops.need(scheduler)
            subscription = piped.subscribe(observer, scheduler=scheduler)
            return CompositeDisposable(subscription, Disposable(self._stops.let_go))

        return Observable(subscribe)

    def on_next(self, value: Any) -> None:
        """Accept an item; see `Sink`."""
        if not self._observes and not self._is_foreign():
            self._observes = True
            self._stops.need(None)
        super().on_next(value)

    def close(self) -> int:
        """Drop what is left; see `Sink`."""
        dropped = super().close()
        if not self._is_foreign():
            self._stops.dispose()
        return dropped

    def _read_item(self, item: object) -> list[PendingCall]:
        fields = fields_of(item, START)
        channel = needed(fields, "channel", "C0123ABCD")
        thread_ts = needed(fields, "thread_ts", "1712345678.000200")
        if fields.get("chunks") is None:
            raise ConfigurationError("the item has no chunks; make it with stream_reply")
        if fields.get("visible", "recipient") not in VISIBLE:
            raise ConfigurationError(f'visible is {fields["visible"]!r}; give "recipient" or "all"')
        key = f"{channel} {thread_ts} {next(self._numbers)}"
        stream = AnswerStream(
            fields,
            key,
            posts=fields.get("visible") == "all",
            roll_over=self._roll_over,
            wall=self._wall,
            is_over=self._is_over,
        )
        stream.hasten = self._delivery.hasten
        stream.producer = Producer(
            fields["chunks"],
            take=stream.take,
            end=stream.end,
            loop=self._running(),
            scheduler=self._scheduler,
        )
        self._stops.need(None)
        with self._books:
            self._streams[key] = stream
        return [StreamCall(START, key, fields, stream=stream)]

    def _running(self) -> asyncio.AbstractEventLoop | None:
        loop = running_loop() or self._loop
        return loop if loop is not None and loop.is_running() else None

    def _refuse(self, job: Job) -> None:
        if isinstance(job.call, StreamCall):
            job.call.stream.finish()
        super()._refuse(job)

    def _is_over(self, stream: AnswerStream) -> None:
        with self._books:
            del self._streams[stream.key]
        self._stops.let_go()

    def _stop(self, event: Mapping[Any, Any]) -> None:
        with self._books:
            streams = [*self._streams.values()]
        for stream in streams:
            if is_stop_of(event, stream.channel, stream.arguments["thread_ts"], stream.messages):
                stream.stop()


class Stops:
    """
    The subscription to what stops answers, while anybody needs it.

    Args:
        events: Where stops are heard of.
        stop: Called with each.
    """

    def __init__(self, events: Observable[Any] | None, stop: Any) -> None:
        self._events = events
        self._stop = stop
        self._lock = threading.Lock()
        self._needed = 0
        self._slot = SerialDisposable()

    def need(self, scheduler: abc.SchedulerBase | None) -> None:
        """One more needs it."""
        with self._lock:
            self._needed += 1
            first = self._needed == 1
        if first and self._events is not None:
            self._slot.disposable = self._events.subscribe(
                self._hear, self._fail, scheduler=scheduler
            )

    def let_go(self) -> None:
        """One less does."""
        with self._lock:
            self._needed -= 1
            last = not self._needed
        if last:
            self._slot.disposable = Disposable()

    def dispose(self) -> None:
        """Nobody does, for good."""
        self._slot.dispose()

    def _hear(self, item: object) -> None:
        event = stop_in(item)
        if event is not None:
            self._stop(event)

    def _fail(self, error: Exception) -> None:
        log.warning("no stop is heard any more: %s", type(error).__name__)
