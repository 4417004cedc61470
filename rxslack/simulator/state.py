"""What a workspace consists of, for the methods, the server and what a test holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from rxslack.simulator.faults import Faults
from rxslack.simulator.options import Limits
from rxslack.simulator.sockets.registry import Sockets
from rxslack.simulator.sockets.rtm import Rtm
from rxslack.simulator.sockets.socket_mode import SocketMode
from rxslack.simulator.team.access import Buckets, Token
from rxslack.simulator.team.agent_sessions import AgentSessions
from rxslack.simulator.team.ephemerals import Ephemerals
from rxslack.simulator.team.files import Files
from rxslack.simulator.team.functions import Functions
from rxslack.simulator.team.scheduled import Scheduled
from rxslack.simulator.team.streams import Streams
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json
from rxslack.simulator.team.transcript import Transcript
from rxslack.simulator.team.views import Views

__all__ = ["State"]


@dataclass(frozen=True, kw_only=True)
class State:
    """
    The parts of a workspace. Each guards itself, or is guarded by the team's lock.

    Args:
        team: people, channels, messages.
        limits: how often may be called.
        faults: what goes wrong now.
        transcript: what came in and went out.
        buckets: the counters behind the limits.
        rtm: tickets of RTM, and what its websockets share.
        socket_mode: the app's websockets, and what is delivered over them.
        sockets: open and past websockets of both kinds.
        views: modals and home tabs.
        streams: messages that grow as they are read.
        agent_sessions: what the app is doing in threads.
        ephemerals: messages that only one person sees.
        tokens: who may do what, by the token's text.
        revoked: with which error a token is refused, by its text.
        files: what was uploaded.
        scheduled: messages that wait for their time.
        functions: steps of workflows that the app was told to do.
        workflows: titles of those that people start by a link, by the trigger's id.
        invites: to channels across workspaces, by their ids.
        codes: who let the app in, by the code that oauth.v2.access takes.
        statuses: what an app is doing, by channel and thread, as text.
        titles: of threads, by channel and thread.
        prompts: what people are suggested to say, by channel.
    """

    team: Team
    limits: Limits
    faults: Faults
    transcript: Transcript
    buckets: Buckets
    rtm: Rtm
    socket_mode: SocketMode
    sockets: Sockets
    views: Views
    streams: Streams
    agent_sessions: AgentSessions
    ephemerals: Ephemerals
    tokens: dict[str, Token] = field(default_factory=dict[str, Token])
    revoked: dict[str, str] = field(default_factory=dict[str, str])
    files: Files = field(default_factory=Files)
    scheduled: Scheduled = field(default_factory=Scheduled)
    functions: Functions = field(default_factory=Functions)
    workflows: dict[str, str] = field(default_factory=dict[str, str])
    invites: dict[str, Json] = field(default_factory=dict[str, Json])
    codes: dict[str, str] = field(default_factory=dict[str, str])
    statuses: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    titles: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    prompts: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])
