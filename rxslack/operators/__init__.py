"""Operators for `pipe`, one a file."""

from rxslack.operators.backoff import backoff
from rxslack.operators.isolate import isolate
from rxslack.operators.of_type import of_type
from rxslack.operators.reconnect import reconnect
from rxslack.operators.record import record
from rxslack.operators.reply import PostMessageArguments, reply
from rxslack.operators.select import select
from rxslack.operators.shared import shared

__all__ = [
    "PostMessageArguments",
    "backoff",
    "isolate",
    "of_type",
    "reconnect",
    "record",
    "reply",
    "select",
    "shared",
]
