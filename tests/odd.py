"""Messages that Slack's API allows, or a recording holds, and nobody expects."""

from __future__ import annotations

from typing import Any

__all__ = ["HOSTILE", "ODD", "nested"]


def nested(depth: int) -> Any:
    """A list in a list in a list."""
    inner: list[Any] = []
    for _ in range(depth):
        inner = [inner]
    return inner


HOSTILE = "\x1b]0;x\x07\r\nFAKE\x7f\x9b1m\u202egnp.exe\u2066\u2028\u2029"

ODD: dict[str, dict[str, Any]] = {
    "half of a surrogate pair": {"type": "message", "text": "\ud83d x", "ts": "1.0"},
    "control characters": {"type": HOSTILE, "channel": HOSTILE, "user": HOSTILE, "text": HOSTILE},
    "deep nesting": {"type": "message", "text": "x", "ts": "2.0", "blocks": nested(5000)},
    "deep text": {"type": "message", "text": nested(5000), "channel": nested(5000), "ts": "3.0"},
    "a type that is none": {"type": ["message"], "subtype": {}},
    "no type": {"text": "x"},
    "a gap without times": {"type": "rxslack.gap"},
    "a gap of odd times": {"type": "rxslack.gap", "since": "x", "until": 10**400, "last_ts": []},
    "fields of other kinds": {
        "type": "message",
        "subtype": {},
        "text": 5,
        "channel": {"id": [1], "name": {}},
        "user": {"x": 1},
        "ts": ["1"],
        "blocks": "x",
        "edited": "yes",
        "message": 3,
        "user_profile": {"display_name": nested(5000)},
        "item": [],
        "bot_id": {},
    },
    "a change of nothing": {"type": "message", "subtype": "message_changed", "message": [1]},
    "an odd deletion": {"type": "message", "subtype": "message_deleted", "deleted_ts": {}},
    "odd times": {"type": "message", "text": "x", "ts": "²", "edited": {"ts": "9" * 5000}},
}
