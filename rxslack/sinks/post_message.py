"""The sink that posts messages."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from reactivex import abc

from rxslack.errors import ConfigurationError
from rxslack.sinks.failures import as_mapping
from rxslack.sinks.lanes import Lanes
from rxslack.sinks.pace import Pace
from rxslack.sinks.scheduled import ScheduledLanes
from rxslack.sinks.sink import Job, Overflow, Sink
from rxslack.sinks.threaded import ThreadedLanes

__all__ = ["Caller", "post_message"]

logger = logging.getLogger("rxslack.post_message")

CONTENTS = ("text", "blocks", "attachments", "markdown_text")  # one of them is needed


class Caller(Protocol):
    """What a sink needs of a `WebClient`."""

    def call(self, method: str, /, **arguments: Any) -> dict[str, Any]:
        """Call a method of Slack's Web API and return the answer, or raise."""
        ...


def post_message(
    web: Caller,
    *,
    rate: float = 1.0,
    burst: int = 5,
    workers: int = 8,
    queue: int = 10_000,
    overflow: Overflow = "wait",
    attempts: int = 10,
    on_error: Callable[[Exception], None] | None = None,
    scheduler: abc.SchedulerBase | None = None,
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

    The object is an observer, `stream.subscribe(post_message(web))`, whose failures are logged;
    and an operator, `stream.pipe(post_message(web))`, which emits Slack's replies. It posts on
    threads of its own, which do not keep a program alive: `rxslack.run`, or `drain`, waits for
    them. For the operator that means

        sender = post_message(web)
        run(stream.pipe(sender))
        sender.drain(10.0)

    A call that Slack surely did not carry out is tried again, at its place in its channel: 429,
    after the time Slack asks for, in which other channels go on; a network that failed before the
    request had left, and HTTP 503, after 0.5 s that double to 30 s. A call that was perhaps
    carried out is never repeated, for it could post twice: it fails, as does any other
    `ok: false`.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        rate: Messages a second in each channel, in the long run.
        burst: Messages at once in a channel that was quiet before.
        workers: The most calls at once, each on a thread.
        queue: How many items may wait, those being sent included.
        overflow: What happens to an item when the queue is full. "wait": the thread that emits
            waits for room, so a stream from Slack waits, too. "fail": the item is a failure.
        attempts: How often an item is tried in all, until it is a failure.
        on_error: As an observer: called with the error that the stream ends with. Default: the
            error is raised where the stream emits it, as reactivex does for any observer without
            `on_error`, so that it does not vanish; `run` hands it to its caller.
        scheduler: Posts on this scheduler instead of threads, and by its clock; for tests in
            virtual time. A full queue then always fails, and the scheduler must not be one that
            runs its actions at once on the calling thread.

    Emits: Slack's replies, and ``{"type": "rxslack.failure", "item": …, "error": …}`` for each
        item that failed: in order for a channel, in any order between channels. Failures that
        come in are not posted but passed on. Completes when the source has and all are over.
    Errors: as an operator the source's own error, after the replies to what came before it;
        ``ConfigurationError`` at once for an argument that cannot work.
    Dispose: nothing is emitted any more; what was accepted is still posted. `close` drops it.
    Source: docs.slack.dev/apis/web-api/rate-limits (about one message a second a channel, short
        bursts allowed; there is no number for the burst); docs.slack.dev/reference/methods/chat.postMessage.
    """

    def pace(channel: str | None) -> Pace:
        return Pace(math.inf) if channel is None else Pace(rate, burst)

    def lanes(
        work: Callable[[Job, int], float | None], dropped: Callable[[Job], None]
    ) -> Lanes[str | None, Job]:
        if scheduler is not None:
            return ScheduledLanes(work, pace=pace, dropped=dropped, size=queue, scheduler=scheduler)
        return ThreadedLanes(
            work, pace=pace, dropped=dropped, size=queue, workers=workers, name="post_message"
        )

    def write(arguments: Mapping[str, Any]) -> dict[str, Any]:
        return web.call("chat.postMessage", **arguments)

    pace("any")  # an impossible pace is found here, not with the first message
    return Sink(
        arguments_of,
        write,
        lanes,
        attempts=attempts,
        overflow="fail" if scheduler is not None else overflow,
        on_error=on_error,
        logger=logger,
    )


def arguments_of(item: object) -> tuple[str, dict[str, Any]]:
    """
    The channel, and a copy of the arguments of `chat.postMessage`.

    Errors: ``ConfigurationError`` for an item that cannot be posted, saying what is missing.
    """
    fields = as_mapping(item)
    if not isinstance(item, Mapping):
        raise ConfigurationError(
            f"an item to post is a dict of chat.postMessage's arguments, not {type(item).__name__}"
        )
    channel = fields.get("channel")
    if not (isinstance(channel, str) and channel):
        raise ConfigurationError("the item to post has no channel; add channel, such as C0123ABCD")
    if not any(fields.get(name) for name in CONTENTS):
        raise ConfigurationError("the item to post is empty; add text, blocks or attachments")
    return channel, dict(fields)
