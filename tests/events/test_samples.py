from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from rxslack import events

HERE = Path(__file__).parent / "samples"
MORE = Path(__file__).parents[3] / "shared" / "slack-samples"

# What blank samples say otherwise, and why the class is right.
DEVIATIONS = {
    r"\.(thumb_(64|80|160|360|480|720|800|960|1024|pdf)|original)_[wh]: str where int": (
        "the Java SDK reads sizes as strings; recordings have numbers"
    ),
}


def samples(folder: str) -> list[Any]:
    """The files that come with these tests and, where they lie beside the project, all of them."""
    found: dict[str, Path] = {}
    for root in (HERE, MORE):
        found |= {path.stem: path for path in (root / folder).glob("*.json")}
    return [pytest.param(found[name], id=name) for name in sorted(found)]


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def excused(problem: str) -> bool:
    return any(re.search(pattern, problem) for pattern in DEVIATIONS)


@pytest.mark.parametrize("path", samples("recorded-rtm"))
def test_it_promises_what_was_recorded(path: Path, class_of: Any, problems: Any) -> None:
    frame = read(path)

    assert problems(class_of(frame), frame) == []


def test_it_forgives_nothing_that_is_not_met(class_of: Any, problems: Any) -> None:
    """An excuse nobody needs is a hole; all of the samples are at hand only beside the project."""
    if not MORE.is_dir():
        pytest.skip("the larger collection of samples is not here")
    events = [read(path)["event"] for path in (MORE / "events").glob("*.json")]
    found = [line for event in events for line in problems(class_of(event), event, blank=True)]

    assert [pattern for pattern in DEVIATIONS if not re.search(pattern, "\n".join(found))] == []


@pytest.mark.parametrize("path", samples("rtm"))
def test_it_knows_every_field_of_an_rtm_event(path: Path, class_of: Any, problems: Any) -> None:
    event = read(path)
    found = problems(class_of(event), event, blank=True)

    assert [problem for problem in found if not excused(problem)] == []


@pytest.mark.parametrize("path", samples("events"))
def test_it_knows_every_field_of_the_events_api(path: Path, class_of: Any, problems: Any) -> None:
    payload = read(path)
    found = problems(class_of(payload["event"]), payload["event"], blank=True)

    assert [problem for problem in found if not excused(problem)] == []


INTERACTIONS = {
    get_args(hint["type"])[0]: kind
    for kind in get_args(events.Interaction)
    for hint in [get_type_hints(kind)]
}


@pytest.mark.parametrize("path", samples("envelopes"))
def test_it_knows_every_field_of_an_interaction(path: Path, problems: Any) -> None:
    payload = read(path)
    if "command" in payload:
        found = problems(events.SlashCommand, {"type": "slash_command", **payload}, blank=True)
    else:
        found = problems(INTERACTIONS[payload["type"]], payload, blank=True)

    assert found == []
