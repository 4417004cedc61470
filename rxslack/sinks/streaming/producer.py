"""What yields the chunks of a stream: iterated over, awaited or subscribed to, until it ends or is not needed."""

from __future__ import annotations

import asyncio
import builtins
import threading
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from inspect import isasyncgenfunction, iscoroutine, iscoroutinefunction
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable

from reactivex import Observable, abc
from reactivex.disposable import SingleAssignmentDisposable

from rxslack.errors import ConfigurationError, SlackError
from rxslack.lanes.coroutines import Coroutines, is_awaitable
from rxslack.sinks.streaming.chunks import Chunk

__all__ = ["Chunks", "Produced", "Producer"]

Produced: TypeAlias = Iterable[Chunk] | AsyncIterable[Chunk] | Observable[Chunk]
"""What yields chunks. A text by itself is one chunk."""

Chunks: TypeAlias = Produced | Awaitable[Produced] | Callable[[], Produced | Awaitable[Produced]]
"""What yields chunks, or a function or coroutine that returns it, as clients of language models have."""


@runtime_checkable
class ClosesAsync(Protocol):
    """An async generator, or what is like one."""

    async def aclose(self) -> None:
        """End it where it is."""


@runtime_checkable
class Closes(Protocol):
    """A generator, or what is like one."""

    def close(self) -> None:
        """End it where it is."""


class Producer:
    """
    Takes what is produced as it comes, without holding anybody up.

    What is async runs on an event loop. Everything else may block and so has a thread of its own; on a
    scheduler it is done in place, and its time stands still until an async producer has ended.

    Args:
        chunks: What is taken.
        take: Called with each chunk, on any thread.
        end: Called once, when there are no more, with what was raised, or None.
        loop: Runs what is async. None: that of the process.
        scheduler: On which the streams are, where they are on one.
    """

    def __init__(
        self,
        chunks: Chunks,
        *,
        take: Callable[[object], None],
        end: Callable[[BaseException | None], None],
        loop: asyncio.AbstractEventLoop | None,
        scheduler: abc.SchedulerBase | None,
    ) -> None:
        self._chunks = chunks
        self._take = take
        self._end = end
        self._scheduler = scheduler
        self._coroutines = Coroutines(loop if scheduler is None else None)
        self._subscription = SingleAssignmentDisposable()
        self._lock = threading.Lock()
        self._started = False
        self._disposed = False

    def start(self) -> None:
        """Begin, the first time."""
        with self._lock:
            if self._started or self._disposed:
                return
            self._started = True
        chunks: object = self._chunks
        if is_async(chunks):
            self._consume(chunks)
        elif iscoroutinefunction(chunks) or isasyncgenfunction(chunks):
            self._guarded(lambda: self._consume(cast("Callable[[], Any]", chunks)()))
        else:
            self._apart(chunks)

    def dispose(self) -> None:
        """
        It is not needed any more: what is async is cancelled, an Observable disposed, a generator closed.

        One that is blocked in the meantime is closed when it comes back.
        """
        with self._lock:
            unused = not (self._started or self._disposed)
            self._disposed = True
        self._subscription.dispose()
        self._coroutines.close()
        if unused and iscoroutine(self._chunks):
            self._chunks.close()  # or Python warns that it was never awaited

    def _apart(self, chunks: object) -> None:
        """Where it may block."""

        def consume() -> None:
            self._guarded(lambda: self._consume(chunks() if callable(chunks) else chunks))

        if self._scheduler is None:
            threading.Thread(target=consume, name="rxslack-chunks", daemon=True).start()
        else:
            consume()

    def _guarded(self, consume: Callable[[], None]) -> None:
        try:
            consume()
        except BaseException as error:  # noqa: BLE001 - user code may raise anything
            self._over(error)

    def _consume(self, produced: object) -> None:
        if is_async(produced):
            self._on_loop(produced)
        elif isinstance(produced, Observable):
            self._subscription.disposable = cast("Observable[object]", produced).subscribe(
                self._take, self._over, self._over, scheduler=self._scheduler
            )
        else:
            self._iterate(produced)
            self._over()

    def _on_loop(self, produced: object) -> None:
        if self._scheduler is not None:
            try:
                self._coroutines.wait(self._awaited(produced))
            finally:
                self._coroutines.close()
            return

        def done(_: object, error: BaseException | None) -> None:
            if error is not None:
                self._over(error)
            self._coroutines.close()

        self._coroutines.start(self._awaited(produced), done)

    async def _awaited(self, produced: object) -> None:
        while is_awaitable(produced):
            produced = await cast("Awaitable[object]", produced)
        if not isinstance(produced, AsyncIterable):
            self._apart(produced)
            return
        iterator = builtins.aiter(cast("AsyncIterable[object]", produced))
        try:
            async for chunk in iterator:
                self._take(chunk)
        finally:
            if isinstance(iterator, ClosesAsync):
                await iterator.aclose()
        self._over()

    def _iterate(self, produced: object) -> None:
        if isinstance(produced, (str, Mapping)):
            self._take(cast("object", produced))
            return
        if not isinstance(produced, Iterable):
            raise ConfigurationError(
                f"chunks come from an iterable, an async one or an Observable, or a function that "
                f"returns one; not from {type(produced).__name__}"
            )
        iterator = iter(cast("Iterable[object]", produced))
        try:
            for chunk in iterator:
                if self._disposed:
                    return
                self._take(chunk)
        finally:
            if isinstance(iterator, Closes):
                iterator.close()

    def _over(self, error: BaseException | None = None) -> None:
        if isinstance(error, asyncio.CancelledError):
            error = SlackError("the coroutine that made the chunks was cancelled")
        self._end(error)


def is_async(produced: object) -> bool:
    """Whether it runs on an event loop."""
    return is_awaitable(produced) or isinstance(produced, AsyncIterable)
