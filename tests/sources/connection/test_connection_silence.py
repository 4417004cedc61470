"""What counts as a sign of life, and whose silence it is."""

from __future__ import annotations

import fcntl
import logging
import resource
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias, cast

import pytest
import trustme

from rxslack.errors import Silent
from rxslack.sources.connection import silence as _watch
from rxslack.sources.connection.options import ConnectionOptions
from rxslack.sources.connection.silence import SilenceWatch
from rxslack.sources.connection.starvation import Starvation
from rxslack.wire import websocket as transport
from rxslack.wire.websocket import WebSocket
from tests.peer import receive

PING_AFTER, SILENCE = 10.0, 30.0


class Line:
    """A connection as a watch sees it, at times counted from its handshake."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pings: list[float] = []
        self.unread = False
        self.now = self.wall = 0.0
        self.alive = self.heard = self.last_read = 0.0
        monkeypatch.setattr(_watch, "time", self)  # the module's clock
        log = logging.getLogger("rxslack.sources")
        monkeypatch.setattr(_watch, "starvation", Starvation(log, clock=self.monotonic))
        options = ConnectionOptions(ping_after=PING_AFTER, silence=SILENCE)
        self.before_answering: Callable[[], object] = bool
        self.delay = 0.0  # until the next ping has left
        self.watch = SilenceWatch(options, self.ping)
        self.watch.begin(cast("Any", self))

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.wall

    def has_unread(self) -> bool:
        self.before_answering()
        return self.unread

    def ping(self) -> None:
        self.pings.append(self.now)
        self.now += self.delay
        self.wall += self.delay
        self.delay = 0.0

    def hear(self, *, alive: bool = True) -> None:
        """A sign of life, or bytes that are none."""
        self.last_read = self.heard = self.now
        if alive:
            self.alive = self.now

    def live(self, until: float, *, jump: float = 0.0) -> None:
        """Let time go on, and look whenever the watch wants to."""
        self.wall += jump
        while self.now < until:
            began = self.now
            due = self.watch.look(began)
            assert due > began
            step = max(min(due, until) - self.now, 0.0)
            self.now += step
            self.wall += step


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    return Line(monkeypatch)


def silent(line: Line, until: float) -> Silent:
    with pytest.raises(Silent) as caught:
        line.live(until)
    return caught.value


def test_it_waits_for_hello_as_long_as_for_anything(line: Line) -> None:
    line.live(29.9)
    line.hear()
    error = silent(line, 31.0)

    assert (line.now, error.missing, line.pings) == (30.0, "hello", [])


def test_it_pings_and_gives_up_when_nothing_comes(line: Line) -> None:
    line.watch.greet()
    error = silent(line, 31.0)

    assert line.pings == [10.0, 20.0]
    assert (line.now, error.seconds, error.missing) == (30.0, 30.0, "a byte")


def test_connections_ping_together_and_each_gives_up_in_its_own_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a process that waits for a thousand of them wakes for each of their pings."""
    pings: list[float] = []
    for began in (0.1, 0.25, 0.6):
        line = Line(monkeypatch)
        line.now = line.wall = began
        line.hear()
        line.watch.begin(cast("Any", line))
        line.watch.greet()
        silent(line, 31.0)
        assert line.now == pytest.approx(began + SILENCE)
        pings += line.pings

    assert set(pings) == {10.0, 20.0, 30.0}


def test_it_is_content_with_signs_of_life(line: Line) -> None:
    line.watch.greet()
    for second in range(9, 90, 9):
        line.live(float(second))
        line.hear()

    assert line.pings == []


def test_it_asks_and_gives_up_although_bytes_come(line: Line) -> None:
    """As of a peer that only pings."""
    line.watch.greet()
    line.unread = True  # always, as far as the watch can see
    for second in range(1, 31):
        line.live(float(second))
        line.hear(alive=False)
    error = silent(line, 31.0)

    assert (line.pings, line.now) == ([10.0, 20.0], 30.0)
    assert error.missing == "a message, or the answer to a ping"


def test_it_does_not_blame_the_peer_for_what_nobody_has_read_yet(line: Line) -> None:
    line.watch.greet()
    line.live(29.0)
    line.unread = True
    line.live(100.0)  # as long as nobody comes to read
    line.unread = False
    line.hear()
    line.live(109.0)

    assert line.pings[:2] == [10.0, 20.0]


