"""Operators for `pipe`, one a file."""

from rxslack.operators.backfill import backfill
from rxslack.operators.backoff import backoff
from rxslack.operators.concurrent import concurrent
from rxslack.operators.isolate import isolate
from rxslack.operators.of_type import of_type
from rxslack.operators.reconnect import reconnect
from rxslack.operators.reply import PostMessageArguments, reply
from rxslack.operators.select import select
from rxslack.operators.shared import shared

__all__ = [
    "PostMessageArguments",
    "backfill",
    "backoff",
    "concurrent",
    "isolate",
    "of_type",
    "reconnect",
    "reply",
    "select",
    "shared",
]
