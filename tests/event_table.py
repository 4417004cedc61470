"""
The table of events in Markdown.

``python -m tests.event_table`` prints it; with the name of a file it is written into the file,
between the lines ``<!-- events -->`` and ``<!-- /events -->``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rxslack.events.catalogue import Row, rows

__all__ = ["main", "markdown", "rewritten"]

_BEGIN: Final = "<!-- events -->"
_END: Final = "<!-- /events -->"


def markdown() -> str:
    """The table in Markdown."""
    return "\n".join(lines(rows()))


def rewritten(document: str) -> str:
    """
    A document with the table between its two marks.

    Errors: ``ValueError`` when the marks are not there.
    """
    before, begin, rest = document.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"the document has no lines {_BEGIN} and {_END}")
    return f"{before}{begin}\n{markdown()}\n{end}{after}"


def lines(table: Iterable[Row]) -> Iterator[str]:
    """The lines of the table."""
    yield "| type / subtype | class | emitted by |"
    yield "|---|---|---|"
    for row in table:
        shown = f"`{row.class_name}`"
        linked = f"[{shown}]({row.link})" if row.link else shown
        yield f"| `{row.name}` | {linked} | {row.sources} |"


def main(arguments: list[str]) -> None:
    """Print the table, or write it into the files named."""
    for name in arguments:
        path = Path(name)
        path.write_text(rewritten(path.read_text(encoding="utf-8")), encoding="utf-8")
    if not arguments:
        sys.stdout.write(markdown() + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
