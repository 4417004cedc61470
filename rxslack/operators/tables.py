"""From the rows of a window to a message with a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias, get_args

from rxslack.core.operator import check_item, mapper
from rxslack.errors import ConfigurationError
from rxslack.events.items import is_mapping
from rxslack.operators.answering import PostMessageArguments
from rxslack.operators.drawing import as_number, code_block, columns_of_text, shown

__all__ = ["table"]

TableForm: TypeAlias = Literal["block", "text"]
Row: TypeAlias = Mapping[str, object] | Sequence[object]

ROWS: Final = 100
COLUMNS: Final = 20
CHARACTERS: Final = 10_000
TEXT_ROWS: Final = 30  # of the text; a notification shows less
TEXT_CELL: Final = 30  # characters


@mapper
def table(
    columns: Sequence[str] = (),
    *,
    title: str,
    channel: str,
    form: TableForm = "block",
    **fields: Any,
) -> Callable[[Iterable[Row]], PostMessageArguments]:
    """
    Map the rows of a window to a message with a table of Slack's own.

    >>> rows = [{"channel": "general", "messages": 12}, {"channel": "random", "messages": 3}]
    >>> drawn = table(title="Today", channel="C1")(rows)
    >>> [cell["text"] for cell in drawn["blocks"][0]["rows"][1]]
    ['general', '12']
    >>> print(drawn["text"])
    Today
    ```
    channel  messages
    general        12
    random          3
    ```

    It is a function for `ops.map`, and what it makes is an item for `post_message` and for
    `keep_posted`. In Slack people sort the table and filter it. The message's `text` has the first 30 rows in
    letters, for notifications, screen readers, and clients that do not know the block.

    Args:
        columns: The names of the columns; of rows that are dicts, their keys as well. Default:
            the keys of the first row.
        title: Of the table; people who do not see it hear it first.
        channel: Where it goes: an id.
        form: "block": Slack's block `data_table`. "text": letters alone, where a workspace does
            not have the block yet (`invalid_blocks`).
        fields: More arguments, the same for each message.

    Emits: a dict with channel, text and blocks. Numbers stay numbers, by which Slack sorts; what is
        None, or missing, is empty; all else is text.
    Errors: ``ConfigurationError`` for what Slack would refuse: no row, more than 100, more than 20 columns,
        rows of other lengths, 10,000 characters in all.
    Dispose: nothing to dispose.
    Source: docs.slack.dev/reference/block-kit/blocks/data-table-block.
    """
    if not title:
        raise ConfigurationError("a table needs a title")
    if form not in get_args(TableForm):
        raise ConfigurationError(f'form is {form!r}; give "block" or "text"')
    if isinstance(columns, str):
        raise ConfigurationError(f"columns is {columns!r}; give a list of names")

    def draw(data: Any) -> Any:
        check_item("table", data)
        head, rows = rows_of(data, columns)
        words = f"{title}\n{code_block(text_of_rows(head, rows))}"
        common = {**fields, "channel": channel}
        if form == "text":
            return {"text": words} | common
        cells = [[{"type": "raw_text", "text": name} for name in head]]
        cells += [[cell_of(value) for value in row] for row in rows]
        if (size := sum(len(cell["text"]) for row in cells for cell in row)) > CHARACTERS:
            raise ConfigurationError(
                f"the table has {size} characters; Slack takes {CHARACTERS}: leave columns out"
            )
        block = {"type": "data_table", "caption": title, "rows": cells}
        return {"text": words, "blocks": [block]} | common

    return draw


def rows_of(data: Iterable[Row], columns: Sequence[str]) -> tuple[list[str], list[list[object]]]:
    """The names of the columns, and the values of each row."""
    given = list(data)
    if not 1 <= len(given) <= ROWS:
        raise ConfigurationError(f"a table takes 1 to {ROWS} rows, not {len(given)}")
    first = given[0]
    head = [*columns] or ([str(key) for key in first] if is_mapping(first) else [])
    if not 1 <= len(head) <= COLUMNS:
        raise ConfigurationError(
            f"a table takes 1 to {COLUMNS} columns, not {len(head)}; name them in `columns`"
        )
    rows: list[list[object]] = [
        [row.get(name) for name in head] if is_mapping(row) else [*row] for row in given
    ]
    if odd := [row for row in rows if len(row) != len(head)]:
        raise ConfigurationError(f"a row has {len(odd[0])} values for {len(head)} columns")
    return head, rows


def is_number(value: object) -> bool:
    """Whether it is sorted as one."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def words_of(value: object) -> str:
    """A value in letters."""
    if value is None:
        return ""
    return shown(as_number(value, "a cell")) if is_number(value) else str(value)


def cell_of(value: object) -> dict[str, Any]:
    """A cell of the block."""
    kind = {"type": "raw_number", "value": value} if is_number(value) else {"type": "raw_text"}
    return {**kind, "text": words_of(value)}


def text_of_rows(head: list[str], rows: list[list[object]]) -> str:
    """The table in letters."""
    some = [[words_of(value) for value in row] for row in rows[:TEXT_ROWS]]
    cut = [
        [cell if len(cell) <= TEXT_CELL else cell[: TEXT_CELL - 1] + "…" for cell in row]
        for row in [head, *some]
    ]
    more = f"\n… and {len(rows) - TEXT_ROWS} more" if len(rows) > TEXT_ROWS else ""
    return columns_of_text(cut) + more
