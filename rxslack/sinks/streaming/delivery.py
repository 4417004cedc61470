"""The work of the lanes of `stream_message`: one call of one stream after the other."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from rxslack.errors import ApiError, RateLimited, SlackError
from rxslack.events.items import failure
from rxslack.events.types.rxslack_items import StreamEvent
from rxslack.lanes.paces import Paces
from rxslack.sinks.delivery.calls import Job, PendingCall
from rxslack.sinks.delivery.delivery import Deliverer
from rxslack.sinks.delivery.receivers import Outcome
from rxslack.sinks.delivery.rules import Rule, is_in_doubt, pause_before_retry, rule_of
from rxslack.sinks.streaming.chunks import text_of
from rxslack.sinks.streaming.stream import (
    APPEND,
    LOOK,
    POST,
    START,
    STOP,
    UPDATE,
    AnswerStream,
    Message,
    StreamCall,
)
from rxslack.web.protocol import each_page

__all__ = ["REFUSALS", "StreamDeliverer", "pace_of"]

REFUSALS: Final = frozenset(
    {
        "channel_type_not_supported",
        "is_bot",  # "cannot be called by a legacy bot"
        "method_deprecated",
        "not_allowed_token_type",
        "unknown_method",
        "missing_recipient_team_id",  # inferred: the answer is better seen than lost
        "missing_recipient_user_id",  # inferred, as above
        "deprecated_endpoint",  # inferred
        "feature_not_enabled",  # inferred: on no page of the three methods
    }
)
"""
What `chat.startStream` answers where it will never stream, but a message can be posted and changed.

