"""Lines of the log that say what they are about."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Final, Literal, TextIO, TypeAlias, get_args

from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.core.telemetry import FIELDS
from rxslack.errors import ConfigurationError

__all__ = ["log_lines"]

LineForm: TypeAlias = Literal["text", "json"]
NAMES: Final = ("team", "connection", "channel", "event")


def log_lines(
    *, form: LineForm = "text", level: int | str = "INFO", to: TextIO | None = None
) -> logging.Handler:
    """
    Write the lines of all loggers, each with `team`, `connection`, `channel` and `event`.

    >>> import io
    >>> written = io.StringIO()
    >>> handler = log_lines(form="json", to=written)
    >>> logging.getLogger("mybot").warning("Hello %s", "World")
    >>> line = json.loads(written.getvalue())
    >>> line["message"], line["logger"], line["team"]
    ('Hello World', 'mybot', None)
    >>> logging.getLogger().removeHandler(handler)

    The fields are those of what is being done: a connection knows its number and team, and behind
    `traced` all that is done for an event, also by sinks and `concurrent` on their threads, knows the event and its
    channel. Elsewhere they are null, or "-".

    Args:
        form: "text", or "json": an object a line.
        level: The least that is written.
        to: Where. Default: the standard error.

    Returns: the handler, which is that of the root logger from now on, beside others.
    """
    if form not in get_args(LineForm):
        raise ConfigurationError(f'form is {form!r}; give "text" or "json"')
    handler = logging.StreamHandler(sys.stderr if to is None else to)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    return handler


class TextLines(logging.Formatter):
    """A line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the fields behind it that are known."""
        fields = FIELDS.get()
        known = [f"{name}={printable(str(fields[name]))}" for name in NAMES if fields.get(name)]
        text = super().format(record)
        first, line_break, rest = text.partition("\n")
        return (
            " ".join([first, *(["[" + " ".join(known) + "]"] if known else [])]) + line_break + rest
        )


class JsonLines(logging.Formatter):
    """An object for a machine."""

    def format(self, record: logging.LogRecord) -> str:
        """The object, on one line."""
        fields = FIELDS.get()
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: fields.get(name) or None for name in NAMES},
        }
        if record.exc_info or record.exc_text:
            text = record.exc_text or self.formatException(record.exc_info or (None, None, None))
            line["exception"] = masked(text)
        return json.dumps(line, default=str)
