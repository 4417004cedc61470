"""What every sink is: an observer and an operator over lanes of calls to Slack."""

from __future__ import annotations

import atexit
import logging
import os
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, Literal, TypeAlias, TypedDict, Unpack

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable, SingleAssignmentDisposable

from rxslack.core.finishing import Part
from rxslack.core.fork import Registry
from rxslack.errors import ConfigurationError, SlackError, not_from
from rxslack.events.items import failure, is_failure
from rxslack.events.types.rxslack_items import FailureEvent
from rxslack.lanes.lanes import Lanes, lanes_on
from rxslack.lanes.paces import Budget, budget_of
from rxslack.sinks.delivery.calls import Job, PendingCall, Read, Whole
from rxslack.sinks.delivery.delivery import Deliverer, NoOutbox, Write
from rxslack.sinks.delivery.look_up import LookUp
from rxslack.sinks.delivery.receivers import (
    DeadLetters,
    FailureLog,
    FailuresOnly,
    LeftBehind,
    Outcome,
    Receiver,
    Replies,
)
from rxslack.sinks.delivery.rules import Rule, rule_of
from rxslack.sinks.delivery.versions import Versions
from rxslack.web.client import Caller

__all__ = ["Overflow", "Sink", "SinkOptions", "waiting_calls"]

Overflow: TypeAlias = Literal["wait", "fail"]
"""What happens to an item when too many wait."""

NOTHING = PendingCall("", "")
SINK = "this sink"


class SinkOptions(TypedDict, total=False):
    """
    The options of every sink.

    workers: The most calls at once, each on a thread. Default: 8.
    max_waiting: How many calls may wait, those being made included. Default: 10,000.
    overflow: What happens to an item when so many wait. "wait", the default: the thread that
        emits waits for room, so a stream from Slack waits, too. "fail": the item is a failure.
    attempts: How often a call is tried in all, until it is a failure. Default: 10.
    drain: How long `dispose`, and the end of the program, wait for what is left, in seconds.
        Default: 10.
    on_error: As an observer: called with the error that the stream ends with. Default: the error
        is raised where the stream emits it, as reactivex does for any observer without `on_error`,
        so that it does not vanish; `run` hands it to its caller. A coroutine is waited for, but on
        the thread of an event loop.
    scheduler: Works on this scheduler instead of threads, and by its clock; for tests in virtual
        time. One too many then always fails, and the scheduler must not be one that runs its
        actions at once on the calling thread.
    budget: The paces to keep to, for sinks of several clients of one workspace; or where a log is, a
        path or ``redis://…``, for all processes that post with this token and are given the same. Default:
        the client's own, which all its sinks share.
    """

    workers: int
    max_waiting: int
    overflow: Overflow
    attempts: int
    drain: float
    on_error: Callable[[Exception], object] | None
    scheduler: abc.SchedulerBase | None
    budget: Budget | str | Path | None


