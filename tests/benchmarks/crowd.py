"""The clients that hold many connections, and what comes over each of these."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any, Final

__all__ = ["CLIENTS", "Crowd", "Stream"]

_AGAIN: Final = 0.1  # seconds until a bare client dials again


class Stream:
    """
    What came for one workspace.

    Attributes:
        seen: messages.
        hellos: connections that stood.
        disorder: messages that came again, or after one they precede.
        nap: seconds that its subscriber sleeps at the next message.
        late: where the nanoseconds since each message's sending go, if they are taken.
    """

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self.goal = 0
        self.seen = 0
        self.hellos = 0
        self.disorder = 0
        self.nap = 0.0
        self.late: list[int] | None = None
        self._last = ""

    def see(self, event: Mapping[str, Any]) -> None:
        """What each client calls with each event."""
        if event["type"] == "message":
            ts: str = event["ts"]
            if ts <= self._last:
                self.disorder += 1
            self._last = ts
            if self.late is not None:
                self.late.append(time.monotonic_ns() - int(event["sent"]))
            self.seen += 1
            if self.seen == self.goal:
                self._crowd.arrived()
            if self.nap:
                nap, self.nap = self.nap, 0.0
                time.sleep(nap)
        elif event["type"] == "hello":
            self.hellos += 1
            self._crowd.greeted()


class Crowd:
    """
    The workspaces of one process.

    Args:
        number: how many.
    """

    def __init__(self, number: int) -> None:
        self.streams = [Stream(self) for _ in range(number)]
        self.errors: list[str] = []
        self._lock = threading.Lock()
        self._left = 0
        self._done = threading.Event()

    def fail(self, error: Exception) -> None:
        """The stream of a workspace has ended, which it must not."""
        self.errors.append(repr(error))

    def arrived(self) -> None:
        """One of those that are awaited is there."""
        with self._lock:
            self._left -= 1
            if not self._left:
                self._done.set()

    greeted = arrived

    def expect(self, each: int, streams: Sequence[Stream] | None = None) -> None:
        """Await so many more messages of each workspace; with none, a hello of each."""
        streams = self.streams if streams is None else streams
        with self._lock:
            self._left = len(streams)
            self._done.clear()
        for stream in streams:
            stream.goal = stream.seen + each if each else -1

    def wait(self, patience: float) -> bool:
        """Wait until all have come, or until nothing has for so many seconds; tell which."""
        before, since = -1, time.monotonic()
        while not self._done.wait(1.0):
            now = sum(stream.seen + stream.hellos for stream in self.streams)
            if now != before:
                before, since = now, time.monotonic()
            elif time.monotonic() - since > patience:
                return False
        return True


Client = Callable[[int, Crowd, Sequence[int]], None]
"""Opens the connections of these workspaces of the crowd, to the server at a port."""


def rxslack(port: int, crowd: Crowd, numbers: Sequence[int]) -> None:
    """The stream that reconnects, with a client and a token for each workspace."""
    import rxslack as rx

    for number in numbers:
        web = rx.WebClient(f"xoxb-test-{number}", base_url=f"http://127.0.0.1:{port}/api/")
        rx.rtm(web).pipe(rx.reconnect()).subscribe(crowd.streams[number].see, crowd.fail)


def picows(port: int, crowd: Crowd, numbers: Sequence[int]) -> None:
    """picows' listener, decoding by orjson; a loop dials again. No calls for URLs, and no pings."""
    module, loads = import_module("picows"), import_module("orjson").loads
    text = module.WSMsgType.TEXT

    def on_ws_frame(listener: Any, _transport: object, frame: Any) -> None:
        if frame.msg_type == text:
            listener.see(loads(frame.get_payload_as_bytes()))

    kind: Any = type("Listener", (module.WSListener,), {"on_ws_frame": on_ws_frame})

    def made(number: int) -> Any:
        listener = kind()
        listener.see = crowd.streams[number].see
        return listener

    async def keep(number: int) -> None:
        address = f"ws://127.0.0.1:{port}/{number}"
        while True:
            try:
                transport, _ = await module.ws_connect(partial(made, number), address)
                await transport.wait_disconnected()
            except (OSError, module.WSError):
                await asyncio.sleep(_AGAIN)

    _keep(keep, numbers)


def aiohttp(port: int, crowd: Crowd, numbers: Sequence[int]) -> None:
    """aiohttp's loop, decoding by orjson; it dials again. No calls for URLs, and no pings."""
    module, loads = import_module("aiohttp"), import_module("orjson").loads

    async def keep(number: int) -> None:
        see = crowd.streams[number].see
        connector = module.TCPConnector(limit=0)
        async with module.ClientSession(connector=connector) as session:
            while True:
                try:
                    async with session.ws_connect(f"ws://127.0.0.1:{port}/{number}") as websocket:
                        async for message in websocket:
                            see(loads(message.data))
                except (OSError, module.ClientError):
                    await asyncio.sleep(_AGAIN)

    _keep(keep, numbers)


_loops: list[asyncio.AbstractEventLoop] = []


def _keep(keep: Callable[[int], Coroutine[Any, Any, None]], numbers: Sequence[int]) -> None:
    """Run all on one event loop, which has a thread of its own."""
    if not _loops:
        _loops.append(asyncio.new_event_loop())
        threading.Thread(target=_loops[0].run_forever, daemon=True).start()
    for number in numbers:
        asyncio.run_coroutine_threadsafe(keep(number), _loops[0])


CLIENTS: Final[dict[str, Client]] = {"rxslack": rxslack, "picows": picows, "aiohttp": aiohttp}
