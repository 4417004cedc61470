import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from reactivex.testing import TestScheduler

from rxslack.core import telemetry
from rxslack.errors import ConfigurationError
from rxslack.lanes.lanes import Lanes, Parked, ScheduledLanes, ThreadedLanes
from rxslack.lanes.paces import Budget, Pace, Paces

Work = Callable[[str, int], float | Parked | None]
Make = Callable[..., Lanes[str, str]]


def writing(done: list[str], after: threading.Event | None = None) -> Work:
    """Work that writes the job down, once it may."""

    def work(job: str, _: int) -> None:
        if after is not None:
            after.wait(5.0)
        done.append(job)

    return work


def pausing(*_: object) -> float:
    """Work that is never over."""
    return 60.0


def paced(budget: Budget, rate: float = math.inf) -> Callable[[str, str], Paces]:
    """Each lane at its pace, and no other limit."""
    return lambda key, _: Paces(budget.pace(key, rate=rate, burst=1), Pace(math.inf))


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "rxslack-test" in thread.name]


@pytest.fixture
def lanes() -> Iterator[Make]:
    """Makes lanes on threads, and sees to it that no thread survives them."""
    made = list[Lanes[str, str]]()

    def make(
        work: Work,
        *,
        dropped: Callable[[str], None] = lambda _: None,
        max_waiting: int = 1000,
        workers: int = 8,
    ) -> Lanes[str, str]:
        budget = Budget()
        one = ThreadedLanes[str, str](
            work,
            paces=paced(budget),
            dropped=dropped,
            max_waiting=max_waiting,
            workers=workers,
            name="test",
            budget=budget,
        )
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()
    until(lambda: not threads())


