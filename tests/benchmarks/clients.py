"""Every client under test, each written as its own documentation has it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine
from functools import cache
from importlib import import_module
from itertools import count
from typing import Any, Final, Literal

from reactivex import Observable, operators as ops

import rxslack
from tests.benchmarks import socket_mode_clients
from tests.benchmarks.tally import Tally

__all__ = ["CLIENTS", "WINDOW", "Client"]

Loads = Callable[[Any], Any]
Stop = Callable[[], object]
Client = Callable[[str, Tally, Loads], Stop]
"""Starts one connection to the address, which reports to the tally, and tells how to end it."""

WINDOW: Final = 200  # events that slack_sdk's client may be behind


def readme(address: str, tally: Tally, _: Loads) -> Stop:
    """rxslack as the README has it: a typed filter, and an answer made for each message."""
    return _answer(_events(address), tally)


def filters(address: str, tally: Tally, _: Loads) -> Stop:
    """What the README's pipeline asks of each message, and no answer made of any."""
    asked = _events(address).pipe(
        rxslack.not_from_bots(),
        rxslack.of_type(rxslack.MessageEvent, lambda e: "Hello" in e["text"]),
    )
    return asked.subscribe(tally.look, tally.fail).dispose


def stock(address: str, tally: Tally, _: Loads) -> Stop:
    """The same with reactivex's own filter and map."""
    texts = _events(address).pipe(ops.filter(_says_hello), ops.map(_ts))
    return texts.subscribe(tally.see, tally.fail).dispose


def _says_hello(event: dict[str, Any]) -> bool:
    return event["type"] == "message" and "Hello" in (event.get("text") or "")


def _ts(event: dict[str, Any]) -> Any:
    return event["ts"]


def with_metrics(address: str, tally: Tally, _: Loads) -> Stop:
    """As the README has it, and counted."""
    metrics, stop = rxslack.Metrics(), _answer(_events(address), tally)

    def end() -> None:
        stop()
        counted = metrics.value("rxslack_events_total", type="message")
        if counted < tally.seen:
            raise RuntimeError(f"{counted} events were counted, and {tally.seen} were seen")

    return end


def events(address: str, tally: Tally, _: Loads) -> Stop:
    """Nothing but the stream that reconnects."""
    return _events(address).subscribe(tally.look, tally.fail).dispose


def too_slow(overflow: Literal["wait", "fail"]) -> Client:
    """A subscriber that takes some hundred times as long as an event takes to come."""

    def start(address: str, tally: Tally, _: Loads) -> Stop:
        def on_next(event: dict[str, Any]) -> None:
            tally.look(event)
            time.sleep(0.001)

        web = rxslack.WebClient("xoxb-test", base_url=f"{address}api/")
        stream = rxslack.rtm(web, max_waiting_bytes=1024 * 1024, overflow=overflow)
        return stream.subscribe(on_next, tally.fail).dispose

    return start


def socket_mode(address: str, tally: Tally, _: Loads) -> Stop:
    """The README's pipeline over Socket Mode."""
    app = rxslack.WebClient("xapp-test", base_url=f"{address}api/")
    events = rxslack.socket_mode(app).pipe(rxslack.reconnect(), rxslack.events_api())
    return _answer(events, tally)


_workspaces = count(1)


def _events(address: str) -> Observable[dict[str, Any]]:
    # A token for each: the calls for a URL are counted by token, and many connections are many
    # workspaces.
    web = rxslack.WebClient(f"xoxb-test-{next(_workspaces)}", base_url=f"{address}api/")
    return rxslack.rtm(web).pipe(rxslack.reconnect())


def _answer(stream: Observable[dict[str, Any]], tally: Tally) -> Stop:
    answers = stream.pipe(
        rxslack.not_from_bots(),
        rxslack.of_type(rxslack.MessageEvent, lambda e: "Hello" in e["text"]),
        ops.map(rxslack.reply(_greeting)),
    )

    def on_next(answer: Any) -> None:
        tally.see(answer["thread_ts"])

    return answers.subscribe(on_next, tally.fail).dispose


def _greeting(event: rxslack.MessageEvent) -> str:
    return f"Hi <@{event['user']}>!"


# What only a benchmark needs is imported when its turn comes: the others run without it.


