"""
Coroutines that user code gives where a function may be, and the event loop that runs them.

It is the loop of whoever subscribes, where one is running there; else the one that rxslack keeps for the
process, on a daemon thread. That is there for as long as a subscription which gave it a coroutine is: a
client of aiohttp or httpx that coroutines share belongs to a loop, and finds the same one each time.

`Coroutines.start` may be called on any thread and returns at once. `done` is called on the thread of the
loop, which must not wait. The lock of the process' loop is taken inside that of `Coroutines`, and
nothing is called inside of either.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from inspect import isawaitable, iscoroutine
from typing import Any, Final, TypeAlias, TypeVar, cast

from reactivex import Observable

from rxslack.core.fork import after_fork
from rxslack.core.unhandled import report
from rxslack.errors import ConfigurationError
from rxslack.lanes.lanes import ThreadedLanes
from rxslack.lanes.paces import Budget, Pace, Paces

__all__ = [
    "SUBSCRIBER",
    "Coroutines",
    "Done",
    "WorkerThreads",
    "is_awaitable",
    "let_end",
    "result_of",
    "running_loop",
]

T = TypeVar("T")

Done: TypeAlias = Callable[[Any, BaseException | None], object]
"""Told the result of a coroutine, or what it raised."""

IDLE: Final = 0.3  # seconds for which the process' loop stays when nobody needs it


def is_awaitable(value: object) -> bool:
    """
    Whether it has to be awaited for its result.

    An `Observable` can be awaited, too, but is a value of its own, which `flat_map` may want.
    """
    return isawaitable(value) and not isinstance(value, Observable)


SUBSCRIBER: Final = ContextVar[asyncio.AbstractEventLoop | None]("SUBSCRIBER", default=None)
"""The loop of whoever subscribes, where that is done for it on another thread."""


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop of whoever is subscribing on this thread, if there is one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return SUBSCRIBER.get()


class Coroutines:
    """
    The coroutines of one subscription.

    >>> async def double(number: int) -> int:
    ...     return number * 2
    >>> coroutines = Coroutines()
    >>> coroutines.wait(double(21))
    42
    >>> coroutines.close()

    Args:
        loop: Runs them. None: the loop that rxslack keeps for the process.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._given = loop
        self._loop = loop
        self._lock = threading.Lock()
        self._running = set[_Running]()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether `close` was called, so that a cancellation is what was asked for."""
        return self._closed

    def start(self, awaitable: Awaitable[Any], done: Done) -> Callable[[], None]:
        """
        Let the loop run this; `done` is told of the end, at once where there is no loop any more.

        After `close` it is not begun, and ends by ``asyncio.CancelledError``.

        Returns: what cancels it, from any thread.
        """
        running = _Running(awaitable, done)
        error: BaseException = asyncio.CancelledError()
        with self._lock:
            if not self._closed:
                loop = self._loop = self._loop or _process_loop.hold()
                try:
                    loop.call_soon_threadsafe(self._begin, running)
                except RuntimeError as closed:  # the loop
                    error = closed
                else:
                    return lambda: _tell(loop, running.cancel)
        running.discard(error)
        return running.cancel

    def wait(self, awaitable: Awaitable[T]) -> T:
        """
        Wait for it, on a thread other than the loop's.

        Errors: what it raises; ``ConfigurationError`` on the loop's own thread, which would wait for
            itself.
        """
        if _is_run_here(self._loop):
            _discard(awaitable)
            raise ConfigurationError(
                "this thread runs the event loop, so it cannot wait for a coroutine on it; "
                "await it, or emit the items on another thread"
            )
        over = threading.Event()
        values: list[T] = []
        errors: list[BaseException] = []

        def done(value: T, error: BaseException | None) -> None:
            if error is None:
                values.append(value)
            else:
                errors.append(error)
            over.set()

        self.start(awaitable, done)
        over.wait()
        if errors:
            raise errors[0]
        return values[0]

    def awaiting(self, function: Callable[[T], object]) -> Callable[[T], None]:
        """The function, whose result is waited for where that is a coroutine, until `close`."""

        def call(item: T) -> None:
            result = function(item)
            if is_awaitable(result):
                try:
                    self.wait(cast("Awaitable[object]", result))
                except asyncio.CancelledError:
                    if not self._closed:  # else it was this end that cancelled it
                        raise

        return call

    def close(self) -> None:
        """Cancel those that run, begin no more, and need the loop no longer."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self._loop is not None:
                _tell(self._loop, self._cancel)

    def _begin(self, running: _Running) -> None:
        if self._closed:
            running.cancel()
        if running.begin(self._over):
            self._running.add(running)

    def _over(self, running: _Running) -> None:
        self._running.discard(running)
        self._let_go()

    def _cancel(self) -> None:
        for running in [*self._running]:
            running.cancel()
        self._let_go()

    def _let_go(self) -> None:
        """Those that were cancelled may still tidy up on the loop, so it is kept for the last one."""
        if self._closed and not self._running and self._loop is not self._given:
            self._loop = self._given
            _process_loop.let_go()


