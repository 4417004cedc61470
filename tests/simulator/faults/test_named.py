"""Every switch can be found."""

from __future__ import annotations

import inspect
import re

import rxslack.simulator
from rxslack.simulator import Fault, Faults, Workspace

GUIDE = rxslack.simulator.__doc__ or ""
SECTION = GUIDE.partition("## What can go wrong\n")[2].partition("\n## ")[0]


def switches() -> set[str]:
    """The methods that begin a fault, by what they say they return."""
    methods = inspect.getmembers(Faults, inspect.isfunction)
    return {
        name
        for name, method in methods
        if not name.startswith("_")
        and re.match(
            "Switch|Hold$|Script$|Fault$|Broken$", str(method.__annotations__.get("return"))
        )
    }


def test_it_names_every_switch_in_the_guide() -> None:
    table = "\n".join(line for line in SECTION.splitlines() if line.startswith("| "))
    named = set(re.findall(r"`(\w+)`", table.replace("slack.faults", "")))
    assert len(named) > 35
    assert switches() == named


def test_it_ends_every_switch_with_the_workspace() -> None:
    with Workspace() as slack:
        begun = [
            slack.faults.half_open(1),
            slack.faults.stop_ponging(),
            slack.faults.refuse(),
            slack.faults.break_inside_frame("stall"),
        ]
    assert all(isinstance(fault, Fault) for fault in begun)
    with slack.faults.hold_hello() as late:
        assert late.waiting == 0
        late.wait()  # begun after the end, it holds nothing
