"""
A durable log between who listens and who answers, for what outgrows one process.

    Slack ─ `rtm`, `socket_mode` ─ `to_log` ─→ the log ─→ `from_log` ─ your pipeline ─ `post_message` ─ Slack
            two processes or more              one         as many processes as you like

Inside, `engine` says what a log needs of what keeps it, in three methods: append, take, done. `sqlite` and `redis` are
the two that are there; `where` chooses. `entries` makes entries of items; `HeldEntries` knows what a reader has taken.
"""

from rxslack.log.from_log import from_log
from rxslack.log.inspection import GroupSnapshot, LogSnapshot
from rxslack.log.spread import leased
from rxslack.log.status import LogStatus
from rxslack.log.to_log import LogSink, to_log

__all__ = [
    "GroupSnapshot",
    "LogSink",
    "LogSnapshot",
    "LogStatus",
    "from_log",
    "leased",
    "to_log",
]
