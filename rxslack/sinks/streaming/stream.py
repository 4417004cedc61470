"""One stream: what of it is in Slack, and which call is next."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from rxslack.errors import ConfigurationError, SlackError
from rxslack.sinks.delivery.calls import PendingCall
from rxslack.sinks.streaming.chunks import as_chunks
from rxslack.sinks.streaming.draft import Batch, Draft
from rxslack.sinks.streaming.producer import Producer

__all__ = [
    "APPEND",
    "LOOK",
    "POST",
    "START",
    "STOP",
    "UPDATE",
    "AnswerStream",
    "Message",
    "Step",
    "StreamCall",
]

START: Final = "chat.startStream"
APPEND: Final = "chat.appendStream"
STOP: Final = "chat.stopStream"
POST: Final = "chat.postMessage"
UPDATE: Final = "chat.update"
LOOK: Final = "conversations.replies"

GRACE: Final = 30.0  # seconds that a message may be late to be rolled over, for the end of a line
SOON: Final = 0.01  # seconds; the lanes count in milliseconds and may come a little early
MOST: Final = 1_000_000  # characters that may wait; no model is so far ahead of Slack


class Message(Enum):
    """
    The message that a stream writes into.

    NONE: there is none yet, or the last one is complete.
    SOUGHT: it was perhaps started; the thread has to be read.
    STREAMING: it takes appends.
    SEALED: an append was perhaps applied: it is stopped, and then replaced as a whole.
    UPDATED: it is replaced as a whole each time.
    """

    NONE = "none"
    SOUGHT = "sought"
    STREAMING = "streaming"
    SEALED = "sealed"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Step:
    """
    What is next.

    Attributes:
        method: what is called; "" for nothing.
        batch: what is sent; None where nothing is, or what was sent is in doubt.
        seconds: until it is asked for again, when nothing is called.
        over: whether there is no next step.
    """

    method: str = ""
    batch: Batch | None = None
    seconds: float = math.inf
    over: bool = False


OVER: Final = Step(over=True)


class StreamCall(PendingCall):
    """The calls of one stream, one after the other; see `PendingCall`."""

    __slots__ = ("stream",)

    def __init__(
        self, method: str, lane: str, arguments: Mapping[str, Any], *, stream: AnswerStream
    ) -> None:
        super().__init__(method, lane, arguments)
        self.stream: Final = stream


class AnswerStream:
    """
    One item of `stream_message`, from its acceptance to its outcome.

    Args:
        arguments: For the calls: where, for whom, how it looks.
        key: The lane.
        posts: Whether it is shown without streaming.
        roll_over: Seconds after its start at which a message is ended and another one begun.
        wall: The time now, in unix seconds.
        is_over: Called once, when nothing of it is left.

    Attributes:
        method: of the next call, for its pace; "" before there is one.
        message: the state of the message that is written into.
        ts: of that message; "" before the first.
        messages: the ts of all of them.
        batch: what a call is sending, or has perhaps sent.
        sending: whether the call that is being made sends it.
        refused: what Slack refused it with.
        began: when the message was started, in unix seconds.
    """

    def __init__(
        self,
        arguments: Mapping[str, Any],
        key: str,
        *,
        posts: bool,
        roll_over: float,
        wall: Callable[[], float],
        is_over: Callable[[AnswerStream], None],
    ) -> None:
        self.arguments = arguments
        self.key = key
        self.posts = posts
        self.draft = Draft()
        self.producer: Producer | None = None
        self.hasten: Callable[[str], None] | None = None
        self.method = ""
        self.message = Message.NONE
        self.ts = ""
        self.messages: list[str] = []
        self.batch = Batch()
        self.sending = False
        self.began = 0.0
        self.looks = 0
        self.doubt: Exception | None = None
        self.refused: Exception | None = None
        self.stale = False  # the message in Slack is perhaps another one than is known
        self.told = -math.inf  # when an "updated" was emitted
        self.expired = False  # Slack ended the message by itself
        self._roll_over = roll_over
        self._wall = wall
        self._is_over = is_over
        self._lock = threading.Lock()
        self._error: BaseException | None = None
        self._stopped = False
        self._over = False
        self._waiting = False  # for chunks
        self._calling = False  # or what became of the call is being seen to
        self._asked = 0.0  # when the call that is next was decided on

    @property
    def channel(self) -> str:
        """Where it is."""
        return str(self.arguments["channel"])

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped it."""
        return self._stopped

    @property
    def error(self) -> Exception | None:
        """Why it failed: what Slack refused, or what the producer raised."""
        error = self.refused or self._error
        if error is None or isinstance(error, Exception):
            return error
        return SlackError(f"the producer ended by {type(error).__name__}")

    def take(self, chunk: object) -> None:
        """The producer yielded this."""
        with self._lock:
            if self._over or self._stopped or self.draft.ended:
                return
            try:
                self._add(chunk)
            except (ConfigurationError, SlackError) as error:
                self._end(error)
            ended = self.draft.ended
            wake = bool(ended or self.draft.pending) and self._wake()
        if ended and self.producer is not None:
            self.producer.dispose()
        self._hasten(wake)

    def _add(self, chunk: object) -> None:
        for one in as_chunks(chunk):
            self.draft.pending.add(one)
        if self.draft.pending.size > MOST:
            raise SlackError(f"{MOST:,} characters wait to be sent; the producer is too fast")

    def end(self, error: BaseException | None) -> None:
        """The producer ended."""
        with self._lock:
            if self._over or self._stopped or self.draft.ended:
                return
            self._end(error)
            wake = self._wake()
        self._hasten(wake)

    def stop(self) -> bool:
        """Somebody stopped it: nothing more is sent. Whether there was anything to stop."""
        with self._lock:
            if self._over or self._stopped:
                return False
            self._stopped = True
            self._waiting = False
            if not self._calling:
                self.method = self._expected()
        if self.producer is not None:
            self.producer.dispose()
        self._hasten(True)
        return True

    def finish(self) -> bool:
        """It is over, whatever became of it; False when it was before."""
        with self._lock:
            if self._over:
                return False
            self._over = True
        if self.producer is not None:
            self.producer.dispose()
        self._is_over(self)
        return True

    def next_step(self, now: float, paid: str) -> Step:
        """
        What is to be done now; a batch in it is taken.

        Args:
            now: Unix seconds.
            paid: The method whose pace was kept. What else is next has to keep its own first.
        """
        with self._lock:
            self._waiting = False
            step = self._step(now, paid)
            self._calling = bool(step.method) and step.method == paid
            self.sending = step.method == paid and step.batch is not None
            if step.method != paid:
                self._asked = now
            elif step.batch is not None:
                self.draft.take(step.batch)
                self.batch = step.batch
            self._waiting = not step.method and not step.over
            return step

    def rest(self) -> None:
        """The call will be made again, after a pause, which a stop ends."""
        with self._lock:
            self._calling = False
            if self._stopped:
                self.method = self._expected()

    def commit(self) -> None:
        """Slack has the batch."""
        with self._lock:
            self.draft.commit(self.batch)
            self.batch = Batch()
            self.stale = False
            self.doubt = None

    def undo(self) -> None:
        """Slack does not have the batch, or will get it again."""
        with self._lock:
            self.draft.undo(self.batch)
            self.batch = Batch()

    def opened(self, ts: str, state: Message, now: float) -> None:
        """There is a message."""
        with self._lock:
            self.ts, self.message, self.began = ts, state, now
            self.messages.append(ts)

    def sought(self, doubt: Exception, now: float) -> None:
        """The message was perhaps begun; the batch is kept."""
        with self._lock:
            self.message, self.looks, self.began, self.doubt = Message.SOUGHT, 0, now, doubt

    def not_sought(self) -> Exception | None:
        """It is not there, so it will be begun again. What had left that open."""
        with self._lock:
            self.message = Message.NONE
            self.draft.undo(self.batch)
            self.batch = Batch()
            doubt, self.doubt = self.doubt, None
            return doubt

    def seal(self, doubt: Exception) -> None:
        """What the message has is in doubt: it is stopped and then replaced."""
        with self._lock:
            self.message, self.doubt = Message.SEALED, doubt

    def refuse(self, error: Exception) -> None:
        """Slack refused a call, so this is the end."""
        with self._lock:
            self.refused = self.refused or error
            if self.message not in (Message.STREAMING, Message.SEALED):
                self.message = Message.NONE

    def turn(self) -> None:
        """The message is complete."""
        with self._lock:
            self.message, self.expired = Message.NONE, False
            self.draft.turn()

    def replace(self, *, expired: bool = False) -> None:
        """The message is replaced as a whole from now on; one that expired, once."""
        with self._lock:
            self.message, self.stale, self.expired = Message.UPDATED, True, expired

    def shown(self) -> dict[str, Any]:
        """The message with the batch, for chat.postMessage and chat.update."""
        return self.draft.shown(self.batch)

    @property
    def is_final(self) -> bool:
        """Whether the batch is the last one."""
        with self._lock:
            return self.draft.ended and not self.draft.pending and not self.batch.closes

    def _end(self, error: BaseException | None) -> None:
        self.draft.ended = True
        self._error = error

    def _wake(self) -> bool:
        """Whether the lane waits for this. Called with the lock held."""
        if not self._waiting:
            return False
        self._waiting = False
        self._asked = self._wall()
        self.method = self._expected()
        return True

    def _expected(self) -> str:
        if self.message is Message.SOUGHT:
            return LOOK
        if self.message is Message.SEALED:
            return STOP
        if self.message is Message.STREAMING:
            return STOP if self._stopped or self.draft.ended else APPEND
        if self._stopped or not self.draft.pending:
            return ""
        if self.message is Message.UPDATED:
            return UPDATE
        return POST if self.posts else START

    def _hasten(self, wake: bool) -> None:
        if wake and self.hasten is not None:
            self.hasten(self.key)

    def _step(self, now: float, paid: str) -> Step:
        if self.message is Message.SOUGHT:
            return Step(LOOK)
        if self._stopped or self.refused is not None:
            in_slack = self.message in (Message.STREAMING, Message.SEALED)
            return Step(STOP) if in_slack else OVER
        if self.message is Message.SEALED:
            return Step(STOP)
        if self.message is Message.STREAMING:
            return self._streaming(now, paid)
        if self.stale or self.draft.pending:
            return self._next_text()
        return OVER if self.draft.ended else Step()

    def _next_text(self) -> Step:
        draft = self.draft
        if self.message is not Message.UPDATED:
            return Step(POST if self.posts else START, draft.batch())
        if self.expired and not draft.closed:
            return Step(UPDATE, draft.last_lines() or draft.nothing())
        return Step(UPDATE, draft.batch())

    def _streaming(self, now: float, paid: str) -> Step:
        draft, due = self.draft, self.began + self._roll_over
        batch = draft.batch()
        if batch.closes:
            return Step(STOP, batch)
        if draft.ended:
            # It stood in line for an append for so long that this may as well be one.
            late = paid == APPEND and bool(draft.pending) and now - self._asked > 1.0
            return Step(APPEND if late else STOP, batch)
        if now >= due and (rolled := self._rolled(now - due)) is not None:
            return Step(STOP, rolled)
        if draft.pending:
            return Step(APPEND, batch)
        return Step(seconds=max(due + (GRACE if now >= due else 0.0) - now, SOON))

    def _rolled(self, late: float) -> Batch | None:
        found = self.draft.last_lines()
        return self.draft.everything() if found is None and late >= GRACE else found
