"""Events printed as lines of JSON, and how far a command has come."""

from __future__ import annotations

import argparse
import codecs
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TextIO

from rxslack.core.printable import printable
from rxslack.past.recording_file import as_json

__all__ = ["ProgressLine", "add_choice", "as_line", "chosen", "printer"]


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which events are printed."""
    parser.add_argument(
        "--type", action="append", metavar="TYPE", help="only events of this type; may be repeated"
    )
    parser.add_argument(
        "--match", type=_pattern, metavar="REGEX", help="only events whose text has this in it"
    )


def _pattern(text: str) -> re.Pattern[str]:
    """A regular expression; argparse turns the error into one line."""
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"not a regular expression: {error}") from error


def chosen(arguments: argparse.Namespace) -> Callable[[Mapping[str, Any]], bool]:
    """Whether an event is to be printed, as these options say."""
    types: list[str] | None = arguments.type
    text: re.Pattern[str] | None = arguments.match

    def check(event: Mapping[str, Any]) -> bool:
        said = event.get("text")
        return (types is None or event.get("type") in types) and (
            text is None or (isinstance(said, str) and text.search(said) is not None)
        )

    return check


def as_line(event: Mapping[str, Any]) -> str:
    r"""
    An event as a line of JSON, with stars for the secrets in it, that any terminal can take.

    Characters that would drive a terminal, and where the output is not in UTF-8 all beyond ASCII,
    are JSON's own escapes.

    >>> as_line({"type": "reconnect_url", "url": "wss://example.com/secret"})
    '{"type": "reconnect_url", "url": "wss://***"}\n'
    """
    is_wide = codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"
    return printable(as_json(event, wide=is_wide)) + "\n"


def printer(*, flush: bool) -> Callable[[str], None]:
    """Prints lines; each at once, for a pipe's reader to see when it comes, else in batches."""

    def write(line: str) -> None:
        sys.stdout.write(line)
        if flush:
            sys.stdout.flush()

    return write


PAUSE: Final = 0.5  # seconds between two looks of the line


class ProgressLine:
    """
    Counts, and rewrites one line where somebody watches; the sum stands there in the end.

    Args:
        verb: what was done with the events, "recorded".
        stream: a terminal, or anything else, which gets the last line only.
        clock: seconds.
    """

    def __init__(
        self,
        verb: str,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._verb = verb
        self._stream = stream or sys.stderr
        self._clock = clock
        self._watched = self._stream.isatty()
        self._count = 0
        self._begun = clock()
        self._next = self._begun + PAUSE

    def add(self) -> None:
        """One more event."""
        self._count += 1
        if self._watched and self._clock() >= self._next:
            self._next = self._clock() + PAUSE
            self._stream.write(f"\r{self}\x1b[K")
            self._stream.flush()

    def __str__(self) -> str:
        seconds = self._clock() - self._begun
        return f"{self._count:,} events {self._verb} in {seconds:.1f} s"

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and not self._count:
            return  # the error says it all
        start = "\r" if self._watched else ""
        end = "\x1b[K\n" if self._watched else "\n"
        self._stream.write(f"{start}{self}{end}")
        self._stream.flush()
