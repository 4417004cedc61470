"""What a benchmark asks of the server, written into the address that a client is given."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, Literal, cast

__all__ = ["FIRST", "Kind", "Scenario", "Size", "parse", "template"]

Kind = Literal["flood", "window", "pace", "idle"]
Size = Literal["small", "realistic"]

FIRST: Final = 1_700_000_000  # the `ts` of event 0; the next one is a second later


@dataclass(frozen=True)
class Scenario:
    """
    One stream of events.

    Attributes:
        kind: "flood": as fast as the socket takes them. "window": never more than `rate` beyond
            those the client has told of, for clients that a flood breaks. "pace": `rate` a
            second. "idle": a hello, then nothing.
        size: of a message: about 170 bytes, or about 600 with `blocks` as Slack sends them.
        count: how many events.
        rate: see `kind`.
        envelopes: whether each event travels in an envelope, as in Socket Mode.
    """

    kind: Kind = "flood"
    size: Size = "realistic"
    count: int = 100_000
    rate: int = 0
    envelopes: bool = False

    def path(self) -> str:
        """The first part of the address."""
        mode = "socket" if self.envelopes else "rtm"
        return f"/{self.kind}-{self.size}-{self.count}-{self.rate}-{mode}/"


def parse(path: str) -> Scenario:
    """The scenario that an address was made for."""
    kind, size, count, rate, mode = path.split("/")[1].split("-")
    return Scenario(cast("Kind", kind), cast("Size", size), int(count), int(rate), mode == "socket")


def template(scenario: Scenario) -> bytes:
    """
    The JSON of every event, with places for two time stamps and the time of sending.

    In an envelope, two places for its number come before them.
    """
    ts = "%d.000200"
    text = "Hello everyone, the release is out"
    event: dict[str, object] = {
        "type": "message",
        "channel": "C024BE91L",
        "user": "U2147483697",
        "text": text,
        "ts": ts,
        "event_ts": ts,
        "team": "T024BE7LD",
        "sent": "%016d",
    }
    if scenario.size == "realistic":
        event["client_msg_id"] = "11b5ae1f-8e2e-4a3c-9d2c-8a1f6f0e5c11"
        event["blocks"] = [_rich_text(text)]
        event["source_team"] = event["user_team"] = "T024BE7LD"
        event["suppress_notification"] = False
    if not scenario.envelopes:
        return json.dumps(event, separators=(",", ":")).encode()
    payload = {"token": "verification", "team_id": "T024BE7LD", "type": "event_callback"}
    envelope = {
        "envelope_id": "5e1c4a76-9f0b-4b0e-8d3c-%012d",
        "type": "events_api",
        "accepts_response_payload": False,
        "payload": {**payload, "event_id": "Ev%012d", "event": event},
    }
    return json.dumps(envelope, separators=(",", ":")).encode()


def _rich_text(text: str) -> dict[str, object]:
    """A block as Slack's own clients write it. Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block."""
    words = [
        {"type": "text", "text": text},
        {"type": "text", "text": ", thanks to ", "style": {"italic": True}},
        {"type": "user", "user_id": "U2147483698"},
    ]
    section = {"type": "rich_text_section", "elements": words}
    return {"type": "rich_text", "block_id": "Wq5b4", "elements": [section]}
