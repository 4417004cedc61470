"""
The threads that read all connections of a process.

One of them, the *leader*, waits for all sockets and deadlines at once. It reads, and emits what it has read in the
same breath, which is the fastest way there is: a hand-over between two threads costs more than reading and decoding
a frame. Whatever user code does there must not cost a connection, though, neither its own nor any other. So a
*stand-by* looks whether the leader gets on, and takes the lead when it has been in user code for a while; and a new
thread stands by. The one before stays with its connection until that has emitted what came meanwhile, and stands by
then, or ends when somebody does already. There are two threads, and one more for each subscriber that is busy.

    first   │ wait, read │ emit A │ wait, read │ emit B ...................................... │ emit B │ stands by
    second  │ stands by ......................................│ wait, read │ emit A │ keep for B │ wait ..

Locks: `_leading` is held by the leader while it waits and reads, and is free while it is in user code; nobody waits
for it. `_lock` is for the fields of its own, and nothing is called while it is held.
"""

from __future__ import annotations

import heapq
import logging
import math
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Final, Protocol

from rxslack.core.fork import Registry, after_fork
from rxslack.core.unhandled import report

__all__ = ["JUMP", "Hub", "Member", "join"]

_log = logging.getLogger("rxslack.wire")

_STAND_BY_FOR: Final = 0.02  # seconds that the leader may be in user code
_TICK: Final = 1.0  # seconds between looks at the wall clock
JUMP: Final = 5.0
"""Seconds that the wall clock may go ahead of the monotonic one, as when a laptop wakes."""


class Member(Protocol):
    """
    One connection, or what waits for its time only (see `waits`), as its hub sees it.

    But for `emit`, nothing waits, or raises, or runs user code.

    Attributes:
        hub: that looks after it; set before anything is called.
        descriptor: of its socket.
        registered: what is waited for, of `selectors`' events; 0 for nothing. The hub's own.
        due: `time.monotonic()` when `look` is to be called, at the latest. The hub's own.
        is_slow: whether its user code took so long the last time that another thread had to lead. The hub's own.
    """

    hub: Hub | None
    descriptor: int
    registered: int
    due: float
    is_slow: bool

    def awaited(self) -> int:
        """What to wait for, of `selectors`' events; 0 for nothing."""
        ...

    def read(self) -> Sequence[bytes]:
        """What has come, to be given to `takes_turn`."""
        ...

    def send_due(self) -> None:
        """The peer takes something again."""
        ...

    def look(self, now: float) -> float:
        """Do what is due at this instant; tell when something will be."""
        ...

    def close_if_over(self) -> bool:
        """Close the socket when it is time for that; whether it is. It is not looked after any more then."""
        ...

    def takes_turn(self, batch: Sequence[bytes]) -> bool:
        """Whether whoever asks is to call `emit`; else what came is kept for whoever is in there."""
        ...

    def emit(self) -> None:
        """Let user code have what there is, or know of the end, after `takes_turn`."""
        ...

    def give_up(self, error: Exception) -> None:
        """End at once with this: nobody calls anything any more."""
        ...


