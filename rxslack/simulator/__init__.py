"""A Slack on this machine, to develop and test against."""

from rxslack.simulator.clock import (
    Clock,
)
from rxslack.simulator.connection import (
    Connection,
)
from rxslack.simulator.envelopes import (
    Delivery,
)
from rxslack.simulator.faults import (
    Broken,
    Fault,
    Faults,
    Hold,
    Script,
    Switch,
)
from rxslack.simulator.gestures import (
    Gestures,
)
from rxslack.simulator.interaction import (
    Interaction,
)
from rxslack.simulator.journal import (
    Call,
    Entry,
)
from rxslack.simulator.oddities import (
    ODD_EVENTS,
)
from rxslack.simulator.options import (
    Ending,
    Limits,
    Rate,
    RtmOptions,
    SpentUrl,
)
from rxslack.simulator.socket_mode import (
    SocketMode,
)
from rxslack.simulator.socket_mode_options import (
    SocketModeOptions,
)
from rxslack.simulator.tokens import (
    BOT_SCOPES,
    USER_SCOPES,
)
from rxslack.simulator.workspace import (
    Workspace,
)

__all__ = [
    "BOT_SCOPES",
    "ODD_EVENTS",
    "USER_SCOPES",
    "Broken",
    "Call",
    "Clock",
    "Connection",
    "Delivery",
    "Ending",
    "Entry",
    "Fault",
    "Faults",
    "Gestures",
    "Hold",
    "Interaction",
    "Limits",
    "Rate",
    "RtmOptions",
    "Script",
    "SocketMode",
    "SocketModeOptions",
    "SpentUrl",
    "Switch",
    "Workspace",
]
