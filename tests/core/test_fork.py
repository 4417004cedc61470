"""A child of fork() leaves its parent's things alone, and says what does not work in it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rxslack.core.fork import Registry
from rxslack.sinks.delivery.outbox import Outbox

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
from rxslack.core.fork import Registry
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
from rxslack.wire.websocket import WebSocket
near, far = socket.socketpair()
wire = WebSocket(near)
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
    wire.send_close()
    wire.close()

fork(child)
print(received())
print(wire.receive())
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
        "this connection belongs to the process that forked this one; "
        "make a new one in the child, after the fork",
        "the websocket: closed already",
        "nothing",
    ]


def test_it_cuts_no_connection_that_its_parent_is_opening() -> None:
    program = """
from rxslack.web.dialing import Cancellation
near, far = socket.socketpair()
far.setblocking(False)
line = Cancellation()
line.hold(near)
fork(line.cut)
print(received())
line.cut()
print(received())
"""
    assert ran(WIRE + program) == ["nothing", "0"]


SINK = """
import reactivex
from reactivex.subject import Subject
from rxslack.errors import ConfigurationError
from rxslack.sinks.post_message import post_message

class Web:
    def call(self, method, /, **arguments):
        go.wait(10.0)
        posted.append(arguments["text"])
        return {"ok": True}

def message(text):
    return {"channel": "C1", "text": text}

import threading
go, posted = threading.Event(), []
"""


def test_it_has_nothing_to_finish_for_the_sinks_of_its_parent() -> None:
    program = """
sink = post_message(Web(), drain=60.0)
sink.on_next(message("a"))

def child():
    with sink:
        print(sink.left, sink.drain(60.0), sink.close())

with sink._lanes._lock:  # as a thread of the sink might at the moment of the fork
    fork(child)
go.set()
print(sink.drain(10.0), posted)
"""
    assert ran(SINK + program) == ["0 0 0", "0 ['a']"]


def test_it_gives_the_sinks_of_its_parent_nothing_and_says_so() -> None:
    program = """
sink, source = post_message(Web()), Subject()
source.pipe(sink).subscribe()

def child():
    for use in (lambda: sink.on_next(message("a")), lambda: source.on_next(message("b"))):
        try:
            use()
        except ConfigurationError as error:
            print(error)
    reactivex.just(message("c")).pipe(sink).subscribe(on_error=lambda error: print(type(error)))

go.set()
fork(child)
print(sink.drain(10.0), posted)
"""
    said = (
        "this sink belongs to the process that forked this one; "
        "make a new one in the child, after the fork"
    )
    error = "<class 'rxslack.errors.ConfigurationError'>"
    assert ran(SINK + program) == [said, said, error, "0 []"]


def test_it_makes_none_of_its_parent_s_calls_when_a_subscriber_forked() -> None:
    program = """
done, children = threading.Event(), []

class Telling(Web):
    def call(self, method, /, **arguments):
        if 0 in children:
            os.write(1, b"the child posts\\n")
        return super().call(method, **arguments)

def subscriber(reply):
    if not children:
        children.append(os.fork())
    if len(posted) == 3:
        done.set()

source = Subject()
source.pipe(post_message(Telling(), workers=1)).subscribe(subscriber)
for text in "abc":
    source.on_next(message(text))
go.set()
done.wait(10.0)  # the child has no main thread, and ends with the thread of the sink
os.waitpid(children[0], 0)
print(posted)
"""
    assert ran(SINK + program) == ["['a', 'b', 'c']"]


def test_it_can_have_a_sink_of_its_own_for_the_client_of_its_parent() -> None:
    program = """
web = Web()
sink = post_message(web)

def child():
    go.set()
    with post_message(web) as own:
        own.on_next(message("a"))
    print(posted)

with sink._lanes._lock:
    fork(child)
"""
    assert ran(SINK + program) == ["['a']"]


def test_it_leaves_the_outbox_of_its_parent_alone(tmp_path: Path) -> None:
    """What the parent accepts after the child's end is found after a crash of the parent."""
    program = """
import gc
sink = post_message(Web(), outbox=sys.argv[1])

def child():
    global sink
    sink.dispose()
    del sink
    gc.collect()

fork(child)
sink.on_next(message("a"))
os._exit(0)
"""
    path = tmp_path / "outbox.db"
    assert ran(SINK + program, path) == []
    box = Outbox(path)
    assert [kept.call.arguments["text"] for kept in box.left_behind()] == ["a"]
    box.close()


def test_it_keeps_the_outbox_of_its_parent_from_nobody(tmp_path: Path) -> None:
    """A child that outlives its parent does not lock the file."""
    program = """
sink = post_message(Web(), outbox=sys.argv[1])
if not os.fork():
    os.close(1)
    os.close(2)
    sys.stdin.read()  # until the test is over
    os._exit(0)
os._exit(0)
"""
    command = [sys.executable, "-W", "ignore", "-c", FORK + SINK + program]
    path = tmp_path / "outbox.db"
    with subprocess.Popen([*command, str(path)], stdin=subprocess.PIPE) as process:
        process.wait(10.0)
        Outbox(path).close()


