"""A stream as a program: subscribe, block, end cleanly."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from reactivex import Observable, Observer, abc
from reactivex.disposable import SingleAssignmentDisposable

from rxslack.core.finishing import Pipeline
from rxslack.core.unhandled import report
from rxslack.errors import ConfigurationError
from rxslack.lanes.coroutines import SUBSCRIBER, Coroutines, WorkerThreads

if TYPE_CHECKING:  # only who serves waits for the import of what is served
    from rxslack.metrics.metrics import Metrics

__all__ = ["Subscriber", "arun", "run"]

T = TypeVar("T")

Subscriber: TypeAlias = (
    abc.ObserverBase[T] | Callable[[T], Coroutine[Any, Any, object]] | Callable[[T], object] | None
)
"""An observer such as a sink, a function of an item, which may be `async`, or nobody."""

logger = logging.getLogger("rxslack.run")

PATIENCE = 3.0  # seconds for which a function that is at work at a signal is waited for
TICK = 0.02  # seconds between two looks at it
SLICE = 0.25  # seconds; on Windows, Ctrl-C is noticed only between two waits


def run(
    stream: Observable[T],
    sink: Subscriber[T] = None,
    *,
    drain: float = 10.0,
    serve: str | None = None,
    metrics: Metrics | None = None,
) -> int:
    """
    Subscribe, block until the stream ends, and end cleanly on Ctrl-C and SIGTERM.

    >>> import reactivex
    >>> status = run(reactivex.of("Hello", "World"), print)
    Hello
    World
    >>> status
    0

    A program passes the status on: ``sys.exit(run(stream, sink))``. On a signal the stream is
    disposed, once the subscription stands, which closes the connection; then the sink may finish
    for `drain` seconds, what is left is abandoned with a warning, and `run` returns. A second
    signal gives up at once, with `KeyboardInterrupt`. Signals are watched for while `run` runs, and
    only on the main thread, where Python allows it; on another thread `run` ends with its stream.

    A function, or an observer's `on_next`, that is at work at a signal is waited for as well, three
    seconds at the most: it may be in the middle of something, or stuck. It then goes on by itself,
    with a warning, and what it raises is logged.

    Sinks inside the stream, ``run(stream.pipe(post_message(web), ...))``, are waited for as well,
    wherever in it they are: behind `merge`, `flat_map` or `shared`, and one behind the other. On a
    signal the first of them leaves what is before it, which closes the connection there, and what
    becomes of its calls still goes down the stream; then the next; then the stream is disposed.

    Args:
        stream: Any stream. When it emits inside `subscribe`, all of it happens on this thread.
        sink: An observer such as `post_message(web)`, a function that takes an item, or None. The
            function may be `async`: it is awaited on an event loop that rxslack keeps for the process,
            while the thread that emits waits. In an asyncio program use `arun`.
        drain: How long the sinks may finish after a signal or an error, in seconds, all together.
            After the stream's own completion they may take as long as they need; a signal ends
            that, too. A sink without a method `drain(timeout)` is taken to be finished. One inside
            that is subscribed to on a thread of its own counts for all `run`s of the moment.
        serve: Where `/metrics`, `/health` and `/ready` are served meanwhile, such as ":9090", or
            "127.0.0.1:9090" for this machine alone; see `HealthApp`. Default: nowhere.
        metrics: The numbers that are served. Default: new ones.

    Returns: after the stream's completion, or a signal, and after the sink has finished: 0, or 1
        when items had to be abandoned. Whoever stops a program with a signal, and gets what was
        asked for, has no failure to look into: so it is 0, and not 128 and the signal's number.
    Errors: the stream's own error, and what the sink raises in `on_next` or `on_completed`, which
        ends the run; raised here, whichever thread it happened on, after the sink has finished.
        ``ConfigurationError`` when the sink is none, or `serve` cannot be listened on.
    Source: docs.python.org/3/library/signal.html (handlers run on the main thread).
    """
    if serve is not None:
        from rxslack.metrics.health import HealthApp, serving
        from rxslack.metrics.metrics import Metrics

        with ExitStack() as stack:
            counted = stack.enter_context(Metrics()) if metrics is None else metrics
            stack.enter_context(serving(serve, HealthApp(counted)))
            return run(stream, sink, drain=drain)
    signals = SignalHandlers()
    program = Program(stream, sink, drain=drain, signals=signals, coroutines=Coroutines())
    try:
        signals.install()
        return program.run()
    finally:
        signals.restore()


async def arun(
    stream: Observable[T],
    sink: Subscriber[T] = None,
    *,
    drain: float = 10.0,
) -> int:
    """
    `run` in an asyncio program: subscribe, and wait without blocking the event loop.

    >>> import asyncio, reactivex
    >>> async def greet(name: str) -> None:
    ...     await asyncio.sleep(0)
    ...     print(f"Hello {name}")
    >>> asyncio.run(arun(reactivex.of("Alice", "Bob"), greet))
    Hello Alice
    Hello Bob
    0

    Cancelling the task is what a signal is to `run`: the stream is disposed, which closes the
    connection, and the sinks may finish for `drain` seconds; then the cancellation goes on. Signals
    are left to the program: `asyncio.run` cancels its task at Ctrl-C.

    Args:
        stream: Any stream; it is subscribed to on a thread of its own. Coroutines in it, such as the
            work of `concurrent`, run on this event loop.
        sink: As for `run`. An `async` function is awaited on this loop, one item after the other. One
            that is not is called on the thread that emits, so it may block.
        drain: As for `run`.

    Returns: as `run` does.
    Errors: as for `run`; ``asyncio.CancelledError``, after the sinks have finished.
    Source: docs.python.org/3/library/asyncio-task.html (cancellation, `shield`).
    """
    loop = asyncio.get_running_loop()
    coroutines = Coroutines(loop)
    program = Program(stream, sink, drain=drain, signals=SignalHandlers(), coroutines=coroutines)
    ended = asyncio.ensure_future(WorkerThreads(1, "arun").do(partial(_inside, loop, program)))
    try:
        return await asyncio.shield(ended)
    except asyncio.CancelledError:
        program.stop()
        try:
            await asyncio.shield(ended)
        except Exception as error:  # noqa: BLE001 - the cancellation is what the caller waits for
            report(error, logger, "the stream failed while it was stopped")
        raise


def _inside(loop: asyncio.AbstractEventLoop, program: Program) -> int:
    """Run a program whose coroutines belong to a loop, on another thread than the loop's."""
    SUBSCRIBER.set(loop)
    return program.run()


