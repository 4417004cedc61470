"""The questions, each with its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks import start
from tests.benchmarks.clients import WINDOW
from tests.benchmarks.runner import Bench, Decoder, Result, cost
from tests.benchmarks.scenario import Kind, Scenario, Size

__all__ = ["FLOODED", "Effort", "connections", "floods", "imports", "latency", "memory"]


@dataclass(frozen=True)
class Effort:
    """
    How much is measured.

    Attributes:
        count: events of a flood.
        rounds: of each flood.
        seconds: of each latency, and of idling.
        quick: whether it is only to be seen that it works, by some of the clients.
        clients: in a flood; all where none is named.
    """

    count: int = 100_000
    rounds: int = 3
    seconds: int = 5
    quick: bool = False
    clients: Sequence[str] = ()


_SELECT = (
    1024  # descriptors that select() can watch; slack_sdk, with its five a client, hangs above
)

Contender = tuple[str, Decoder]

FLOODED: Sequence[Contender] = (
    ("rxslack, stock operators", "json"),
    ("rxslack", "json"),
    ("rxslack, filters alone", "json"),
    ("rxslack, events alone", "json"),
    ("rxslack, Socket Mode", "json"),
    ("slack_sdk RTM v2", "json"),
    ("slack_sdk Socket Mode", "json"),
    ("Bolt, Socket Mode", "json"),
    ("csp, Socket Mode", "json"),
    ("websocket-client", "json"),
    ("websockets", "json"),
    ("aiohttp", "json"),
    ("aiohttp, filter and map", "json"),
    ("rxslack, stock operators", "orjson"),
    ("rxslack", "orjson"),
    ("rxslack, filters alone", "orjson"),
    ("rxslack, events alone", "orjson"),
    ("rxslack, Socket Mode", "orjson"),
    ("aiohttp", "orjson"),
    ("picows", "orjson"),
    ("picows, filter and map", "orjson"),
)

_NEED_BLOCKS = ("csp, Socket Mode",)  # it fails at a message without, as small ones are


def floods(bench: Bench, effort: Effort, size: Size) -> Iterator[str]:
    """Everything at once: events per CPU second, side by side, rounds interleaved."""
    results: dict[Contender, list[Result]] = {one: [] for one in _contenders(effort, size)}
    for _ in range(effort.rounds):
        for (client, decoder), rounds in results.items():
            if (
                result := bench.measure(client, _flood(client, size, effort), decoder=decoder)
            ) is not None:
                rounds.append(result)
    best = {contender: min(rounds, key=cost) for contender, rounds in results.items() if rounds}
    yield from _rows(
        [
            "client",
            "JSON by",
            "events per CPU second",
            "× aiohttp",
            "× picows",
            "wall, s",
            "peak, MB",
            "threads",
            "lost",
            "twice or out of order",
        ],
        [
            [*contender, *_flood_cells(result, best, effort.count)]
            for contender, result in best.items()
        ],
    )


def _contenders(effort: Effort, size: Size) -> Iterator[Contender]:
    for client, decoder in FLOODED[::6] if effort.quick else FLOODED:
        is_able = size == "realistic" or client not in _NEED_BLOCKS
        if is_able and (not effort.clients or client in effort.clients):
            yield client, decoder


def _flood(client: str, size: Size, effort: Effort) -> Scenario:
    paced = client.startswith(("slack_sdk", "Bolt", "csp"))
    kind: Kind = "window" if paced else "flood"
    return Scenario(kind, size, effort.count, WINDOW if paced else 0, "Socket" in client)


def _flood_cells(result: Result, best: dict[Contender, Result], count: int) -> list[str]:
    return [
        f"{1 / cost(result):,.0f}",
        _ratio(result, best.get(("aiohttp", "json"))),
        _ratio(result, best.get(("picows", "orjson"))),
        f"{result['wall']:.2f}",
        f"{result['peak'] / 1e6:.0f}",
        str(result["threads"]),
        str(count - result["seen"]),
        str(result["disorder"]),
    ]


def _ratio(result: Result, other: Result | None) -> str:
    return "" if other is None else f"{cost(other) / cost(result):.2f}"


def latency(bench: Bench, effort: Effort) -> Iterator[str]:
    """One event at a time: from the server's sending to the client's callback."""
    clients = ["rxslack, events alone", "websocket-client, recv()", "aiohttp", "slack_sdk RTM v2"]
    rows: list[list[str]] = []
    for rate in (1_000,) if effort.quick else (100, 1_000, 10_000):
        for client in clients[: 2 if effort.quick else None]:
            scenario = Scenario("pace", "realistic", rate * effort.seconds, rate)
            if (result := bench.measure(client, scenario)) is not None and result["late"]:
                late = [f"{result['late'][p]:,.0f}" for p in ("p50", "p99")]
                cpu = f"{1e6 * cost(result):.0f}"
                rows.append([f"{rate:,}", client, *late, cpu, str(scenario.count - result["seen"])])
    yield from _rows(
        ["events a second", "client", "p50, µs", "p99, µs", "CPU, µs an event", "lost"], rows
    )


def connections(bench: Bench, effort: Effort) -> Iterator[str]:
    """Many connections in one process, idle and then sharing a flood."""
    clients = ["rxslack, events alone", "websocket-client, recv()", "slack_sdk RTM v2"]
    rows: list[list[str]] = []
    for number in (10,) if effort.quick else (1, 10, 100, 500):
        for client in clients[: 3 if number <= _SELECT // 5 and not effort.quick else 2]:
            idle = bench.measure(
                client, Scenario("idle", "realistic", 1, effort.seconds), connections=number
            )
            if idle is not None:
                each = Effort(effort.count // number)
                busy = bench.measure(client, _flood(client, "realistic", each), connections=number)
                rows.append([str(number), client, *_connection_cells(idle, busy, number)])
    yield from _rows(
        [
            "connections",
            "client",
            "threads each",
            "idle: kB each",
            "idle: % of a core, together",
            "busy: events per CPU second",
            "busy: kB each",
        ],
        rows,
    )


def _connection_cells(idle: Result, busy: Result | None, number: int) -> list[str]:
    return [
        f"{idle['threads'] / number:.1f}",
        f"{idle['memory'] / number / 1024:.0f}",
        f"{100 * idle['cpu'] / idle['wall']:.2f}",
        "" if busy is None else f"{1 / cost(busy):,.0f}",
        "" if busy is None else f"{busy['memory'] / number / 1024:.0f}",
    ]


def memory(bench: Bench, effort: Effort) -> Iterator[str]:
    """The length of a flood, and a subscriber that is much too slow for it."""
    rows: list[list[str]] = []
    slow = max(effort.count // 20, 1)
    for client, count in (
        ("rxslack", effort.count),
        ("rxslack", 10 * effort.count),
        ("rxslack, too slow, may wait", slow),
        ("rxslack, too slow, must fail", slow),
    ):
        result = bench.measure(client, Scenario("flood", "realistic", count))
        if result is not None:
            end = ", ".join(result["errors"]) or "all came"
            rows.append(
                [client, f"{count:,}", f"{result['seen']:,}", f"{result['peak'] / 1e6:.1f}", end]
            )
    yield from _rows(["client", "events sent", "events seen", "peak, MB", "end"], rows)


def imports(bench: Bench, effort: Effort) -> Iterator[str]:
    """What the start of a program costs."""
    rounds = 1 if effort.quick else 2 + 6 * effort.rounds
    yield from start.table(bench.python, rounds, counting=not effort.quick)


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|".join(["", *("---" for _ in head), ""])
    yield from (f"| {' | '.join(row)} |" for row in rows)