Source, but for those marked: docs.slack.dev/reference/methods/chat.startStream, "Errors".
"""

ENDED: Final = "message_not_in_streaming_state"
STOPPED: Final = "stopped_by_user"
CONFLICT: Final = "streaming_state_conflict"  # chat.update of a message that is still streaming

FOR_START: Final = ("recipient_user_id", "recipient_team_id", "task_display_mode")
FOR_STOP: Final = ("metadata", "session_status")
OURS: Final = ("chunks", "visible")

LOOKS: Final = (2.0, 10.0)  # seconds after a lost answer at which the thread is read
MARGIN: Final = 60.0  # seconds by which two clocks may differ
PAGE: Final = 200
LIKE: Final = 80  # letters and digits by which a message is known again
REMEMBERED: Final = 1000


def pace_of(method: str) -> Rule:
    """
    What Slack allows, and no more than who reads it has use for: a message grows once a second.

    >>> pace_of("chat.appendStream").lane_rate, pace_of("chat.startStream").lane_rate
    (1.0, inf)
    """
    rule = rule_of(method)
    return rule._replace(lane_rate=1.0, lane_burst=2) if method in (APPEND, UPDATE) else rule


class StreamDeliverer(Deliverer):
    """
    Makes the calls of streams.

    Whatever Slack answers leaves the stream in a state from which its next step follows. A call that
    surely was not carried out is made again, with what has come since. After an append, or a stop with
    text, that was perhaps carried out, the message is stopped and replaced as a whole, both of which
    may be repeated. A message that was perhaps started is looked for in its thread.

    Args:
        updates: The shortest time between two "updated" of a stream, in seconds; None for none.
        options: As for `Deliverer`.
    """

    def __init__(self, *args: Any, updates: float | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._updates = updates
        self._known: dict[str, None] = {}  # the ts of messages that streams have begun
        self._unable: dict[str, None] = {}  # channels where streaming was refused
        self._books = threading.Lock()

    def paces(self, _: object, job: Job) -> Paces:
        """What a stream has to keep to next."""
        stream = stream_of(job)
        if stream is None or not stream.method:
            return Paces(self._at_once, self._at_once)
        # What is posted counts for its channel, with the posts of other sinks; all else for the stream.
        lane = stream.channel if stream.method == POST else stream.key
        return self._paces_of(stream.method, lane)

    def _method(self, job: Job) -> str:
        stream = stream_of(job)
        return job.call.method if stream is None else stream.method

    def work(self, job: Job, _: int) -> float | None:
        """Make the next call of a stream; seconds until the next step, None when it is over."""
        stream = stream_of(job)
        if stream is None:
            self._give_up(job)
            return None
        if stream.producer is not None:
            stream.producer.start()
        return self._go_on(job, stream, paid=stream.method)

    def _go_on(self, job: Job, stream: AnswerStream, paid: str = "") -> float | None:
        """The next step: its call, where that is paid for; else the wait for its pace, or for text."""
        with self._books:
            stream.posts = stream.posts or stream.channel in self._unable
        step = stream.next_step(self._wall(), paid)
        if step.over:
            self._end(job, stream)
            return None
        if step.method and step.method == paid:
            return self._call(job, stream)
        stream.method = step.method
        return 0.0 if step.method else step.seconds

    def drop(self, job: Job) -> None:
        """The sink was closed."""
        stream = stream_of(job)
        if stream is not None:
            stream.finish()
        super().drop(job)

    def _call(self, job: Job, stream: AnswerStream) -> float | None:
        now = self._wall()
        try:
            if stream.method == LOOK:
                return self._rest(job, stream, self._looked(job, stream, self._found(stream)))
            arguments = arguments_of(stream)
            reply = self._write(PendingCall(stream.method, stream.channel, arguments))
            ts = ts_in(reply, stream.method) if stream.method in (START, POST) else ""
        except Exception as error:  # noqa: BLE001 - whatever a call raises is its stream's trouble
            job.tries += 1
            return self._rest(job, stream, self._troubled(job, stream, error, now))
        self._done(job, stream, ts, now)
        return self._go_on(job, stream)

    def _rest(self, job: Job, stream: AnswerStream, pause: float | None) -> float | None:
        """The pause before the same call; the next step, where there is none."""
        if pause is None:
            return self._go_on(job, stream)
        stream.rest()
        return pause

    def _done(self, job: Job, stream: AnswerStream, ts: str, now: float) -> None:
        if stream.method in (START, POST):
            self._opened(job, stream, ts, now)
        elif stream.method == STOP:
            self._stopped(job, stream)
        else:
            job.tries = 0
            stream.commit()
            if stream.method == UPDATE and stream.draft.closed:
                stream.turn()
            self._tell_update(job, stream, now)

    def _opened(self, job: Job, stream: AnswerStream, ts: str, now: float) -> None:
        """A message is there, and what it began with is in it."""
        with self._books:
            self._known[ts] = None
            if len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
        job.tries = 0
        stream.opened(ts, Message.UPDATED if stream.posts else Message.STREAMING, now)
        stream.commit()
        if stream.posts and stream.draft.closed:
            stream.turn()
        if len(stream.messages) == 1:
            self._tell(job, stream, "started")
        else:
            self._tell_update(job, stream, now)

    def _stopped(self, job: Job, stream: AnswerStream) -> None:
        """The message streams no more."""
        if stream.sending:
            job.tries = 0
            stream.commit()
            stream.turn()
        elif stream.message is Message.SEALED:
            stream.replace()
        else:
            stream.turn()

    def _troubled(
        self, job: Job, stream: AnswerStream, error: Exception, now: float
    ) -> float | None:
        """A call failed: seconds until it is made again; None when something else is next."""
        code = error.error if isinstance(error, ApiError) else ""
        if stream.method == START and code in REFUSALS:
            self._not_streamed(stream)
            return None
        if stream.method in (START, POST) and is_in_doubt(error):
            stream.sought(error, now)
            stream.method = LOOK
            return LOOKS[0]
        if stream.method in (APPEND, STOP) and code in (ENDED, STOPPED):
            self._not_streaming(job, stream, code)
            return None
        if (stream.method in (APPEND, STOP) and stream.sending and is_in_doubt(error)) or (
            stream.method == UPDATE and code == CONFLICT and job.tries < self._attempts
        ):
            stream.undo()
            stream.seal(error)
            return None
        return self._again_or_never(job, stream, error)

    def _not_streaming(self, job: Job, stream: AnswerStream, code: str) -> None:
        """The message took no part of what was sent: Slack had ended it, or somebody stopped it."""
        if not stream.sending:
            if code == STOPPED:
                stream.stop()
            self._stopped(job, stream)
            return
        closes = stream.method == APPEND or stream.batch.closes
        stream.undo()
        if code == ENDED:
            stream.replace(expired=closes)
            return
        if stream.method == STOP:
            stream.turn()
        stream.stop()

    def _again_or_never(self, job: Job, stream: AnswerStream, error: Exception) -> float | None:
        """The same call once more, when that can help."""
        if stream.sending:
            stream.undo()
        repeatable = stream.method in (LOOK, UPDATE) or not stream.sending
        pause = pause_before_retry(error, job.tries, repeatable=repeatable)
        if pause is not None and job.tries < self._attempts:
            if isinstance(error, RateLimited):
                self._hold_channel_or_method(job, self._rule(stream.method), pause)
            self._note(job, error, pause)
            return pause
        job.tries = 0
        if stream.method == STOP and not stream.sending:
            stream.turn()  # it cannot be ended, and Slack will do so
        stream.refuse(error)
        return None

    def _not_streamed(self, stream: AnswerStream) -> None:
        stream.undo()
        stream.posts = True
        with self._books:
            self._unable[stream.channel] = None
            if len(self._unable) > REMEMBERED:
                del self._unable[next(iter(self._unable))]

    def _looked(self, job: Job, stream: AnswerStream, ts: str | None) -> float | None:
        """The thread was read for a message that was perhaps started."""
        if ts is not None:
            self._opened(job, stream, ts, stream.began)
            return None
        stream.looks += 1
        if stream.looks < len(LOOKS):
            return LOOKS[stream.looks] - LOOKS[stream.looks - 1]
        doubt = stream.not_sought()
        if job.tries >= self._attempts and doubt is not None:
            stream.refuse(doubt)
        return None

    def _found(self, stream: AnswerStream) -> str | None:
        """The ts of the message that begins as the batch does, where there is one."""
        said = letters(text_of(stream.batch.chunks))
        if not said:
            raise SlackError("what was perhaps begun has no words by which it could be found")
        for message in self._replies(stream):
            ts = str(message.get("ts"))
            own = message.get("bot_id") or message.get("app_id")
            with self._books:
                known = ts in self._known
            if own and not known and letters(str(message.get("text") or "")).startswith(said):
                return ts
        return None

    def _replies(self, stream: AnswerStream) -> Iterator[Mapping[str, Any]]:
        since = f"{max(stream.began - MARGIN, 0.0):.6f}"
        arguments = {"channel": stream.channel, "ts": stream.arguments["thread_ts"]}

        def ask(cursor: str | None) -> dict[str, Any]:
            call = {**arguments, "oldest": since, "limit": PAGE, "cursor": cursor}
            return self._write(PendingCall(LOOK, stream.channel, call))

        for page in each_page(LOOK, ask):
            messages: list[dict[str, Any]] = page.get("messages") or []
            yield from (one for one in messages if float(one["ts"]) >= float(since))

    def _tell_update(self, job: Job, stream: AnswerStream, now: float) -> None:
        if self._updates is not None and now - stream.told >= self._updates:
            stream.told = now
            self._tell(job, stream, "updated")

    def _tell(self, job: Job, stream: AnswerStream, state: State) -> None:
        job.receiver.accept()
        job.receiver.settle(event_of(job, stream, state))

    def _end(self, job: Job, stream: AnswerStream) -> None:
        stream.finish()
        outcome: Outcome
        if stream.stopped:
            outcome = event_of(job, stream, "stopped")
        elif (error := stream.error) is not None:
            outcome = failure(job.item, error, uncertain=stream.doubt is not None)
        else:
            outcome = event_of(job, stream, "finished")
        self._settle(job, outcome)


State: TypeAlias = Literal["started", "updated", "finished", "stopped"]


def stream_of(job: Job) -> AnswerStream | None:
    """The stream of a job; None for a failure that only takes its turn."""
    return job.call.stream if isinstance(job.call, StreamCall) and not job.void else None


def ts_in(reply: Mapping[str, Any], method: str) -> str:
    """
    The message that was begun.

    Errors: ``SlackError`` for an answer that names none.
    """
    ts = reply.get("ts")
    if not isinstance(ts, str):
        raise SlackError(f"Slack's answer to {method} has no ts")
    return ts


def event_of(job: Job, stream: AnswerStream, state: State) -> dict[str, Any]:
    """How far the stream is."""
    event: StreamEvent = {
        "type": "rxslack.stream",
        "state": state,
        "channel": stream.channel,
        "ts": stream.ts,
        "text": stream.draft.said,
        "messages": [*stream.messages],
        "item": job.item,
    }
    return {**event}


def arguments_of(stream: AnswerStream) -> dict[str, Any]:
    """The arguments of the next call."""
    given = {name: value for name, value in stream.arguments.items() if name not in OURS}
    last: dict[str, Any] = {name: given.pop(name) for name in FOR_STOP if name in given}
    if stream.method == START:
        return {**given, "chunks": stream.batch.chunks}
    if stream.method == POST:
        look = {name: value for name, value in given.items() if name not in FOR_START}
        return {**look, **stream.shown()}
    place = {"channel": stream.channel, "ts": stream.ts}
    if stream.method == UPDATE:
        return {**place, **stream.shown()}
    chunks = {"chunks": stream.batch.chunks} if stream.sending and stream.batch.chunks else {}
    final: dict[str, Any] = (
        last if stream.method == STOP and stream.sending and stream.is_final else {}
    )
    return {**place, **chunks, **final}


def letters(text: str) -> str:
    """
    The letters and digits that a text begins with, up to the first link, whatever marks them up.

    >>> letters("**Well**, see [this](https://example.com)")
    'wellsee'

    Slack's history has Markdown as its own markup, so nothing else can be compared.
    """
    before = re.split(r"\[|<|https?:|&", text, maxsplit=1)[0]
    return re.sub(r"[\W_]+", "", before).casefold()[:LIKE]
