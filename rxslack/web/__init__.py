"""
HTTP to Slack.

`client` has the `WebClient`, and `settings` how it reaches Slack. `dialing` opens connections, also those of
websockets, under a `Cancellation` that another thread can cut, and with deadlines that hold for the whole.
`destinations` says where a client goes. `calls` is the patience of all who read from Slack: it retries, and
waits out a 429. `protocol` holds Slack's facts, `slack_clock` Slack's time, `signatures` the check of
what Slack sends over HTTP, `serving` the bounds of our own servers, and `uploading` the body of a file.
"""

from rxslack.web.client import Response, WebClient
from rxslack.web.settings import DIRECT, Transport

__all__ = [
    "DIRECT",
    "Response",
    "Transport",
    "WebClient",
]
