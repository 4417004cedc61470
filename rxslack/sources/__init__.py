"""
What Slack says now: streams that are cold, one connection for each subscription.

`rtm` and `socket_mode` are two protocols over one machine, in `connection`. `http_events` is a WSGI application
that is a stream. `workspaces` merges several; `presence` asks who is there; a `Status` tells how a stream
fares; a `UrlBudget` keeps to Slack's limit for opening connections.
"""

from rxslack.sources.budget import UrlBudget
from rxslack.sources.http_events import HttpEvents, http_events
from rxslack.sources.presence import presence
from rxslack.sources.rtm import rtm
from rxslack.sources.socket_mode import socket_mode
from rxslack.sources.status import Snapshot, Status
from rxslack.sources.workspaces import workspaces

__all__ = [
    "HttpEvents",
    "Snapshot",
    "Status",
    "UrlBudget",
    "http_events",
    "presence",
    "rtm",
    "socket_mode",
    "workspaces",
]
