"""Envelopes are acknowledged by what they are called, before anybody has understood them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxslack.envelopes import acknowledgement_text, acknowledgements, envelope_id_in

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
