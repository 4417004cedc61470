import pytest
from hypothesis import given, strategies as st

from rxslack.sinks.delivery.calls import pieces, shortened

CODE = "Look:\n```\n" + "\n".join(f"    line {number}" for number in range(40)) + "\n```\nDone."


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        ("short", 10, ["short"]),
        ("", 10, [""]),
        ("one two three", 8, ["one two", "three"]),
        ("one\ntwo three", 12, ["one\ntwo", "three"]),
        ("first line\nsecond line", 12, ["first line", "second line"]),
        ("one\n\ntwo\nthree four", 14, ["one\n\ntwo", "three four"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("see <https://x.y|a b c> now", 20, ["see", "<https://x.y|a b c>", "now"]),
        ("salt &amp; pepper", 9, ["salt", "&amp;", "pepper"]),
        ("2 < 3 and 5 > 4", 10, ["2 < 3 and", "5 > 4"]),
        ("one two   ", 7, ["one two"]),
    ],
)
def test_it_cuts_where_it_reads_well(text: str, longest: int, expected: list[str]) -> None:
    assert pieces(text, longest) == expected


def test_it_closes_a_block_of_code_and_opens_it_again() -> None:
    found = pieces(CODE, 120)
    assert len(found) > 3
    assert all(piece.count("```") % 2 == 0 for piece in found)
    assert all(len(piece) <= 120 for piece in found)
    lines = [line for piece in found for line in piece.split("\n") if line.startswith("    line")]
    assert lines == [f"    line {number}" for number in range(40)]


ALPHABET = st.sampled_from("ab \n<>&;`|é😀")


@given(st.text(ALPHABET, max_size=400), st.integers(60, 90))
def test_it_loses_nothing_but_white_space_and_is_never_too_long(text: str, longest: int) -> None:
    found = pieces(text, longest)
    assert all(len(piece) <= longest for piece in found)
    if "```" not in text:
        assert "".join("".join(found).split()) == "".join(text.split())


@given(st.text(ALPHABET, max_size=40), st.integers(2, 30))
def test_it_shortens_to_the_length_given(text: str, longest: int) -> None:
    found = shortened(text, longest)
    assert len(found) <= longest
    assert found == text or found.endswith("…")
