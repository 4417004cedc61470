"""Events printed as lines of JSON: which, how, and when each is seen."""

from __future__ import annotations

import argparse
import codecs
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from rxslack.core.printable import printable
from rxslack.past.recording_file import as_json

__all__ = ["add_choice", "as_line", "chosen", "printer"]


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
