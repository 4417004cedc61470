"""What is done in Slack about it."""

from rxslack.sinks.call import call
from rxslack.sinks.delivery.sending import SinkOptions
from rxslack.sinks.delivery.sink import Sink
from rxslack.sinks.messages import delete_message, react, set_status, update_message
from rxslack.sinks.post_message import post_message
from rxslack.sinks.respond import respond
from rxslack.sinks.upload_file import Progress, upload_file
from rxslack.sinks.views import open_view, publish_view

__all__ = [
    "Progress",
    "Sink",
    "SinkOptions",
    "call",
    "delete_message",
    "open_view",
    "post_message",
    "publish_view",
    "react",
    "respond",
    "set_status",
    "update_message",
    "upload_file",
]
