"""What every sink is: an observer and an operator over lanes of calls to Slack."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from reactivex import Observable, abc

from rxslack.errors import ConfigurationError, SlackError
from rxslack.events.rxslack_items import FailureEvent
from rxslack.sinks.failures import FailureLog, code_of, failure, is_failure
from rxslack.sinks.lanes import Lanes
from rxslack.sinks.outlets import Logged, Outcome, Outlet, Replies
from rxslack.sinks.retry import pause_before_retry

__all__ = ["Job", "MakeLanes", "Overflow", "Read", "Sink", "Write"]

Overflow: TypeAlias = Literal["wait", "fail"]
Read: TypeAlias = Callable[[Any], tuple[str, Mapping[str, Any]]]
"""From an item its lane and the call's arguments; raises when the item cannot be sent."""
Write: TypeAlias = Callable[[Mapping[str, Any]], dict[str, Any]]
"""One call to Slack, with the arguments; raises when it fails."""


@dataclass(frozen=True, slots=True)
class Job:
    """An item on its way. What has `failed` already is not sent, only handed on."""

    item: Any
    arguments: Mapping[str, Any]
    outlet: Outlet
    failed: FailureEvent | None = None


MakeLanes: TypeAlias = Callable[
    [Callable[[Job, int], float | None], Callable[[Job], None]], Lanes[str | None, Job]
]
"""Makes the lanes from `work` and `dropped`. The lane None takes failures, and needs no pace."""


class Sink(abc.ObserverBase[Any]):
    """
    An observer, `stream.subscribe(sink)`, and an operator, `stream.pipe(sink)`, in one object.

    All that comes in goes through the same lanes, whatever stream it comes from, so that the pace
    of a channel holds for all of them together.

    Args:
        read: From an item its lane and arguments.
        write: One call to Slack.
        lanes: Makes the lanes.
        attempts: How often an item is tried in all.
        overflow: What happens to an item when the queue is full: "wait" or "fail".
        on_error: Called with the error of a stream that was subscribed to the sink itself.
        logger: Where failures go when nobody else gets them.
    """

    def __init__(
        self,
        read: Read,
        write: Write,
        lanes: MakeLanes,
        *,
        attempts: int,
        overflow: Overflow,
        on_error: Callable[[Exception], None] | None,
        logger: logging.Logger,
    ) -> None:
        if attempts < 1:
            raise ConfigurationError(f"{attempts!r} attempts send nothing; give 1 or more")
        if overflow not in ("wait", "fail"):
            raise ConfigurationError(f'overflow is {overflow!r}; give "wait" or "fail"')
        self._read = read
        self._write = write
        self._attempts = attempts
        self._waits = overflow == "wait"
        self._handle_error = on_error
        self._logger = logger
        self._log = FailureLog(logger)
        self._logged = Logged(self._log)
        self._lanes = lanes(self._work, self._dropped)

    def __call__(self, source: Observable[Any]) -> Observable[Outcome]:
        """
        The operator: Slack's replies and `FailureEvent`s, in order per channel.

        Emits: on the sender threads, one at a time; a slow subscriber holds the senders up.
        Errors: the source's own error, after all that came before it is over.
        Dispose: nothing is emitted any more; what was accepted is still sent.
        """

        def subscribe(
            observer: abc.ObserverBase[Outcome], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            replies = Replies(observer, self._log)
            return source.subscribe(
                lambda item: self._accept(item, replies),
                replies.on_error,
                replies.on_completed,
                scheduler=scheduler,
            )

        return Observable(subscribe)

    @property
    def left(self) -> int:
        """How many items were accepted and are not over yet."""
        return self._lanes.left

    def on_next(self, value: Any) -> None:
        """Accept an item. Returns at once, but for a full queue under the policy "wait"."""
        self._accept(value, self._logged)

    def on_error(self, error: Exception) -> None:
        """The stream failed: `on_error` is called, or the error raised. What came before is sent."""
        if self._handle_error is None:
            raise error
        self._handle_error(error)

    def on_completed(self) -> None:
        """The stream completed. What came before is sent; `drain` waits for it."""

    def drain(self, timeout: float | None = None) -> int:
        """
        Wait until all that was accepted is over.

        Args:
            timeout: The longest wait, in seconds; None waits as long as it takes.

        Returns: how many items are left.
        """
        return self._lanes.drain(timeout)

    def close(self) -> int:
        """
        Drop what is left and end the threads; calls that are under way end by themselves.

        What comes in afterwards is a failure, and so, for subscribers of the operator, is what
        was dropped.

        Returns: how many items were dropped.
        """
        return self._lanes.close()

    def _accept(self, item: Any, outlet: Outlet) -> None:
        outlet.accept()
        lane, job = self._prepare(item, outlet)
        if not self._lanes.put(lane, job, wait=self._waits):
            self._refuse(job)

    def _prepare(self, item: Any, outlet: Outlet) -> tuple[str | None, Job]:
        if is_failure(item):
            return None, Job(item, {}, outlet, item)
        try:
            lane, arguments = self._read(item)
        except SlackError as error:
            return None, Job(item, {}, outlet, failure(item, error))
        return lane, Job(item, arguments, outlet)

    def _refuse(self, job: Job) -> None:
        """The lanes did not take it: they are full, or closed."""
        full = failure(job.item, SlackError("the queue is full, and its policy is to fail"))
        refused = Job(job.item, {}, job.outlet, job.failed or full)
        if self._lanes.closed or not self._lanes.put(None, refused, force=True):
            closed = failure(job.item, SlackError("the sink is closed"))
            job.outlet.settle(job.failed or closed)

    def _dropped(self, job: Job) -> None:
        closed = SlackError("the sink was closed before this was sent")
        job.outlet.drop(job.failed or failure(job.item, closed))

    def _work(self, job: Job, attempt: int) -> float | None:
        if job.failed:
            job.outlet.settle(job.failed)
            return None
        try:
            reply = self._write(job.arguments)
        except Exception as error:  # noqa: BLE001 - whatever a call raises is its item's failure
            return self._failed(job, attempt, error)
        job.outlet.settle(reply)
        return None

    def _failed(self, job: Job, attempt: int, error: Exception) -> float | None:
        pause = pause_before_retry(error, attempt)
        if pause is None or attempt >= self._attempts:
            job.outlet.settle(failure(job.item, error))
            return None
        self._logger.info(
            "%s: %s; attempt %d of %d follows in %g s",
            job.arguments.get("channel"),
            code_of(error),
            attempt + 1,
            self._attempts,
            pause,
        )
        return pause