def test_it_gives_up_once_what_was_unread_turns_out_to_be_no_sign_of_life(line: Line) -> None:
    line.watch.greet()
    line.live(29.0)
    line.unread = True
    line.live(50.0)
    line.hear(alive=False)

    silent(line, 51.0)


def test_it_gives_time_to_answer_to_whom_it_asked_late(line: Line) -> None:
    """Nobody looked for a minute, so nobody asked."""
    line.watch.greet()
    line.live(5.0)
    line.now = line.wall = 65.0
    line.live(84.0)
    line.hear()
    line.live(90.0)
    assert line.pings[0] == 65.0
    line.live(100.0)
    line.now = line.wall = 165.0

    silent(line, 200.0)
    assert line.now == 165.0  # asked at 94


def test_it_sees_the_sign_of_life_that_somebody_reads_while_it_looks(line: Line) -> None:
    """What was unread when it began to look is read a moment later, by another thread."""
    line.watch.greet()
    line.live(29.0)
    line.now = line.wall = 31.0
    line.before_answering = line.hear
    assert line.watch.look(31.0) > 31.0


def test_it_gives_time_to_answer_from_when_its_question_has_left(line: Line) -> None:
    """The thread that pings did not get on for twenty seconds."""
    line.watch.greet()
    line.delay = 20.0
    line.live(31.0)
    assert (line.pings, line.now) == ([10.0, 30.0], 31.0)

    silent(line, 60.0)
    assert line.now == 50.0


def test_it_gives_time_after_a_jump_from_when_its_question_has_left(line: Line) -> None:
    line.watch.greet()
    line.live(3.0)
    line.delay = 20.0
    line.live(4.0, jump=60.0)
    line.live(27.9)

    silent(line, 29.0)
    assert line.now == 28.0


