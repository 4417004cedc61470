"""A child of fork() leaves its parent's things alone, and says what does not work in it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from rxslack.forked import Registry

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")

FORK = """
import os, sys

def fork(child):
    \"\"\"What the child says, and how it ends.\"\"\"
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        child()
        sys.exit(0)  # ordinarily, so that its exit hooks run
    assert os.waitpid(pid, 0)[1] == 0
"""


def ran(program: str, *arguments: object) -> list[str]:
    """The lines that a program prints, and its child before it."""
    # Python 3.12 warns of fork() beside threads; a program that does it anyway is what this is about
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK + program]
    done = subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, timeout=30.0
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout.splitlines()


class Thing:
    pass


def test_it_holds_what_is_registered_weakly() -> None:
    registry, thing = Registry[Thing](print), Thing()
    registry.add(thing)
    registry.add(Thing())
    assert registry.members() == [thing]
    registry.discard(thing)
    assert registry.members() == []


def test_it_empties_a_registry_in_the_child_and_says_what_was_in_it() -> None:
    program = """
from rxslack.forked import Registry
class Thing:
    pass
things, thing = Registry(lambda thing: print("disowned")), Thing()
things.add(thing)
things._lock.acquire()  # as another thread might at the moment of the fork
fork(lambda: print(things.members()))
print(things.members() == [thing])
"""
    assert ran(program) == ["disowned", "[]", "True"]


WIRE = """
import socket
from rxslack.transport import Wire
near, far = socket.socketpair()
wire = Wire(near)
far.setblocking(False)

def received():
    try:
        return len(far.recv(1000))
    except BlockingIOError:
        return "nothing"
"""


def test_it_says_no_goodbye_on_the_websocket_of_its_parent() -> None:
    program = """
def child():
    wire.say_goodbye()
    wire.wake()
    wire.close(linger=1.0)

fork(child)
print(received())
print(wire.receive(0.0))
wire.send(b"Hi")
print(received())
"""
    assert ran(WIRE + program) == ["nothing", "[]", "8"]


def test_it_keeps_no_websocket_open_that_its_parent_closed() -> None:
    program = """
ready, asked = os.pipe()
sys.stdout.flush()
if not os.fork():
    os.read(ready, 1)  # alive until the parent has looked
    os._exit(0)
near.close()
while (found := received()) == "nothing":
    pass
print(found)
os.write(asked, b"!")
"""
    assert ran(WIRE + program) == ["0"]


def test_it_says_that_the_websocket_is_the_parent_s() -> None:
    program = """
from rxslack.errors import SlackError

def child():
    for use in (wire.receive, lambda: wire.send(b"Hi")):
        try:
            use()
        except SlackError as error:
            print(error)

fork(child)
print(received())
"""
    assert ran(WIRE + program) == [
        "this connection belongs to the process that forked this one; subscribe in the child",
        "the websocket: closed already",
        "nothing",
    ]


def test_it_cuts_no_connection_that_its_parent_is_opening() -> None:
    program = """
from rxslack.dialing import Lifeline
near, far = socket.socketpair()
far.setblocking(False)
line = Lifeline()
line.hold(near)
fork(line.cut)
print(received())
line.cut()
print(received())
"""
    assert ran(WIRE + program) == ["nothing", "0"]
