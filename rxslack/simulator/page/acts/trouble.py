"""Acts on the workspace itself: faults, the clock, goodbyes, connections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rxslack.simulator.page.acts.act import Doer, Given, act

LONGEST_WALK: Final = 30 * 24 * 3600.0  # seconds that a click may move the clock


@act("begin fault")
def _begin_fault(doer: Doer, _who: str, given: Given) -> object:
    number = doer.switches.begin(given.text("name"), given.object("fields"))
    doer.state.team.changes.notify()
    return {"number": number}


@act("end fault")
def _end_fault(doer: Doer, _who: str, given: Given) -> object:
    doer.switches.end(int(given.number("number")))
    doer.state.team.changes.notify()
    return {}


@act("advance")
def _advance(doer: Doer, _who: str, given: Given) -> object:
    seconds = given.number("seconds")
    if not 0 <= seconds <= LONGEST_WALK:
        raise ValueError(f"the clock moves on by 0 to {LONGEST_WALK:g} seconds at once")
    doer.clock.advance(seconds)
    doer.state.team.changes.notify()
    return {"now": doer.clock()}


@act("goodbye")
def _goodbye(doer: Doer, _who: str, given: Given) -> object:
    doer.people.goodbye(grace=given.number("grace", 5.0))
    return {}


@act("migrate")
def _migrate(doer: Doer, _who: str, _given: Given) -> object:
    doer.people.migrate()
    return {}


@act("odd event")
def _odd_event(doer: Doer, who: str, given: Given) -> object:
    return doer.people.emit_odd(given.text("name"), given.text("channel", "general"), who)


@act("connection")
def _connection(doer: Doer, _who: str, given: Given) -> object:
    number, how = int(given.number("number")), given.text("how")
    found = next((one for one in doer.seen.connections if one.number == number), None)
    if found is None:
        raise LookupError(f"connection {number} is not open")
    ways: dict[str, Callable[[], object]] = {
        "goodbye": lambda: found.goodbye(grace=5.0),
        "close": found.close,
        "hang up": found.hang_up,
        "cut": found.cut,
    }
    if how not in ways:
        raise LookupError(f"a connection ends by one of {[*ways]}, not {how!r}")
    ways[how]()
    return {}
