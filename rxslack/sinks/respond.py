"""The sink that answers commands and interactions by their response_url."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from threading import Lock
from typing import Any, Final, Protocol, Unpack

from rxslack.errors import ConfigurationError
from rxslack.sinks.delivery.calls import PendingCall, fields_of, needed
from rxslack.sinks.delivery.rules import Rule
from rxslack.sinks.delivery.sink import Sink, SinkOptions
from rxslack.web.client import Caller

__all__ = ["Responder", "respond"]

METHOD: Final = "response_url"
USES: Final = 5
LIFE: Final = 1800.0  # seconds
"""Both: docs.slack.dev/interactivity/handling-user-interaction, "Response URL"."""

RULE: Final = Rule(rate=20.0, burst=50, lane_rate=1.0, lane_burst=USES, lasts=LIFE)
MOST: Final = 10_000  # addresses whose uses are counted


class Responder(Caller, Protocol):
    """What the sink needs of a `WebClient`."""

    def respond(self, url: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Send an answer to a response_url."""
        ...


def respond(web: Responder, **options: Unpack[SinkOptions]) -> Sink:
    """
    Send each item to its `response_url`, in order for each.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def respond(self, url, answer):
    ...         return {"ok": True, "said": answer["text"]}
    >>> marbles = Marbles()
    >>> item = {"response_url": "https://hooks.slack.com/commands/T1/2/3", "text": "Sun"}
    >>> source = marbles.cold("-a-|", a=item)
    >>> marbles.run(source.pipe(respond(Web(), scheduler=marbles.scheduler))).items
    [{'ok': True, 'said': 'Sun'}]

    An item is what `response` makes: a dict with the `response_url` and a message. Slack takes
    five answers to one address, within half an hour. A sixth, and one that comes later than that
    after the address was first used here, is a failure that is not sent. The address is as good
    as a token: it appears in no log and no error.

    Args:
        web: A `WebClient`, for its proxy and certificates; its token is not sent.
        options: See `SinkOptions`.

    Emits: as every `Sink`; the reply is ``{"ok": True}``.
    Errors, dispose: as every `Sink`.
    Source: docs.slack.dev/interactivity/handling-user-interaction, "Response URL".
    """
    uses = Uses()

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, METHOD)
        url = needed(fields, METHOD, "https://hooks.slack.com/…, from the command")
        uses.count(url)
        return [PendingCall(METHOD, sha256(url.encode()).hexdigest()[:16], fields)]

    def write(call: PendingCall) -> dict[str, Any]:
        answer = {name: value for name, value in call.arguments.items() if name != METHOD}
        return web.respond(call.arguments[METHOD], answer)

    return Sink(web, read, "respond", write=write, rule=lambda _: RULE, **options)


class Uses:
    """How often each address was used, and since when; bounded, thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, url: str) -> None:
        """
        One more use.

        Errors: ``ConfigurationError`` for one that Slack will not take.
        """
        now = time.monotonic()
        with self._lock:
            since, times = self._known.get(url, (now, 0))
            if times >= USES:
                raise ConfigurationError(f"a response_url takes {USES} answers; use the Web API")
            if now - since > LIFE:
                raise ConfigurationError("the response_url is older than half an hour")
            self._known[url] = since, times + 1
            if len(self._known) > MOST:
                self._known.popitem(last=False)
