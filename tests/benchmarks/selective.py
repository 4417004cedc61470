"""
Pipelines that want one event in two hundred, beside loops that decode them all.

    pip install -e '.[speed,bench]'
    python -m tests.benchmarks.selective            # --count 200000 --rounds 5

Each client is a process of its own, and takes the same flood of messages of about 600 bytes from one server; clients
take turns. What is printed is CPU time an event, the median of the rounds, and how many times that is in others.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.scenario import FIRST, Scenario, template
from tests.benchmarks.websockets_at_once import Flood, serve

__all__ = ["main", "tables"]

EVERY: Final = 200  # one in so many is wanted
WANTED: Final = {
    "type": '{"type":"reaction_added","user":"U2147483697","reaction":"wave","item_user":"U1",'
    '"item":{"type":"message","channel":"C024BE91L","ts":"7.1"},"event_ts":"9.2"}',
    "text": '{"type":"message","channel":"C024BE91L","user":"U1","text":"now deploy web","ts":"9.1"}',
    "channel": '{"type":"message","channel":"C0DEPLOYS","user":"U1","text":"started","ts":"9.1"}',
}
Predicate = Callable[[dict[str, Any]], bool]
BY_HAND: Final[dict[str, Predicate]] = {
    "type": lambda event: event["type"] == "reaction_added",
    "text": lambda event: event["type"] == "message" and "deploy" in (event.get("text") or ""),
    "channel": lambda event: event.get("channel") == "C0DEPLOYS",
}
_ROOT: Final = Path(__file__).parents[2]


def flood(kind: str, count: int, *, envelopes: bool) -> Flood:
    """The frames of one flood, of which the last is wanted."""
    ordinary = template(Scenario(envelopes=envelopes))
    wanted = WANTED[kind].encode()
    if envelopes:
        head = b'{"envelope_id":"5e1c4a76-9f0b-4b0e-8d3c-%012d","type":"events_api",'
        head += b'"accepts_response_payload":false,"payload":{"type":"event_callback",'
        wanted = head + b'"event_id":"Ev%012d","event":' + wanted + b"}}"

    def event(number: int) -> bytes:
        if number % EVERY == EVERY - 1:
            return wanted % ((number, number) if envelopes else ())
        places = (number, number) if envelopes else ()
        return ordinary % (*places, FIRST + number, FIRST + number, number)

    return Flood(b'{"type":"hello"}', map(event, range(count)))


# Clients: each calls `see` with what it wants


def rxslack(kind: str, address: str, see: Callable[[Any], None], envelopes: bool, _: Any) -> None:
    """A pipeline of rxslack's own operators."""
    import rxslack as rx

    stages: dict[str, Any] = {
        "type": lambda: rx.of_type(rx.ReactionAddedEvent),
        "text": lambda: rx.containing("deploy", ignore_case=False),
        "channel": lambda: rx.in_channel("C0DEPLOYS"),
    }
    if envelopes:
        app = rx.WebClient("xapp-test", base_url=address)
        stream = rx.socket_mode(app).pipe(rx.reconnect(), rx.events_api())
    else:
        stream = rx.rtm(rx.WebClient("xoxb-test", base_url=address)).pipe(rx.reconnect())
    stream.pipe(stages[kind]()).subscribe(see)


def picows(
    kind: str, address: str, see: Callable[[Any], None], envelopes: bool, loads: Any
) -> None:
    """picows' listener, which acknowledges nothing."""
    module = import_module("picows")
    wants, text = BY_HAND[kind], module.WSMsgType.TEXT

    def on_ws_frame(_listener: object, _transport: object, frame: Any) -> None:
        if frame.msg_type == text:
            event = loads(frame.get_payload_as_bytes())
            if envelopes and "payload" in event:
                event = event["payload"]["event"]
            if wants(event):
                see(event)

    listener = type("Listener", (module.WSListener,), {"on_ws_frame": on_ws_frame})

    async def loop() -> None:
        transport, _ = await module.ws_connect(listener, _websocket(address))
        await transport.wait_disconnected()

    threading.Thread(target=asyncio.run, args=(loop(),), daemon=True).start()


