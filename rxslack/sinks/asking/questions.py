"""One subscription to `ask`: questions come in, are shown, and decided."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from reactivex import Observable, Subject, abc
from reactivex.disposable import CompositeDisposable, Disposable

from rxslack.core.printable import printable
from rxslack.core.unhandled import pass_on
from rxslack.errors import ConfigurationError, SlackError, is_retryable
from rxslack.events.items import as_mapping, failure, is_failure
from rxslack.events.types.rxslack_items import DecisionEvent, FailureEvent
from rxslack.sinks.asking.card import (
    Pressed,
    ask_of,
    escalation_slot,
    presses,
    slot_for,
    state_of,
)
from rxslack.sinks.asking.deadlines import Deadlines
from rxslack.sinks.asking.options import QuestionOptions
from rxslack.sinks.asking.places import AskedPlaces
from rxslack.sinks.asking.store import Ask, AskStore
from rxslack.sinks.delivery.receivers import code_of
from rxslack.sinks.delivery.sink import Sink
from rxslack.sinks.keeping.places import PostedAt

__all__ = ["Cards", "Questions"]

log = logging.getLogger("rxslack.ask")

AGAIN: Final = 30.0  # seconds until a card is tried again that could not be posted for now

Cards = Callable[[AskedPlaces], Sink]
"""Makes the sink that keeps the cards posted."""


class Questions:
    """
    One subscription. In a `with` statement by whoever looks at it or emits; see the room.

    Args:
        observer: Gets the decisions.
        store: Keeps the questions.
        options: See `ask`.
        cards: Makes the sink that keeps the cards posted.
        refusals: Tells somebody what a button does not do for them.
        clock: Measures the time.
    """

    def __init__(
        self,
        observer: abc.ObserverBase[DecisionEvent | FailureEvent],
        store: AskStore,
        options: QuestionOptions,
        cards: Cards,
        refusals: Sink,
        clock: abc.SchedulerBase,
    ) -> None:
        self._observer = observer
        self._store = store
        self._options = options
        self._refusals = refusals
        self._lock = threading.RLock()
        self._inside = 0  # how many hold it, one inside the other
        self._over = False
        self._closed = False
        self._ending = False  # whether the source has completed
        self._asks: dict[str, Ask] = {}  # those with something left to do
        self._deadlines = Deadlines(clock, self._look)
        self._places = AskedPlaces(self._shown)
        self._sink = cards(self._places)
        self._cards = Subject[Any]()

    def __enter__(self) -> None:
        self._lock.acquire()
        self._inside += 1

    def __exit__(self, *_: object) -> None:
        # Whoever disposes while the lock is held leaves the end to the last who is inside.
        self._inside -= 1
        if self._over and not self._inside:
            self._close()
        self._lock.release()

    def start(
        self,
        source: Observable[Any],
        interactions: Observable[Any],
        scheduler: abc.SchedulerBase | None,
    ) -> abc.DisposableBase:
        """Go on with what an earlier process has left, and take in what comes."""
        held = CompositeDisposable(Disposable(self._dispose), Disposable(self._deadlines.dispose))
        held.add(
            self._cards.pipe(self._sink).subscribe(
                self._refused, self._fail, self._complete, scheduler=scheduler
            )
        )
        self._resume()
        held.add(interactions.subscribe(self._click, self._fail, scheduler=scheduler))
        held.add(source.subscribe(self._take, self._fail, self._end, scheduler=scheduler))
        return held

    def _resume(self) -> None:
        with self:
            self._store.forget(self._deadlines.now() - self._options.remember)
            for ask in self._store.unfinished():
                self._asks[ask.id] = ask
                if ask.ts:
                    slot, place = slot_for(ask), PostedAt(ask.channel, ask.ts, None)
                    self._places.posted(slot, place)
                self._show(ask)
                if ask.escalated == "due" and ask.is_open:
                    self._show_escalation(ask)
                self._wait_for(ask)
            for ask in [*self._asks.values()]:
                if not (ask.is_open or ask.told):
                    self._tell(ask)

    def _take(self, item: Any) -> None:
        with self:
            if self._over:
                return
            if is_failure(item):
                self._emit(item)
                return
            try:
                ask = ask_of(item, self._deadlines.now())
                self._check_room()
                if not self._store.add(ask):
                    return  # it came again
            except (ConfigurationError, SlackError) as error:
                self._emit(failure(item, error))
                return
            self._asks[ask.id] = ask
            self._places.fresh(slot_for(ask))
            self._show(ask)
            self._wait_for(ask)

    def _check_room(self) -> None:
        if len(self._asks) >= self._options.max_waiting:
            raise SlackError(f"{len(self._asks)} questions are open, and no more may be")

    def _click(self, interaction: Any) -> None:
        user = str(as_mapping(as_mapping(interaction).get("user")).get("id") or "")
        for pressed in presses(as_mapping(interaction)) if user else ():
            with self:
                if self._over:
                    return
                try:
                    self._press(pressed, user)
                except Exception as error:  # noqa: BLE001 - the user's function, or the disk
                    self._emit(failure(interaction, error))

    def _press(self, pressed: Pressed, user: str) -> None:
        id, name = pressed  # noqa: A001 - as above
        ask = self._asks.get(id)
        if ask is None or not ask.is_open:
            self._too_late(ask, pressed, user)
        elif name not in self._options.card.names:
            log.warning("%s: there is no button %s any more", printable(id), printable(name))
        elif not self._options.may_decide(user, ask):
            self._refuse(ask, user, self._options.refusal)
        else:
            self._decide(ask, name, user)

    def _too_late(self, ask: Ask | None, pressed: Pressed, user: str) -> None:
        """Somebody was faster. A question of which nothing is known is another one's, or forgotten."""
        if ask is None or ask.user == user:
            log.info(
                "%s: a button was pressed again, or of no question here", printable(pressed[0])
            )
        else:
            self._refuse(ask, user, self._options.card.outcome(ask.decision, ask.user))

    def _refuse(self, ask: Ask, user: str, text: str) -> None:
        if user not in ask.refused:
            ask.refused.add(user)
            self._refusals.on_next({"channel": ask.channel, "user": user, "text": text})

    def _decide(self, ask: Ask, decision: str | None, user: str | None) -> None:
        ask.decision, ask.user, ask.decided = decision, user, self._deadlines.now()
        try:
            self._store.decide(ask)
        except SlackError:
            ask.decision = ask.user = ask.decided = None
            raise
        self._show(ask)
        self._tell(ask)

    def _tell(self, ask: Ask) -> None:
        """Emit a decision; once that has returned it will not be emitted again."""
        self._emit(
            {
                "type": "rxslack.decision",
                "ask": ask.id,
                "item": ask.item,
                "decision": ask.decision,
                "user": ask.user,
                "at": ask.decided or self._deadlines.now(),
                "channel": ask.channel,
                "ts": ask.ts,
            }
        )
        ask.told = True
        self._keep(self._store.told, ask)
        self._finish(ask)

    def _show(self, ask: Ask) -> None:
        if ask.shown != ("open" if ask.is_open else "decided"):
            self._cards.on_next(self._options.card.draw(ask))

    def _show_escalation(self, ask: Ask) -> None:
        card = self._options.card.draw_escalation(ask, self._options.escalate_to)
        self._cards.on_next(card)

    def _shown(self, id: str, state: str, channel: str, ts: str) -> None:  # noqa: A002 - as above
        """A card was posted, or edited; on the thread of the sink that did."""
        with self:
            ask = self._asks.get(id)
            if ask is None or self._closed:
                return
            if state == "escalated":
                ask.escalated = "told"
            else:
                ask.channel, ask.ts, ask.shown = channel, ts, state
            self._keep(self._store.shown, ask)
            self._finish(ask)

    def _refused(self, outcome: Any) -> None:
        """What became of a card, where Slack did not take it."""
        if not is_failure(outcome):
            return
        with self:
            id, state = state_of(as_mapping(outcome["item"]))  # noqa: A001 - as above
            ask = self._asks.get(id)
            if ask is None or self._over:
                return
            if is_retryable(outcome["error"]):
                self._try_again(ask)
            elif state == "open" and ask.is_open:
                del self._asks[id]
                self._keep(self._store.drop, ask)
                self._emit({**outcome, "item": ask.item})
                self._complete_when_done()
            else:
                self._leave_as_it_is(ask, state, outcome["error"])

    def _leave_as_it_is(self, ask: Ask, state: str, error: Exception) -> None:
        log.warning("%s: the card is left as it is: %s", printable(ask.id), code_of(error))
        if state == "escalated":
            ask.escalated = "told"
        else:
            ask.shown = state
        self._keep(self._store.shown, ask)
        self._finish(ask)

    def _finish(self, ask: Ask) -> None:
        if ask.is_over and ask.id in self._asks:
            del self._asks[ask.id]
            self._places.forget(slot_for(ask))
            self._places.forget(escalation_slot(ask))
        self._complete_when_done()

    def _keep(self, change: Callable[[Ask], None], ask: Ask) -> None:
        """Write what may be found out again after a crash."""
        try:
            if not self._closed:
                change(ask)
        except SlackError as error:
            log.warning("%s; it is done once more after the next start", error)

    def _wait_for(self, ask: Ask) -> None:
        options = self._options
        if ask.is_open:
            if options.escalate_after is not None and not ask.escalated:
                self._deadlines.add(ask.asked + options.escalate_after, ask.id)
            if options.timeout is not None:
                self._deadlines.add(ask.asked + options.timeout, ask.id)

    def _look(self) -> None:
        with self:
            for id in self._deadlines.passed():  # noqa: A001 - as above
                if self._over:
                    return
                if id in self._asks:
                    self._step(self._asks[id])
            self._deadlines.wait()

    def _step(self, ask: Ask) -> None:
        """A time has come for a question: to end, to call further people, or to be shown again."""
        if self._is_past(ask, self._options.timeout):
            try:
                self._decide(ask, None, None)
            except SlackError as error:
                log.warning("%s", error)
                self._try_again(ask)
            return
        if self._is_past(ask, self._options.escalate_after):
            self._escalate(ask)
        self._show(ask)

    def _is_past(self, ask: Ask, seconds: float | None) -> bool:
        """Whether it is open for so long."""
        return (
            ask.is_open and seconds is not None and self._deadlines.has_passed(ask.asked + seconds)
        )

    def _escalate(self, ask: Ask) -> None:
        if not ask.ts:
            self._try_again(ask)  # nobody sees it yet
        elif ask.escalated != "told":
            if not ask.escalated:
                ask.escalated = "due"
                self._places.fresh(escalation_slot(ask))
                self._keep(self._store.shown, ask)
            self._show_escalation(ask)

    def _try_again(self, ask: Ask) -> None:
        self._deadlines.add(self._deadlines.now() + AGAIN, ask.id)

    def _emit(self, item: DecisionEvent | FailureEvent) -> None:
        if self._over:
            return
        try:
            self._observer.on_next(item)
        except BaseException as error:
            if self._over:
                raise
            self._over = True
            pass_on(self._observer, error)

    def _fail(self, error: Exception) -> None:
        with self:
            if not self._over:
                self._over = True
                self._observer.on_error(error)

    def _end(self) -> None:
        """The source has completed; the questions that are open are waited for."""
        with self:
            self._ending = True
            self._complete_when_done()

    def _complete_when_done(self) -> None:
        if self._ending and not self._asks:
            self._cards.on_completed()

    def _complete(self) -> None:
        with self:
            if not self._over:
                self._over = True
                self._observer.on_completed()

    def _dispose(self) -> None:
        self._over = True
        if self._lock.acquire(timeout=0.0):  # else user code is running, and will find out
            try:
                if not self._inside:
                    self._close()
            finally:
                self._lock.release()

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._deadlines.dispose()
            self._sink.close()
            self._refusals.close()
            self._store.close()
