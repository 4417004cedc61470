"""What holds whatever Slack, the network and the subscriber do."""

from __future__ import annotations

import gc
import inspect
import os
import threading
import time
import tracemalloc
from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest
from reactivex import operators as ops

import rxslack
from rxslack.errors import ConnectionClosed, Silent, SlackError
from rxslack.simulator import Connection, Workspace
from rxslack.sources.connection import silence
from rxslack.sources.connection.connection import connections
from rxslack.sources.connection.options import ConnectionOptions
from rxslack.sources.rtm import _Rtm  # pyright: ignore[reportPrivateUsage] - to give it a clock
from rxslack.web.protocol import FATAL_ERRORS
from rxslack.wire import frames, hub
from rxslack.wire.frames import server_frame

FAST: dict[str, Any] = {"ping_after": 0.1, "silence": 0.4}  # seconds
NEVER: dict[str, Any] = {"ping_after": 1000.0, "silence": 2000.0}

# --- 1: a lost connection is noticed, by whatever it shows, and costs nothing meanwhile -----------

ENDS: dict[str, Callable[[Connection], None]] = {
    "FIN": lambda connection: connection.hang_up(),
    "RST": lambda connection: connection.cut(),
    "CLOSE": lambda connection: connection.close(1001),
    "CLOSE without a code": lambda connection: connection.close(None),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_1_it_notices_an_end_without_any_timer(
    unlimited: Workspace, connect: Any, end: Callable[[Connection], None]
) -> None:
    stream = connect(reconnecting=False, **NEVER)
    stream.hellos(1)
    end(unlimited.connections[0])
    stream.wait_for(lambda: stream.errors, within=5.0)
    assert [type(error) for error in stream.errors] == [ConnectionClosed]


def test_1_it_notices_silence_from_the_start(unlimited: Workspace, connect: Any) -> None:
    with unlimited.faults.hold_hello():
        stream = connect(reconnecting=False, **FAST)
        stream.wait_for(lambda: stream.errors)
    assert isinstance(stream.errors[0], Silent)


def test_1_it_notices_silence_later(unlimited: Workspace, connect: Any) -> None:
    stream = connect(reconnecting=False, **FAST)
    stream.hellos(1)
    with unlimited.faults.stop_ponging():
        stream.wait_for(lambda: stream.errors)
    assert isinstance(stream.errors[0], Silent)


def test_1_it_notices_a_stall_inside_a_frame(unlimited: Workspace, connect: Any) -> None:
    stream = connect(reconnecting=False, **FAST)
    stream.hellos(1)
    unlimited.connections[0].send_bytes(b"\x81\x7e\x10\x00{")
    with unlimited.faults.stop_ponging():
        stream.wait_for(lambda: stream.errors)
    assert isinstance(stream.errors[0], Silent)


def test_1_it_keeps_an_idle_connection_for_which_pongs_come(connect: Any) -> None:
    stream = connect(reconnecting=False, ping_after=0.05, silence=1.0)
    stream.wait_for(lambda: [i for i in stream.items if i["type"] == "pong"][10:])
    assert stream.errors == []


def test_1_it_costs_no_time_while_nothing_comes(unlimited: Workspace, connect: Any) -> None:
    stream = connect(**NEVER)
    stream.hellos(1)
    with unlimited.faults.stop_ponging(), unlimited.faults.answer("rtm.connect", status=503):
        unlimited.connections[0].send_bytes(b"\x81\x7e\x10\x00{")
        time.sleep(0.1)
        before = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - before < 0.1  # a loop that spins would take all of it


def test_1_it_probes_at_once_when_the_clock_has_jumped(
    unlimited: Workspace, listen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A laptop that wakes: the monotonic clock may have stood still, and no timer is due."""
    slept = [0.0]

    class Sleeper:
        monotonic = time.monotonic

        @staticmethod
        def time() -> float:
            return time.time() + slept[0]

    monkeypatch.setattr(hub, "time", Sleeper)
    monkeypatch.setattr(silence, "time", Sleeper)
    habits = ConnectionOptions(**NEVER)
    stream = listen(connections(lambda: _Rtm(unlimited.web, {}), unlimited.web, habits))
    stream.hellos(1)
    assert "pong" not in [item["type"] for item in stream.items]
    slept[0] = 3600.0
    stream.wait_for(lambda: "pong" in [item["type"] for item in stream.items])
    assert stream.errors == []


# --- 2: frames mean the same, however they come ---------------------------------------------------


def test_2_it_reads_the_same_from_single_bytes_with_pauses(
    unlimited: Workspace, connect: Any
) -> None:
    stream = connect(reconnecting=False, **NEVER)
    stream.hellos(1)
    socket = unlimited.connections[0]
    frames = b"".join(server_frame(b'{"type":"user_typing","n":%d}' % n) for n in range(5))
    for place in range(len(frames)):
        socket.send_bytes(frames[place : place + 1])
        if place % 20 == 0:
            time.sleep(0.005)
    stream.wait_for(lambda: stream.kinds().count("user_typing") == 5)
    assert [item["n"] for item in stream.items if "n" in item] == [0, 1, 2, 3, 4]


# --- 3: a failed refresh never harms the connection that works ------------------------------------

REFUSALS: dict[str, dict[str, Any]] = {
    "503": {"status": 503, "body": "<html>"},
    "429": {"status": 429, "headers": {"Retry-After": "0"}},
    "no url": {"body": {"ok": True}},
    "refused url": {"body": {"ok": True, "url": "ws://127.0.0.1:1/websocket/x"}},
    "spent url": {"body": {"ok": True, "url": "spent"}},
    "token revoked": {"body": {"ok": False, "error": "token_revoked"}},
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_3_it_reads_on_while_the_replacement_fails(
    unlimited: Workspace, connect: Any, refusal: dict[str, Any]
) -> None:
    stream = connect(**NEVER)
    stream.hellos(1)
    with unlimited.faults.answer("rtm.connect", **refusal) as script:
        unlimited.connections[0].send({"type": "goodbye"})
        stream.wait_for(lambda: script.given >= 1)
        for number in range(3):
            stream.say(f"still here {number}")
    assert stream.errors == []
    assert stream.kinds().count("rxslack.gap") == 0


def test_3_it_loses_and_doubles_nothing_in_a_handover(unlimited: Workspace, connect: Any) -> None:
    stream = connect(**NEVER)
    stream.hellos(1)
    for number in range(60):
        if number == 20:
            unlimited.connections[0].send({"type": "goodbye"})
        if number == 40:
            stream.hellos(2)
            unlimited.connections[0].close(None)
        unlimited.say("general", "alice", str(number))
        time.sleep(0.002)
    stream.wait_for(lambda: "59" in stream.texts())
    assert stream.texts() == [str(number) for number in range(60)]
    assert stream.kinds().count("rxslack.gap") == 0


# --- 4: no URL is dialled twice -------------------------------------------------------------------


def test_4_it_asks_for_a_url_for_each_connection(unlimited: Workspace, connect: Any) -> None:
    stream = connect(**NEVER)
    for number in range(1, 21):
        stream.hellos(number)
        unlimited.connections[-1].hang_up()
    stream.hellos(21)
    assert len(unlimited.calls("rtm.connect")) == len(unlimited.past_connections) == 21
    assert stream.kinds().count("error") == 0


# (How often it asks: tests/sources/test_budget.py.)

# --- 5: fatal codes reach the caller once, in the caller's thread ---------------------------------


@pytest.mark.parametrize("attempt", [1, 3])
@pytest.mark.parametrize("code", FATAL_ERRORS)
def test_5_it_raises_a_fatal_error_once_where_run_was_called(
    unlimited: Workspace, code: str, attempt: int
) -> None:
    hellos: list[str] = []
    calls = unlimited.faults

    def heard(item: dict[str, Any]) -> None:
        if item["type"] == "hello":
            hellos.append("hello")
            if len(hellos) == attempt - 1:
                scripts.append(calls.fail("rtm.connect", code))
            unlimited.connections[-1].hang_up()

    scripts = [calls.fail("rtm.connect", code)] if attempt == 1 else []
    stream = rxslack.rtm(unlimited.web).pipe(rxslack.reconnect(lambda: repeat(0.0)))
    with pytest.raises(SlackError) as raised:
        rxslack.run(stream, heard)
    remedy = FATAL_ERRORS[code]
    assert code in str(raised.value)
    assert remedy in str(raised.value) or code == "missing_scope"
    assert ("rtm.connect" in str(raised.value), raised.value.retryable) == (True, False)
    time.sleep(0.02)
    assert [script.given for script in scripts] == [1]  # no further call
    assert len(hellos) == attempt - 1


# --- 6: nothing piles up, and dispose works everywhere --------------------------------------------


@pytest.mark.slow
def test_6_it_reconnects_a_thousand_times_with_what_it_had(
    unlimited: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    counted: list[tuple[int, int, int]] = []
    done = threading.Event()
    hellos = [0]

    def heard(item: dict[str, Any]) -> None:
        if item["type"] == "hello":
            hellos[0] += 1
            if hellos[0] > 1000:
                done.set()
            else:
                unlimited.connections[-1].cut()

    stream = rxslack.rtm(unlimited.web, budget=rxslack.UrlBudget(10_000, 60_000.0)).pipe(
        rxslack.reconnect(lambda: repeat(0.0))
    )
    subscription = stream.subscribe(heard)
    while not done.wait(0.02):
        if hellos[0] >= 200 * (len(counted) + 1):
            counted.append(resources())
            if len(counted) == 4:
                tracemalloc.start()  # for the last 200, since it takes time
    subscription.dispose()
    unlimited.wait_until(lambda: not threads_of_ours())  # what they are reading into is in use
    grown = allocated()
    tracemalloc.stop()
    assert len(counted) == 5 or len(counted) == 4
    first, last = counted[0], counted[-1]
    assert last[0] <= first[0] + 4  # threads: one attempt may be in the middle of things
    assert last[1] <= first[1] + 12  # descriptors, likewise
    assert last[2] <= first[2] + 60  # objects of the library's classes
    assert grown <= 40 * 1024  # bytes: 200 for each of the last 200 reconnects


def resources() -> tuple[int, int, int]:
    gc.collect()
    modules = [str(type(one).__module__) for one in gc.get_objects()]
    ours = [name for name in modules if name.startswith("rxslack.") and "simulator" not in name]
    return threading.active_count(), len(os.listdir("/proc/self/fd")), len(ours)


def allocated() -> int:
    """Bytes that the library asked for, and not the simulator, since this is being traced."""
    gc.collect()
    library = os.path.dirname(rxslack.__file__)
    ours = tracemalloc.Filter(True, f"{library}/*")
    not_the_simulator = tracemalloc.Filter(False, f"{library}/simulator/*")
    # The simulator keeps the frames that it sends.
    made, first = inspect.getsourcelines(server_frame)
    not_its_frames = [
        tracemalloc.Filter(False, frames.__file__, line) for line in range(first, first + len(made))
    ]
    snapshot = tracemalloc.take_snapshot().filter_traces([ours, not_the_simulator, *not_its_frames])
    return sum(trace.size for trace in snapshot.traces)


HOLDS: dict[str, Callable[[Workspace], Any]] = {
    "the answer of rtm.connect": lambda slack: slack.faults.hold("rtm.connect"),
    "the handshake": lambda slack: slack.faults.hold_handshake(),
    "hello": lambda slack: slack.faults.hold_hello(),
}


@pytest.mark.parametrize("hold", HOLDS.values(), ids=HOLDS)
def test_6_it_is_disposed_while_it_waits_for(
    unlimited: Workspace, connect: Any, hold: Callable[[Workspace], Any]
) -> None:
    with hold(unlimited) as held:
        stream = connect(**NEVER)
        stream.wait_for(lambda: held.waiting)
        stream.subscription.dispose()
        stream.wait_for(lambda: not threads_of_ours())
    time.sleep(0.05)
    assert (stream.items, stream.errors) == ([], [])


def test_6_it_is_disposed_while_it_pauses(unlimited: Workspace, listen: Any) -> None:
    with unlimited.faults.answer("rtm.connect", status=503) as script:
        stream = rxslack.rtm(unlimited.web).pipe(rxslack.reconnect(lambda: repeat(0.1)))
        held = listen(stream)
        held.wait_for(lambda: script.given == 1)
        held.subscription.dispose()
        time.sleep(0.3)
        assert script.given == 1
    assert (held.items, held.errors) == ([], [])


def test_6_it_is_disposed_in_the_middle_of_a_handover(unlimited: Workspace, connect: Any) -> None:
    stream = connect(**NEVER)
    stream.hellos(1)
    with unlimited.faults.hold_handshake() as held:
        unlimited.connections[0].send({"type": "goodbye"})
        stream.wait_for(lambda: held.waiting)
        stream.subscription.dispose()
        stream.wait_for(lambda: not threads_of_ours())
    unlimited.wait_until(lambda: not unlimited.connections)


@pytest.fixture(autouse=True)
def before() -> None:
    """What other tests left running is not counted."""
    EARLIER.clear()
    EARLIER.update(threading.enumerate())


EARLIER: set[threading.Thread] = set()


def threads_of_ours() -> list[str]:
    others = [one for one in threading.enumerate() if one not in EARLIER]
    return [one.name for one in others if one.name.startswith("rxslack-")]


# --- 7: what a subscriber does changes nothing for the connection ---------------------------------


def test_7_it_answers_and_asks_while_a_subscriber_sleeps(unlimited: Workspace) -> None:
    asleep, wake = threading.Event(), threading.Event()

    def slow(item: dict[str, Any]) -> None:
        if item["type"] == "message":
            asleep.set()
            wake.wait()

    seen: list[Exception] = []
    subscription = rxslack.rtm(unlimited.web, **FAST).subscribe(slow, seen.append)
    unlimited.wait_until(lambda: unlimited.connections)
    unlimited.say("general", "alice", "Hello")
    assert asleep.wait(5.0)
    pings = len(heard_pings(unlimited))
    unlimited.wait_until(lambda: len(heard_pings(unlimited)) > pings + 6)  # beyond the silence
    assert (seen, len(unlimited.connections)) == ([], 1)
    wake.set()
    subscription.dispose()


def heard_pings(slack: Workspace) -> list[Any]:
    return [line for line in slack.transcript if line.direction == "in" and b'"ping"' in raw(line)]


def raw(line: Any) -> bytes:
    return line.data if isinstance(line.data, bytes) else b""


def test_7_it_gives_an_exception_to_its_own_subscriber_only(
    unlimited: Workspace, listen: Any
) -> None:
    stream = rxslack.shared(rxslack.rtm(unlimited.web).pipe(rxslack.reconnect()))
    good = listen(stream)
    good.hellos(1)
    bad = listen(stream.pipe(ops.map(broken)))
    good.say("Hello")
    assert [type(error) for error in bad.errors] == [KeyError]
    good.say("still there")
    assert (good.errors, len(unlimited.calls("rtm.connect"))) == ([], 1)
    good.subscription.dispose()


def broken(item: dict[str, Any]) -> Any:
    return item["no such key"]


def test_7_it_is_disposed_within_on_next(unlimited: Workspace) -> None:
    seen: list[str] = []
    stream = rxslack.rtm(unlimited.web).pipe(rxslack.reconnect(), ops.take(1))
    stream.subscribe(lambda item: seen.append(item["type"]))
    unlimited.wait_until(lambda: seen and not unlimited.connections)
    assert seen == ["hello"]


# --- 8: Slack sees a CLOSE frame at every orderly end ---------------------------------------------


def test_8_it_says_close_when_it_is_disposed(unlimited: Workspace, connect: Any) -> None:
    stream = connect(**NEVER)
    stream.hellos(1)
    stream.subscription.dispose()
    unlimited.wait_until(lambda: unlimited.past_connections[0].client_close)
    assert unlimited.past_connections[0].client_close == 1000


def test_8_it_says_close_when_a_subscriber_raises(unlimited: Workspace) -> None:
    seen: list[Exception] = []
    rxslack.rtm(unlimited.web).pipe(ops.map(broken)).subscribe(print, seen.append)
    unlimited.wait_until(lambda: seen and unlimited.past_connections[0].client_close)
    assert [type(error) for error in seen] == [KeyError]


def test_8_it_says_close_to_a_connection_that_has_fallen_silent(
    unlimited: Workspace, connect: Any
) -> None:
    with unlimited.faults.stop_ponging():
        stream = connect(reconnecting=False, **FAST)
        stream.wait_for(lambda: stream.errors)
    unlimited.wait_until(lambda: unlimited.past_connections[0].client_close)


def test_8_it_says_close_to_the_old_one_after_a_handover(
    unlimited: Workspace, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rxslack.recovery.reconnecting.handover_timer.PATIENCE", 0.3)
    stream = connect(**NEVER)
    stream.hellos(1)
    unlimited.connections[0].send({"type": "goodbye"})  # and no close: Slack may forget
    stream.hellos(2)
    unlimited.wait_until(lambda: unlimited.past_connections[0].client_close)
    stream.say("to the new one")


# (9, secrets: test_secrets.py.)

# --- 10: a gap item between any two connections that do not overlap -------------------------------


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_10_it_says_a_gap_once_right_after_the_hello(
    unlimited: Workspace, connect: Any, end: Callable[[Connection], None]
) -> None:
    stream = connect(**NEVER)
    stream.hellos(1)
    stream.say("before")
    with unlimited.faults.answer("rtm.connect", status=503, times=2):
        end(unlimited.connections[0])
        stream.hellos(2)
    stream.say("after")
    assert stream.kinds() == ["hello", "message", "hello", "rxslack.gap", "message"]
    gap = stream.items[[item["type"] for item in stream.items].index("rxslack.gap")]
    assert gap["last_ts"] == unlimited.messages("general")[0]["ts"]
    assert gap["since"] <= gap["until"] <= time.time() + 1.1  # Slack tells whole seconds
    assert gap["reason"].startswith("the websocket: closed by the peer")
