"""Each fault is a switch, and each switch can be switched on with what its fields offer."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest

import rxslack
from rxslack.simulator import Fault, Faults, Hold, Workspace
from rxslack.simulator.page.switches import GROUPS, Switches

NAMES = " ".join(GROUPS.values()).split()
EXAMPLES = {"text": "api.test", "number": 1, "json": '{"a": 1}', "check": True}


@pytest.fixture(scope="module")
def slack() -> Iterator[Workspace]:
    with Workspace() as slack, rxslack.rtm(slack.web).subscribe():
        slack.wait_until(lambda: slack.connections)
        yield slack


def faults() -> Iterator[str]:
    """The methods that begin a fault."""
    for name, method in inspect.getmembers(Faults, inspect.isfunction):
        made: Any = get_type_hints(method).get("return")
        made = getattr(made, "__origin__", made)
        if not name.startswith("_") and isinstance(made, type) and issubclass(made, Fault):
            yield name


def test_it_has_a_switch_for_each_fault() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert set(faults()) == {*NAMES}


def test_it_says_what_each_does() -> None:
    assert all(one["does"].endswith((".", ";", "`")) for one in Switches.table())


@pytest.mark.parametrize("one", Switches.table(), ids=NAMES)
def test_it_can_be_switched_on_and_off(slack: Workspace, one: dict[str, Any]) -> None:
    switches = Switches(slack.faults)
    given = {
        field["name"]: field.get("choices", [None])[-1] or EXAMPLES[field["kind"]]
        for field in one["fields"]
    }
    number = switches.begin(one["name"], given)
    shown = switches.shown()
    assert [(on["number"], on["name"]) for on in shown] == [(number, one["name"])]
    switches.end(number)
    switches.end(number)
    assert switches.shown() == []


@pytest.mark.parametrize("one", Switches.table(), ids=NAMES)
def test_it_can_be_switched_on_with_what_stands_in_its_fields(
    slack: Workspace, one: dict[str, Any]
) -> None:
    switches = Switches(slack.faults)
    given = {
        field["name"]: (
            field.get("choices", ["api.test"])[0] if field["default"] == "" else field["default"]
        )
        for field in one["fields"]
        if field["needed"] or field["default"] != ""
    }
    switches.end(switches.begin(one["name"], given))


def test_it_forgets_one_that_ended_by_itself(slack: Workspace) -> None:
    switches = Switches(slack.faults)
    switches.begin("server_error", {"method": "api.test", "times": 1})
    with pytest.raises(rxslack.ServerError):
        slack.web.call("api.test")
    assert switches.shown() == []


def test_it_has_nothing_to_leave_half_open_where_nothing_is_open() -> None:
    with Workspace() as slack, pytest.raises(ValueError, match="no connection is open"):
        Switches(slack.faults).begin("half_open", {})


def test_it_ends_what_would_shut_the_page_out(slack: Workspace) -> None:
    switches = Switches(slack.faults)
    switches.begin("refuse", {"seconds": 0.01})
    slack.wait_until(lambda: not switches.shown())
    assert slack.web.call("api.test")["ok"]


def test_it_counts_who_waits(slack: Workspace) -> None:
    switches = Switches(slack.faults)
    with slack.faults.hold_hello() as hold:
        assert isinstance(hold, Hold)
        switches.begin("hold_hello", {})
        assert switches.shown()[0]["waiting"] == 0
    switches.end(switches.shown()[0]["number"])


@pytest.mark.parametrize(
    ("name", "fields", "why"),
    [
        ("hold", {"method": "x", "wat": 1}, "no field 'wat'"),
        ("lose_answer", {"method": "x", "how": "BANG"}, "how is one of"),
        ("fail_messages", {"code": "many"}, "code is a number"),
        ("alter", {"method": "x", "fields": "{"}, "fields is JSON"),
    ],
)
def test_it_says_what_is_wrong_with_a_field(
    slack: Workspace, name: str, fields: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        Switches(slack.faults).begin(name, fields)
