"""A Slack on this machine, to develop and test against."""

from rxslack.simulator.clock import Clock
from rxslack.simulator.faults import Broken, Fault, Faults, Hold, Script, Switch
from rxslack.simulator.journal import Call, Entry
from rxslack.simulator.options import Ending, Limits, Rate, RtmOptions, SpentUrl
from rxslack.simulator.tokens import BOT_SCOPES, USER_SCOPES
from rxslack.simulator.workspace import Connection, Workspace

__all__ = [
    "BOT_SCOPES",
    "USER_SCOPES",
    "Broken",
    "Call",
    "Clock",
    "Connection",
    "Ending",
    "Entry",
    "Fault",
    "Faults",
    "Hold",
    "Limits",
    "Rate",
    "RtmOptions",
    "Script",
    "SpentUrl",
    "Switch",
    "Workspace",
]