def slack_sdk(address: str, tally: Tally, _: Loads) -> Stop:
    """slack_sdk's RTMClient, telling how far it is: an unpaced flood breaks its frames."""
    client = import_module("slack_sdk.rtm_v2").RTMClient(
        token="xoxb-test", base_url=f"{address}api/"
    )

    def on_event(_client: object, event: dict[str, Any]) -> None:
        tally.look(event)
        if tally.seen % (WINDOW // 2) == 0:
            client.send(json.dumps({"told": tally.seen}))

    client.on("*")(on_event)
    client.connect()
    return lambda: client.close()


def websocket_app(address: str, tally: Tally, loads: Loads) -> Stop:
    """websocket-client's WebSocketApp."""

    def on_message(_app: object, text: str) -> None:
        tally.look(loads(text))

    app: Any = import_module("websocket").WebSocketApp(_ws(address), on_message=on_message)
    threading.Thread(target=app.run_forever, daemon=True).start()
    return lambda: app.close()


def websocket_recv(address: str, tally: Tally, loads: Loads) -> Stop:
    """websocket-client's `recv()` in a loop: a bare loop over one socket."""
    ws = import_module("websocket").create_connection(_ws(address), skip_utf8_validation=True)

    def loop() -> None:
        while text := ws.recv():
            tally.look(loads(text))

    threading.Thread(target=loop, daemon=True).start()
    return lambda: ws.abort()


def websockets(address: str, tally: Tally, loads: Loads) -> Stop:
    """websockets' asyncio client."""

    async def loop() -> None:
        client = import_module("websockets.asyncio.client")
        async with client.connect(_ws(address)) as ws:
            async for text in ws:
                tally.look(loads(text))

    return _spawn(loop())


def aiohttp(address: str, tally: Tally, loads: Loads) -> Stop:
    """aiohttp's websocket."""

    async def loop(ws: Any) -> None:
        async for message in ws:
            tally.look(loads(message.data))

    return _spawn(_aiohttp(address, loop))


def aiohttp_at_work(address: str, tally: Tally, loads: Loads) -> Stop:
    """The same loop, doing what the stock operators do for rxslack."""

    async def loop(ws: Any) -> None:
        async for message in ws:
            event = loads(message.data)
            if _says_hello(event):
                tally.see(_ts(event))

    return _spawn(_aiohttp(address, loop))


async def _aiohttp(address: str, loop: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    module = import_module("aiohttp")
    async with module.ClientSession() as session, session.ws_connect(_ws(address)) as ws:
        await loop(ws)


def picows(address: str, tally: Tally, loads: Loads) -> Stop:
    """picows, whose listener is called from C for each frame; no fragments, no reconnect."""
    kinds = import_module("picows").WSMsgType

    def on_ws_frame(_listener: object, _transport: object, frame: Any) -> None:
        if frame.msg_type == kinds.TEXT:
            tally.look(loads(frame.get_payload_as_bytes()))

    return _picows(address, on_ws_frame)


def picows_at_work(address: str, tally: Tally, loads: Loads) -> Stop:
    """The same listener, doing what the stock operators do for rxslack."""
    kinds = import_module("picows").WSMsgType

    def on_ws_frame(_listener: object, _transport: object, frame: Any) -> None:
        if frame.msg_type == kinds.TEXT:
            event = loads(frame.get_payload_as_bytes())
            if _says_hello(event):
                tally.see(_ts(event))

    return _picows(address, on_ws_frame)


def _picows(address: str, on_ws_frame: Callable[[object, object, Any], None]) -> Stop:
    module = import_module("picows")
    listener = type("Listener", (module.WSListener,), {"on_ws_frame": on_ws_frame})

    async def loop() -> None:
        transport, _ = await module.ws_connect(listener, _ws(address))
        await transport.wait_disconnected()

    return _spawn(loop())


def _ws(address: str) -> str:
    return address.replace("http:", "ws:")


def _spawn(main: Coroutine[Any, Any, None]) -> Stop:
    return asyncio.run_coroutine_threadsafe(main, _loop()).cancel


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One event loop, on a thread of its own, for all connections of a process."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


CLIENTS: Final[dict[str, Client]] = {
    "rxslack": readme,
    "rxslack, filters alone": filters,
    "rxslack, stock operators": stock,
    "rxslack, with metrics": with_metrics,
    "rxslack, events alone": events,
    "rxslack, Socket Mode": socket_mode,
    "rxslack, too slow, may wait": too_slow("wait"),
    "rxslack, too slow, must fail": too_slow("fail"),
    "slack_sdk RTM v2": slack_sdk,
    "slack_sdk Socket Mode": socket_mode_clients.slack_sdk,
    "Bolt, Socket Mode": socket_mode_clients.bolt,
    "csp, Socket Mode": socket_mode_clients.csp,
    "websocket-client": websocket_app,
    "websocket-client, recv()": websocket_recv,
    "websockets": websockets,
    "aiohttp": aiohttp,
    "aiohttp, filter and map": aiohttp_at_work,
    "picows": picows,
    "picows, filter and map": picows_at_work,
}