def aiohttp(
    kind: str, address: str, see: Callable[[Any], None], envelopes: bool, loads: Any
) -> None:
    """aiohttp's loop, which acknowledges nothing."""
    module = import_module("aiohttp")
    wants = BY_HAND[kind]

    async def loop() -> None:
        session = module.ClientSession()
        async with session, session.ws_connect(_websocket(address)) as websocket:
            async for message in websocket:
                event = loads(message.data)
                if envelopes and "payload" in event:
                    event = event["payload"]["event"]
                if wants(event):
                    see(event)

    threading.Thread(target=asyncio.run, args=(loop(),), daemon=True).start()


def _websocket(address: str) -> str:
    return address.replace("http:", "ws:").removesuffix("api/")


CLIENTS: Final[dict[str, Callable[..., None]]] = {
    "rxslack": rxslack,
    "picows": picows,
    "aiohttp": aiohttp,
}


def measure(name: str, kind: str, address: str, envelopes: bool, decoder: str, count: int) -> float:
    """Nanoseconds of CPU time an event, in this process, which has done nothing yet."""
    if decoder == "json":
        vars(sys)["modules"]["orjson"] = None  # as where it is not installed
    loads = json.loads if decoder == "json" else import_module("orjson").loads
    done, seen, begun = threading.Event(), 0, 0.0

    def see(_: Any) -> None:
        nonlocal seen, begun
        seen += 1
        if seen == 1:  # the connection stands, and all is imported
            begun = time.process_time()
        if seen == count // EVERY:
            done.set()

    CLIENTS[name](kind, address, see, envelopes, loads)
    if not done.wait(120):
        raise TimeoutError(f"{name} saw {seen} of {count // EVERY}")
    return (time.process_time() - begun) / (count - EVERY) * 1e9


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    options = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.selective", description=__doc__
    )
    options.add_argument("--count", type=int, default=200_000, help="events of a flood")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    given = options.parse_args(arguments)
    if given.one:
        name, kind, address, envelopes, decoder = given.one
        print(measure(name, kind, address, envelopes == "True", decoder, given.count))  # noqa: T201
        sys.stdout.flush()
        __import__("os")._exit(0)  # whatever threads a client leaves behind
    for line in tables(given.count, given.rounds):
        print(line, flush=True)  # noqa: T201 this is a command


def tables(count: int, rounds: int, kinds: Sequence[str] = tuple(WANTED)) -> Iterator[str]:
    """
    What an event costs each client.

    Args:
        count: events of a flood, a multiple of `EVERY`.
        rounds: of each; the median counts.
        kinds: of pipelines.
    """
    yield "| wanted | client | decoder | ns an event | rxslack is faster by |"
    yield "|---|---|---|---|---|"
    for envelopes in (False, True):
        for kind in kinds:
            yield from _table(kind, envelopes, count, rounds)


def _table(kind: str, envelopes: bool, count: int, rounds: int) -> Iterator[str]:
    ways = [("rxslack", "orjson"), ("picows", "orjson"), ("rxslack", "json"), ("aiohttp", "json")]
    ways = [way for way in (ways[:2] if envelopes else ways) if all(map(find_spec, way))]
    found: dict[tuple[str, str], list[float]] = {way: [] for way in ways}
    with serve(flood(kind, count, envelopes=envelopes)) as address:
        for _ in range(rounds):
            for way in ways:
                found[way].append(_measured(*way, kind, address, envelopes, count))
    for name, decoder in ways:
        cost = statistics.median(found[name, decoder])
        ratio = cost / statistics.median(found["rxslack", decoder])
        what = f"{kind}, in envelopes" if envelopes else kind
        yield f"| {what} | {name} | {decoder} | {cost:,.0f} | {ratio:.2f} × |"


def _measured(
    name: str, decoder: str, kind: str, address: str, envelopes: bool, count: int
) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.selective", "--count", str(count)]
    command += ["--one", name, kind, address, str(envelopes), decoder]
    return float(
        subprocess.run(command, capture_output=True, text=True, check=True, cwd=_ROOT).stdout
    )


if __name__ == "__main__":
    main()
