"""
What is done in Slack about it.

Each sink is an observer, `stream.subscribe(post_message(web))`, and an operator that emits Slack's replies,
`stream.pipe(post_message(web))`. It leaves the emitting thread, keeps the order in each channel, waits out
Slack's limits, and keeps one item's failure to that item. The machine behind all of them is in `delivery`.
"""

from rxslack.sinks.call import call
from rxslack.sinks.delivery.sink import Sink, SinkOptions
from rxslack.sinks.messages import delete_message, react, set_status, update_message
from rxslack.sinks.post_message import post_message
from rxslack.sinks.respond import respond
from rxslack.sinks.stream_message import StreamReply, stream_message, stream_reply
from rxslack.sinks.upload_file import Progress, upload_file
from rxslack.sinks.views import open_view, publish_view

__all__ = [
    "Progress",
    "Sink",
    "SinkOptions",
    "StreamReply",
    "call",
    "delete_message",
    "open_view",
    "post_message",
    "publish_view",
    "react",
    "respond",
    "set_status",
    "stream_message",
    "stream_reply",
    "update_message",
    "upload_file",
]
