"""What can go wrong with a Slack, on the wire and at a word."""

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
