"""The Web API as `slack_sdk.web` offers it."""

from rxslack.compat.web.chat_stream import ChatStream
from rxslack.compat.web.client import WebClient
from rxslack.compat.web.slack_response import SlackResponse

__all__ = ["ChatStream", "SlackResponse", "WebClient"]
