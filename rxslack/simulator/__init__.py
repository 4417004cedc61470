"""
A Slack on this machine, to develop and test against: `Workspace`.

    what a test holds    `Workspace` = `Actions` (what people do) + `Observations` (what can be seen),
                         with `faults`, `interactions`, `socket_mode`, `http_events` and its `clock`
    `http/`              listener ─ server ─ `api` ─ a function of `methods/` ─ the answer
                                        └─ after an upgrade: a websocket of `sockets/`
    `team/`              what the functions read and change; each change is published on its feed
    `sockets/`           who listens to the feed: a thread that reads, and one that writes

Each room imports only from those before it: options, team, faults, sockets, state, methods, http, and
then what a test holds. `State` is where the parts of a workspace stand together: for methods, server and
tests. What lies below it is handed what it uses.

Threads. The listener has one. Each connection has one, which answers HTTP and, after an upgrade, reads the
websocket until its end; with TLS it has another one in front (`tls_proxy`). Each websocket has one more,
which writes. One thread does what is due on the workspace's clock, and one sends events over HTTP, once a
URL is told. Everything public may be called from any thread.

Locks. `team.lock` is the outer one: it guards people, channels, messages, ids, tickets and deliveries, and
keeps events in their order. Every other lock is an inner one: while it is held, no other is taken, and no
function of somebody else's is called but the clock's; only the listener has two, `_moving` before `_lock`. With `team.lock`
held nobody may wait: for a fault's release (`Faults.pause`, `Hold.wait`), for a change, or for the timers
(`clock.advance` waits until what is due has happened, which takes `team.lock`). `offer`, `tell` and
`Writer.put` do not wait, so that an event can be published with the lock held; only to cut off a client
that does not read takes up to 50 ms.
"""

from rxslack.simulator.faults import Broken, Fault, Faults, Hold, Script, Switch
from rxslack.simulator.interactions import Interaction, Interactions
from rxslack.simulator.observations import Connection, Stream
from rxslack.simulator.odd_events import ODD_EVENTS
from rxslack.simulator.options import (
    Ending,
    Limits,
    Rate,
    RtmOptions,
    SocketModeOptions,
    SpentUrl,
    StreamOptions,
)
from rxslack.simulator.sockets.deliveries import Delivery
from rxslack.simulator.sockets.socket_mode import SocketMode
from rxslack.simulator.team.access import AGENT_SCOPES, BOT_SCOPES, USER_SCOPES
from rxslack.simulator.team.agent_sessions import AgentSession, SessionStatus
from rxslack.simulator.team.clock import Clock
from rxslack.simulator.team.transcript import Call, Entry
from rxslack.simulator.workspace import Workspace

__all__ = [
    "AGENT_SCOPES",
    "BOT_SCOPES",
    "ODD_EVENTS",
    "USER_SCOPES",
    "AgentSession",
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
    "SessionStatus",
    "SocketMode",
    "SocketModeOptions",
    "SpentUrl",
    "Stream",
    "StreamOptions",
    "Switch",
    "Workspace",
]