class Hub:
    """Looks after its members as long as there are any; ends with the last one. Safe from any thread."""

    def __init__(self) -> None:
        self._members: set[Member] = set()
        self._has_begun = self._is_over = False
        self._has_stand_by = False
        self._lock = threading.Lock()  # around these
        self._asked: deque[Member] = deque()  # to be looked at now
        self._due: list[tuple[float, int, Member]] = []  # a heap; only what its member says holds
        self._stale = 0  # entries of it that do not hold any more, or about so many
        self._numbers = count()
        self._selector = selectors.DefaultSelector()
        self._wake_receiver, self._wake_sender = socket.socketpair()
        self._wake_receiver.setblocking(False)
        self._wake_sender.setblocking(False)
        self._selector.register(self._wake_receiver, selectors.EVENT_READ)
        self._woken = False
        self._leading = threading.Lock()
        self._round = 0  # odd while the leader is in user code; changed with `_leading` only
        self._tick = time.monotonic()  # when the clocks are compared
        self._offset = time.time() - self._tick  # of the wall clock
        self._is_offered = False  # whether the stand-by is to take the lead at once; as `_round`
        self._asleep = False  # the stand-by, until `_ring`
        self._ring = threading.Event()
        _hubs.add(self)

    def add(self, member: Member) -> bool:
        """
        Look after one more.

        Returns: False when this one has ended.

        Raises: RuntimeError when there is no thread to be had.
        """
        with self._lock:
            if self._is_over:
                return False
            if not self._has_begun:
                self._has_begun = True
                self._leading.acquire()
                try:
                    self._start(leads=True)
                except RuntimeError:
                    self._end()
                    raise
            self._members.add(member)
        member.hub = self
        self.ask(member)
        return True

    def ask(self, member: Member) -> None:
        """Call a member's `look` soon."""
        self._asked.append(member)
        if not self._woken:
            self._woken = True
            with suppress(OSError):  # closed: it has ended
                self._wake_sender.send(b"\0")

    def disown(self) -> None:
        """In a child of `fork()`: it has none of the threads, and the connections are the parent's."""
        for part in (self._selector, self._wake_receiver, self._wake_sender):
            with suppress(OSError):  # a kqueue is not inherited
                part.close()

    # The threads

    def _start(self, *, leads: bool) -> None:
        threading.Thread(target=self._serve, args=(leads,), name="rxslack-hub", daemon=True).start()

    def _serve(self, leads: bool) -> None:
        """Lead, stand by, and so on, as long as it is of use."""
        while leads or self._stand_by():
            leads = False
            try:
                self._lead()
            except Exception as error:
                self._give_up(error)
                raise
            with self._lock:
                if self._has_stand_by or self._is_over:
                    return
                self._has_stand_by = True

    def _stand_by(self) -> bool:
        """Wait until the leader is in user code for too long, and take the lead; False: it is over."""
        before = 0
        while not self._is_over:
            self._ring.clear()
            current = self._round
            if current != before or current % 2:
                before = current
                if not self._is_offered:
                    self._ring.wait(_STAND_BY_FOR)
                # The same odd round as before the wait: user code has not returned in all that time.
                stays = self._round == current and current % 2
                if (stays or self._is_offered) and self._leading.acquire(blocking=False):
                    self._round += 1
                    self._is_offered = False
                    with self._lock:
                        self._has_stand_by = False
                    return True
            else:
                self._asleep = True
                if self._round == current:  # else the leader went into user code without ringing
                    self._ring.wait()
                self._asleep = False
        return False

    def _lead(self) -> None:
        """Until another one does, or nothing is left to be done. `_leading` is held before, and not after."""
        while self._serve_sockets() and self._look_after_some():
            with self._lock:
                if not self._members:
                    self._end()
                    return

    def _start_stand_by(self) -> None:
        with self._lock:
            if self._has_stand_by:  # somebody who has led before
                return
            self._has_stand_by = True
        try:
            self._start(leads=False)
        except RuntimeError:  # no more threads to be had, for now; user code may be quick
            with self._lock:
                self._has_stand_by = False

    def _give_up(self, error: Exception) -> None:
        with self._lock:
            self._end()
        for member in self._members:
            member.give_up(error)

    def _timeout(self) -> float:
        if self._asked:
            return 0.0
        due = min(self._tick, self._due[0][0]) if self._due else self._tick
        return max(due - time.monotonic(), 0.0)

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            while self._wake_receiver.recv(64):
                pass
        # In this order: who asks from here on rings again, and what was asked before is looked at next.
        self._woken = False

    def _end(self) -> None:
        """`_lock` and `_leading` are held; the latter is not any more."""
        self._is_over = True
        _hubs.discard(self)
        self._selector.close()
        self._wake_receiver.close()
        self._wake_sender.close()
        self._leading.release()
        self._ring.set()

    # What the leader does; each tells whether it still is

    def _serve_sockets(self) -> bool:
        for key, events in self._selector.select(self._timeout()):
            member: Member | None = key.data
            if member is None:
                self._hear()
                continue
            if events & selectors.EVENT_WRITE:
                member.send_due()
            batch = member.read() if events & selectors.EVENT_READ else ()
            if not self._go_on(member, batch):
                return False
        return True

    def _compare_clocks(self, now: float) -> None:
        """Where the machine has slept, no deadline may tell so: the monotonic clock may have stood still."""
        self._tick = now + _TICK
        before, self._offset = self._offset, time.time() - now
        if self._offset - before > JUMP:
            with self._lock:
                self._asked.extend(self._members)

    def _look_after_some(self) -> bool:
        now = time.monotonic()
        if now >= self._tick:
            self._compare_clocks(now)
        while self._asked:
            if not self._look(self._asked.popleft()):
                return False
        while self._due and self._due[0][0] <= now:
            due, _, member = heapq.heappop(self._due)
            if member.due != due:
                self._stale -= 1
            elif not self._look(member, popped=True):
                return False
        return True

    def _look(self, member: Member, *, popped: bool = False) -> bool:
        before, due = member.due, member.look(time.monotonic())
        if due != before:
            member.due = due
            if due < math.inf:
                heapq.heappush(self._due, (due, next(self._numbers), member))
            if before < math.inf and not popped:
                self._note_stale()
        return self._go_on(member, ())

    def _note_stale(self) -> None:
        # Else what was due much later would be kept until then, when it was cancelled long ago.
        self._stale += 1
        if self._stale > len(self._due) // 2:
            self._due = [entry for entry in self._due if entry[2].due == entry[0]]
            heapq.heapify(self._due)
            self._stale = 0

    def _go_on(self, member: Member, batch: Sequence[bytes]) -> bool:
        if (awaited := member.awaited()) != member.registered:
            self._register(member, awaited)
        if member.close_if_over():
            with self._lock:
                self._members.discard(member)
        return not member.takes_turn(batch) or self._in_user_code(member)

    def _register(self, member: Member, awaited: int) -> None:
        if not member.registered:
            self._selector.register(member.descriptor, awaited, member)
        elif awaited:
            self._selector.modify(member.descriptor, awaited, member)
        else:
            self._selector.unregister(member.descriptor)
        member.registered = awaited

    def _in_user_code(self, member: Member) -> bool:
        was_slow, began = member.is_slow, time.monotonic() if member.is_slow else 0.0
        if not self._has_stand_by:
            self._start_stand_by()
        self._is_offered = was_slow
        self._round += 1
        self._leading.release()
        # Waking it costs a system call. In a flood it is hardly ever asleep, so most batches do without.
        if self._asleep or was_slow:
            self._ring.set()
        try:
            member.emit()
        except Exception as error:  # noqa: BLE001 nobody stands above, and the others must go on
            report(error, _log)
        leads = self._leading.acquire(blocking=False)
        # Whoever was slow may be quick the next time.
        member.is_slow = time.monotonic() - began > _STAND_BY_FOR if was_slow else not leads
        if not leads:  # the stand-by has taken the lead meanwhile
            return False
        self._is_offered = False
        self._round += 1
        if self._is_over:  # the stand-by has, and has closed the last socket
            self._leading.release()
        return not self._is_over


_hubs = Registry[Hub](Hub.disown)
_lock = threading.Lock()  # around the next line
_hub: Hub | None = None


def join(member: Member) -> None:
    """
    Let the hub of this process look after a connection.

    Raises: RuntimeError when there is no thread to be had.
    """
    global _hub
    with _lock:
        if _hub is None or not _hub.add(member):
            _hub = Hub()
            _hub.add(member)


def _begin_anew() -> None:
    """In a child of `fork()`."""
    global _hub, _lock
    _hub, _lock = None, threading.Lock()


after_fork(_begin_anew)
