import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Observer, abc, operators as ops
from reactivex.disposable import Disposable
from reactivex.scheduler import NewThreadScheduler
from reactivex.subject import Subject

from rxslack.errors import ConfigurationError
from rxslack.running.run import run
from rxslack.web.client import WebClient
from tests.reports import reports

BROKEN = ValueError("the stream broke")


class Sender(abc.ObserverBase[Any]):
    """A sink that writes down what happens to it, and has `left` items left after its drain."""

    def __init__(self, left: int = 0) -> None:
        self.left = left
        self.happened: list[str] = []

    def on_next(self, value: Any) -> None:
        self.happened.append(f"item {value}")

    def on_error(self, error: Exception) -> None:
        self.happened.append("error")
        raise error

    def on_completed(self) -> None:
        self.happened.append("completed")

    def drain(self, timeout: float | None) -> int:
        self.happened.append(f"drain {timeout}")
        return self.left

    def close(self) -> None:
        self.happened.append("close")


def elsewhere(*items: Any, end: Observable[Any] | None = None) -> Observable[Any]:
    """Items, and perhaps an end, from another thread."""
    return reactivex.of(*items).pipe(
        ops.concat(end or reactivex.empty()), ops.subscribe_on(NewThreadScheduler())
    )


def raising(error: BaseException) -> Callable[[Any], None]:
    def sink(_: Any) -> None:
        raise error

    return sink


@pytest.mark.parametrize("stream", [reactivex.of(1, 2), elsewhere(1, 2)], ids=["here", "elsewhere"])
def test_it_returns_when_the_stream_completes(stream: Observable[int]) -> None:
    sender = Sender()
    assert run(stream, sender) == 0
    assert sender.happened == ["item 1", "item 2", "completed", "drain None"]


def test_it_takes_a_function_an_observer_or_nothing() -> None:
    seen = list[int]()
    run(reactivex.of(1), seen.append)
    run(reactivex.of(2), Observer(seen.append))
    run(reactivex.of(3).pipe(ops.do_action(seen.append)))
    assert seen == [1, 2, 3]


def test_it_refuses_a_client_in_the_place_of_its_sink() -> None:
    client: Any = WebClient("xoxb-test")  # a type checker would say so, too
    with pytest.raises(ConfigurationError, match="WebClient is no sink"):
        run(reactivex.of(1), client)


def test_it_refuses_what_is_no_sink() -> None:
    with pytest.raises(ConfigurationError, match="str is no sink"):
        run(reactivex.of(1), "sink")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] -- the mistake


@pytest.mark.parametrize(
    "make",
    [lambda: None, lambda: id, Sender, Observer],
    ids=["none", "function", "observer that raises", "observer"],
)
def test_it_raises_the_error_of_the_stream_in_the_thread_of_its_caller(
    make: Callable[[], Any],
) -> None:
    with pytest.raises(ValueError, match="the stream broke") as raised:
        run(elsewhere(end=reactivex.throw(BROKEN)), make())
    assert raised.value is BROKEN


def test_it_lets_the_sink_finish_before_it_raises(caplog: pytest.LogCaptureFixture) -> None:
    sender = Sender(left=3)
    with pytest.raises(ValueError, match="the stream broke"):
        run(elsewhere(1, end=reactivex.throw(BROKEN)), sender, drain=2.5)
    assert sender.happened == ["item 1", "error", "drain 2.5", "close"]
    assert caplog.messages == ["3 items were not sent within 2.5 s and are abandoned"]
    assert caplog.records[0].levelno == logging.WARNING


def test_it_keeps_the_error_of_the_stream_when_the_sink_raises_another() -> None:
    error = ValueError("the stream broke")
    sink = Observer[Any](on_error=raising(KeyError("the sink broke")))
    with pytest.raises(ValueError, match="the stream broke") as raised:
        run(reactivex.throw(error), sink)
    assert "the sink broke" in raised.value.__notes__[0]


@pytest.mark.parametrize("error", [KeyError("text"), SystemExit(3)], ids=repr)
@pytest.mark.parametrize("moved", [True, False])
def test_it_ends_when_the_sink_raises_and_raises_it(error: BaseException, moved: bool) -> None:
    stream: Observable[int] = reactivex.concat(reactivex.of(1, 2), reactivex.never())
    disposed = threading.Event()
    stream = stream.pipe(ops.finally_action(disposed.set))
    if moved:
        stream = stream.pipe(ops.subscribe_on(NewThreadScheduler()))
    with pytest.raises(type(error)) as raised:
        run(stream, raising(error))
    assert raised.value is error
    assert disposed.wait(5.0)


