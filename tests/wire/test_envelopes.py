"""Envelopes are acknowledged by their ids, before anybody understands them, and read in groups."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rxslack.errors import FrameError
from rxslack.wire import decoding
from rxslack.wire.decoding import together_with_json, together_with_orjson
from rxslack.wire.envelopes import (
    Envelopes,
    acknowledgement_text,
    acknowledgements,
    envelope_id_in,
    event_inside,
    is_envelope,
    read_envelope,
    read_envelopes,
)

FRAMES = {
    b'{"envelope_id":"a-1","payload":{}}': "a-1",
    b' {\n "envelope_id" : "a-1", "payload": {}}': "a-1",
    b'{"type":"events_api","envelope_id":"a-1"}': "a-1",
    b'{"envelope_id":"a 1 \xc3\xa9"}': "a 1 é",
    b'{"envelope_id":"a\\"1"}': 'a"1',
    b'{"envelope_id":"a-1","payload": }': "a-1",
    b'{"payload":{"envelope_id":"not this"}}': None,
    b'{"envelope_id":null}': None,
    b'{"type":"hello"}': None,
    b"no JSON": None,
    b"": None,
}


@pytest.mark.parametrize("frame", FRAMES)
def test_it_acknowledges_a_frame_by_the_id_in_it(frame: bytes) -> None:
    found = FRAMES[frame]
    assert envelope_id_in(frame) == found
    said = [json.loads(text) for text in acknowledgements([frame])]
    assert said == ([] if found is None else [{"envelope_id": found}])


def test_it_acknowledges_the_envelopes_among_frames_in_order() -> None:
    ids = [found for found in FRAMES.values() if found is not None]
    assert [json.loads(text)["envelope_id"] for text in acknowledgements([*FRAMES])] == ids


@given(st.text(max_size=30), st.booleans())
def test_it_says_the_same_however_the_id_is_found(envelope_id: str, escaped: bool) -> None:
    frame = json.dumps({"envelope_id": envelope_id}, ensure_ascii=escaped).encode()
    found = envelope_id_in(frame)
    assert found is not None
    assert acknowledgements([frame]) == [acknowledgement_text(found).encode()]


# --- reading --------------------------------------------------------------------------------------


MESSAGE = {"type": "message", "ts": "1.1"}
ENVELOPE: dict[str, Any] = {
    "envelope_id": "a-1",
    "type": "events_api",
    "payload": {"event_id": "Ev1", "event": MESSAGE},
}


def bringing(event: object) -> bytes:
    return json.dumps({**ENVELOPE, "payload": {"event": event}}).encode()


FLOOD = [json.dumps(ENVELOPE).encode()] * 20
ODD = {
    "with a subtype": bringing({"type": "message", "subtype": "bot_message"}),
    "another event": bringing({"type": "reaction_added"}),
    "not ASCII": bringing(MESSAGE).replace(b"1.1", "é".encode()),
}
NONE_SUCH = {
    "a hello": b'{"type":"hello"}',
    "a command": json.dumps({**ENVELOPE, "type": "slash_commands"}).encode(),
    "an event without a type": bringing({"ts": "1.1"}),
    "a type that is none": bringing({"type": None}),
    "no event but a text": bringing("message"),
    "no event but a list": bringing(["type"]),
    "the payload is the event": b'{"type":"events_api","envelope_id":"a","payload":{"type":"b"}}',
    "an envelope without a type": b'{"envelope_id":"a","payload":{}}',
    "a type that is a list": b'{"type":["events_api"],"envelope_id":"a","payload":{}}',
    "a type that is an object": b'{"type":{"events_api":1}}',
    "a payload that is none": b'{"type":"events_api","envelope_id":"a","payload":[]}',
    "over HTTP": json.dumps({"type": "events_api", "payload": {"event": MESSAGE}}).encode(),
    "no object": b"[]",
    "no JSON": b"no",
}


@pytest.fixture(params=[together_with_json, together_with_orjson])
def together(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_together", request.param)


def items_of(frames: list[bytes]) -> list[dict[str, Any]]:
    return [item for items, _ in read_envelopes(frames) for item in items]


@pytest.mark.usefixtures("together")
@pytest.mark.parametrize("frame", [*ODD.values(), *NONE_SUCH.values()], ids=[*ODD, *NONE_SUCH])
def test_it_reads_many_frames_as_it_reads_each(frame: bytes) -> None:
    for frames in ([frame], [*FLOOD, frame, *FLOOD], [frame] * 40):
        assert items_of(frames) == [read_envelope(one) for one in frames]


@pytest.mark.usefixtures("together")
def test_it_knows_what_the_envelopes_of_a_flood_bring() -> None:
    bursts = [*read_envelopes(FLOOD)]
    assert [len(items) for items, _ in bursts] == [16, 4]
    for items, plain in bursts:
        assert isinstance(items, Envelopes)
        assert (items.plain, items.events) == (True, [MESSAGE] * len(items))
        assert not plain  # an envelope is no message


@pytest.mark.usefixtures("together")
@pytest.mark.parametrize("frame", ODD.values(), ids=ODD)
def test_it_knows_what_other_events_of_a_flood_are(frame: bytes) -> None:
    for items, _ in read_envelopes([*FLOOD, frame]):
        assert isinstance(items, Envelopes)
        assert items.events == [event_inside(item) for item in items]
        assert items.plain == all(
            event["type"] == "message" and "subtype" not in event for event in items.events
        )


@pytest.mark.usefixtures("together")
@pytest.mark.parametrize("frame", NONE_SUCH.values(), ids=NONE_SUCH)
def test_it_takes_nothing_else_for_the_envelope_of_an_event(frame: bytes) -> None:
    taken = [
        item
        for items, _ in read_envelopes([FLOOD[0], frame, FLOOD[0]])
        if isinstance(items, Envelopes)
        for item in items
    ]
    assert taken == [ENVELOPE] * 2
    assert all(map(is_envelope, taken))


@pytest.mark.usefixtures("together")
def test_it_reads_what_comes_before_a_frame_that_is_not_utf8() -> None:
    reading = read_envelopes([FLOOD[0], b'{"type":"hello"}', b"\xff", FLOOD[0]])
    assert [next(reading)[0], next(reading)[0]] == [[ENVELOPE], [{"type": "hello"}]]
    with pytest.raises(FrameError):
        next(reading)