class Program:
    """
    One call of `run` or `arun`.

    Args:
        stream, sink, drain: See `run`.
        signals: What may interrupt it.
        coroutines: Where the sink is awaited, when it is a coroutine function.
    """

    def __init__(
        self,
        stream: Observable[Any],
        sink: Subscriber[Any],
        *,
        drain: float,
        signals: SignalHandlers,
        coroutines: Coroutines,
    ) -> None:
        if not callable(getattr(stream, "subscribe", None)):
            raise ConfigurationError(
                f"{type(stream).__name__} is no stream; give run a source such as rtm(web)"
            )
        self._stream = stream
        self._drain = drain
        self._coroutines = coroutines
        self._pipeline = Pipeline(signals.check)
        observer = observer_of(sink, coroutines)
        self._subscription = WaitedSubscription(observer, signals, self._pipeline)
        self._ending = Ending(self._pipeline, sink)

    def run(self) -> int:
        """Subscribe, wait, let the sinks finish; the exit status."""
        subscription = self._subscription
        with self._pipeline.running():
            try:
                subscription.wait(self._stream)
                left = self._ending.finish(self._drain if subscription.error else None)
            except Stopped:
                logger.info(
                    "a signal came, or a cancellation; the stream ends, and the sinks have %g s",
                    self._drain,
                )
                left = self._ending.finish(self._drain, subscription)
            finally:
                subscription.leave()
                self._coroutines.close()
        if subscription.error:
            raise subscription.error
        return 1 if left else 0

    def stop(self) -> None:
        """End it as a signal does; from any thread."""
        self._subscription.stop()


def observer_of(sink: Any, coroutines: Coroutines) -> abc.ObserverBase[Any]:
    """The sink as an observer, whose `on_next` returns when the sink is through with the item."""
    if callable(getattr(sink, "on_next", None)):
        observer: abc.ObserverBase[Any] = sink
        return observer
    if sink is None:
        return Observer(on_error=ignore)
    if callable(sink):
        return Observer(coroutines.awaiting(sink), on_error=ignore)
    raise ConfigurationError(
        f"{type(sink).__name__} is no sink; give an observer or a function of an item"
    )


def ignore(_: Exception) -> None:
    """An error that `run` itself raises."""


class Ending:
    """
    The end of a pipeline: its sinks have their time, and what is left then is dropped.

    Args:
        pipeline: What was subscribed to.
        sink: What stands behind it.
    """

    def __init__(self, pipeline: Pipeline, sink: object) -> None:
        self._pipeline = pipeline
        self._sink = sink

    def finish(self, seconds: float | None, running: WaitedSubscription | None = None) -> int:
        """
        Let the sinks finish; what is left after the time is dropped, said to be, and counted.

        Args:
            seconds: For all of them together. None: as long as they need.
            running: To be stopped.
        """
        left: dict[int, int] = {}
        try:
            rest = seconds
            if running is not None and seconds is not None:
                rest = self._stop(running, seconds)
            for number, sink in enumerate(self._sinks()):
                began = monotonic()
                left[number] = drained(sink, rest)
                rest = None if rest is None else max(rest - (monotonic() - began), 0.0)
        except Stopped:
            raise  # the first signal: the sinks have their time yet
        except KeyboardInterrupt:
            self._close()  # or they would take their time at the end of the program
            raise
        if total := sum(left.values()):
            logger.warning("%d items were not sent within %g s and are abandoned", total, seconds)
            self._close()
        return total

    def _stop(self, running: WaitedSubscription, seconds: float) -> float:
        """Stop the stream from its sinks on, then all of it; the seconds that are left."""
        for part in self._pipeline.parts():
            began = monotonic()
            part.stop()
            part.wait(seconds)
            seconds = max(seconds - (monotonic() - began), 0.0)
        running.dispose()
        return seconds - running.rest(min(seconds, PATIENCE))

    def _sinks(self) -> list[object]:
        inside: list[object] = [sink for sink in self._pipeline.sinks() if sink is not self._sink]
        return [*inside, self._sink]

    def _close(self) -> None:
        for sink in self._sinks():
            method = getattr(sink, "close", None)
            if callable(method):
                method()


