"""
What can go wrong with a Slack: on the wire, in HTTP, and in what a websocket says.

Each fault is begun by a method of `Faults` and lasts until the end of its `with`, or its `release()`. Where
the server could fail it asks: `around` for an HTTP answer, `pause` and `after` in a websocket's life, `shape`
for the bytes of its stream. `fault` has what the kinds of faults have in common; `web`, `session` and
`stream` are the faults themselves, and `all_faults` puts them together.

`Hold.wait` and `pause` block their thread, which has to be a connection's own; `Hold.then` and `after` do
not, and go on later on the thread that releases.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.simulator.faults.all_faults import Faults as Faults
    from rxslack.simulator.faults.fault import (
        Answer as Answer,
        Fault as Fault,
        Hold as Hold,
        Script as Script,
        Switch as Switch,
    )
    from rxslack.simulator.faults.session import Greeting as Greeting, Payload as Payload
    from rxslack.simulator.faults.stream import (
        Accepting as Accepting,
        Break as Break,
        Breaking as Breaking,
        Broken as Broken,
        Piece as Piece,
    )

lazy_names(
    __name__,
    {
        "rxslack.simulator.faults.all_faults": "Faults",
        "rxslack.simulator.faults.fault": "Answer Fault Hold Script Switch",
        "rxslack.simulator.faults.session": "Greeting Payload",
        "rxslack.simulator.faults.stream": "Accepting Break Breaking Broken Piece",
    },
)
