"""
The bridge to asyncio: `await first(stream)`, `async for event in aiter(stream)`, `from_aiter(words)`.

Streams emit on threads of their own; a loop that sleeps must
be woken, once for a burst. While it waits it looks up every quarter of a second all the same:
a notebook's stop button cancels the task without waking the loop.
"""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import logging
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from functools import partial
from typing import Final, Generic, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable, SingleAssignmentDisposable
from reactivex.internal.exceptions import SequenceContainsNoElementsError

from rxslack.core.unhandled import report, tell
from rxslack.errors import ConfigurationError
from rxslack.lanes.coroutines import SUBSCRIBER, Coroutines, running_loop

__all__ = ["aiter", "first", "from_aiter"]

T = TypeVar("T")

log = logging.getLogger("rxslack.aiter")

TICK: Final = 0.25  # seconds


def from_aiter(items: AsyncIterable[T] | Callable[[], AsyncIterable[T]]) -> Observable[T]:
    """
    What an async iterable yields, as a stream.

    >>> from reactivex import operators as ops
    >>> async def words():
    ...     for word in ("token", "by", "token"):
    ...         yield word
    >>> from_aiter(words).pipe(ops.to_list()).run()
    ['token', 'by', 'token']

    Args:
        items: An async iterable, which most can be iterated over but once, or a function that makes
            one, such as an async generator function, which is called for each subscription.

    Emits: each item, in order, on a thread that may wait; the next one is asked for afterwards. It
        iterates on the event loop of whoever subscribes, if one is running there, else on one that
        rxslack keeps for the process.
    Errors: what the iterable raises.
    Dispose: cancels the iteration, and closes an async generator.
    Source: docs.python.org/3/reference/expressions.html#asynchronous-generator-functions.
    """

    def subscribe(
        observer: abc.ObserverBase[T], _: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        coroutines = Coroutines(running_loop())

        def over(_: object, error: BaseException | None) -> None:
            # All else was told; this may be a cancellation that nobody here asked for.
            is_ours = isinstance(error, asyncio.CancelledError) and coroutines.closed
            if error is not None and not is_ours:
                tell(observer, error, log)
            coroutines.close()

        coroutines.start(_emitted(items, observer), over)
        return Disposable(coroutines.close)

    return Observable(subscribe)


async def _emitted(
    items: AsyncIterable[T] | Callable[[], AsyncIterable[T]], observer: abc.ObserverBase[T]
) -> None:
    # Told here, on its thread: a subscriber that fails is disposed, which cancels what awaits this.
    def notify(what: Callable[[], None]) -> None:
        try:
            what()
        except BaseException as error:  # noqa: BLE001 - a subscriber may raise anything
            tell(observer, error, log)

    try:
        iterator = builtins.aiter(items() if callable(items) else items)
        try:
            async for item in iterator:
                await asyncio.to_thread(notify, partial(observer.on_next, item))
        finally:
            if isinstance(iterator, AsyncGenerator):
                await iterator.aclose()
    except Exception as error:  # noqa: BLE001 - the user's iterable may raise anything
        await asyncio.to_thread(tell, observer, error, log)
    else:
        await asyncio.to_thread(notify, observer.on_completed)


async def first(stream: Observable[T], *, timeout: float | None = None) -> T:
    """
    Wait for the first item of a stream.

    >>> import asyncio, reactivex
    >>> asyncio.run(first(reactivex.timer(0.01)))
    0

    Args:
        stream: Any stream; it is subscribed to on a thread of its own, so that one that emits
            inside `subscribe` does not hold the loop up.
        timeout: The longest wait, in seconds; None waits as long as it takes.

    Returns: the item, within milliseconds of its emission.
    Errors: the stream's own; reactivex's ``SequenceContainsNoElementsError`` when it completes
        without an item; ``TimeoutError``.
    Dispose: with the item, the error, the time-out, or the cancellation of the task, as by a
        notebook's stop button.
    Source: docs.python.org/3/library/asyncio-eventloop.html (`call_soon_threadsafe` is the only
        way into a loop from another thread); github.com/ReactiveX/RxPY/issues/708, why
        ``await stream`` itself may hang.
    """
    events = aiter(stream, max_waiting=1)
    async with contextlib.aclosing(events), asyncio.timeout(timeout):
        async for item in events:
            return item
    raise SequenceContainsNoElementsError


async def aiter(stream: Observable[T], *, max_waiting: int = 1000) -> AsyncGenerator[T]:
    """
    Iterate over a stream with `async for`.

    >>> import asyncio, reactivex
    >>> async def total() -> int:
    ...     return sum([number async for number in aiter(reactivex.range(1, 5))])
    >>> asyncio.run(total())
    10

    Nothing is subscribed to before the first item is asked for. Leaving the loop early ends the
    subscription when the iterator is closed: at once with ``async with contextlib.aclosing(…)``,
    else when nobody refers to it any more.

    Args:
        stream: Any stream; it is subscribed to on a thread of its own.
        max_waiting: How many items may wait for the loop. When there are so many, the thread that
            emits waits, so a stream from Slack waits, too. Only an item emitted on the loop's own
            thread is always accepted, because that thread cannot wait for itself.

    Emits: every item, in order, unchanged.
    Errors: the stream's own, after what came before it; ``ConfigurationError`` when nothing
        may wait.
    Dispose: with the end of the iteration, and with the cancellation of the task.
    Source: docs.python.org/3/library/asyncio-eventloop.html (`call_soon_threadsafe`).
    """
    if max_waiting < 1:
        raise ConfigurationError(f"max_waiting is {max_waiting!r}; give 1 or more")
    crossing = Crossing[T](max_waiting)
    crossing.open(stream)
    try:
        while True:
            for item in await crossing.take():
                yield item
            if crossing.is_over():
                break
    finally:
        crossing.close()
    if crossing.error is not None:
        raise crossing.error


class Crossing(Generic[T]):
    """Items on their way from any thread to one loop, the loop woken once for a burst."""

    def __init__(self, max_waiting: int) -> None:
        self.error: BaseException | None = None
        self._max_waiting = max_waiting
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        self._bell = asyncio.Event()
        self._items: deque[T] = deque()
        self._room = threading.Condition()
        self._rung = False
        self._over = False
        self._closed = False
        self._subscription = SingleAssignmentDisposable()

    def open(self, stream: Observable[T]) -> None:
        def subscribe() -> None:
            SUBSCRIBER.set(self._loop)
            try:
                self._subscription.disposable = stream.subscribe(
                    self._put, self._end, lambda: self._end(None)
                )
            except BaseException as error:  # noqa: BLE001 - it goes to whoever iterates
                self._end(error)

        threading.Thread(target=subscribe, name="rxslack-aiter", daemon=True).start()

    async def take(self) -> list[T]:
        """What waits, as soon as something does; empty at the end."""
        # A burst without end must not keep the loop from everything else.
        await asyncio.sleep(0)
        while not (self._items or self._over):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), TICK)
        with self._room:
            self._bell.clear()
            self._rung = False
            items = list(self._items)
            self._items.clear()
            self._room.notify_all()
        return items

    def is_over(self) -> bool:
        """Whether nothing waits and nothing is to come."""
        with self._room:
            return self._over and not self._items

    def close(self) -> None:
        """Let go of the stream, and of a thread that waits for room."""
        with self._room:
            self._closed = True
            self._room.notify_all()
        self._subscription.dispose()

    def _put(self, item: T) -> None:
        with self._room:
            while len(self._items) >= self._max_waiting and self._may_wait():
                self._room.wait(TICK)
            if not self._closed:
                self._items.append(item)
                self._ring()

    def _may_wait(self) -> bool:
        # A loop that was closed while its iterator lived never comes back for what waits.
        self._closed = self._closed or self._loop.is_closed()
        return not self._closed and threading.get_ident() != self._loop_thread

    def _end(self, error: BaseException | None) -> None:
        if error is not None and self._closed:
            report(error, log, "nobody iterates any more")
        with self._room:
            if not self._over:
                self.error = error
                self._over = True
                self._ring()

    def _ring(self) -> None:
        """Wake the loop, if nobody has since it looked. Called with the lock held."""
        if not self._rung:
            self._rung = True
            try:
                self._loop.call_soon_threadsafe(self._bell.set)
            except RuntimeError:  # the loop is closed
                self._closed = True
