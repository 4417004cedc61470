"""What can be fuzzed: each target is a module of this folder with a `fuzzer`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Final

from tests.fuzz.finding import Fuzzer

__all__ = ["TARGETS", "Target", "fuzzer"]


@dataclass(frozen=True)
class Target:
    """
    One line of the list.

    Args:
        says: what is compared with what, a noun phrase.
        quick: how many steps the test suite takes; they should need less than half a second.
    """

    says: str
    quick: int


TARGETS: Final[dict[str, Target]] = {
    "decoding": Target("the decoders of JSON frames, one with another", 150),
    "frames": Target("the reader of websocket frames with wsproto's", 100),
    "http_events": Target("http_events and its server: what they take, and emit twice", 60),
    "recordings": Target("replay, export and record: files that are damaged, or bombs", 15),
    "wishes": Target("what a pipeline emits when only what it needs is decoded", 6),
    "simulator": Target("the simulated Slack: what it answers, and to whom", 40),
}


def fuzzer(name: str) -> Fuzzer:
    """The fuzzer of a target. Its module may need something that is not installed."""
    found: Fuzzer = import_module(f"tests.fuzz.{name}").fuzzer
    return found
