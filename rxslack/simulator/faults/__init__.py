"""
What can go wrong with a Slack: on the wire, in HTTP, and in what a websocket says.

Each fault is begun by a method of `Faults` and lasts until the end of its `with`, or its `release()`. Where
the server could fail it asks: `around` for an HTTP answer, `pause` and `after` in a websocket's life, `shape`
for the bytes of its stream. `fault` has what the kinds of faults have in common; `web`, `session` and
`stream` are the faults themselves, and `all_faults` puts them together.

`Hold.wait` and `pause` block their thread, which has to be a connection's own; `Hold.then` and `after` do
not, and go on later on the thread that releases.
"""

from rxslack.simulator.faults.all_faults import Faults
from rxslack.simulator.faults.fault import Answer, Fault, Hold, Script, Switch
from rxslack.simulator.faults.session import Greeting, Payload
from rxslack.simulator.faults.stream import Accepting, Break, Breaking, Broken, Piece

__all__ = [
    "Accepting",
    "Answer",
    "Break",
    "Breaking",
    "Broken",
    "Fault",
    "Faults",
    "Greeting",
    "Hold",
    "Payload",
    "Piece",
    "Script",
    "Switch",
]
