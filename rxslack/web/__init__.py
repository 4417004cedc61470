"""HTTP to Slack: the client, its settings, and what calling patiently takes."""

from rxslack.web.client import Response, WebClient
from rxslack.web.settings import DIRECT, Transport

__all__ = [
    "DIRECT",
    "Response",
    "Transport",
    "WebClient",
]
