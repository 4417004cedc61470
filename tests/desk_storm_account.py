"""What a process of the storm, and its state, say of themselves, and what people see of it."""

from __future__ import annotations

import importlib.util
import json
import re
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import reactivex
from prometheus_client.parser import text_string_to_metric_families

from rxslack.operators.folded import folded
from rxslack.simulator import Workspace

__all__ = ["Account", "View", "decision_on", "posts_below", "program", "state_in"]

Json = dict[str, Any]
LONGEST = 120.0  # seconds


class Account:
    """
    Of one process, from its start on.

    Args:
        slack: what it talks to.
        log: the file that it writes its log to, behind that of earlier ones.
        spans: the file that it writes its spans to, as well.
    """

    def __init__(self, slack: Workspace, log: Path, spans: Path) -> None:
        self._slack = slack
        self._log, self._log_before = log, size_of(log)
        self._spans, self._spans_before = spans, size_of(spans)
        self._calls_before = len(slack.calls())
        self._lines_before = len(slack.transcript)

    def disagreement(self) -> str:
        """What does not agree although it was waited for; "" when all does."""
        found, deadline = "no look at it", time.monotonic() + LONGEST
        while found and time.monotonic() < deadline:
            time.sleep(0.02)  # a call is known to the simulator before the process counts it
            before = self.calls()
            numbers, spans = self.counted(), self.traced()
            if before != self.calls():
                continue
            heard = self.heard()
            told = {one: f"{numbers[one]} are counted, {spans[one]} traced" for one in before}
            found = ", ".join(
                f"{one}: {before[one]} were made, {told[one]}"
                for one in before
                if not numbers[one] == spans[one] == before[one]
            )
            if numbers["message"] != heard:
                found += f" messages: {heard} were sent, {numbers['message']} are counted"
        return found

    def calls(self) -> Counter[str]:
        """The calls that it made, as the simulator has them; what a dead one had sent was refused."""
        made = Counter(one.method for one in self._slack.calls()[self._calls_before :])
        lines = self._slack.transcript[self._lines_before :]
        return made - Counter(one.where for one in lines if is_refusal(one.data))

    def heard(self) -> int:
        """How many messages were sent to it, again and again included."""
        frames = (one.data for one in self._slack.transcript[self._lines_before :])
        # A byte of the frame's own length may be a brace as well, but not one before a quotation mark.
        envelopes = (json.loads(one[one.index(b'{"') :]) for one in frames if is_envelope(one))
        return sum(one["payload"]["event"]["type"] == "message" for one in envelopes)

    def counted(self) -> Counter[str]:
        """Its own numbers: calls by their method, events by their type."""
        found = Counter[str]()
        for family in text_string_to_metric_families(self.get("/metrics")):
            for sample in family.samples:
                if sample.name == "rxslack_web_api_seconds_count":
                    found[sample.labels["method"]] += int(sample.value)
                elif sample.name == "rxslack_events_total":
                    found[sample.labels["type"]] += int(sample.value)
        return found

    def traced(self) -> Counter[str]:
        """Its spans of calls, by their method."""
        names = (one["name"].split(" ") for one in self.spans())
        return Counter(name[1] for name in names if name[0] == "slack" and len(name) == 2)

    def spans(self) -> Iterator[Json]:
        """What it has traced, without a line that is half written."""
        with self._spans.open("rb") as file:
            file.seek(self._spans_before)
            for line in file:
                if line.endswith(b"\n"):
                    yield json.loads(line)

    def get(self, path: str) -> str:
        """What it serves."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return str(answer.read(), "utf-8")

    @property
    def port(self) -> str:
        """Where it serves, once its log has said so."""
        with self._log.open() as file:
            file.seek(self._log_before)
            ports: list[str] = re.findall(r"on port (\d+)", file.read())
            return ports[-1]


class View:
    """
    What people see.

    Args:
        messages: of all channels, each with its channel.

    Attributes:
        open: cards that can be decided.
        decided: the texts of those that are.
        answers: by its question how often each answer was given.
    """

    def __init__(self, messages: list[Json]) -> None:
        asked = [one for one in messages if str(one["text"]).startswith("Shall I deploy")]
        cards = [one for one in asked if one.get("blocks")]
        self.open = [one for one in cards if one["blocks"][-1]["type"] == "actions"]
        self.decided = [str(one["text"]) for one in cards if one not in self.open]
        self.answers: dict[str, Counter[str]] = {}
        for one in asked:
            if not one.get("blocks"):
                question, _, answer = str(one["text"]).rpartition(" ")
                self.answers.setdefault(question, Counter())[answer] += 1


def decision_on(card: str) -> str:
    """
    What a card says was decided.

    >>> decision_on("Shall I deploy 7?\\nApprove: <@U1>")
    'approve'
    """
    return card.partition("\n")[2].partition(":")[0].lower()


def posts_below(spans: Iterable[Json], is_meant: Callable[[Json], bool]) -> list[int]:
    """How many messages were posted on behalf of what each of the spans is about that are meant."""
    found = {one["context"]["span_id"]: 0 for one in spans if is_meant(one)}
    for one in spans:
        if one["parent_id"] in found and one["name"] == "slack chat.postMessage":
            found[one["parent_id"]] += 1
    return [*found.values()]


def program() -> Any:
    """The program, as a module."""
    spec = importlib.util.spec_from_file_location(
        "desk", Path(__file__).parent / "programs" / "desk.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def state_in(store: Path) -> dict[str, int]:
    """The state as it was left."""
    states: list[dict[str, int]] = []
    nothing: reactivex.Observable[Any] = reactivex.empty()
    nothing.pipe(folded(program().count, dict[str, int](), store=store)).subscribe(states.append)
    return states[-1]


def is_envelope(data: object) -> bool:
    """Whether this is a frame with an event."""
    return isinstance(data, bytes) and b'"type":"events_api"' in data.replace(b": ", b":")


def is_refusal(data: object) -> bool:
    """Whether this is the answer to a call of a process that is dead."""
    return isinstance(data, bytes) and b'"token_revoked"' in data


def size_of(path: Path) -> int:
    """The bytes of a file, 0 where there is none."""
    return path.stat().st_size if path.exists() else 0
