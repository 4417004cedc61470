"""Few threads open many connections."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from rxslack.core import telemetry
from rxslack.sources.connection.openers import Openers
from tests.wire.rig import wait_until


def names() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name == "rxslack-opener"]


def test_it_does_all_in_order_on_as_few_threads_as_it_may_and_leaves_none() -> None:
    openers, gate, done = Openers(), threading.Event(), list[int]()
    begun = threading.Semaphore(0)

    def wait() -> None:
        begun.release()
        assert gate.wait(20.0)

    for _ in range(32):
        openers.put(wait)
    for _ in range(32):
        assert begun.acquire(timeout=20.0)
    for number in range(1000):
        openers.put(partial(done.append, number))
    assert (len(names()), done) == (32, [])
    gate.set()
    wait_until(lambda: len(done) == 1000)
    wait_until(lambda: not names())
    openers.put(lambda: done.append(1000))
    wait_until(lambda: len(done) == 1001)


def test_what_one_says_of_itself_in_the_log_no_other_says() -> None:
    openers, seen = Openers(), list[object]()

    def say() -> None:
        seen.append(dict(telemetry.FIELDS.get()))
        telemetry.fields_of_line(connection=len(seen))

    for _ in range(2):
        openers.put(say)
    wait_until(lambda: len(seen) == 2)
    assert seen == [{}, {}]


def test_it_says_so_when_there_is_no_thread_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    openers, done = Openers(), list[str]()
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", start)
        with pytest.raises(RuntimeError):
            openers.put(lambda: done.append("the first"))
    openers.put(lambda: done.append("the second"))
    wait_until(lambda: done)
    assert done == ["the second"]


def test_what_is_raised_there_ends_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    openers, done = Openers(), list[str]()

    def fail() -> None:
        raise LookupError("a bug")

    for _ in range(40):
        openers.put(fail)
    openers.put(lambda: done.append("after it"))
    wait_until(lambda: done)
    wait_until(lambda: caplog.text.count("no on_error took this: LookupError: a bug") == 40)
