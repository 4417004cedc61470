"""In virtual time where order is the question; on its threads where they are."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops
from reactivex.subject import Subject

from rxslack.errors import ApiError, ConfigurationError
from rxslack.events import FailureEvent
from rxslack.events.items import failure
from rxslack.operators.concurrent import concurrent
from rxslack.operators.isolate import isolate
from rxslack.operators.typed import of_type
from rxslack.sinks.post_message import post_message
from rxslack.testing import Marbles
from tests.reports import reports

BROKEN = Exception("the source broke")


def threads() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name.startswith("rxslack-concurrent")]


def until(happened: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for what other threads do."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def upper(marbles: Marbles, **options: Any) -> Any:
    return concurrent(str.lower, str.upper, scheduler=marbles.scheduler, **options)


def test_it_maps_each_item(marbles: Marbles) -> None:
    source = marbles.cold("-a-(bc)-|")
    assert marbles.run(source.pipe(upper(marbles))) == marbles.seen("-A-(BC)-|")
    assert source.subscriptions == marbles.opened("^-------!")


def test_it_emits_the_error_of_the_source_after_the_work(marbles: Marbles) -> None:
    source = marbles.cold("-(ab#)", BROKEN)
    assert marbles.run(source.pipe(upper(marbles))) == marbles.seen("-(AB#)", BROKEN)


def test_it_passes_on_a_source_that_fails_inside_subscribe(marbles: Marbles) -> None:
    assert marbles.run(marbles.cold("#", BROKEN).pipe(upper(marbles))) == marbles.seen("#", BROKEN)


def test_it_passes_the_scheduler_of_the_subscriber_to_the_source(marbles: Marbles) -> None:
    source = reactivex.timer(3.0).map(lambda _: "a")
    assert marbles.run(source.pipe(upper(marbles))).marbles == "---(A|)"


def test_it_gives_two_subscribers_their_own(marbles: Marbles) -> None:
    mapped = marbles.cold("-a-b|").pipe(upper(marbles))
    one, other = marbles.watch(mapped), marbles.watch(mapped, "--^")
    marbles.flush()
    assert one == marbles.seen("-A-B|")
    assert other == marbles.seen("---A-B|")


def test_it_makes_an_exception_the_failure_of_its_item(marbles: Marbles) -> None:
    error = ValueError("no b")

    def work(text: str) -> str:
        if text == "b":
            raise error
        return text.upper()

    source = marbles.cold("-abc|")
    mapped = source.pipe(concurrent(str.lower, work, scheduler=marbles.scheduler))
    assert marbles.run(mapped) == marbles.seen("-AxC|", x=failure("b", error))


def test_it_makes_an_item_without_a_key_a_failure(marbles: Marbles) -> None:
    def key(event: dict[str, str]) -> str:
        return event["channel"]

    source = marbles.cold("-a|", a={"text": "Hello"})
    seen = marbles.run(source.pipe(concurrent(key, len, scheduler=marbles.scheduler)))
    assert isinstance(seen.items[0]["error"], KeyError)


def test_it_fails_what_finds_no_room(marbles: Marbles) -> None:
    source = marbles.cold("-(abc)|")
    seen = marbles.run(source.pipe(upper(marbles, max_waiting=2)))
    assert [e["item"] for e in seen.items if isinstance(e, dict)] == ["c"]
    assert seen.moments[-1].kind == "end"


def test_it_is_of_one_family_with_isolate_and_the_sinks(marbles: Marbles) -> None:
    """One subscriber at the end watches them all."""

    class Web:
        def call(self, method: str, /, **arguments: Any) -> dict[str, Any]:
            raise ApiError(method, f"no_{arguments['text']}")

    def answer(event: dict[str, str]) -> dict[str, str]:
        return {"channel": "C1", "text": event["text"]}

    def has_author(event: dict[str, str]) -> bool:
        return bool(event["who"])

    def author(event: dict[str, str]) -> str:
        return event["who"]

    scheduler = marbles.scheduler
    source = marbles.cold("-abc|", a={}, b={"who": "U1"}, c={"who": "U1", "text": "c"})
    failures = source.pipe(
        isolate(ops.filter(has_author)),
        concurrent(author, answer, scheduler=scheduler),
        post_message(Web(), scheduler=scheduler),
        of_type(FailureEvent),
    )
    errors = [event["error"] for event in marbles.run(failures).items]
    assert [type(error) for error in errors] == [KeyError, KeyError, ApiError]
    assert [str(error) for error in errors[:2]] == ["'who'", "'text'"]


def test_it_works_side_by_side_and_in_order_for_a_key() -> None:
    both, seen, ended = threading.Barrier(2), defaultdict[str, list[int]](list), threading.Event()
    items = [(key, number) for number in range(50) for key in ("one", "two")]

    def work(item: tuple[str, int]) -> tuple[str, int]:
        if item[1] == 0:
            both.wait(5.0)  # breaks unless the two keys are at work at once
        time.sleep(0.0005 * (item[1] % 3))
        return item

    def see(outcome: Any) -> None:
        seen[outcome[0]].append(outcome[1])

    mapped = reactivex.from_iterable(items).pipe(concurrent(lambda item: item[0], work))
    mapped.subscribe(see, on_completed=ended.set)
    assert ended.wait(10.0)
    assert seen == {"one": list(range(50)), "two": list(range(50))}
    until(lambda: not threads())


def test_it_has_no_more_at_work_than_workers() -> None:
    go, at_work, most, ended = threading.Event(), list[int](), list[int](), threading.Event()

    def work(number: int) -> int:
        at_work.append(number)
        most.append(len(at_work))
        go.wait(5.0)
        at_work.remove(number)
        return number

    mapped = reactivex.range(12).pipe(concurrent(lambda n: n, work, workers=3))
    mapped.subscribe(on_completed=ended.set)
    until(lambda: len(at_work) == 3)
    go.set()
    assert ended.wait(5.0)
    assert max(most) == 3
    until(lambda: not threads())


def test_it_lets_the_source_wait_when_the_queue_is_full() -> None:
    go, taken, ended = threading.Event(), list[int](), threading.Event()

    def work(_: int) -> bool:
        return go.wait(5.0)

    source = reactivex.range(5).pipe(ops.do_action(taken.append))
    mapped = source.pipe(concurrent(lambda _: 0, work, max_waiting=2))
    emitting = threading.Thread(target=lambda: mapped.subscribe(on_completed=ended.set))
    emitting.start()
    until(lambda: taken == [0, 1, 2])
    emitting.join(0.03)
    assert taken == [0, 1, 2]
    go.set()
    assert ended.wait(5.0)
    emitting.join(5.0)
    until(lambda: not threads())


def test_it_drops_what_waits_when_disposed_and_emits_no_late_result() -> None:
    stream, go, begun, seen = Subject[int](), threading.Event(), list[int](), list[Any]()

    def work(number: int) -> int:
        begun.append(number)
        go.wait(5.0)
        return number

    subscription = stream.pipe(concurrent(lambda _: 0, work)).subscribe(seen.append)
    for number in range(3):
        stream.on_next(number)
    until(lambda: begun == [0])
    subscription.dispose()
    assert stream.observers == []
    go.set()
    until(lambda: not threads())
    assert (begun, seen) == ([0], [])


def test_it_refuses_a_policy_that_there_is_none_of() -> None:
    overflow: Any = "guess"
    with pytest.raises(ConfigurationError, match="overflow"):
        reactivex.never().pipe(concurrent(str, str, overflow=overflow))


def test_it_ends_when_the_work_would_end_its_thread_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    error, errors, stream = SystemExit(3), list[BaseException](), Subject[int]()

    def work(_: int) -> int:
        raise error

    for on_error in (errors.append, None):
        stream.pipe(concurrent(lambda _: 0, work)).subscribe(on_error=on_error)
    stream.on_next(1)
    until(lambda: not threads())
    assert errors == [error]
    assert reports(caplog) == [("rxslack.lanes", error)]
    assert stream.observers == []
