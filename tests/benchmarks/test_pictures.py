"""Tables as pictures."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

from tests.benchmarks.__main__ import CHAPTERS
from tests.benchmarks.pictures import Bars, drawn

LINES = [
    "Floods:",
    "| client | JSON by | events |",
    "|---|---|---|",
    "| rxslack | orjson | 2,000 |",
    "| aiohttp | json | 500 |",
    "| <others> | orjson | 1,000.5 |",
    "",
    "| operator | ns |",
    "|---|---|",
    "| of_type | 200 |",
    "| none | |",
]


def test_it_draws_the_rows_that_are_meant() -> None:
    bars = Bars("a", "Events & more", "events", where=frozenset({("JSON by", "orjson")}))
    picture = fromstring(drawn(bars, LINES))
    texts = [one.text for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["Events & more", "rxslack", "2,000", "<others>", "1,000.5"]
    found = [*picture.iter("{http://www.w3.org/2000/svg}rect")]
    ours, others = (float(one.attrib["width"]) for one in found)
    assert (found[0].attrib["class"], found[1].attrib["class"]) == ("ours", "others")
    assert abs(ours / others - 2) < 0.01


def test_it_draws_a_table_behind_another() -> None:
    picture = drawn(Bars("a", "Operators", "ns", ("operator",)), LINES)
    assert "of_type" in picture
    assert "none" not in picture


def test_it_leaves_out_a_table_of_something_else_in_the_same_unit() -> None:
    picture = drawn(
        Bars("a", "Operators", "ns", ("operator",)), [*LINES, "", "| sink | ns |", "| b | 7 |"]
    )
    assert "of_type" in picture
    assert ">7<" not in picture


def test_bars_of_rxslack_stand_out_where_there_are_others() -> None:
    operators = drawn(Bars("a", "Operators", "ns", ("operator",)), LINES)
    assert (operators.count('class="ours"'), operators.count('class="others"')) == (1, 0)


def test_it_leaves_out_what_would_dwarf_the_others() -> None:
    bars = Bars("a", "Events", "events", without=frozenset({"rxslack"}))
    picture = drawn(bars, LINES)
    assert ">rxslack<" not in picture
    assert 'width="380.0"' in picture  # of the longest that is left


def test_it_draws_nothing_without_such_a_table() -> None:
    assert drawn(Bars("a", "Nothing", "ms"), LINES) == ""


def test_each_picture_has_a_name_of_its_own() -> None:
    names = [bars.name for chapter in CHAPTERS.values() for bars in chapter.pictures]
    assert len(names) == len({*names}) > 3