def result_of(value: Awaitable[T] | T, loop: asyncio.AbstractEventLoop | None = None) -> T:
    """
    What a callback returned, or what comes of awaiting that.

    >>> async def may(user: str) -> bool:
    ...     return user == "U1"
    >>> result_of(may("U1")), result_of(False)
    (True, False)

    Args:
        value: It.
        loop: Awaits it. None: the loop that rxslack keeps for the process.

    Errors: as of `Coroutines.wait`.
    """
    if not is_awaitable(value):
        return cast("T", value)
    coroutines = Coroutines(loop)
    try:
        return coroutines.wait(cast("Awaitable[T]", value))
    finally:
        coroutines.close()


def let_end(value: object, log: logging.Logger) -> None:
    """
    Wait until what a callback returned is over; on the thread of an event loop it goes on by itself.

    Args:
        value: Awaited on the loop of this thread, else on that of the process; anything else is over.
        log: For what it raises where nobody waits.

    Errors: what it raises, where it is waited for.
    """
    if not is_awaitable(value):
        return
    loop = running_loop()
    if not _is_run_here(loop):
        result_of(value, loop)
        return

    def done(_: object, error: BaseException | None) -> None:
        if error is not None:
            report(error, log)

    Coroutines(loop).start(cast("Awaitable[object]", value), done)


def _is_run_here(loop: asyncio.AbstractEventLoop | None) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _tell(loop: asyncio.AbstractEventLoop, what: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # it is closed, and nothing runs on it any more
        loop.call_soon_threadsafe(what)


def _discard(awaitable: Awaitable[Any]) -> None:
    if iscoroutine(awaitable):
        awaitable.close()  # or Python warns that it was never awaited


class _Running:
    """One awaitable; but for `discard`, all happens on the thread of the loop."""

    def __init__(self, awaitable: Awaitable[Any], done: Done) -> None:
        self._awaitable = awaitable
        self._done = done
        self._cancelled = False
        self._task: asyncio.Future[Any] | None = None

    def discard(self, error: BaseException) -> None:
        """It is not begun."""
        _discard(self._awaitable)
        self._done(None, error)

    def begin(self, over: Callable[[_Running], None]) -> bool:
        """Begin, unless it was cancelled before; whether it has begun."""
        if self._cancelled:
            self.discard(asyncio.CancelledError())
            return False
        self._task = asyncio.ensure_future(self._awaitable)
        self._task.add_done_callback(lambda task: self._ended(task, over))
        return True

    def cancel(self) -> None:
        """End it by ``asyncio.CancelledError``."""
        self._cancelled = True
        if self._task is not None:
            self._task.cancel()

    def _ended(self, task: asyncio.Future[Any], over: Callable[[_Running], None]) -> None:
        try:
            if task.cancelled():
                self._done(None, asyncio.CancelledError())
            elif (error := task.exception()) is not None:
                self._done(None, error)
            else:
                self._done(task.result(), None)
        finally:
            over(self)


class WorkerThreads:
    """
    A few threads for what blocks, for coroutines that wait for it.

    Unlike those of `asyncio.to_thread` they end when they have nothing to do, and do not keep a
    program alive.

    Args:
        most: The most threads at once; what comes on top waits.
        name: Goes into the threads' names.
    """

    def __init__(self, most: int, name: str) -> None:
        at_once = Pace(math.inf)
        self._lanes = ThreadedLanes[object, Callable[[], None]](
            _work,
            workers=most,
            name=name,
            paces=lambda _, __: Paces(at_once, at_once),
            dropped=_drop,
            max_waiting=1,
            budget=Budget(),
        )

    async def do(self, function: Callable[[], T]) -> T:
        """
        Call a function on one of the threads, and await its end.

        Errors: what it raises. Cancelled, it goes on by itself, and its result is nobody's.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            try:
                result = function()
            except Exception as error:  # noqa: BLE001 - it goes to whoever awaits it
                tell = partial(_unless_done, future, future.set_exception, error)
            else:
                tell = partial(_unless_done, future, future.set_result, result)
            with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(tell)

        self._lanes.put(object(), job, force=True)
        return await future


def _work(job: Callable[[], None], _: int) -> None:
    job()


def _drop(_: object) -> None:
    """These lanes are never closed."""


def _unless_done(future: asyncio.Future[Any], tell: Callable[[Any], None], what: object) -> None:
    if not future.done():
        tell(what)


class ProcessLoop:
    """The event loop of the process, on a thread of its own while somebody holds it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def hold(self) -> asyncio.AbstractEventLoop:
        """The loop, which stays until as many have let it go."""
        with self._lock:
            self._holders += 1
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=_run, args=(self._loop,), name="rxslack-asyncio", daemon=True
                ).start()
            return self._loop

    def let_go(self) -> None:
        """One less needs it; on the thread of the loop."""
        with self._lock:
            self._holders -= 1
            if self._loop is not None and not self._holders:
                self._loop.call_later(IDLE, self._end, self._loop)

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            if not self._holders and self._loop is loop:
                self._loop = None
                loop.stop()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()


_process_loop = ProcessLoop()


def _begin_anew() -> None:
    global _process_loop
    _process_loop = ProcessLoop()


after_fork(_begin_anew)
