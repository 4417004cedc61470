"""The sink that posts messages."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

from rxslack.errors import ConfigurationError
from rxslack.sinks.delivery.calls import (
    PendingCall,
    Read,
    SizePolicy,
    checked,
    fields_of,
    fitting,
    needed,
)
from rxslack.sinks.delivery.look_up import marked
from rxslack.sinks.delivery.rules import RULES, TEXT, TEXT_CUT, Rule, rule_of
from rxslack.sinks.delivery.sink import Sink, SinkOptions
from rxslack.web.client import Caller

__all__ = ["post_message"]

POST = "chat.postMessage"
CONTENTS = ("text", "blocks", "attachments", "markdown_text")  # one of them is needed
LOOKS = (2.0, 10.0)


def post_message(
    web: Caller,
    *,
    per_minute: float = 60.0,
    burst: int = 5,
    total_per_minute: float | None = None,
    look_up: bool | Sequence[float] | None = None,
    reader: Caller | None = None,
    outbox: str | Path | None = None,
    patience: float = 86_400.0,
    too_long: SizePolicy = "split",
    max_length: int = TEXT,
    **options: Unpack[SinkOptions],
) -> Sink:
    """
    Post each item with `chat.postMessage`, in order and at Slack's pace for each channel.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, "channel": arguments["channel"]}
    >>> marbles = Marbles()
    >>> message = {"channel": "C1", "text": "Hello"}
    >>> source = marbles.cold("(mmm|)", m=message)
    >>> sink = post_message(Web(), burst=1, scheduler=marbles.scheduler)
    >>> marbles.run(source.pipe(sink)) == marbles.seen("rr(r|)", r={"ok": True, "channel": "C1"})
    True

    An item is a dict of the method's arguments. One with `post_at` (unix seconds) is scheduled with
    `chat.scheduleMessage`; one with `user` is shown to that user alone, with `chat.postEphemeral`,
    unless it has a `type`, as a message for RTM has. An event as Slack sends it, with `type` and `ts`,
    is a failure: posted as it is, a bot would say again what it hears, its own words among it. `reply`
    makes an answer of it; who does want to repeat it maps it to `channel` and `text`.

    A call that Slack surely did not carry out is tried again, at its place in its channel: 429,
    after the time Slack asks for, in which other channels go on; a network that failed before the
    request had left, and HTTP 503, after 0.5 s that double to 30 s. A message that was perhaps
    posted is never posted again blindly: with `look_up` its channel's history tells, else it is a
    failure with ``"uncertain": True``. Any other `ok: false` is a failure of that item.

    Args:
        web: A `WebClient`, or anything else with its `call`. Its sinks share one budget.
        per_minute: Messages a minute in each channel, in the long run.
        burst: Messages at once in a channel that was quiet before.
        total_per_minute: Messages a minute in the whole workspace, in the long run, 50 at once.
            Default: 300, for Slack allows several hundred; no limit when `per_minute` is infinite.
        look_up: Search history for what was perhaps posted. True, or the seconds after the
            uncertain answer at which to search, such as (2, 10), which True stands for; only what
            is not there the last time either is posted again. Each message then carries an id in
            its metadata, and `channel` must be the id of a conversation, not of a user. Default:
            only with an outbox.
        reader: The client that searches, where the token of `web` may not read history: a classic
            bot's reads direct messages only, so a user token's client goes here.
        outbox: Path of a SQLite file that keeps what is not posted yet: what was accepted is posted
            after a crash, once, at the next start with the same file; its outcomes are the first
            subscriber's. The file belongs to one sink of one process at a time. Or the log that
            the items come from by `from_log`, a file or ``redis://…``: then each event is answered
            once, whichever processes begin to.
        patience: With an outbox: seconds since a message was accepted for which what may yet
            succeed is tried, every 30 s or as Slack asks, also after `attempts`. A day by default,
            so that an outage of some hours loses nothing.
        too_long: What becomes of more than `max_length` characters, 12,000 of `markdown_text`, or
            50 blocks. "split": several messages, with a reply each. "truncate": one, cut short.
            "refuse": a failure.
        max_length: Characters of one message's text. Slack recommends 4,000, and silently cuts off
            what is over 40,000.
        options: See `SinkOptions`. Ten attempts take two minutes when Slack cannot be reached.
            Sinks with another `per_minute`, `burst` or `total_per_minute` keep paces of their own.

    Emits, errors, dispose: as every `Sink`.
    Source: docs.slack.dev/apis/web-api/rate-limits (about one message a second a channel, short
        bursts allowed; there is no number for the burst);
        docs.slack.dev/reference/methods/chat.postMessage.
    """
    checked(too_long, ("split", "truncate", "refuse"))
    if not 1 <= max_length <= TEXT_CUT:
        raise ConfigurationError(f"max_length is {max_length!r}; give 1 to {TEXT_CUT} characters")
    looks = looks_of(outbox is not None if look_up is None else look_up)
    return Sink(
        web,
        reading(max_length, too_long, mark=bool(looks)),
        "post_message",
        rule=rules(per_minute, burst, total_per_minute),
        looks=looks,
        reader=reader,
        outbox=outbox,
        patience=patience,
        **options,
    )


def rules(per_minute: float, burst: int, total: float | None) -> Callable[[str], Rule]:
    """
    Slack's rules, with the user's numbers for posting.

    Errors: ``ConfigurationError`` for numbers that let nothing through.
    """
    known = RULES[POST]
    if total is None:
        total = math.inf if per_minute == math.inf else known.rate * 60
    for name, value in (
        ("per_minute", per_minute),
        ("burst", burst),
        ("total_per_minute", total),
    ):
        if not value > 0:
            raise ConfigurationError(f"{name} is {value!r}; give a number above 0")
    own = known._replace(rate=total / 60, lane_rate=per_minute / 60, lane_burst=burst)
    return lambda method: own if method == POST else rule_of(method)


def looks_of(look_up: bool | Sequence[float]) -> tuple[float, ...]:
    """
    The seconds after which history is searched.

    Errors: ``ConfigurationError`` when they do not grow.
    """
    if isinstance(look_up, bool):
        return LOOKS if look_up else ()
    looks = tuple(look_up)
    if not looks or looks[0] < 0 or list(looks) != sorted(looks):
        raise ConfigurationError(f"look_up is {look_up!r}; give True, False or growing seconds")
    return looks


def reading(longest: int, policy: SizePolicy, *, mark: bool) -> Read:
    """From an item the calls that post it."""

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, POST)
        _refuse_event(fields)
        channel = needed(fields, "channel", "C0123ABCD")
        if not any(fields.get(name) for name in CONTENTS):
            raise ConfigurationError("the item to post is empty; add text, blocks or attachments")
        method = method_for(fields)
        parts = fitting(method, fields, longest=longest, policy=policy)
        return [as_call(method, channel, part, mark=mark) for part in parts]

    return read


def _refuse_event(fields: Mapping[str, Any]) -> None:
    # No method that posts has arguments of these names, so nobody meant to pass both.
    if "type" in fields and "ts" in fields:
        raise ConfigurationError(
            "the item is an event, and to post it would say its own text again; write "
            "ops.map(rxslack.reply(…)) in front to answer it, or map it to a dict of channel and text"
        )


def method_for(fields: Mapping[str, Any]) -> str:
    """
    The method that an item asks for.

    >>> method_for({"text": "Psst", "user": "U1"})
    'chat.postEphemeral'
    >>> method_for({"text": "Hi", "post_at": 1735689600})
    'chat.scheduleMessage'
    """
    if fields.get("post_at") is not None:
        return "chat.scheduleMessage"
    return "chat.postEphemeral" if fields.get("user") and "type" not in fields else POST


def as_call(method: str, channel: str, arguments: dict[str, Any], *, mark: bool) -> PendingCall:
    """
    The call, marked when it is to be found again.

    Ephemeral messages are in no history, and Slack does not deliver scheduled ones that have
    metadata (docs.slack.dev/reference/methods/chat.scheduleMessage, "Bug alert").
    """
    if not (mark and method == POST):
        return PendingCall(method, channel, arguments)
    arguments, found = marked(arguments)
    return PendingCall(method, channel, arguments, found)
