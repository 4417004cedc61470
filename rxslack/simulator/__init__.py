"""A Slack on this machine, to develop and test against."""

from rxslack.simulator.clock import Clock
from rxslack.simulator.faults import Fault, Faults, Hold, Script
from rxslack.simulator.journal import Call, Entry
from rxslack.simulator.options import Limits, Rate, RtmOptions
from rxslack.simulator.tokens import BOT_SCOPES, USER_SCOPES
from rxslack.simulator.workspace import Connection, Workspace

__all__ = [
    "BOT_SCOPES",
    "USER_SCOPES",
    "Call",
    "Clock",
    "Connection",
    "Entry",
    "Fault",
    "Faults",
    "Hold",
    "Limits",
    "Rate",
    "RtmOptions",
    "Script",
    "Workspace",
]