def test_it_answers_slack_with_503_where_only_its_parent_subscribed() -> None:
    program = """
import io, json, time
from rxslack.web.signatures import sign
from rxslack.sources.http_events import http_events

events = http_events("secret")
events.subscribe(lambda item: None)

def answered():
    event = {"type": "message", "ts": "1.0", "channel": "C1"}
    payload = {"type": "event_callback", "event_id": "Ev1", "event": event}
    body, timestamp, said = json.dumps(payload).encode(), str(int(time.time())), []
    events({
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "HTTP_X_SLACK_REQUEST_TIMESTAMP": timestamp,
        "HTTP_X_SLACK_SIGNATURE": sign("secret", timestamp, body),
    }, lambda status, headers: said.append(status))
    return said[0]

def child():
    import logging
    logging.basicConfig(stream=sys.stdout, format="%(message)s")
    print(answered(), answered())
    heard = threading.Event()
    events.subscribe(lambda item: item["type"] == "events_api" and heard.set())
    print(answered(), heard.wait(10.0))

import threading
with events._changing, events._seen._lock:
    fork(child)
print(answered())
"""
    assert ran(program) == [
        "Slack is answered with 503: nobody has subscribed in this process, only in the one that "
        "forked it; subscribe after the fork, in gunicorn's post_fork",
        "503 Service Unavailable 503 Service Unavailable",
        "200 OK True",
        "200 OK",
    ]


def test_it_does_not_share_the_connections_of_a_client() -> None:
    program = """
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from rxslack.web.client import WebClient

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        ports.append(self.client_address[1])
        answer = b'{"ok": true}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass

ports = []
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
web = WebClient("xoxb-test", base_url=f"http://127.0.0.1:{server.server_port}/api/")
web.call("api.test")
fork(lambda: web.call("api.test"))
web.call("api.test")
print(len(ports), ports[0] == ports[2] != ports[1])
"""
    assert ran(program) == ["3 True"]


def test_it_subscribes_anew_to_what_its_parent_shares() -> None:
    program = """
import reactivex
from rxslack.operators.shared import shared

def source(observer, scheduler=None):
    observer.on_next("subscribed")

stream = shared(reactivex.Observable(source))
stream.subscribe()
fork(lambda: stream.subscribe(print))
stream.subscribe(print)
"""
    assert ran(program) == ["subscribed"]


def test_it_asks_for_a_name_that_a_thread_of_its_parent_asks_for() -> None:
    program = """
import threading
from rxslack.operators.directory import Directory
from rxslack.web.client import WebClient

class Web(WebClient):
    def call(self, method, /, **arguments):
        asked.set()
        if os.getpid() == parent:
            answered.wait()
        return {"user": {"id": arguments["user"], "name": "alice"}}

parent, asked, answered = os.getpid(), threading.Event(), threading.Event()
directory = Directory(Web("xoxb-test"))
threading.Thread(target=lambda: directory.user("U1")).start()
asked.wait()
fork(lambda: print(directory.user("U1")["name"]))
answered.set()
print(directory.user("U1")["name"])
"""
    assert ran(program) == ["alice", "alice"]


def test_it_counts_no_connections_of_its_parent() -> None:
    """To a child they are somebody else's, as they are to Slack."""
    program = """
from rxslack.sources.connection.count import connection_count

def child():
    leave(had_url=True)
    print(connection_count.own("an app"))
    connection_count.enter("an app")
    print(connection_count.own("an app"))

leave = connection_count.enter("an app")
with connection_count._lock:
    fork(child)
print(connection_count.own("an app"))
"""
    assert ran(program) == ["0", "1", "1"]


@pytest.mark.parametrize(
    ("lock", "use"),
    [
        ("rxslack.sources.budget._finding", "rxslack.sources.budget.budget_of(web)"),
        ("rxslack.sources.budget.budget_of(web)._lock", "rxslack.sources.budget.budget_of(web).take()"),
        ("rxslack.lanes.paces._finding", "rxslack.lanes.paces.budget_of(web)"),
        ("rxslack.lanes.paces.budget_of(web).lock", "rxslack.lanes.paces.budget_of(web).lock.acquire()"),
        ("rxslack.operators.picking._lock", "rxslack.operators.picking.identify(web)"),
        ("rxslack.operators.picking._locks.setdefault(web, Lock())", "rxslack.operators.picking.identify(web)"),
        ("rxslack.core.finishing._state.lock", "rxslack.core.finishing.Pipeline().parts()"),
    ],
)  # fmt: skip
def test_it_waits_for_no_lock_that_a_thread_of_its_parent_held(lock: str, use: str) -> None:
    program = f"""
from threading import Event, Lock, Thread
import rxslack.core.finishing, rxslack.lanes.paces, rxslack.operators.picking, rxslack.sources.budget
from rxslack.web.client import WebClient

class Web(WebClient):
    def call(self, method, /, **arguments):
        return {{"user_id": "U1"}}

def hold():
    with {lock}:
        held.set()
        Event().wait()

web, held = Web("xoxb-test"), Event()
Thread(target=hold, daemon=True).start()
held.wait()
fork(lambda: ({use}, print("done")))
"""
    assert ran(program) == ["done"]


def test_it_takes_stock_of_what_is_open_while_other_threads_open_more() -> None:
    registry, things, stop = Registry[Thing](), list[Thing](), threading.Event()

    def add() -> None:
        while not stop.is_set() and len(things) < 200_000:
            things.append(Thing())
            registry.add(things[-1])

    thread = threading.Thread(target=add)
    thread.start()
    try:
        while len(registry.members()) < 20_000:
            pass
    finally:
        stop.set()
        thread.join()
