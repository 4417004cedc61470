"""What the simulated Slack says has the keys that Slack's own answers and events have."""

from __future__ import annotations

import pytest

from tests.simulator.everything import Heard, everything
from tests.simulator.shapes import FEW, MORE, compare, lines, shape_of

MOST = 3.0  # percent of the keys that may be lacking


@pytest.fixture(scope="module")
def heard() -> Heard:
    return everything()


@pytest.mark.slow
@pytest.mark.parametrize("root", [FEW, MORE], ids=["few", "more"])
def test_it_lacks_few_keys(heard: Heard, root: object) -> None:
    if root is MORE and not MORE.is_dir():
        pytest.skip(f"Slack's samples are not at {MORE.name}; SLACK_SAMPLES says where they are")
    report = compare(MORE if root is MORE else FEW, heard)
    story = "\n".join(lines(report, at_length=True))
    assert report.compared, story
    assert report.share <= MOST, story
    assert report.caused.share <= MOST, story


def test_it_finds_the_keys_of_all_items() -> None:
    assert shape_of([{"a": {"b": 1}}, {"c": [{"d": None}]}]) == {
        "[]/a",
        "[]/a/b",
        "[]/c",
        "[]/c[]/d",
    }


def test_it_takes_tables_by_ids_for_one() -> None:
    assert shape_of({"C0123ABCD": 1}) == shape_of({"C0999XYZ1": 2}) == {"/*"}