def drained(sink: object, seconds: float | None) -> int:
    """Let a sink that can finish do so; how much is left."""
    wait: Callable[[float | None], int] | None = getattr(sink, "drain", None)
    return wait(seconds) if callable(wait) else 0


class Stopped(KeyboardInterrupt):
    """The first signal. Where it leaks out, it is what Ctrl-C always was."""


class SignalHandlers:
    """SIGINT and SIGTERM as exceptions on the main thread: `Stopped`, then `KeyboardInterrupt`."""

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._seen = False
        self._deferring = False
        self._deferred = False

    def install(self) -> None:
        """Take the signals over. On other threads than the main one: do nothing."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.getsignal(number)
                signal.signal(number, self._handle)

    def restore(self) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            # None: a handler that C code installed, which Python cannot install again.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _handle(self, _: int, __: FrameType | None) -> None:
        if self._seen:
            raise KeyboardInterrupt
        self._seen = True
        if not self._deferring:
            raise Stopped
        self._deferred = True

    def defer(self, action: Callable[[], None]) -> None:
        """
        Do something that a first signal must not cut in two; it is raised afterwards.

        A subscription that is broken off half-way leaves nothing behind that could be disposed.
        """
        self._deferring = True
        try:
            action()
        finally:
            self._deferring = False
        self.check()

    def check(self) -> None:
        """Raise the signal that came meanwhile, if this is the thread that gets them."""
        if self._deferred and threading.current_thread() is threading.main_thread():
            self._deferred = False
            raise Stopped


class WaitedSubscription(abc.ObserverBase[Any]):
    """
    A subscription that somebody waits for.

    Args:
        observer: Gets what the stream emits. What it raises ends the subscription.
        signals: Wait while the stream is being subscribed to.
        pipeline: Gets to know the sinks in the stream.
    """

    def __init__(
        self, observer: abc.ObserverBase[Any], signals: SignalHandlers, pipeline: Pipeline
    ) -> None:
        self._signals = signals
        self._pipeline = pipeline
        self.error: BaseException | None = None
        self._observer = observer
        self._ended = SimpleQueue[None]()
        self._over = False
        self._stopped = False
        self._left = False  # whether nobody looks at `error` any more
        self._at_work = False  # whether the observer is
        self._subscription = SingleAssignmentDisposable()

    def wait(self, stream: Observable[Any]) -> None:
        """Subscribe, wait for the end, and dispose."""

        def subscribe() -> None:
            with self._pipeline.here():
                self._subscription.disposable = stream.subscribe(self)

        self._signals.defer(subscribe)
        while not self._is_ended():
            pass
        if self._stopped:
            raise Stopped
        self.dispose()

    def stop(self) -> None:
        """End the waiting by `Stopped`, on the thread that waits."""
        self._stopped = True
        self._ended.put(None)

    def dispose(self) -> None:
        """Nothing reaches the observer any more."""
        self._over = True
        self._subscription.dispose()

    def rest(self, seconds: float) -> float:
        """Let the observer finish the item that it is at work on; the seconds that it took."""
        if not self._at_work:
            return 0.0
        began = monotonic()
        while self._at_work and (passed := monotonic() - began) < seconds:
            sleep(min(TICK, seconds - passed))
        if self._at_work:
            logger.warning("what an item is given to is at work still, and goes on by itself")
            return seconds
        return monotonic() - began

    def leave(self) -> None:
        """Dispose; from now on what the observer raises is nobody's but the log's."""
        self.dispose()
        self._left = True

    def on_next(self, value: Any) -> None:
        """Hand an item on."""
        if not self._over:
            self._signals.check()
            self._at_work = True
            try:
                self._guard(lambda: self._observer.on_next(value))
            finally:
                self._at_work = False

    def on_error(self, error: Exception) -> None:
        """The stream failed. An observer that raises the error again has said nothing new."""
        self.error = self.error or error
        self._guard(lambda: self._observer.on_error(error))
        self._end(error)

    def on_completed(self) -> None:
        """The stream completed."""
        self._guard(self._observer.on_completed)
        self._end(None)

    def _guard(self, notify: Callable[[], None]) -> None:
        try:
            notify()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - raised again by `run`
            if self._left:
                report(error, logger)
            else:
                self._end(error)

    def _end(self, error: BaseException | None) -> None:
        self._over = True
        if error and self.error and error is not self.error:
            self.error.add_note(f"and then the sink raised {error!r}")
        self.error = self.error or error
        self._ended.put(None)

    def _is_ended(self) -> bool:
        try:
            self._ended.get(timeout=SLICE)
        except Empty:
            return False
        return True
