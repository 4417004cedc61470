"""A Slack on this machine, to develop and test against."""

from rxslack.simulator.faults import (
    Broken,
    Fault,
    Faults,
    Hold,
    Script,
    Switch,
)
from rxslack.simulator.interactions import (
    Interaction,
    Interactions,
)
from rxslack.simulator.observations import (
    Connection,
)
from rxslack.simulator.odd_events import (
    ODD_EVENTS,
)
from rxslack.simulator.options import (
    Ending,
    Limits,
    Rate,
    RtmOptions,
    SocketModeOptions,
    SpentUrl,
)
from rxslack.simulator.sockets.deliveries import (
    Delivery,
)
from rxslack.simulator.sockets.socket_mode import (
    SocketMode,
)
from rxslack.simulator.team.access import (
    BOT_SCOPES,
    USER_SCOPES,
)
from rxslack.simulator.team.clock import (
    Clock,
)
from rxslack.simulator.team.transcript import (
    Call,
    Entry,
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
    "Hold",
    "Interaction",
    "Interactions",
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
