"""
What becomes of an exception that user code has raised.

It goes to the `on_error` of the stream that the code belongs to. What no `on_error` takes, because
none was given, because it raised in its turn, or because its stream had ended by then, is logged
with its traceback, once. Whoever runs user code on a thread or a timer of rxslack's does that,
because nobody stands above it; everything in between lets exceptions travel. On the thread that
subscribed they travel to the caller of `subscribe`, as any exception of Python's does.

That holds for `SystemExit`, `KeyboardInterrupt`, `GeneratorExit` and `asyncio.CancelledError`, too.
Python ends a thread by them, and by some without a word, so a bot would go deaf; they cannot end the
program from there. `run` raises them where it was called. Only on the main thread, where signals
arrive, do they pass by every `on_error`.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from threading import current_thread, main_thread
from typing import Any, Protocol, cast

from rxslack.core.masking import masked
from rxslack.core.printable import printable

__all__ = ["guarded", "has_ended", "pass_on", "passes_by", "report", "tell"]


class AnyObserver(Protocol):
    """Any observer, also one of bursts."""

    def on_error(self, error: Exception, /) -> None:
        """The end."""
        ...


def has_ended(observer: object) -> bool:
    """
    Whether an observer has had its last notification, or was disposed.

    An operator that emits inside `subscribe` cannot learn it from the disposable it returns,
    because nobody has that yet; reactivex's own observer knows.
    """
    return bool(getattr(observer, "is_stopped", False))


def passes_by(error: BaseException) -> bool:
    """Whether it is Python's own, on the main thread: a signal, mostly, on its way to the program."""
    return not isinstance(error, Exception) and current_thread() is main_thread()


def pass_on(observer: AnyObserver, error: BaseException) -> None:
    """
    End a stream by what its own observer has raised; for whoever stands between source and observer.

    Raises: what the observer makes of it, for whoever stands above.
    """
    if passes_by(error):
        raise error
    observer.on_error(cast("Exception", error))  # reactivex hands on whatever it is


def tell(observer: AnyObserver, error: BaseException, log: logging.Logger) -> None:
    """End a stream by an error, for whoever nobody stands above; what nobody takes is logged."""
    if passes_by(error):
        raise error
    if not has_ended(observer):
        try:
            observer.on_error(cast("Exception", error))
        except BaseException as unheard:
            if passes_by(unheard):
                raise
            error = unheard
        else:
            return
    report(error, log)


def report(error: BaseException, log: logging.Logger, words: str = "no on_error took this") -> None:
    """
    Log an error that nobody else will hear of, without secrets.

    Args:
        error: what was raised.
        log: of the room that it came to.
        words: what happened.
    """
    if not log.isEnabledFor(logging.ERROR):
        return
    exc_info = (type(error), error, error.__traceback__)
    lines = traceback.format_exception(error)
    args = (words, printable(masked(lines[-1].strip())))
    record = log.makeRecord(log.name, logging.ERROR, __file__, 0, "%s: %s", args, exc_info)
    text = printable(masked("".join(lines)), lines=True)
    record.exc_text = text.rstrip()  # what formatters print of an exception
    log.handle(record)


def guarded(action: Callable[..., object], log: logging.Logger) -> Callable[..., None]:
    """
    An action for a scheduler, whose timers drop what an action raises, or print it somewhere.

    What it raises is logged, but on the thread that this was called on: there it travels to
    whoever runs the scheduler, as in virtual time. A signal on the main thread always travels.
    """
    home = current_thread()

    def act(*state: Any) -> None:
        try:
            action(*state)
        except BaseException as error:
            if current_thread() is home or passes_by(error):
                raise
            report(error, log)

    return act
