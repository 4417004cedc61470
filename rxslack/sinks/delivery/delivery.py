"""One call carried out: attempts, pauses, doubts, and what becomes of it."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from rxslack.core import telemetry
from rxslack.core.printable import printable
from rxslack.errors import ApiError, ConfigurationError, RateLimited, SlackError
from rxslack.events.items import failure, is_failure
from rxslack.lanes.paces import Budget, Pace, Paces
from rxslack.sinks.delivery.calls import Job, PendingCall
from rxslack.sinks.delivery.look_up import LookUp
from rxslack.sinks.delivery.receivers import Outcome, Receiver, code_of, label_of
from rxslack.sinks.delivery.rules import Rule, is_in_doubt, pause_before_retry

__all__ = ["Begun", "Deliverer", "Hold", "Kept", "NoOutbox", "Write"]

DISK: Final = 2.0  # seconds until it is tried again whether the outbox can be written

Write: TypeAlias = Callable[[PendingCall], dict[str, Any]]
"""Makes one call; raises when it fails."""

Hold: TypeAlias = Callable[[Pace, float], None]
"""Lets nothing go by a pace for so many seconds."""


class Kept(NamedTuple):
    """A call that an earlier process left behind."""

    row: int
    call: PendingCall
    accepted: float  # unix seconds
    began: float | None  # unix seconds; None: surely not carried out
    damage: str = ""  # why its arguments cannot be read; they are missing then


class Begun(NamedTuple):
    """
    What another process has done about a call.

    Attributes:
        began: When its attempt began, in unix seconds.
        reply: What Slack answered; None when that is not known.
    """

    began: float
    reply: dict[str, Any] | None


class NoOutbox:
    """Keeps nothing; and what an `Outbox`, which does, is asked for."""

    def keep(self, calls: Sequence[PendingCall], accepted: float) -> list[int | None]:  # noqa: ARG002 - an outbox needs it
        """
        Keep calls, all or none, before they are accepted; their rows.

        Args:
            calls: of one item.
            accepted: the time now, in unix seconds.
        """
        return [None] * len(calls)

    def begin(self, row: int | None, now: float) -> Begun | None:
        """
        An attempt begins: from now on the call was perhaps carried out.

        Returns: what another process has done about the call, and then the attempt must not be made.
        Errors: ``SlackError`` when that cannot be kept; then the attempt must not be made.
        """

    def rest(self, row: int | None) -> None:
        """The attempt is over, and left it open."""

    def undo(self, row: int | None) -> None:
        """The attempt was surely not carried out."""

    def note(self, row: int | None, reply: Outcome) -> None:
        """The call was carried out, and this is what Slack answered; `forget` follows."""

    def forget(self, row: int | None) -> None:
        """The call is over."""

    def left_behind(self) -> list[Kept]:
        """What an earlier process kept, in its order."""
        return []

    def close(self) -> None:
        """Let the file go, once the attempts that are under way are over."""


class Deliverer:
    """
    The work of a sink's lanes.

    What surely was not done is tried again. What perhaps was done is searched for in history, when
    that is asked for and possible; repeated, when that changes nothing; else reported as uncertain.

    Args:
        write: Makes a call.
        rule: What Slack allows of a method.
        budget: Whose paces are kept.
        attempts: How often a call is tried in all.
        patience: Seconds for which a call that the outbox keeps is tried, however often that is.
        looks: Seconds after an answer that leaves it open, at which history is searched; when it
            is not there the last time either, the call is made again. Empty: never.
        look_up: Searches history.
        outbox: Keeps the calls until they are over.
        wall: The time now, in unix seconds.
        logger: Where what will be tried again is noted.
    """

    def __init__(
        self,
        write: Write,
        *,
        rule: Callable[[str], Rule],
        budget: Budget,
        attempts: int,
        patience: float,
        looks: Sequence[float],
        look_up: LookUp,
        outbox: NoOutbox,
        wall: Callable[[], float],
        logger: logging.Logger,
    ) -> None:
        if attempts < 1:
            raise ConfigurationError(f"{attempts!r} attempts send nothing; give 1 or more")
        if not patience >= 0:
            raise ConfigurationError(f"patience is {patience!r}; give seconds, 0 or more")
        self._write = write
        self._rule = rule
        self._budget = budget
        self._attempts = attempts
        self._patience = patience
        self._looks = looks
        self._look_up = look_up
        self._outbox = outbox
        self._wall = wall
        self._logger = logger
        self._at_once = Pace(math.inf)
        self.hold: Hold = self._holds_nothing  # until there are lanes
        self.hasten: Callable[[str], None] = self._hastens_nothing  # as well

    def _holds_nothing(self, _: Pace, __: float) -> None:
        pass

    def _hastens_nothing(self, _: str) -> None:
        pass

    def paces(self, _: object, job: Job) -> Paces:
        """What a job has to keep to next: the limits of the call, or of the search for it."""
        if job.void:
            return Paces(self._at_once, self._at_once)
        return self._paces_of(self._method(job), job.call.lane)

    def _method(self, job: Job) -> str:
        return self._look_up.method(job.call) if self._is_sought(job) else job.call.method

    def _paces_of(self, method: str, lane: str) -> Paces:
        rule, pace = self._rule(method), self._budget.pace
        own = self._at_once
        if rule.lane_rate < math.inf:
            own = pace(method, lane, rate=rule.lane_rate, burst=rule.lane_burst)
        return Paces(own, pace(method, rate=rule.rate, burst=rule.burst, lasting=True))

    def work(self, job: Job, _: int) -> float | None:
        """Take a job one step further; seconds until the next step, None when it is over."""
        if job.void:
            self._give_up(job)
            return None
        return self._search(job) if self._is_sought(job) else self._send(job)

    def restored(self, kept: Kept, receiver: Receiver) -> Job:
        """The job for a call that an earlier process left behind."""
        if kept.damage:  # it has no row, so that it stays in the file, for whoever can read it
            damaged = {"channel": kept.call.lane, "outbox_row": kept.row}
            error = SlackError(f"row {kept.row} of the outbox cannot be read: {kept.damage}")
            return Job(damaged, kept.call, receiver, failed=failure(damaged, error))
        item = dict(kept.call.arguments)
        job = Job(item, kept.call, receiver, kept.accepted, row=kept.row, began=kept.began)
        if kept.began is not None:
            job.doubt = SlackError("an earlier process ended before Slack had answered")
            job.looks = -1  # that process may have ended just now, so the first look waits, too
            if not (self.can_search(job.call) or self._rule(job.call.method).repeatable):
                job.failed = failure(item, job.doubt, uncertain=True)
        return job

    def can_search(self, call: PendingCall) -> bool:
        """Whether history is searched for a call that was perhaps carried out."""
        return bool(self._looks and call.mark)

    def _is_sought(self, job: Job) -> bool:
        return job.doubt is not None and self.can_search(job.call)

    def drop(self, job: Job) -> None:
        """The sink was closed before this was sent. What the outbox keeps stays there."""
        later = "; the outbox keeps it for the next start" if job.row is not None else ""
        error = SlackError(f"the sink was closed before this was sent{later}")
        job.receiver.drop(job.failed or failure(job.item, error))

    def _give_up(self, job: Job) -> None:
        self._outbox.forget(job.row)
        if job.failed is None:
            job.receiver.skip()
        else:
            job.receiver.settle(job.failed)

    def _limits(self, job: Job) -> list[tuple[tuple[str, ...], float, int]]:
        """The paces of the next call, as processes share them: that of its lane, and that of its method."""
        method = self._method(job)
        rule = self._rule(method)
        return [
            ((method, job.call.lane), rule.lane_rate, rule.lane_burst),
            ((method,), rule.rate, rule.burst),
        ]

    def _send(self, job: Job) -> float | None:
        if wait := self._budget.reserve(*self._limits(job)):
            return wait
        job.tries += 1
        now = self._wall()
        try:
            begun = self._outbox.begin(job.row, now)
        except SlackError as error:
            return self._again(job, error, DISK, uncertain=job.doubt is not None)
        if begun is not None:
            return self._take_over(job, begun)
        job.began = now if job.began is None else job.began
        try:
            reply = self._write(job.call)
        except Exception as error:  # noqa: BLE001 - whatever a call raises is its item's failure
            return self._failed(job, error)
        return self._settle(job, reply)

    def _take_over(self, job: Job, begun: Begun) -> float | None:
        """Another process has done this, or begun to."""
        if begun.reply is not None:
            return self._settle(job, begun.reply)
        job.began = begun.began
        job.doubt = SlackError("another process ended before Slack had answered")
        if self.can_search(job.call):
            job.looks = 0
            return self._looks[0]  # it may have ended just now
        if self._rule(job.call.method).repeatable:
            return self._surely_not_done(job)
        return self._settle(job, failure(job.item, job.doubt, uncertain=True))

    def _failed(self, job: Job, error: Exception) -> float | None:
        rule = self._rule(job.call.method)
        if job.doubt and isinstance(error, ApiError) and error.error == rule.already:
            return self._settle(job, {**error.response, "ok": True, "warning": rule.already})
        if is_in_doubt(error):
            return self._in_doubt(job, error, rule)
        if job.doubt is None:
            job.began = None
            self._outbox.undo(job.row)
        return self._again(job, error, pause_before_retry(error, job.tries))

    def _in_doubt(self, job: Job, error: Exception, rule: Rule) -> float | None:
        # The row keeps its `began`: after a crash now, the next process has to search as well.
        job.doubt = error
        self._outbox.rest(job.row)
        if self.can_search(job.call):
            job.looks = 0
            return self._looks[0]
        pause = pause_before_retry(error, job.tries, repeatable=rule.repeatable)
        return self._again(job, error, pause, uncertain=True)

    def _search(self, job: Job) -> float | None:
        """Look for a message that was perhaps posted."""
        if job.looks < 0:
            job.looks = 0
            return self._looks[0]
        since = job.accepted if job.began is None else job.began
        try:
            found = self._look_up.find(job.call, since)
        except Exception as error:  # noqa: BLE001 - whatever it raises, it was not found out
            return self._not_found_out(job, error)
        if found is not None:
            return self._settle(job, found)
        job.looks += 1
        if job.looks < len(self._looks):
            return self._looks[job.looks] - self._looks[job.looks - 1]
        return self._surely_not_done(job)

    def _surely_not_done(self, job: Job) -> float | None:
        # History has shown it in none of the looks, which stand far enough apart for Slack to have
        # it there by then; so this attempt may be forgotten like one that never left.
        doubt, job.doubt, job.began = job.doubt, None, None
        self._outbox.undo(job.row)
        return self._again(job, doubt or SlackError("not posted"), 0.0)

    def _not_found_out(self, job: Job, error: Exception) -> float | None:
        job.tries += 1
        pause = pause_before_retry(error, job.tries, repeatable=True)
        if pause is None and job.doubt is not None:
            job.doubt.add_note(f"and history could not be searched: {code_of(error)}")
        limit = error if isinstance(error, RateLimited) else job.doubt or error
        return self._again(job, limit, pause, uncertain=True)

    def _again(
        self, job: Job, error: Exception, pause: float | None, *, uncertain: bool = False
    ) -> float | None:
        rule = self._rule(self._method(job))
        late = pause is not None and self._wall() + pause > job.accepted + rule.lasts
        if pause is None or late or not self._may_try_again(job, pause):
            shown = job.doubt if uncertain and job.doubt is not None else error
            return self._settle(job, failure(job.item, shown, uncertain=uncertain))
        telemetry.count("retries", self._method(job), label_of(error))
        if isinstance(error, RateLimited):
            self._hold_channel_or_method(job, rule, pause)
        self._note(job, error, pause)
        return pause

    def _may_try_again(self, job: Job, pause: float) -> bool:
        if job.tries < self._attempts:
            return True
        return job.row is not None and self._wall() + pause <= job.accepted + self._patience

    def _hold_channel_or_method(self, job: Job, rule: Rule, seconds: float) -> None:
        """What Slack said of this call holds for those of other sinks, and other lanes, too."""
        own, shared = self.paces(None, job)
        pace = own if rule.limited == "lane" else shared
        if pace is not self._at_once:
            self.hold(pace, seconds)
            of_lane, of_method = self._limits(job)
            limit = of_lane if rule.limited == "lane" else of_method
            self._budget.hold_elsewhere(*limit, seconds)

    def _note(self, job: Job, error: Exception, pause: float) -> None:
        if job.tries >= self._attempts:
            self._logger.log(
                logging.WARNING if job.tries == self._attempts else logging.INFO,
                "%s: %s, %d times; the outbox keeps trying, again in %g s",
                printable(job.call.lane),
                code_of(error),
                job.tries,
                pause,
            )
            return
        self._logger.info(
            "%s: %s; attempt %d of %d follows in %g s",
            printable(job.call.lane),
            code_of(error),
            job.tries + 1,
            self._attempts,
            pause,
        )

    def _tell_outcome(self, job: Job, outcome: Outcome) -> None:
        how = "done"
        if is_failure(outcome):
            how = "uncertain" if outcome.get("uncertain") else label_of(outcome["error"])
        telemetry.count("deliveries", job.call.method, how)
        telemetry.observe("delivery", job.call.method, value=max(self._wall() - job.accepted, 0.0))

    def _settle(self, job: Job, outcome: Outcome) -> float | None:
        """The job is over: there is no next step."""
        if job.whole is not None and is_failure(outcome):
            job.whole.failed = True
        if telemetry.is_heard():
            self._tell_outcome(job, outcome)
        if not is_failure(outcome):
            self._outbox.note(job.row, outcome)
        self._outbox.forget(job.row)
        job.receiver.settle(outcome)
        return None