class Sink(abc.ObserverBase[Any]):
    """
    An observer, `stream.subscribe(sink)`, and an operator, `stream.pipe(sink)`, in one object.

    As an observer its failures are logged, or go to who subscribes to its `failures`; as an operator
    it emits Slack's replies. A sink is made by `post_message` and its siblings. It works on threads of
    its own, which do not keep a program alive: `rxslack.run`, which finds the sinks in a stream,
    `drain`, the end of a `with` statement and the end of the program wait for them.

    All that comes in goes through the same lanes, whatever stream it comes from, so that the pace
    of a channel holds for all of them together.

    Emits: as an operator Slack's replies, and ``{"type": "rxslack.failure", "item": …, "error": …}``
        for each item that failed: in order for a channel (or whatever the sink keeps the order of), in
        any order between channels. Failures that come in are not sent but passed on. Completes when
        the source has and all are over.
    Errors: as an operator the source's own error, after the replies to what came before it;
        ``ConfigurationError`` at once, where it is made, for an argument that cannot work.
    Dispose: nothing is emitted any more; what was accepted is still sent. `close` drops it.

    It belongs to the process that made it. In a child of `fork()` it takes nothing, which is a
    ``ConfigurationError`` for whoever gives it something, and has nothing to finish.

    Args:
        web: Makes the calls.
        read: From an item its calls.
        name: Of the sink: goes into the names of its logger and its threads.
        write: Makes one call. Default: `web.call`.
        rule: What Slack allows of a method.
        looks: As for `Deliverer`.
        reader: Searches history. Default: the client itself.
        outbox: The path of the file that keeps the calls.
        patience: As for `Deliverer`.
        thing: From a call what it is a version of, where only the newest version is sent.
        deliver: Makes what carries the calls out, of the arguments of a `Deliverer`.
        options: See `SinkOptions`.
    """

    def __init__(
        self,
        web: Caller,
        read: Read,
        name: str,
        *,
        write: Write | None = None,
        rule: Callable[[str], Rule] = rule_of,
        looks: Sequence[float] = (),
        reader: Caller | None = None,
        outbox: str | Path | None = None,
        patience: float = 86_400.0,
        deliver: Callable[..., Deliverer] = Deliverer,
        thing: Callable[[PendingCall], Hashable] | None = None,
        **options: Unpack[SinkOptions],
    ) -> None:
        check_client(web, name)
        check_options(options)
        self.name = name
        scheduler, budget = options.get("scheduler"), budget_for(web, options)
        self._drain_seconds = options.get("drain", 10.0)
        self._process = os.getpid()
        self._read = read
        self._versions = None if thing is None else Versions(thing)
        self._wall = budget.clock.wall
        if scheduler is not None:
            self._wall = lambda: scheduler.to_seconds(scheduler.now)
        self._waits = options.get("overflow", "wait") == "wait" and scheduler is None
        self._handle_error = options.get("on_error")
        self._logger = logging.getLogger(f"rxslack.{name}")
        self._letters = DeadLetters(FailureLog(self._logger))
        self._failures_only = FailuresOnly(self._letters)
        self._left_behind = LeftBehind(self._failures_only)
        self._outbox = outbox_at(outbox)
        try:
            self._delivery = deliver(
                calling(web) if write is None else write,
                rule=rule,
                budget=budget,
                attempts=options.get("attempts", 10),
                patience=patience,
                looks=looks,
                look_up=LookUp(web if reader is None else reader, self._wall),
                outbox=self._outbox,
                wall=self._wall,
                logger=self._logger,
            )
            # The lanes know the sink, so that their threads keep it from being collected.
            self._lanes: Lanes[str | None, Job] = lanes_on(  # the lane None takes failures
                scheduler,
                self._work,
                workers=options.get("workers", 8),
                name=name,
                paces=self._delivery.paces,
                dropped=self._delivery.drop,
                lapsed=self._let_lapse,
                max_waiting=options.get("max_waiting", 10_000),
                budget=budget,
            )
            self._delivery.hold = self._lanes.hold
            self._delivery.hasten = self._lanes.hasten
            self._send_left_behind()
        except ConfigurationError:
            self._outbox.close()
            raise
        if scheduler is None:  # its threads do not keep the program alive
            _open.add(self)

    def __call__(self, source: Observable[Any]) -> Observable[Outcome]:
        """
        The operator.

        Emits: on the sender threads, one at a time; a slow subscriber holds the senders up. To the
            first subscriber also what becomes of the calls that an earlier process left in the
            outbox, unless the sink was used as an observer before.
        """

        def subscribe(
            observer: abc.ObserverBase[Outcome], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            if self._is_foreign():
                observer.on_error(not_from(SINK))
                return Disposable()
            replies = Replies(observer, self._letters)
            upstream = SingleAssignmentDisposable()

            def stop() -> None:
                upstream.dispose()
                replies.on_completed()

            def accept(item: Any) -> None:
                for check in part.checks:
                    check()
                self._accept(item, replies)

            part = Part(self, stop=stop, wait=replies.wait)
            part.join()
            replies.inherit(self._left_behind)
            upstream.disposable = source.subscribe(
                accept, replies.on_error, replies.on_completed, scheduler=scheduler
            )
            return CompositeDisposable(upstream, Disposable(part.leave))

        return Observable(subscribe)

    @property
    def left(self) -> int:
        """How many calls were accepted and are not over yet."""
        return 0 if self._is_foreign() else self._lanes.left

    @property
    def failures(self) -> Observable[FailureEvent]:
        """
        The dead letters: every failure of this sink, from now on, whichever stream it came from.

        Failures that come in, from `isolate` or from another sink, are among them. While nobody
        is subscribed, those of a plain observer are logged instead, once each.

        Emits: on the sender threads, one at a time. Never ends.
        Dispose: from then on failures are logged again.
        """
        return self._letters.stream

    def on_next(self, value: Any) -> None:
        """Accept an item. Returns at once, but where too many wait under the policy "wait"."""
        if not self._is_foreign():
            self._left_behind.go_to(self._failures_only)
        self._accept(value, self._failures_only)

    def on_error(self, error: Exception) -> None:
        """
        The stream failed: `on_error` is called, or the error raised.

        What came before is sent.
        """
        if self._handle_error is None:
            raise error
        result = self._handle_error(error)
        if result is not None:
            from rxslack.lanes.coroutines import let_end  # and asyncio, which few sinks need

            let_end(result, self._logger)

    def on_completed(self) -> None:
        """The stream completed. What came before is sent; `drain` and `dispose` wait for it."""

    def drain(self, timeout: float | None = None) -> int:
        """
        Wait until all that was accepted is over.

        Args:
            timeout: The longest wait, in seconds; None waits as long as it takes.

        Returns: how many calls are left.
        Errors: ``ConfigurationError`` in a subscriber of the sink's outcomes or failures, on a
            thread of the sink: the call whose outcome is told there is not over before it returns.
        """
        if self._is_foreign():
            return 0
        if self._lanes.at_work_here:
            raise ConfigurationError(
                "drain() would wait for the call whose outcome is told here, and so for itself; "
                "call it outside of the subscribers of the sink"
            )
        return self._lanes.drain(timeout)

    def close(self) -> int:
        """
        Drop what is left and end the threads; calls that are under way end by themselves.

        What comes in afterwards is a failure, and so, for subscribers of the operator and of
        `failures`, is what was dropped. What an outbox keeps is sent at the next start.

        Returns: how many calls were dropped.
        """
        if self._is_foreign():
            return 0
        dropped = self._lanes.close()
        self._outbox.close()
        return dropped

    def dispose(self) -> None:
        """
        The end: wait until all is over, but no longer than `drain` says, then `close`.

        What is left then is written to the log, as a number. The end of a `with` statement
        disposes, and so does the end of the program. In a subscriber of the sink's outcomes or
        failures, on a thread of the sink, it waits for nothing.
        """
        self._end(since=monotonic())

    def _end(self, since: float) -> None:
        """Dispose, with a deadline that began to run at a moment of the monotonic clock."""
        if self._is_foreign() or self._lanes.closed:
            return
        if self._lanes.at_work_here:
            if dropped := self.close():
                self._logger.warning(
                    "the sink was disposed by one of its own subscribers, so nothing was waited "
                    "for: %d calls are dropped, or kept for the next start where there is an outbox",
                    dropped,
                )
            return
        left = self.drain(max(since + self._drain_seconds - monotonic(), 0.0))
        self.close()
        if left:
            self._logger.warning(
                "%d calls were not over within %g s: those that wait are dropped, or kept for the "
                "next start where there is an outbox; those under way end by themselves",
                left,
                self._drain_seconds,
            )

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, *_: object) -> None:
        self.dispose()

    def _is_foreign(self) -> bool:
        """Whether this is a child of the process that made it."""
        return os.getpid() != self._process

    def _work(self, job: Job, attempt: int) -> float | None:
        # A subscriber may have forked on this thread and come back; the parent makes the calls.
        if self._is_foreign():
            return None
        if self._versions is None or job.void:
            return self._delivery.work(job, attempt)
        self._versions.begin(job)
        pause = self._delivery.work(job, attempt)
        if pause is not None:
            self._versions.rest(job)
        return pause

    def _accept(self, item: Any, receiver: Receiver) -> None:
        if self._is_foreign():
            raise not_from(SINK)
        jobs = self._jobs(item, receiver)
        for _ in jobs:
            receiver.accept()
        for job in jobs:
            if self._versions is not None and not job.failed and self._versions.passes_over(job):
                continue
            lane = None if job.failed else job.call.lane
            if not self._lanes.put(lane, job, wait=self._waits, hold=job.hold):
                self._refuse(job)

    def _jobs(self, item: Any, receiver: Receiver) -> list[Job]:
        if is_failure(item):
            return [Job(item, NOTHING, receiver, failed=item)]
        now = self._wall()
        try:
            calls = self._read(item)
            rows = self._outbox.keep(calls, now)
        except Exception as error:  # noqa: BLE001 - the item is at fault, or its callback
            return [Job(item, NOTHING, receiver, failed=failure(item, error))]
        whole = Whole() if len(calls) > 1 else None
        return [
            Job(item, call, receiver, now, whole=whole, row=row)
            for call, row in zip(calls, rows, strict=True)
        ]

    def _refuse(self, job: Job) -> None:
        """The lanes did not take it: they are full, or closed."""
        if self._versions is not None and not job.failed:
            self._versions.begin(job)
        self._outbox.forget(job.row)
        full = failure(job.item, SlackError("too many items wait, and the policy is to fail"))
        refused = Job(job.item, NOTHING, job.receiver, failed=job.failed or full)
        if self._lanes.closed or not self._lanes.put(None, refused, force=True):
            closed = failure(job.item, SlackError("the sink is closed"))
            job.receiver.settle(job.failed or closed)

    def _let_lapse(self, job: Job) -> None:
        """Its item is somebody else's by now, who makes the call."""
        if self._versions is not None:
            self._versions.begin(job)
        self._outbox.forget(job.row)
        job.receiver.skip()

    def _send_left_behind(self) -> None:
        """What an earlier process left in the outbox goes first."""
        for kept in self._outbox.left_behind():
            job = self._delivery.restored(kept, self._left_behind)
            job.receiver.accept()
            self._lanes.put(None if job.failed else job.call.lane, job, force=True)


