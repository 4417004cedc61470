"""Calls and frames as rows for people: what was asked, what was answered, and what was wrong with it."""

from __future__ import annotations

import json
from collections import deque
from typing import Any, Final, cast

from rxslack.simulator.team.text import Json
from rxslack.simulator.team.transcript import Entry, Transcript
from rxslack.wire.frames import CLOSE, PING, PONG

__all__ = ["CallLog", "payload_of"]

MOST_AT_ONCE: Final = 300
LONGEST: Final = 16_000  # characters of JSON in a row

_CONTROL: Final = {CLOSE: "close", PING: "ping", PONG: "pong"}


def payload_of(frame: bytes) -> tuple[int, bytes]:
    r"""
    The opcode and the payload of a frame of the server's; -1 for bytes that are none.

    >>> payload_of(b"\x81\x02{}"), payload_of(b"\x81\x05{}")
    ((1, b'{}'), (-1, b'\x81\x05{}'))
    """
    if len(frame) >= 2:
        head = 2 if frame[1] < 126 else 4 if frame[1] == 126 else 10
        size = frame[1] if head == 2 else int.from_bytes(frame[2:head], "big")
        if len(frame) == head + size:
            return frame[0] & 0x0F, frame[head:]
    return -1, frame


class CallLog:
    """
    The transcript as one reader has read it so far. Not thread-safe.

    A row has its number `n`; a call has one row, which comes again once it is answered.

    Args:
        transcript: of the workspace.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._seen = 0
        self._asked: dict[str, deque[Json]] = {}  # calls without an answer yet, by method

    @property
    def has_news(self) -> bool:
        """Whether there are lines that were not read."""
        return self._transcript.written != self._seen

    def read(self) -> list[Json]:
        """The rows that are new, or have changed; of many, the newest."""
        before, entries = self._transcript.since(self._seen, most=MOST_AT_ONCE)
        self._seen = before + len(entries)
        rows: dict[int, Json] = {}
        for number, entry in enumerate(entries, before):
            row = self._row(number, entry)
            rows[row["n"]] = row
        return [*rows.values()]

    def _row(self, number: int, entry: Entry) -> Json:
        if entry.where.startswith("socket "):
            return _frame_row(number, entry)
        if entry.direction == "in":
            row = _row(number, entry, "call", entry.where, asked=_short(entry.data))
            waiting = self._asked.setdefault(entry.where, deque(maxlen=1_000))
            waiting.append(row)
            return row
        answer = _parsed(entry.data)
        waiting = self._asked.get(entry.where, deque())
        row = waiting.popleft() if waiting else _row(number, entry, "call", entry.where)
        row |= {
            "said": _short(answer),
            "problem": _problem_of(answer),
            "took": entry.at - row["at"],
        }
        return row


def _row(number: int, entry: Entry, kind: str, title: str, **more: Any) -> Json:
    return {
        "n": number,
        "at": entry.at,
        "kind": kind,
        "out": entry.direction == "out",
        "where": entry.where,
        "title": title,
        "problem": "",
        **more,
    }


def _frame_row(number: int, entry: Entry) -> Json:
    if isinstance(entry.data, str):  # such as "(RST)"
        return _row(number, entry, "control", entry.data)
    opcode, payload = payload_of(entry.data) if entry.direction == "out" else (1, entry.data)
    if opcode in _CONTROL:
        return _row(
            number, entry, "control", _CONTROL[opcode], said=payload.decode("utf-8", "replace")
        )
    said = _parsed(payload)
    kind, title = _title_of(said)
    problem = _problem_of(said) if entry.direction == "out" else ""
    return _row(number, entry, kind, title, said=_short(said), problem=problem)


def _title_of(said: Any) -> tuple[str, str]:
    """The kind of a row, and in few words what a frame says."""
    if not isinstance(said, dict):
        # Of what a client sends only the payload is written down: a pong, mostly, or a CLOSE.
        return "control", "not JSON"
    frame = cast("Json", said)
    payload: Json = frame.get("payload") or {}
    if "envelope_id" in frame and "type" not in frame:
        return "event", "acknowledged"
    inner: Json = payload.get("event") or payload
    named = (frame.get("type"), inner.get("type"), frame.get("subtype") or inner.get("subtype"))
    title = " ".join(str(part) for part in named if part)
    if inner.get("command"):
        title += f" {inner['command']}"
    if frame.get("type") in ("ping", "pong"):
        return "control", title
    if "reply_to" in frame:
        title = f"answer to {frame['reply_to']}"
    return "event", title or "event"


def _problem_of(answer: Any) -> str:
    """What Slack finds wrong; "" for nothing."""
    if not isinstance(answer, dict):
        return "" if answer == "" else "an answer that is no JSON object"
    said = cast("Json", answer)
    if said.get("ok") is False or said.get("type") == "error":
        error: Any = said.get("error", "")
        told = cast("Json", error).get("msg", "") if isinstance(error, dict) else error
        metadata: Json = said.get("response_metadata") or {}
        more = [f"needed: {said['needed']}"] if said.get("needed") else []
        return ". ".join(map(str, (told, *metadata.get("messages", ()), *more)))
    return f"warning: {said['warning']}" if said.get("warning") else ""


def _parsed(data: Any) -> Any:
    """JSON, or the text that is none."""
    if not isinstance(data, bytes):
        return data
    text = data.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _short(data: Any) -> Any:
    """The data, or the beginning of its JSON when that is very long."""
    try:
        text = json.dumps(data, default=str)
    except (ValueError, RecursionError):
        return str(data)[:LONGEST]
    return data if len(text) <= LONGEST else f"{text[:LONGEST]} … {len(text)} characters in all"
