"""Secrets, wherever Slack may put one: they reach no file, no terminal and no notebook."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import pytest
import reactivex
from reactivex import operators as ops

from rxslack.cli import main
from rxslack.notebook import live, start
from rxslack.past.record import record
from rxslack.past.replay import replay

CANARY: Final = "c4n4ry0Zq9"

KEYS: Final = (
    *("token", "bot_access_token", "ticket", "client_secret", "pub_secret", "password"),
    *("trigger_id", "upload_url", "response_url", "permalink_public", "Authorization"),
)

VALUES: Final = {
    "a token": f"xoxb-{CANARY}",
    "an app's token": f"xapp-1-{CANARY}",
    "a websocket": f"wss://wss.slack.com/link/?ticket={CANARY}",
    "a websocket in JSON": rf"wss:\/\/wss.slack.com\/link\/?ticket={CANARY}",
    "a webhook": f"https://hooks.slack.com/services/T1/B1/{CANARY}",
    "an upload": f"https://files.slack.com/upload/v1/{CANARY}",
    "a login": f"http://user:{CANARY}@proxy.example:3128/",
    "a header": f"Authorization: Bearer {CANARY}",
}

FORMS: Final[dict[str, Callable[[str], str]]] = {
    "JSON": lambda key: json.dumps({key: CANARY}),
    "torn JSON": lambda key: json.dumps({"a": 1, key: CANARY})[:-2],
    "Python": lambda key: repr({key: CANARY}),
}


def message(**fields: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "user": "U1", "ts": "1.0", **fields}


EVENTS: Final = {
    **{f"{key} itself": message(**{key: CANARY}) for key in KEYS},
    **{f"{key} inside": message(text="a", item={"b": [{key: CANARY}]}) for key in KEYS},
    **{f"{key} in {form}": message(text=make(key)) for key in KEYS for form, make in FORMS.items()},
    **{f"{name} in a text": message(text=f"see {value} there") for name, value in VALUES.items()},
    **{f"{name} as a type": {"type": value} for name, value in VALUES.items()},
    "response_urls": message(response_urls=[{"response_url": CANARY, "channel_id": "C1"}]),
    "a torn frame": {
        "type": "rxslack.unreadable",
        "data": f'{{"ok":true,"url":"x","pub_secret":"{CANARY}',
        "error": "not JSON",
    },
    "a failure": {"type": "rxslack.failure", "item": None, "error": ValueError({"token": CANARY})},
}


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_it_keeps_secrets_out_of_recordings(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"day.jsonl{suffix}"
    reactivex.from_iterable(EVENTS.values()).pipe(record(path)).run()
    data = gzip.decompress(path.read_bytes()) if suffix else path.read_bytes()
    lines = [line for line in data.decode().splitlines() if "event" in line]
    assert [name for name, line in zip(EVENTS, lines, strict=True) if CANARY in line] == []


def test_it_plays_a_masked_recording(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    reactivex.from_iterable(EVENTS.values()).pipe(record(path)).run()
    played: Any = replay(path).pipe(ops.to_list()).run()
    assert len(played) == len(EVENTS)
    for before, after in zip(EVENTS.values(), played, strict=True):
        assert set(before) == set(after)
        assert (before.get("channel"), before.get("ts")) == (after.get("channel"), after.get("ts"))


def test_it_keeps_secrets_out_of_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def events_from(_: object) -> reactivex.Observable[Any]:
        return reactivex.from_iterable(EVENTS.values())

    monkeypatch.setattr("rxslack.cli.tail.client", nullcontext)
    monkeypatch.setattr("rxslack.cli.tail.events_from", events_from)
    assert main(["tail"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [name for name, line in zip(EVENTS, lines, strict=True) if CANARY in line] == []


class Screen:
    def __init__(self) -> None:
        self.painted = ""

    def show(self, bundle: dict[str, str], id: str) -> None:  # noqa: A002, ARG002 - as the protocol
        self.painted += "\n".join(bundle.values())

    update = show


def test_it_keeps_secrets_out_of_a_notebook() -> None:
    columns = ("time", "user", "type", "text", *KEYS, "item", "response_urls", "data", "error")
    for name, event in EVENTS.items():
        screen = Screen()
        view = live(reactivex.of(event), columns=columns, display=screen)
        view.show()
        view.stop()
        shown = screen.painted + repr(view) + repr(start(reactivex.of(event)))
        assert CANARY not in shown, name
