"""The operator that asks people, and waits for one of them to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from reactivex import Observable, abc
from reactivex.scheduler import TimeoutScheduler

from rxslack.core.operator import check_stream
from rxslack.events.types.rxslack_items import DecisionEvent, FailureEvent
from rxslack.lanes.coroutines import running_loop
from rxslack.sinks.asking.card import Buttons, Card, key_for
from rxslack.sinks.asking.options import Approvers, QuestionOptions
from rxslack.sinks.asking.places import AskedPlaces
from rxslack.sinks.asking.questions import Questions
from rxslack.sinks.asking.store import AskStore
from rxslack.sinks.delivery.sink import Sink, check_client
from rxslack.sinks.keeping.sink import keeping
from rxslack.sinks.post_message import post_message
from rxslack.web.client import Caller

__all__ = ["ask"]

APPROVE: Final = {
    "approve": {"text": "Approve", "style": "primary"},
    "deny": {"text": "Deny", "style": "danger"},
}
LOOKBACK: Final = 30 * 86_400.0  # seconds


def ask(
    web: Caller,
    interactions: Observable[Any],
    *,
    store: str | Path,
    buttons: Buttons = APPROVE,
    approvers: Approvers = None,
    timeout: float | None = None,
    expired: str = "Nobody has decided in time",
    escalate_after: float | None = None,
    escalate_to: Iterable[str] = (),
    refusal: str = "This is not yours to decide",
    reader: Caller | None = None,
    remember: float = 30 * 86_400.0,
    max_waiting: int = 10_000,
    scheduler: abc.SchedulerBase | None = None,
) -> Callable[[Observable[Any]], Observable[DecisionEvent | FailureEvent]]:
    """
    Ask people about each item, by a card with buttons, and emit what the first who may has decided.

    >>> import reactivex, tempfile
    >>> from reactivex import operators as ops
    >>> from rxslack.operators.unpacking import interactions
    >>> from rxslack.simulator import Workspace
    >>> from rxslack.sources.socket_mode import socket_mode
    >>> with Workspace() as slack, tempfile.TemporaryDirectory() as folder:
    ...     clicks = socket_mode(slack.app).pipe(interactions())
    ...     question = {"channel": slack.channel_id("general"), "text": "Deploy 1.4?", "id": "1.4"}
    ...     decisions = []
    ...     with reactivex.of(question).pipe(
    ...         ask(slack.web, clicks, store=f"{folder}/asks.db")
    ...     ).subscribe(decisions.append):
    ...         _ = slack.wait_until(lambda: slack.connections and slack.messages("general"))
    ...         card = slack.messages("general")[0]
    ...         _ = slack.interactions.click(
    ...             "bob", "rxslack_ask.approve", channel="general", ts=card["ts"])
    ...         _ = slack.wait_until(lambda: decisions)
    ...     [(one["ask"], one["decision"]) for one in decisions]
    [('1.4', 'approve')]

    An item is a dict of the arguments of `chat.postMessage`, JSON all of it: `channel`, the id of a
    conversation, and `text` or `blocks`; whatever else it has stays with it. With an `id` of its
    own, a question that comes again, as after a crash of whoever asks, is asked once. The buttons
    go when it is decided, and who decided what stands in their place.

    All is in the file before it is shown or told. So a restart between the post and the click loses
    nothing: a card that was perhaps posted is found in history by its metadata, and a decision that
    was made and not emitted is emitted at the next start. Somebody else's click on a decided card, or
    of one who may not decide, is answered to that person alone. No thread waits for anybody.

    A click is lost when the process is killed after it has acknowledged it and before it has written
    it down; the card then still shows its buttons. ``acknowledge="when_done"`` of `socket_mode` leaves no
    such moment.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        interactions: What people do with buttons: ``envelopes.pipe(rxslack.interactions())``, of
            Socket Mode or `http_events`. Clicks on anything else pass by.
        store: Path of a SQLite file, which is made when there is none. It belongs to one `ask` of one
            process at a time, and to one subscription.
        buttons: By the name of a decision what its button says, or the fields of a button element.
            Default: "approve" and "deny".
        approvers: Ids of the users who may decide; or a function of a user's id and an item, which
            says whether that one may, and may be `async`. Default: everybody who sees the card.
        timeout: Seconds after which a question is over: the decision is None. Default: never.
        expired: What the card says then.
        escalate_after: Seconds after which further people are mentioned in the card's thread.
        escalate_to: Their ids. From then on they may decide as well.
        refusal: What somebody is told who may not decide.
        reader: As for `keep_posted`.
        remember: Seconds for which a question that is over is known when it comes again.
        max_waiting: How many questions may be open; one more is a failure.
        scheduler: Measures the time, and posts; for tests in virtual time. Default: a timer, and
            the threads of the sinks.

    Emits: a `DecisionEvent` for each question, at least once, and exactly once where the process is
        not killed while one is being emitted; a `FailureEvent` for an item that cannot be asked, or
        whose card Slack refuses for good. Failures that come in are passed on. What Slack does not
        take for now is tried again every 30 s.
    Errors: those of the source and of the interactions. ``ConfigurationError`` at `subscribe` for a
        file that cannot be used, and at once for options that cannot work.
    Completes: when the source has, and no question is open.
    Dispose: nothing is emitted any more; what is open is gone on with at the next start.
    Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload.
    """
    check_client(web, "ask")
    check_stream("ask", interactions, "ask(web, envelopes.pipe(interactions()), store=…)")
    options = QuestionOptions(
        card=Card(buttons, expired),
        approvers=approvers,
        loop=running_loop(),
        timeout=timeout,
        escalate_after=escalate_after,
        escalate_to=tuple(escalate_to),
        refusal=refusal,
        remember=remember,
        max_waiting=max_waiting,
    )

    def cards(places: AskedPlaces) -> Sink:
        return keeping(
            web,
            key_for,
            "ask",
            reader=reader,
            lookback=LOOKBACK,
            too_long="refuse",
            places=places,
            # It is put in under a lock that the sink's threads take, so there must be room.
            max_waiting=2 * max_waiting + 1,
            overflow="fail",
            scheduler=scheduler,
        )

    def asked(source: Observable[Any]) -> Observable[DecisionEvent | FailureEvent]:
        check_stream("ask", source)

        def subscribe(
            observer: abc.ObserverBase[DecisionEvent | FailureEvent],
            subscriber: abc.SchedulerBase | None = None,
        ) -> abc.DisposableBase:
            asking = Questions(
                observer,
                AskStore(store),
                options,
                cards,
                post_message(web, scheduler=scheduler, overflow="fail", drain=0.0),
                scheduler or TimeoutScheduler.singleton(),
            )
            return asking.start(source, interactions, subscriber)

        return Observable(subscribe)

    return asked