def test_it_says_that_the_process_was_starved_and_blames_nobody(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.watch.greet()
    line.live(5.0)
    line.now = line.wall = 40.0  # nobody has looked, and nobody has read
    line.unread = True
    line.live(41.0)

    assert "no time for its connections for 30 s" in caplog.text
    assert "Slack may give up on it" in caplog.text


def test_it_says_that_nobody_reads_what_has_come(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.watch.greet()
    line.live(29.0)
    line.unread = True
    line.live(39.9)
    assert caplog.text == ""
    line.live(41.0)
    assert "no time for its connections for 10 s" in caplog.text


def test_it_asks_after_a_jump_of_the_clock_and_waits_five_seconds(line: Line) -> None:
    line.watch.greet()
    line.live(3.0)
    line.live(4.0, jump=60.0)
    line.hear()
    line.live(6.0)
    assert line.pings == [3.0]
    line.live(7.0, jump=60.0)
    line.hear(alive=False)
    error = silent(line, 30.0)

    assert (line.pings, line.now) == ([3.0, 6.0], 11.0)
    assert error.missing == "an answer after the clock had jumped"


def test_it_reads_what_waits_before_it_gives_up_after_a_jump(line: Line) -> None:
    line.watch.greet()
    line.live(3.0)
    line.live(4.0, jump=60.0)
    line.unread = True
    line.live(20.0)
    line.unread = False
    line.hear()
    line.live(29.0)

    assert line.pings == [3.0]


# --- what a wire takes for a sign of life ----------------------------------------------------------


Ends: TypeAlias = tuple[WebSocket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    ours, theirs = socket.socketpair()
    wire = WebSocket(ours)
    yield wire, theirs
    theirs.close()
    wire.close()


def read(wire: WebSocket, peer: socket.socket, data: bytes) -> bool:
    """Send it bytes, let it read them, and tell whether it took them for a sign of life."""
    before, read_before = wire.alive, wire.last_read
    while time.monotonic() <= read_before:
        pass
    peer.sendall(data)
    while wire.last_read == read_before:
        wire.receive()
    return wire.alive > before


def test_it_takes_a_whole_message_for_one(ends: Ends) -> None:
    assert read(*ends, b"\x81\x02{}")
    assert not read(*ends, b"\x81\x02{")
    assert read(*ends, b"}")


def test_it_does_not_take_a_ping_for_one(ends: Ends) -> None:
    assert not read(*ends, b"\x89\x00")
    assert not read(*ends, b"\x89\x02hi" * 50)


def test_it_takes_a_pong_for_one_if_it_answers(ends: Ends) -> None:
    wire, _ = ends
    assert not read(*ends, b"\x8a\x00")
    wire.ping()
    assert not read(*ends, b"\x8a\x017")
    assert read(*ends, b"\x8a\x00")
    assert not read(*ends, b"\x8a\x00")
    wire.ping(b"7")
    assert read(*ends, b"\x01\x01{" + b"\x8a\x017")  # amid the fragments of a message


def test_it_takes_good_progress_of_a_large_message_for_one(ends: Ends) -> None:
    some = b" " * (16 * 1024 - 1)
    assert not read(*ends, b"\x81\x7f" + (10**6).to_bytes(8, "big"))
    assert not read(*ends, some[10:])
    assert read(*ends, b"  ")
    assert not read(*ends, some)
    assert read(*ends, b" ")


def test_it_counts_the_progress_of_each_message_for_itself(ends: Ends) -> None:
    head, some = b"\x81\x7e\x9c\x40", b" " * 10_000  # of 40,000 bytes
    assert [read(*ends, data) for data in (head, some, some, some)] == [False, False, True, False]
    assert read(*ends, some)
    assert [read(*ends, data) for data in (head, some, some, some)] == [False, False, True, False]


def test_it_counts_its_own_holding_back_as_one(ends: Ends) -> None:
    wire, _ = ends
    before = wire.alive
    while time.monotonic() <= before:
        pass
    wire.note_pause()

    assert wire.alive > before


def test_it_knows_whether_bytes_wait_unread(ends: Ends) -> None:
    wire, peer = ends
    assert not wire.has_unread()
    peer.sendall(b"\x81\x02{}")
    assert wire.has_unread()
    assert wire.receive() == [b"{}"]
    assert not wire.has_unread()
    peer.close()
    assert wire.has_unread()
    wire.close()
    assert not wire.has_unread()


def test_it_counts_what_was_read_as_unread_until_it_is_dealt_with() -> None:
    """Whoever has it in hand may not get on for long, on a busy machine."""
    ours, peer = socket.socketpair()
    unread: list[bool] = []
    wire = WebSocket(ours, on_pong=lambda _: unread.append(wire.has_unread()))
    peer.sendall(b"\x8a\x00")
    assert wire.receive() == []
    assert (unread, wire.has_unread()) == ([True], False)
    peer.close()
    wire.close()


def test_it_knows_that_of_a_descriptor_of_any_number() -> None:
    """As of a process with more connections than `select` takes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2000:
        pytest.skip("no such descriptor may be had here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2000), hard))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire = WebSocket(socket.socket(fileno=fcntl.fcntl(ours, fcntl.F_DUPFD, 1500)))
        assert not wire.has_unread()
        theirs.sendall(b"\x81")
        assert wire.has_unread()
        wire.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_it_knows_that_of_bytes_that_came_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    authority: Any = trustme.CA()
    theirs_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(theirs_context)
    ours_context = ssl.create_default_context()
    authority.configure_trust(ours_context)
    ours, theirs = socket.socketpair()
    with ThreadPoolExecutor(1) as pool:
        accepting = pool.submit(theirs_context.wrap_socket, theirs, server_side=True)
        wire = WebSocket(ours_context.wrap_socket(ours, server_hostname="127.0.0.1"))
        peer = accepting.result()
    assert wire.receive() == []  # nothing but the tickets of TLS 1.3
    assert not wire.has_unread()
    peer.sendall(b"\x81\x02{}")
    assert wire.has_unread()
    assert receive(wire) == [b"{}"]
    assert not wire.has_unread()
    monkeypatch.setattr(transport, "_CHUNK", 4)  # less than was encrypted together
    peer.sendall(b"\x81\x02{}\x81\x02[]")
    assert receive(wire) == [b"{}", b"[]"]  # what the socket does not show is read at once
    assert not wire.has_unread()
    peer.close()
    wire.close()
