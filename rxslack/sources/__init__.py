"""What Slack says now."""

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
