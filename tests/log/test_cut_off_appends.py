"""An append that is cut off in the middle, and repeated, makes one entry of each event."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from rxslack import LogStatus
from rxslack.log.engine import LogEntry, Reader
from rxslack.log.where import engine_at
from tests.background import until
from tests.log.cutting_proxy import Cut, CuttingProxy
from tests.log.programs import Watcher, append, event
from tests.log.servers import Server

MARKER = "cut here"


@pytest.mark.parametrize("cut", get_args(Cut))
def test_by_the_network(server: Server, cut: Cut) -> None:
    name = f"?name={cut.replace(' ', '-')}"
    append(server.url + name, event(0))  # from now on the server knows the script
    with CuttingProxy(server.port, MARKER.encode(), cut) as proxy:
        events = [{**event(number), "text": f"{number} {MARKER}"} for number in range(1, 4)]
        append(f"redis://127.0.0.1:{proxy.port}/0{name}", *events)
        assert proxy.cuts == 1
    assert LogStatus(server.url + name).now.entries == 4
    watcher = Watcher(server.url + name)
    until(lambda: len(watcher.items) >= 4)
    watcher.subscription.dispose()
    assert watcher.items == [event(0), *events]


KILLED = """
import os, signal, sys
from rxslack.log.engine import LogEntry
from rxslack.log.where import engine_at

where, moment = sys.argv[1:]
engine = engine_at(where)

def die(statement):
    if statement.startswith(moment):
        os.kill(os.getpid(), signal.SIGKILL)

engine._file._durable.set_trace_callback(die)
engine.append([LogEntry(1, key, 600.0, key.encode()) for key in "abc"])
if moment == "-- committed":
    die(moment)
"""


@pytest.mark.parametrize(
    "moment", ["INSERT INTO keys", "INSERT INTO entries", "UPDATE counts", "COMMIT", "-- committed"]
)
def test_by_the_end_of_its_process(tmp_path: Path, moment: str) -> None:
    where, reader = tmp_path / "events.db", Reader("g", "r", 30.0)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(where), moment], check=False)
    assert killed.returncode == -signal.SIGKILL
    engine = engine_at(where)
    engine.join(reader, None)
    entries = [LogEntry(1, key, 600.0, key.encode()) for key in "abc"]
    assert engine.append(entries) == (0 if moment == "-- committed" else 3)
    assert [one.text for one in engine.take(reader, 10)] == [b"a", b"b", b"c"]
    assert LogStatus(where).now.entries == 3