def test_it_gives_the_sink_nothing_after_the_item_at_which_it_raised() -> None:
    seen = list[int]()

    def sink(item: int) -> None:
        seen.append(item)
        raise KeyError(item)

    with pytest.raises(KeyError):
        run(reactivex.of(1, 2, 3), sink)
    assert seen == [1]


def test_it_raises_what_the_sink_raises_at_the_end() -> None:
    def fail() -> None:
        raise KeyError("the end")

    with pytest.raises(KeyError, match="the end"):
        run(reactivex.of(1), Observer(on_completed=fail))


def test_it_works_off_the_main_thread() -> None:
    sender = Sender()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(run, elsewhere(1), sender).result(5.0)
        with pytest.raises(ValueError, match="the stream broke"):
            pool.submit(run, elsewhere(end=reactivex.throw(BROKEN))).result(5.0)
    assert sender.happened == ["item 1", "completed", "drain None"]


@pytest.mark.parametrize("end", [reactivex.empty(), reactivex.throw(BROKEN)], ids=["ok", "error"])
def test_it_has_the_signals_only_while_it_runs(end: Observable[Any]) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    during = list[Any]()
    watch = reactivex.of(1).pipe(
        ops.do_action(lambda _: during.extend(map(signal.getsignal, numbers)))
    )
    with contextlib.suppress(ValueError):
        run(watch.pipe(ops.concat(end)))
    assert [signal.getsignal(number) for number in numbers] == before
    assert not set(during) & set(before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_a_signal_while_it_waits(
    number: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Sender(left=2)

    def subscribe(
        observer: abc.ObserverBase[int], _: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        observer.on_next(1)
        threading.Timer(0.05, signal.raise_signal, (number,)).start()
        return Disposable(lambda: sender.happened.append("disposed"))

    assert run(Observable(subscribe), sender, drain=1.5) == 1
    assert sender.happened == ["item 1", "disposed", "drain 1.5", "close"]
    assert caplog.messages == ["2 items were not sent within 1.5 s and are abandoned"]


def test_it_ends_at_a_signal_while_a_stream_emits_inside_subscribe() -> None:
    seen = list[int]()

    def sink(item: int) -> None:
        seen.append(item)
        if item == 3:
            signal.raise_signal(signal.SIGINT)

    run(reactivex.range(10**9), sink)
    assert seen == [0, 1, 2, 3]
    run(reactivex.of(10), sink)  # reactivex is in order behind it
    assert seen[-1] == 10


def test_it_ends_at_a_signal_while_the_sink_finishes_after_the_end() -> None:
    class Slow(Sender):
        def drain(self, timeout: float | None) -> int:
            super().drain(timeout)
            if timeout is None:
                signal.raise_signal(signal.SIGTERM)
            return 0

    sender = Slow()
    run(reactivex.of(1), sender, drain=0.5)
    assert sender.happened == ["item 1", "completed", "drain None", "drain 0.5"]


def test_it_subscribes_to_the_end_before_it_heeds_a_signal() -> None:
    """A subscription broken off half-way could not be disposed."""
    happened: list[str] = []

    def subscribe(_: abc.ObserverBase[int], __: abc.SchedulerBase | None = None) -> Disposable:
        signal.raise_signal(signal.SIGINT)
        happened.append("subscribed")
        return Disposable(lambda: happened.append("disposed"))

    run(Observable[int](subscribe))
    assert happened == ["subscribed", "disposed"]


def test_it_gives_up_at_the_second_signal() -> None:
    class Stuck(Sender):
        def drain(self, timeout: float | None) -> int:
            signal.raise_signal(signal.SIGINT)
            return super().drain(timeout)

    sender, before = Stuck(), signal.getsignal(signal.SIGINT)
    threading.Timer(0.05, signal.raise_signal, (signal.SIGINT,)).start()
    with pytest.raises(KeyboardInterrupt) as raised:
        run(reactivex.never(), sender)
    assert raised.type is KeyboardInterrupt
    assert sender.happened == ["close"]
    assert signal.getsignal(signal.SIGINT) is before


def test_it_drops_what_comes_after_the_end() -> None:
    stream, sender = Subject[int](), Sender()
    threading.Timer(0.05, signal.raise_signal, (signal.SIGINT,)).start()
    assert run(stream, sender) == 0
    stream.on_next(1)
    assert sender.happened == ["drain 10.0"]


class Busy:
    """A function that an item keeps at work until it may go on."""

    def __init__(self, error: Exception | None = None) -> None:
        self.go_on = threading.Event()
        self.at_work = threading.Event()
        self._error = error

    def __call__(self, _: object) -> None:
        self.at_work.set()
        self.go_on.wait(10.0)
        if self._error is not None:
            raise self._error

    def finish(self) -> None:
        """Go on, and wait until it has."""
        self.go_on.set()
        for thread in threading.enumerate():
            if thread.daemon and thread is not threading.current_thread():
                thread.join(5.0)

    def interrupt(self, *whens: Callable[[], object]) -> None:
        """Send a signal when it is at work, and others when something is so."""

        def send() -> None:
            assert self.at_work.wait(5.0)
            signal.raise_signal(signal.SIGINT)
            for when in whens:
                while not when():
                    threading.Event().wait(0.01)
                signal.raise_signal(signal.SIGINT)

        threading.Thread(target=send).start()


def test_it_waits_at_a_signal_for_a_function_at_work() -> None:
    busy = Busy()
    busy.interrupt()
    threading.Timer(0.5, busy.go_on.set).start()
    with pytest.raises(ValueError, match="the stream broke"):
        run(elsewhere(1, end=reactivex.never()), busy_then_broken(busy))


def busy_then_broken(busy: Busy) -> Callable[[object], None]:
    def work(item: object) -> None:
        busy(item)
        raise BROKEN

    return work


def test_it_gives_up_at_the_second_signal_while_a_function_is_at_work(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "rxslack.run")
    busy = Busy(BROKEN)
    busy.interrupt(lambda: "a signal came" in caplog.text)
    with pytest.raises(KeyboardInterrupt):
        run(elsewhere(1, end=reactivex.never()), busy)
    busy.finish()
    assert reports(caplog) == [("rxslack.run", BROKEN)]


def test_it_leaves_a_function_to_itself_that_is_at_work_for_long(
    caplog: pytest.LogCaptureFixture,
) -> None:
    busy = Busy(BROKEN)
    busy.interrupt()
    assert run(elsewhere(1, end=reactivex.never()), busy, drain=0.1) == 0
    assert "goes on by itself" in caplog.text
    busy.finish()
    assert reports(caplog) == [("rxslack.run", BROKEN)]


PROGRAM = """
import sys
import threading
import reactivex
from rxslack.running.run import run
from rxslack.sinks.post_message import post_message

accepted = threading.Event()

class Web:
    def call(self, method, /, **arguments):
        accepted.wait(5.0)
        print("posted", arguments["text"], flush=True)
        return {"ok": True}

def wait_for_a_signal(_):
    accepted.set()
    return reactivex.never()

messages = reactivex.concat(
    reactivex.of(*({"channel": "C1", "text": text} for text in "abc")),
    reactivex.defer(wait_for_a_signal),
)
sink = post_message(Web(), per_minute=240.0, burst=1)
status = run(messages, sink, drain=float(sys.argv[1]))
print("left", sink.left, flush=True)
sys.exit(status)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals to other processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_a_program_cleanly_at_a_signal(number: signal.Signals) -> None:
    program = started("5.0")
    assert program.stdout is not None
    first = program.stdout.readline()
    program.send_signal(number)
    rest, errors = program.communicate(timeout=10.0)
    assert first + rest == "posted a\nposted b\nposted c\nleft 0\n"
    assert (errors, program.returncode) == ("", 0)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals to other processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_its_status_says_that_something_was_abandoned(number: signal.Signals) -> None:
    program = started("0.0")
    assert program.stdout is not None
    program.stdout.readline()
    program.send_signal(number)
    _, errors = program.communicate(timeout=10.0)
    assert "items were not sent within 0 s and are abandoned" in errors
    assert program.returncode == 1


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