def until(happened: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for what other threads do."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def test_it_does_each_job_once_and_each_lane_in_order(lanes: Make) -> None:
    done = list[str]()
    box = lanes(writing(done))
    jobs = [f"{number % 20:02}-{number:04}" for number in range(1000)]
    for job in jobs:
        box.put(job[:2], job)
    assert box.drain(10.0) == 0
    assert sorted(done) == sorted(jobs)
    for lane in {job[:2] for job in jobs}:
        assert [job for job in done if job[:2] == lane] == [job for job in jobs if job[:2] == lane]


def test_it_takes_jobs_from_many_threads(lanes: Make) -> None:
    done = list[str]()
    box = lanes(writing(done), max_waiting=10)
    with ThreadPoolExecutor(8) as pool:
        for number in range(400):
            pool.submit(box.put, f"lane {number % 7}", str(number), wait=True)
    assert box.drain(10.0) == 0
    assert sorted(done, key=int) == [str(number) for number in range(400)]


def test_it_has_at_most_as_many_jobs_at_work_as_workers(lanes: Make) -> None:
    go, at_work, most = threading.Event(), list[str](), list[int]()

    def work(job: str, _: int) -> None:
        at_work.append(job)
        most.append(len(at_work))
        go.wait(5.0)
        at_work.remove(job)

    box = lanes(work, workers=3)
    for number in range(12):
        box.put(f"lane {number}", str(number))
    until(lambda: len(at_work) == 3)
    go.set()
    assert (box.drain(5.0), max(most), len(threads()) <= 3) == (0, 3, True)


def test_it_runs_lanes_side_by_side(lanes: Make) -> None:
    both = threading.Barrier(2)

    def work(*_: object) -> None:
        both.wait(5.0)

    box = lanes(work)
    box.put("one", "waits for two")
    box.put("two", "waits for one")
    assert (box.drain(5.0), both.broken) == (0, False)


def test_it_starts_no_thread_before_the_first_job_and_keeps_none_after_the_last(
    lanes: Make,
) -> None:
    box = lanes(writing([]))
    assert threads() == []
    box.put("one", "job")
    box.drain(5.0)
    until(lambda: not threads(), seconds=1.0)
    box.put("one", "another job")
    assert box.drain(5.0) == 0


def test_it_keeps_the_time_of_many_pausing_lanes_with_one_thread(lanes: Make) -> None:
    box = lanes(pausing)
    for number in range(50):
        box.put(f"lane {number}", "job")
    until(lambda: len(threads()) == 1)
    assert box.left == 50


def test_it_calls_more_threads_when_several_lanes_are_due_at_once(lanes: Make) -> None:
    both = threading.Barrier(2)

    def work(_: str, attempt: int) -> float | None:
        if attempt == 1:
            return 0.45  # longer than a thread stays that nobody needs
        both.wait(5.0)
        return None

    box = lanes(work)
    box.put("one", "waits for two")
    box.put("two", "waits for one")
    assert (box.drain(5.0), both.broken) == (0, False)


def test_it_tries_a_job_again_in_its_place(lanes: Make) -> None:
    tries = list[tuple[str, int]]()

    def work(job: str, attempt: int) -> float | None:
        tries.append((job, attempt))
        return 0.01 if job == "first" and attempt < 3 else None

    box = lanes(work)
    box.put("one", "first")
    box.put("one", "second")
    assert box.drain(5.0) == 0
    assert tries == [("first", 1), ("first", 2), ("first", 3), ("second", 1)]


def test_it_notices_a_job_that_is_due_before_the_one_it_waits_for(lanes: Make) -> None:
    done = list[str]()

    def work(job: str, _: int) -> float | None:
        done.append(job)
        return 60.0 if job == "pauses" else None

    box = lanes(work)
    box.put("one", "pauses")
    until(lambda: done == ["pauses"])
    time.sleep(0.02)  # so that its thread waits for the pause to end
    box.put("two", "at once")
    until(lambda: done == ["pauses", "at once"])


def test_it_does_with_the_threads_it_has_when_there_are_no_more(
    lanes: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, go = list[str](), threading.Event()
    box = lanes(writing(done, after=go))
    box.put("one", "first")

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    box.put("two", "second")
    go.set()
    assert (box.drain(5.0), done) == (0, ["first", "second"])
    until(lambda: not threads())
    with pytest.raises(RuntimeError):
        box.put("three", "third")
    box.close()


def test_it_refuses_a_job_when_it_is_full(lanes: Make) -> None:
    go = threading.Event()
    box = lanes(writing([], after=go), max_waiting=2)
    assert [box.put("one", str(number)) for number in range(3)] == [True, True, False]
    assert box.put("one", "forced", force=True)
    go.set()
    assert box.drain(5.0) == 0
    assert box.put("one", "room again")


def test_it_waits_for_room_when_told_to(lanes: Make) -> None:
    go, done = threading.Event(), list[str]()
    box = lanes(writing(done, after=go), max_waiting=1)
    box.put("one", "first")
    waiting = threading.Thread(target=box.put, args=("one", "second"), kwargs={"wait": True})
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    go.set()
    waiting.join(5.0)
    assert (box.drain(5.0), done) == (0, ["first", "second"])


def test_it_never_lets_a_job_wait_for_its_own_room(lanes: Make) -> None:
    done = list[str]()

    def work(job: str, _: int) -> None:
        done.append(job)
        if len(done) < 4:
            box.put("one", job + "+", wait=True)

    box = lanes(work, max_waiting=1)
    box.put("one", "job")
    assert (box.drain(5.0), done) == (0, ["job", "job+", "job++", "job+++"])


def test_it_says_how_many_are_left_when_the_time_is_up(lanes: Make) -> None:
    box = lanes(pausing)
    for job in ("first", "second"):
        box.put("one", job)
    assert box.drain(0.01) == 2


def test_it_drops_what_waits_when_closed_and_ends_its_threads(lanes: Make) -> None:
    dropped, at_work, go = list[str](), threading.Event(), threading.Event()

    def work(*_: object) -> None:
        at_work.set()
        go.wait(5.0)

    box = lanes(work, dropped=dropped.append)
    for job in ("at work", "second", "third"):
        box.put("one", job)
    assert at_work.wait(5.0)
    assert (box.close(), dropped, box.left) == (2, ["second", "third"], 1)
    assert not box.put("one", "late")
    go.set()
    assert box.drain(5.0) == 0
    until(lambda: not threads(), seconds=1.0)


def test_it_drops_a_job_that_would_be_tried_again_after_the_close(lanes: Make) -> None:
    dropped, at_work, go = list[str](), threading.Event(), threading.Event()

    def work(*_: object) -> float:
        at_work.set()
        go.wait(5.0)
        return 0.0

    box = lanes(work, dropped=dropped.append)
    box.put("one", "job")
    assert (at_work.wait(5.0), box.close()) == (True, 0)
    go.set()
    assert (box.drain(5.0), dropped) == (0, ["job"])


def test_it_wakes_who_waits_for_room_when_closed(lanes: Make) -> None:
    box = lanes(pausing, max_waiting=1)
    box.put("one", "first")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(box.put, "one", "second", wait=True)
        box.close()
        assert waiting.result(5.0) is False


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_it_goes_on_after_a_job_that_raises(lanes: Make) -> None:
    done = list[str]()

    def work(job: str, _: int) -> None:
        if job == "bad":
            raise ValueError(job)
        done.append(job)

    box = lanes(work, workers=1)
    for job in ("bad", "good", "bad", "good"):
        box.put("one", job)
    assert (box.drain(5.0), done) == (0, ["good", "good"])


@pytest.mark.parametrize("options", [{"max_waiting": 0}, {"workers": 0}])
def test_it_refuses_numbers_with_which_nothing_happens(
    lanes: Make, options: dict[str, int]
) -> None:
    with pytest.raises(ConfigurationError, match="1 or more"):
        lanes(writing([]), **options)


def test_it_runs_on_a_scheduler_in_its_time() -> None:
    scheduler, done, budget = TestScheduler(), list[tuple[float, str, int]](), Budget()

    def work(job: str, attempt: int) -> float | None:
        done.append((scheduler.to_seconds(scheduler.now), job, attempt))
        return 5.0 if (job, attempt) == ("a1", 1) else None

    box = ScheduledLanes[str, str](
        work,
        paces=paced(budget, 1.0),
        dropped=print,
        max_waiting=10,
        budget=budget,
        scheduler=scheduler,
    )
    for job in ("a1", "a2", "b1", "b2"):
        box.put(job[0], job)
    scheduler.start()
    assert done == [
        (0.0, "a1", 1),
        (0.0, "b1", 1),
        (1.0, "b2", 1),
        (5.0, "a1", 2),
        (6.0, "a2", 1),
    ]
    assert box.left == 0


def test_it_holds_a_pace_for_all_who_share_it() -> None:
    scheduler, done, budget = TestScheduler(), list[tuple[float, str]](), Budget()

    def work(job: str, _: int) -> None:
        done.append((scheduler.to_seconds(scheduler.now), job))

    boxes = [
        ScheduledLanes[str, str](
            work,
            paces=paced(budget, 1.0),
            dropped=print,
            max_waiting=10,
            budget=budget,
            scheduler=scheduler,
        )
        for _ in range(2)
    ]
    held = budget.pace("a", rate=1.0, burst=1)
    boxes[0].hold(held, 5.0)
    for number, box in enumerate(boxes):
        box.put("a", f"a{number}")
        box.put("b", f"b{number}")
    scheduler.start()
    assert done == [(0.0, "b0"), (1.0, "b1"), (5.0, "a0"), (6.0, "a1")]


def test_it_runs_a_job_put_by_a_job_on_a_scheduler() -> None:
    scheduler, done, budget = TestScheduler(), list[str](), Budget()

    def work(job: str, _: int) -> None:
        done.append(job)
        if job == "first":
            box.put("one", "second")

    box = ScheduledLanes[str, str](
        work, paces=paced(budget), dropped=print, max_waiting=10, budget=budget, scheduler=scheduler
    )
    box.put("one", "first")
    scheduler.start()
    assert done == ["first", "second"]


def test_it_waits_without_end_until_it_is_hastened(lanes: Make) -> None:
    done = list[int]()

    def work(_: str, attempt: int) -> float | None:
        done.append(attempt)
        return math.inf if attempt < 3 else None

    box = lanes(work, workers=1)
    box.put("a", "a")
    until(lambda: done == [1])
    box.hasten("a")
    until(lambda: done == [1, 2])
    box.hasten("a")
    assert box.drain(5.0) == 0


def test_it_hastens_on_a_scheduler() -> None:
    scheduler, done = TestScheduler(), list[float]()

    def work(_: str, attempt: int) -> float | None:
        done.append(scheduler.to_seconds(scheduler.now))
        return 240.0 if attempt < 2 else None

    box = ScheduledLanes[str, str](
        work,
        scheduler=scheduler,
        paces=paced(Budget()),
        dropped=lambda _: None,
        max_waiting=9,
        budget=Budget(),
    )
    box.put("a", "a")

    def hasten(*_: object) -> None:
        box.hasten("a")

    scheduler.schedule_absolute(7.0, hasten)
    scheduler.start()
    assert (done, box.left) == ([0.0, 7.0], 0)


class Carrying(telemetry.TelemetryListener):
    carries = True


@pytest.fixture
def carrying() -> Iterator[None]:
    listener = Carrying()
    telemetry.add(listener)
    yield
    telemetry.remove(listener)


@pytest.mark.usefixtures("carrying")
def test_a_parked_job_may_go_on_in_its_context_before_the_thread_that_parked_it_has_left_it(
    lanes: Make,
) -> None:
    again, met = threading.Event(), threading.Event()

    def work(_: str, attempt: int) -> Parked | None:
        if attempt > 1:
            again.set()
            return None

        def begin(resume: Callable[[], None]) -> None:
            resume()
            if again.wait(5.0):
                met.set()

        return Parked(begin)

    lanes(work).put("C1", "job")
    assert met.wait(10.0)
