"""The sink that keeps one message for each key up to date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Unpack

from rxslack.errors import ConfigurationError
from rxslack.sinks.delivery.calls import checked
from rxslack.sinks.delivery.sink import Sink, SinkOptions, check_client
from rxslack.sinks.keeping.places import Places
from rxslack.sinks.keeping.sink import keeping
from rxslack.web.client import Caller

__all__ = ["keep_posted"]


def keep_posted(
    web: Caller,
    key: str | Callable[[Any], str],
    *,
    reader: Caller | None = None,
    lookback: float = 30 * 86_400.0,
    too_long: Literal["truncate", "refuse"] = "refuse",
    **options: Unpack[SinkOptions],
) -> Sink:
    """
    Keep one message for each key, edited to the latest value at Slack's pace.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, "ts": "7.1", "method": method, "text": arguments.get("text")}
    >>> marbles = Marbles()
    >>> values = {name: {"channel": "C1", "text": f"{name} are open"} for name in "357"}
    >>> source = marbles.cold("-3-(57)-|", **values)
    >>> seen = marbles.run(source.pipe(keep_posted(Web(), "tickets", scheduler=marbles.scheduler)))
    >>> [(item["method"], item["text"]) for item in seen.items]
    [('chat.postMessage', '3 are open'), ('chat.update', '7 are open')]

    An item is a dict of the arguments of `chat.postMessage`, with the id of its conversation as
    `channel`; with `thread_ts` the message stands in that thread. The first value of a key is posted,
    and each later one takes the place of the one before. Of the values that wait only the newest is
    sent, the last one always, and what the message says already is not sent again. Keys take turns,
    so that a lively one holds up no other.

    Each message has its key in its metadata. After a restart it is found by that in the channel's
    history, so that nothing has to be kept on disk; a message that somebody has deleted is made anew
    with the next value. What was perhaps posted is looked for before it is posted again.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        key: What has a message of its own, such as "open tickets"; or a function that says of an
            item which one it is. It counts within its channel, or thread. A place is remembered for
            each key, so take keys of which there are some thousands and not millions.
        reader: The client that reads history, where the token of `web` may not: a classic bot's
            reads direct messages only, so a user token's client goes here.
        lookback: Seconds of a channel's history in which a message is looked for after a restart,
            once for all keys of the channel, 999 messages a call. One that is older is left behind,
            and a new one made. Default: 30 days.
        too_long: What becomes of more than 4,000 characters or 50 blocks. "truncate": it is cut
            short. "refuse": a failure, as Slack would have it (`msg_too_long`).
        options: See `SinkOptions`.

    Emits: Slack's replies to what was posted or edited, and failures; nothing of a value that was
        passed over.
    Errors, dispose: as every `Sink`.
    Source: docs.slack.dev/reference/methods/chat.update (tier 3: 50 calls a minute);
        docs.slack.dev/messaging/message-metadata.
    """
    check_client(web, "keep_posted")
    checked(too_long, ("truncate", "refuse"))
    if not lookback >= 0:
        raise ConfigurationError(f"lookback is {lookback!r}; give seconds, 0 or more")
    return keeping(
        web,
        key,
        "keep_posted",
        reader=reader,
        lookback=lookback,
        too_long=too_long,
        places=Places(),
        **options,
    )
