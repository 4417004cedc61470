"""
A durable log between who listens and who answers, for what outgrows one process.

    Slack ─ `rtm`, `socket_mode` ─ `to_log` ─→ the log ─→ `from_log` ─ your pipeline ─ `post_message` ─ Slack
            two processes or more              one         as many processes as you like

Inside, `engine` says what a log needs of what keeps it, in three methods: append, take, done. `sqlite` and `redis` are
the two that are there; `where` chooses. `entries` makes entries of items; `HeldEntries` knows what a reader has taken.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.log.from_log import from_log as from_log
    from rxslack.log.inspection import GroupSnapshot as GroupSnapshot, LogSnapshot as LogSnapshot
    from rxslack.log.spread import leased as leased
    from rxslack.log.status import LogStatus as LogStatus
    from rxslack.log.to_log import LogSink as LogSink, to_log as to_log

lazy_names(
    __name__,
    {
        "rxslack.log.from_log": "from_log",
        "rxslack.log.inspection": "GroupSnapshot LogSnapshot",
        "rxslack.log.spread": "leased",
        "rxslack.log.status": "LogStatus",
        "rxslack.log.to_log": "LogSink to_log",
    },
)
