"""The sink that posts messages."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from reactivex import abc

from rxslack.errors import ConfigurationError
from rxslack.lanes.pace import Budget
from rxslack.sinks.delivery.calls import Caller, PendingCall, Read, fields_of, needed
from rxslack.sinks.delivery.marks import marked
from rxslack.sinks.delivery.rules import RULES, TEXT, TEXT_CUT, Rule, rule_of
from rxslack.sinks.delivery.sending import make_sink
from rxslack.sinks.delivery.sink import Overflow, Sink
from rxslack.sinks.delivery.sizes import SizePolicy, checked, fitting

__all__ = ["post_message"]

POST = "chat.postMessage"
CONTENTS = ("text", "blocks", "attachments", "markdown_text")  # one of them is needed
LOOKS = (2.0, 10.0)


def post_message(
    web: Caller,
    *,
    rate: float = 1.0,
    burst: int = 5,
    total: float | None = None,
    look_up: bool | Sequence[float] | None = None,
    reader: Caller | None = None,
    outbox: str | Path | None = None,
    patience: float = 86_400.0,
    too_long: SizePolicy = "split",
    longest: int = TEXT,
    workers: int = 8,
    queue: int = 10_000,
    overflow: Overflow = "wait",
    attempts: int = 10,
    deadline: float = 10.0,
    on_error: Callable[[Exception], None] | None = None,
    scheduler: abc.SchedulerBase | None = None,
    budget: Budget | None = None,
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

    The object is an observer, `stream.subscribe(post_message(web))`, whose failures are logged, or
    go to who subscribes to its `failures`; and an operator, `stream.pipe(post_message(web))`, which
    emits Slack's replies. It posts on threads of its own, which do not keep a program alive:
    `rxslack.run`, which finds the sinks in a stream, `drain`, the end of a `with` statement and the
    end of the program wait for them.

    An item is a dict of the method's arguments. One with `post_at` (unix seconds) is scheduled with
    `chat.scheduleMessage`; one with `user` is shown to that user alone, with `chat.postEphemeral`,
    unless it has a `type`, for then it is an event that somebody repeats.

    A call that Slack surely did not carry out is tried again, at its place in its channel: 429,
    after the time Slack asks for, in which other channels go on; a network that failed before the
    request had left, and HTTP 503, after 0.5 s that double to 30 s. A message that was perhaps
    posted is never posted again blindly: with `look_up` its channel's history tells, else it is a
    failure with ``"uncertain": True``. Any other `ok: false` is a failure of that item.

    Args:
        web: A `WebClient`, or anything else with its `call`. Its sinks share one budget.
        rate: Messages a second in each channel, in the long run.
        burst: Messages at once in a channel that was quiet before.
        total: Messages a second in the whole workspace, in the long run, 50 at once. Default: 5,
            for Slack allows several hundred a minute; no limit when `rate` is infinite.
        look_up: Search history for what was perhaps posted. True, or the seconds after the
            uncertain answer at which to search, such as (2, 10), which True stands for; only what
            is not there the last time either is posted again. Each message then carries an id in
            its metadata, and `channel` must be the id of a conversation, not of a user. Default:
            only with an outbox.
        reader: The client that searches, where the token of `web` may not read history: a classic
            bot's reads direct messages only, so a user token's client goes here.
        outbox: Path of a SQLite file that keeps what is not posted yet: what was accepted is posted
            after a crash, once, at the next start with the same file; its outcomes are the first
            subscriber's. The file belongs to one sink of one process at a time.
        patience: With an outbox: seconds since a message was accepted for which what may yet
            succeed is tried, every 30 s or as Slack asks, also after `attempts`. A day by default,
            so that an outage of some hours loses nothing.
        too_long: What becomes of more than `longest` characters, 12,000 of `markdown_text`, or 50
            blocks. "split": several messages, with a reply each. "truncate": one, cut short.
            "refuse": a failure.
        longest: Characters of one message's text. Slack recommends 4,000, and silently cuts off
            what is over 40,000.
        workers: The most calls at once, each on a thread.
        queue: How many calls may wait, those being made included.
        overflow: What happens to an item when the queue is full. "wait": the thread that emits
            waits for room, so a stream from Slack waits, too. "fail": the item is a failure.
        attempts: How often an item is tried in all, until it is a failure; which takes two minutes
            when Slack cannot be reached.
        deadline: How long `dispose`, and the end of the program, wait for what is left, in seconds.
        on_error: As an observer: called with the error that the stream ends with. Default: the
            error is raised where the stream emits it, as reactivex does for any observer without
            `on_error`, so that it does not vanish; `run` hands it to its caller.
        scheduler: Posts on this scheduler instead of threads, and by its clock; for tests in
            virtual time. A full queue then always fails, and the scheduler must not be one that
            runs its actions at once on the calling thread.
        budget: The paces to keep to, for sinks of several clients of one workspace. Sinks with
            another `rate`, `burst` or `total` keep paces of their own.

    Emits: Slack's replies, and ``{"type": "rxslack.failure", "item": …, "error": …}`` for each
        item that failed: in order for a channel, in any order between channels. Failures that
        come in are not posted but passed on. Completes when the source has and all are over.
    Errors: as an operator the source's own error, after the replies to what came before it;
        ``ConfigurationError`` at once for an argument that cannot work.
    Dispose: nothing is emitted any more; what was accepted is still posted. `close` drops it.
    Source: docs.slack.dev/apis/web-api/rate-limits (about one message a second a channel, short
        bursts allowed; there is no number for the burst);
        docs.slack.dev/reference/methods/chat.postMessage.
    """
    checked(too_long, ("split", "truncate", "refuse"))
    if not 1 <= longest <= TEXT_CUT:
        raise ConfigurationError(f"longest is {longest!r}; give 1 to {TEXT_CUT} characters")
    looks = looks_of(outbox is not None if look_up is None else look_up)
    return make_sink(
        web,
        reading(longest, too_long, mark=bool(looks)),
        "post_message",
        rule=rules(rate, burst, total),
        looks=looks,
        reader=reader,
        outbox=outbox,
        patience=patience,
        workers=workers,
        queue=queue,
        overflow=overflow,
        attempts=attempts,
        deadline=deadline,
        on_error=on_error,
        scheduler=scheduler,
        budget=budget,
    )


def rules(rate: float, burst: int, total: float | None) -> Callable[[str], Rule]:
    """
    Slack's rules, with the user's numbers for posting.

    Errors: ``ConfigurationError`` for numbers that let nothing through.
    """
    known = RULES[POST]
    if total is None:
        total = math.inf if rate == math.inf else known.rate
    for name, value in (("rate", rate), ("burst", burst), ("total", total)):
        if not value > 0:
            raise ConfigurationError(f"{name} is {value!r}; give a number above 0")
    own = replace(known, rate=total, lane_rate=rate, lane_burst=burst)
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
        channel = needed(fields, "channel", "C0123ABCD")
        if not any(fields.get(name) for name in CONTENTS):
            raise ConfigurationError("the item to post is empty; add text, blocks or attachments")
        method = method_for(fields)
        parts = fitting(method, fields, longest=longest, policy=policy)
        return [as_call(method, channel, part, mark=mark) for part in parts]

    return read


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
