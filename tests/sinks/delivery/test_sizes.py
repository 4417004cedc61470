from typing import Any

import pytest

from rxslack.errors import ConfigurationError, TooLong
from rxslack.sinks.delivery.calls import fitting
from rxslack.sinks.delivery.rules import BLOCKS, MARKDOWN, TEXT
from rxslack.sinks.messages import update_message
from rxslack.sinks.post_message import post_message
from rxslack.testing import Marbles

POST = "chat.postMessage"
BLOCK: list[Any] = [{"type": "divider", "block_id": str(number)} for number in range(120)]
Item = dict[str, Any]


def test_it_leaves_alone_what_fits() -> None:
    item = {"channel": "C1", "text": "x" * TEXT, "blocks": BLOCK[:BLOCKS]}
    for policy in ("split", "truncate", "refuse"):
        assert fitting(POST, item, policy=policy) == [item]


@pytest.mark.parametrize("length", [TEXT + 1, 40_001, 100_000])
def test_it_splits_a_text(length: int) -> None:
    parts = fitting(POST, {"channel": "C1", "text": "x" * length}, policy="split")
    assert "".join(part["text"] for part in parts) == "x" * length
    assert max(len(part["text"]) for part in parts) == TEXT


def test_it_splits_blocks_and_shows_the_text_with_each() -> None:
    parts = fitting(POST, {"channel": "C1", "text": "Hi", "blocks": BLOCK}, policy="split")
    assert [len(part["blocks"]) for part in parts] == [50, 50, 20]
    assert [block for part in parts for block in part["blocks"]] == BLOCK
    assert {part["text"] for part in parts} == {"Hi"}


def test_it_splits_markdown() -> None:
    parts = fitting(POST, {"channel": "C1", "markdown_text": "x" * 30_000}, policy="split")
    assert [len(part["markdown_text"]) for part in parts] == [MARKDOWN, MARKDOWN, 6_000]


def test_it_gives_each_part_what_belongs_to_it() -> None:
    item = {
        "channel": "C1",
        "text": "one two three",
        "thread_ts": "7.1",
        "reply_broadcast": True,
        "metadata": {"event_type": "task"},
        "attachments": [{"text": "chart"}],
        "unfurl_links": False,
    }
    first, last = fitting(POST, item, longest=8, policy="split")
    common = {"channel": "C1", "thread_ts": "7.1", "unfurl_links": False}
    once = {"reply_broadcast": True, "metadata": {"event_type": "task"}}
    assert first == {**common, **once, "text": "one two"}
    assert last == {**common, "text": "three", "attachments": [{"text": "chart"}]}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"text": "one two three"}, {"text": "one two…"}),
        ({"blocks": BLOCK}, {"blocks": BLOCK[:50]}),
        ({"markdown_text": "x" * 13_000}, {"markdown_text": "x" * (MARKDOWN - 1) + "…"}),
        ({"text": "one two three", "blocks": []}, {"text": "one two…", "blocks": []}),
    ],
)
def test_it_cuts_a_message_short(item: Item, expected: Item) -> None:
    assert fitting(POST, item, longest=9, policy="truncate") == [expected]


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        ({"text": "one two three"}, "13 characters of text, and 8 are allowed"),
        ({"blocks": BLOCK}, "120 blocks, and 50 are allowed"),
        ({"markdown_text": "x" * 13_000}, "13000 characters of markdown_text, and 12000"),
    ],
)
def test_it_refuses_with_the_numbers(item: Item, sentence: str) -> None:
    with pytest.raises(TooLong, match=sentence) as caught:
        fitting(POST, item, longest=8, policy="refuse")
    assert caught.value.field in item


def test_it_leaves_blocks_that_are_given_as_json_to_slack() -> None:
    item = {"channel": "C1", "blocks": "[" * 99}
    assert fitting(POST, item, policy="refuse") == [item]


class Web:
    """Refuses one text."""

    def __init__(self, *, refuses: str = "") -> None:
        self.texts: list[str] = []
        self.refuses = refuses

    def call(self, _: str, /, **arguments: Any) -> Item:
        self.texts.append(arguments["text"])
        if arguments["text"] == self.refuses:
            raise ValueError(self.refuses)
        return {"ok": True, "text": arguments["text"]}


def test_it_posts_the_parts_in_order_and_emits_a_reply_for_each(marbles: Marbles) -> None:
    web = Web()
    item = {"channel": "C1", "text": "one two six"}
    sink = post_message(web, max_length=4, burst=1, scheduler=marbles.scheduler)
    seen = marbles.run(marbles.cold("(a|)", a=item).pipe(sink))
    assert [reply["text"] for reply in seen.items] == ["one", "two", "six"]
    assert seen.marbles == "AB(C|)"


def test_it_posts_no_further_part_after_one_that_failed(marbles: Marbles) -> None:
    web = Web(refuses="two")
    item, other = {"channel": "C1", "text": "one two six"}, {"channel": "C1", "text": "new"}
    sink = post_message(web, max_length=4, scheduler=marbles.scheduler)
    seen = marbles.run(marbles.cold("(ab|)", a=item, b=other).pipe(sink))
    assert web.texts == ["one", "two", "new"]
    assert [e.get("text") or e["type"] for e in seen.items] == ["one", "rxslack.failure", "new"]
    assert seen.items[1]["item"] is item
    assert seen.moments[-1].kind == "end"


def test_it_makes_what_is_refused_a_failure(
    marbles: Marbles, caplog: pytest.LogCaptureFixture
) -> None:
    sink = post_message(Web(), too_long="refuse", scheduler=marbles.scheduler)
    sink.on_next({"channel": "C1", "text": "x" * 5000})
    marbles.flush()
    assert caplog.messages == [
        "C1: failed: chat.postMessage: 5000 characters of text, and 4000 are allowed; shorten it"
    ]


def test_it_changes_a_message_to_no_more_than_slack_takes(marbles: Marbles) -> None:
    web = Web()
    item = {"channel": "C1", "ts": "7.1", "text": "x" * 5000}
    sink = update_message(web, too_long="truncate", scheduler=marbles.scheduler)
    refusing = update_message(web, scheduler=marbles.scheduler)
    failures = list[Any]()
    refusing.failures.subscribe(failures.append)
    sink.on_next(item)
    refusing.on_next(item)
    marbles.flush()
    assert [len(text) for text in web.texts] == [TEXT]
    assert isinstance(failures[0]["error"], TooLong)


@pytest.mark.parametrize(
    "options", [{"too_long": "guess"}, {"max_length": 0}, {"max_length": 40_001}], ids=str
)
def test_it_refuses_a_policy_that_there_is_none_of(options: Item) -> None:
    with pytest.raises(ConfigurationError, match="give"):
        post_message(Web(), **options)
