"""The items of several connections, on their way to one subscriber."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from reactivex.disposable import CompositeDisposable

from rxslack.recovery.reconnecting import emitter as _emitter
from rxslack.recovery.reconnecting.attempts import Attempt, Hello, Roles
from rxslack.recovery.reconnecting.coverage import Coverage
from rxslack.recovery.reconnecting.duplicates import MEMORY
from rxslack.recovery.reconnecting.emitter import Emitter
from rxslack.web.slack_clock import SlackClock
from rxslack.wire.envelopes import Envelopes
from rxslack.wire.wishes import EVERYTHING, Wish, wish

HELLO: dict[str, Any] = {"type": "hello"}
GOODBYE: dict[str, Any] = {"type": "goodbye"}
UNPROVEN = "the old connection gave no answer after the new one's hello"


def message(ts: str) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "ts": ts}


class Scene:
    """An emitter, and what came out of it. It is its own observer, and the clock."""

    def __init__(self) -> None:
        self.bursts: list[tuple[list[Any], Any]] = []
        self.errors: list[BaseException] = []
        self.told: list[str] = []
        self.now = 100.0
        self.raising: BaseException | None = None
        self.wanted = wish([b"deploy"])
        self.roles = Roles[Any]()
        self.everything = CompositeDisposable()
        self.emitter = Emitter[Any](
            self,
            self.roles,
            Coverage(),
            self.everything,
            clock=SlackClock(lambda: self.now, lambda: self.now),
            now=lambda: self.now,
            on_hello=lambda: self.told.append("hello"),
            on_goodbye=lambda: self.told.append("farewell"),
        )

    def on_items(self, items: Sequence[Any], plain: bool, /) -> None:
        self.bursts.append(([*items], plain))
        if self.raising is not None:
            raise self.raising

    def on_error(self, error: Exception, /) -> None:
        self.errors.append(error)

    def on_completed(self) -> None:
        self.told.append("completed")

    def wish(self) -> Wish:
        return self.wanted

    def open(self, *items: Any) -> Attempt[Any]:
        attempt = Attempt[Any](self.now)
        assert self.roles.add(attempt)
        if self.roles.has_several_open():
            self.emitter.begin_overlap()
        self.brings(attempt, *items)
        return attempt

    def brings(self, attempt: Attempt[Any], *items: Any) -> None:
        if items:
            self.emitter.on_items(attempt, items, False)

    def ends(self, attempt: Attempt[Any], why: str = "cut") -> None:
        attempt.end_reason = why
        if attempt.span is not None:
            attempt.span.end()
        if not self.roles.is_replacement(attempt):
            self.emitter.on_end(attempt, why)
        self.emitter.settle_overlap()

    @property
    def items(self) -> list[Any]:
        return [item for items, _ in self.bursts for item in items]

    @property
    def gaps(self) -> list[dict[str, Any]]:
        return [item for item in self.items if item["type"] == "rxslack.gap"]

    @property
    def stamps(self) -> list[str]:
        return [item["ts"] for item in self.items if item["type"] == "message"]


@pytest.fixture
def scene() -> Scene:
    return Scene()


class Silent:
    """A connection that never answers, or when a test says so."""

    def __init__(self, clock: SlackClock) -> None:
        self.clock = clock
        self.last = 100.0
        self.questions: list[Callable[[], object]] = []

    left_out = ""

    def heard(self) -> float:
        return self.last

    def last_ts(self) -> str:
        return self.left_out

    def probe(self, answered: Callable[[], object]) -> None:
        self.questions.append(answered)

    def retire(self) -> None:
        pass


# One connection


def test_it_hands_a_plain_burst_on_as_it_is(scene: Scene) -> None:
    only = scene.open(HELLO)
    burst = [message("1.1"), message("3.1"), message("2.1")]
    scene.now = 107.0
    scene.emitter.on_items(only, burst, True)
    assert scene.bursts[1:] == [(burst, True)]
    assert only.last_item == 107.0
    scene.ends(only)
    scene.open(HELLO)
    assert scene.gaps[0]["last_ts"] == "3.1"
    assert scene.gaps[0]["since"] == 107.0


def envelopes(*events: dict[str, Any], plain: bool = False) -> Envelopes:
    return Envelopes([{"type": "events_api"} for _ in events], events, plain)


TYPING: dict[str, Any] = {"type": "user_typing"}


@pytest.mark.parametrize(
    ("burst", "plain", "newest"),
    [
        ([message("1.1"), {"type": "message"}, message("3.1"), message("2.1")], True, "3.1"),
        ([{"type": "message"}], True, None),
        (envelopes(message("1.1"), message("3.1"), message("2.1"), plain=True), False, "3.1"),
        (envelopes(TYPING, message("1.1"), message("3.1"), message("2.1")), False, "3.1"),
        (envelopes(TYPING), False, None),
    ],
)
def test_it_knows_the_newest_message_of_a_burst(
    scene: Scene, burst: list[Any], plain: bool, newest: str | None
) -> None:
    only = scene.open(HELLO)
    scene.emitter.on_items(only, burst, plain)
    assert scene.bursts[1:] == [([*burst], plain)]
    scene.ends(only)
    scene.open(HELLO)
    assert scene.gaps[0]["last_ts"] == newest


def test_it_counts_gaps_and_their_seconds(scene: Scene, numbers: list[Any]) -> None:
    for scene.now in (100.0, 130.0, 130.0):
        scene.ends(scene.open(HELLO))
    expected = [("gaps", 1), ("gap_seconds", 30.0), ("gaps", 1), ("gap_seconds", 0.0)]
    assert numbers == [(name, (), by) for name, by in expected]


def test_it_hands_others_on_one_by_one_and_never_as_plain(scene: Scene) -> None:
    scene.open(HELLO, message("1.1"), {"type": "user_typing"})
    assert [(len(items), plain) for items, plain in scene.bursts] == [(1, False)] * 3
    assert scene.told == ["hello"]


@pytest.mark.parametrize("plain", [True, False])
def test_it_hands_nothing_on_once_all_is_disposed(scene: Scene, plain: bool) -> None:
    only = scene.open(HELLO)
    scene.everything.dispose()
    scene.emitter.on_items(only, [message("1.1")], plain)
    assert scene.items == [HELLO]


def test_it_ends_with_what_the_subscriber_raises(scene: Scene) -> None:
    only = scene.open(HELLO)
    scene.raising = KeyError("typo")
    scene.brings(only, message("1.1"), message("2.1"))
    assert scene.stamps == ["1.1"]
    assert scene.errors == [scene.raising]
    assert scene.emitter.observer_error is scene.raising
    assert scene.everything.is_disposed


def test_it_raises_it_again_where_nobody_is_left_to_be_told(scene: Scene) -> None:
    only = scene.open(HELLO)
    scene.raising = KeyError("typo")
    emit = scene.on_items

    def leave(items: Sequence[Any], plain: bool, /) -> None:
        scene.everything.dispose()
        emit(items, plain)

    scene.on_items = leave  # type: ignore[method-assign]  # a subscriber that leaves, and raises
    with pytest.raises(KeyError, match="typo"):
        scene.brings(only, message("1.1"))
    assert scene.errors == []


def test_it_tells_of_a_farewell_once(scene: Scene) -> None:
    only = scene.open(HELLO, GOODBYE, GOODBYE)
    assert scene.told == ["hello", "farewell"]
    assert only.closing


def test_it_tells_of_no_farewell_after_which_no_other_connection_comes(scene: Scene) -> None:
    only = scene.open(HELLO, {"type": "disconnect", "reason": "link_disabled"})
    assert scene.told == ["hello"]
    assert not only.closing


def test_it_wants_what_its_observer_wants_and_everything_while_two_overlap() -> None:
    scene = Scene()
    first = scene.open(HELLO)
    assert scene.emitter.wish() == scene.wanted
    scene.brings(first, GOODBYE)
    scene.open(HELLO)
    assert scene.emitter.wish() == EVERYTHING


def test_it_knows_in_a_gap_of_messages_that_nobody_needed() -> None:
    scene = Scene()
    silent = Silent(SlackClock(lambda: scene.now, lambda: scene.now))
    first = scene.open(Hello(HELLO, silent), message("1.1"))
    silent.left_out = "99.5"
    scene.ends(first)
    scene.open(HELLO)
    assert scene.bursts[-1][0][0]["last_ts"] == "99.5"


@pytest.mark.parametrize("kind", [[], {}, None, 7])
def test_it_passes_on_what_has_a_type_that_is_no_text(kind: Any) -> None:
    scene = Scene()
    scene.open(HELLO, {"type": kind}, GOODBYE)
    assert scene.bursts[-2] == ([{"type": kind}], False)
    scene.open(HELLO)
    scene.brings(scene.roles.superseded()[0], {"type": kind})
    assert scene.bursts[-1] == ([{"type": kind}], False)
    assert scene.errors == []


def test_it_begins_a_gap_at_the_last_item_of_a_source_that_says_hello_again(scene: Scene) -> None:
    connection = Silent(SlackClock(lambda: scene.now, lambda: scene.now))
    only = scene.open(Hello(HELLO, connection))
    assert only.connection is connection
    scene.now = 120.0
    scene.brings(only, HELLO)
    assert only.connection is None
    scene.now = 130.0
    scene.brings(only, message("1.1"))
    scene.ends(only, "over")
    scene.now = 140.0
    scene.open(HELLO)
    expected = {"since": 130.0, "until": 140.0, "last_ts": "1.1", "reason": "over"}
    assert scene.gaps == [{"type": "rxslack.gap", **expected}]


# Several


def pair(scene: Scene) -> tuple[Attempt[Any], Attempt[Any]]:
    """One that will end, and does not answer, and one beside it."""
    clock = SlackClock(lambda: scene.now, lambda: scene.now)
    old = scene.open(Hello(HELLO, Silent(clock)), message("1.1"), GOODBYE)
    scene.now = 110.0
    return old, scene.open(HELLO)


def test_it_holds_what_follows_until_the_leader_has_ended(scene: Scene) -> None:
    old, new = pair(scene)
    scene.brings(new, message("5.1"))
    scene.brings(old, message("2.1"))
    assert scene.stamps == ["1.1", "2.1"]
    scene.ends(old, "gone")
    assert scene.stamps == ["1.1", "2.1", "5.1"]
    assert [(gap["since"], gap["until"], gap["reason"]) for gap in scene.gaps] == [
        (100.0, 110.0, "gone")
    ]
    assert scene.roles.current() is new
    scene.brings(new, message("6.1"))
    assert scene.stamps[-1] == "6.1"


def test_it_says_the_gap_before_what_was_held(scene: Scene) -> None:
    old, new = pair(scene)
    scene.brings(new, message("5.1"))
    scene.ends(old)
    assert [item["type"] for item in scene.items[-2:]] == ["rxslack.gap", "message"]
    assert scene.bursts[-2][1] is False


def test_it_holds_no_more_than_there_is_room_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_emitter, "MAX_PENDING", 3)
    _, new = pair(scene)
    scene.brings(new, *(message(f"{n}.1") for n in range(5, 8)))
    assert scene.stamps == ["1.1"]
    scene.brings(new, message("8.1"))
    assert scene.stamps == ["1.1", "5.1", "6.1", "7.1", "8.1"]
    assert scene.roles.current() is new
    assert [gap["reason"] for gap in scene.gaps] == [UNPROVEN]


def test_it_overtakes_a_connection_that_has_been_idle_for_longer(scene: Scene) -> None:
    old, new = pair(scene)
    scene.brings(old, message("2.1"))  # at 110
    scene.brings(new, message("5.1"))
    scene.now = 111.0
    scene.emitter.overtake(lambda: 1.0)
    assert scene.roles.current() is old
    scene.now = 111.5
    scene.emitter.overtake(lambda: 1.0)
    assert scene.roles.current() is new
    assert scene.stamps == ["1.1", "2.1", "5.1"]


def test_it_does_not_wait_for_user_code_to_overtake(scene: Scene) -> None:
    """Who is in user code is not quiet; a timer must not wait for it either."""
    old, _ = pair(scene)
    scene.now = 200.0
    timer = threading.Thread(target=lambda: scene.emitter.overtake(lambda: 1.0))
    emit = scene.on_items

    def busy(items: Sequence[Any], plain: bool, /) -> None:
        emit(items, plain)
        timer.start()
        timer.join(5.0)
        scene.told.append("still waits" if timer.is_alive() else "went on")

    scene.on_items = busy  # type: ignore[method-assign]  # user code that is at work
    scene.brings(old, message("2.1"))
    timer.join()
    assert scene.told[-1] == "went on"
    assert scene.roles.current() is old


def test_it_emits_what_each_held_that_ended_before_the_leader_with_each_gap(scene: Scene) -> None:
    old, bad = pair(scene)
    scene.brings(bad, message("5.1"))
    scene.ends(bad, "the bad one")
    scene.now = 120.0
    worse = scene.open(HELLO, message("6.1"))
    scene.ends(worse, "the worse one")
    scene.now = 130.0
    last = scene.open(HELLO, message("7.1"))
    scene.ends(old, "the old one")
    assert [item.get("ts") or item["reason"] for item in scene.items[-6:]] == [
        "the old one",
        "5.1",
        "the bad one",
        "6.1",
        "the worse one",
        "7.1",
    ]
    assert scene.roles.current() is last
    assert not scene.roles.has_several_open()
    gone = [weakref.ref(bad), weakref.ref(worse)]
    del bad, worse
    gc.collect()
    assert [one() for one in gone] == [None, None]  # a process lives for long


def test_it_remembers_how_the_last_of_those_ended_that_were_held(scene: Scene) -> None:
    """Nobody is left, so the next hello ends a gap."""
    old, bad = pair(scene)
    scene.brings(bad, message("5.1"))
    scene.ends(bad, "the bad one")
    scene.ends(old, "the old one")
    scene.now = 130.0
    scene.open(HELLO)
    last = scene.gaps[-1]
    assert (last["since"], last["until"], last["reason"]) == (110.0, 130.0, "the bad one")


def test_it_says_a_gap_to_the_leader_although_one_that_faded_still_stands(scene: Scene) -> None:
    """Nobody knows whether that one lives."""
    faded = Silent(SlackClock(lambda: scene.now, lambda: scene.now))
    scene.open(Hello(HELLO, faded), GOODBYE)
    scene.now = 110.0
    current = scene.open(Hello(HELLO, Silent(SlackClock(lambda: scene.now, lambda: scene.now))))
    faded.questions[0]()
    scene.now = 120.0
    scene.emitter.overtake(lambda: 1.0)
    assert scene.roles.current() is current
    scene.brings(current, GOODBYE)
    scene.now = 125.0
    new = scene.open(HELLO, message("5.1"))
    scene.ends(current, "cut off")
    assert scene.roles.current() is new
    assert [(gap["until"], gap["reason"]) for gap in scene.gaps] == [(125.0, "cut off")]
    assert scene.stamps == ["5.1"]


def test_it_counts_for_a_while_after_there_is_one_left(scene: Scene) -> None:
    old, new = pair(scene)
    scene.brings(old, message("2.1"))
    scene.ends(old)
    scene.now = 110.0 + MEMORY - 1.0
    scene.brings(new, message("2.1"))
    assert scene.stamps.count("2.1") == 1
    scene.now = 110.0 + MEMORY
    scene.brings(new, message("2.1"))
    assert scene.stamps.count("2.1") == 2
    scene.emitter.on_items(new, [message("3.1")], True)
    assert scene.bursts[-1] == ([message("3.1")], True)  # nothing is counted any more


def test_it_keeps_counting_while_there_are_two(scene: Scene) -> None:
    old, new = pair(scene)
    scene.emitter.settle_overlap()
    scene.now = 110.0 + 2 * MEMORY
    scene.brings(old, message("2.1"))
    scene.brings(new, message("2.1"))
    scene.ends(old)
    assert scene.stamps.count("2.1") == 1