def check_options(options: SinkOptions) -> None:
    """Raise `ConfigurationError` for options of a sink that cannot work."""
    overflow, drain = options.get("overflow", "wait"), options.get("drain", 10.0)
    if overflow not in ("wait", "fail"):
        raise ConfigurationError(f'overflow is {overflow!r}; give "wait" or "fail"')
    if not drain >= 0:
        raise ConfigurationError(f"drain is {drain!r}; give seconds, 0 or more")


def budget_for(web: Caller, options: SinkOptions) -> Budget:
    """The paces that a sink keeps: those it was given, those of a log, or else its client's own."""
    budget = options.get("budget") or budget_of(web, options.get("scheduler"))
    if isinstance(budget, Budget):
        return budget
    from rxslack.log.shared_budget import SharedBudget  # few bots have one

    return SharedBudget(budget, web)


def outbox_at(outbox: str | Path | None) -> NoOutbox:
    """What keeps calls: nothing, a file of the sink's own, or a log that others use, too."""
    if outbox is None:
        return NoOutbox()
    # Few bots have one, and SQLite, ctypes and the log would be imported for it.
    from rxslack.log.where import is_shared
    from rxslack.sinks.delivery.outbox import Outbox
    from rxslack.sinks.delivery.shared_outbox import SharedOutbox

    return SharedOutbox(outbox) if is_shared(outbox) else Outbox(outbox)


def calling(web: Caller) -> Write:
    """What makes the calls of a client."""
    return lambda call: web.call(call.method, **call.arguments)


def check_client(web: object, name: str) -> None:
    """Raise `TypeError` where a client is missing: `pipe` and `subscribe` put something in its place."""
    if isinstance(web, Observable):
        raise TypeError(f"{name} was given a stream for its client: in pipe, write {name}(web)")
    if not (callable(getattr(web, "call", None)) or callable(getattr(web, "respond", None))):
        raise TypeError(f"{name} takes a client, not {type(web).__name__}: write {name}(web)")


_open = Registry[Sink]()


def waiting_calls() -> dict[str, int]:
    """How many calls wait, or are made, by the names of the sinks of this process."""
    found: dict[str, int] = {}
    for sink in _open.members():
        found[sink.name] = found.get(sink.name, 0) + sink.left
    return found


@atexit.register
def _dispose_all() -> None:
    now = monotonic()  # all at once, so that ten sinks do not take ten deadlines
    for sink in _open.members():
        sink._end(since=now)  # pyright: ignore[reportPrivateUsage] - this module's own
