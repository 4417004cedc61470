"""What frames stand for, by either decoder, alone and together."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from rxslack.errors import FrameError
from rxslack.wire import decoding
from rxslack.wire.decoding import (
    read_event,
    read_event_with_json,
    read_event_with_orjson,
    read_events,
    together_with_json,
    together_with_orjson,
)

Reader = Callable[[bytes], dict[str, Any]]

both = pytest.mark.parametrize("read", [read_event_with_json, read_event_with_orjson])

FRAMES = [
    (b'{"type":"hello"}', {"type": "hello"}),
    (b' {"type":"hello"}\n', {"type": "hello"}),
    (b'{"type":""}', {"type": ""}),
    (b"{}", {"type": "rxslack.reply"}),
    (b'{"ok":true,"reply_to":1}', {"type": "rxslack.reply", "ok": True, "reply_to": 1}),
    ('{"type":"message","text":"é😀"}'.encode(), {"type": "message", "text": "é😀"}),
    # Half a surrogate pair, and a whole one.
    (b'{"type":"message","text":"\\ud83d"}', {"type": "message", "text": "\ud83d"}),
    (b'{"type":"message","text":"\\ud83d\\ude00"}', {"type": "message", "text": "😀"}),
    # Two keys of one name: the last one counts.
    (b'{"type":"a","type":"b"}', {"type": "b"}),
    (b'{"a":{"b":1,"b":{}},"type":"c","a":2}', {"a": 2, "type": "c"}),
    # Numbers: integers of 64 bits, and beyond them floats.
    (b'{"type":"n","n":9007199254740993}', {"type": "n", "n": 9007199254740993}),
    (b'{"type":"n","n":18446744073709551615}', {"type": "n", "n": 2**64 - 1}),
    (b'{"type":"n","n":-9223372036854775808}', {"type": "n", "n": -(2**63)}),
    (b'{"type":"n","n":18446744073709551616}', {"type": "n", "n": 2.0**64}),
    (b'{"type":"n","n":-9223372036854775809}', {"type": "n", "n": -(2.0**63)}),
    (b'{"type":"n","n":' + b"1" + b"0" * 300 + b"}", {"type": "n", "n": 1e300}),
    (b'{"type":"n","n":[-0,-0.0,1E2,1.5]}', {"type": "n", "n": [0, -0.0, 100.0, 1.5]}),
]


@both
@pytest.mark.parametrize(("frame", "item"), FRAMES)
def test_it_makes_a_dict_with_a_type_of_a_frame(
    read: Reader, frame: bytes, item: dict[str, Any]
) -> None:
    assert repr(sorted(item.items())) == repr(sorted(read(frame).items()))


@both
@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"UNAUTHENTICATED: cache_error",
        b'{"type":"mess',
        b'{"type":"hello"} {"type":"hello"}',
        b"[1]",
        b'["type"]',
        b"null",
        b'"type"',
        b"12",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'\xef\xbb\xbf{"type":"hello"}',
        b'{"type":"n","n":NaN}',
        b'{"type":"n","n":-Infinity}',
        b'{"type":"n","n":1e400}',
        b'{"type":"n","n":' + b"9" * 400 + b"}",
        b'{"type":"n","n":-' + b"9" * 5000 + b"}",
        b'{"type":"n","n":01}',
        b'{"type":"n",}',
        b'{"type":"a\tb"}',
    ],
    ids=lambda frame: repr(frame[:30]),
)
def test_it_makes_an_item_of_what_it_cannot_read(read: Reader, frame: bytes) -> None:
    item = read(frame)
    assert ("rxslack.unreadable", frame.decode()) == (item["type"], item["data"])
    assert item["error"].startswith("not ")


@both
@pytest.mark.parametrize(
    "frame",
    [b'{"type":"\xff"}', b'{"type":"\xed\xa0\x80"}', b"\xff", b"{}\xff", b'{"type":"\xc0\x80"}'],
)
def test_it_refuses_a_frame_that_is_not_utf8(read: Reader, frame: bytes) -> None:
    with pytest.raises(FrameError) as caught:
        read(frame)
    assert caught.value.code == 1007


def test_it_reads_by_orjson_where_that_is_installed() -> None:
    assert read_event is read_event_with_orjson
    code = "import sys; sys.modules['orjson'] = None; import rxslack.wire.decoding as p; "
    check = code + "sys.exit(p.read_event is not p.read_event_with_json)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_it_never_raises_on_any_text(text: str) -> None:
    assert isinstance(read_event(text.encode())["type"], object)


finite = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | finite | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), json_values))
def test_it_reads_any_object_as_json_does(fields: dict[str, Any]) -> None:
    event = {**fields, "type": "message"}
    frame = json.dumps(event).encode()
    assert event == read_event_with_json(frame) == read_event_with_orjson(frame)


pieces = st.sampled_from(
    [*'{}[],:" \n\\-0.9eEut', '"type":', '"a"', "null", "true", "1e3", "NaN", "\\ud83d", "é"]
)


@given(st.lists(pieces, max_size=12).map("".join))
def test_it_reads_the_same_either_way(text: str) -> None:
    for frame in (text.encode(), f'{{"type":{text}}}'.encode(), f'{{"type":"{text}"}}'.encode()):
        assert repr(read_event_with_json(frame)) == repr(read_event_with_orjson(frame))


@pytest.fixture(params=[together_with_json, together_with_orjson])
def together(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_together", request.param)


def read(frames: list[bytes]) -> list[dict[str, Any]]:
    return [event for events, _ in read_events(frames, repr) for event in events]


@pytest.mark.usefixtures("together")
@pytest.mark.parametrize("count", [0, 1, 2, 16, 17, 40])
def test_it_reads_many_frames_as_it_reads_each(count: int) -> None:
    frames = [b'{"type":"message","n":%d}' % n for n in range(count)]
    assert read(frames) == [read_event(frame) for frame in frames]


@pytest.mark.usefixtures("together")
@given(st.lists(st.lists(pieces, max_size=6).map("".join), max_size=5))
def test_it_reads_any_frames_as_it_reads_each(texts: list[str]) -> None:
    whole = [f'{{"type":"message","a":{text}}}' for text in texts]
    for frames in ([text.encode() for text in texts], [text.encode() for text in whole]):
        assert repr(read(frames)) == repr([read_event(frame) for frame in frames])


@pytest.mark.usefixtures("together")
def test_it_takes_nothing_that_begins_in_one_frame_and_ends_in_another_for_an_event() -> None:
    frames = [b'{"type":"a"},{"type":"b"}', b'{"type":"c","x":[1', b'2],"type":"d"}']
    assert [event["type"] for event in read(frames)] == ["rxslack.unreadable"] * 3


def test_it_reads_plain_frames_together() -> None:
    frames = [b'{"type":"hello"}', b' {"ok":true}\n', b'{"type":"a","text":"\\u00e9"}']
    values = [{"type": "hello"}, {"ok": True}, {"type": "a", "text": "é"}]
    assert together_with_json(frames) == together_with_orjson(frames) == values


@pytest.mark.usefixtures("together")
def test_it_looks_at_all_but_plain_messages_once() -> None:
    kinds = ["message", "hello", "message", "invented"]
    frames = [b'{"type":"%s"}' % kind.encode() for kind in kinds]
    frames += [b'{"type":"message","subtype":"bot_message"}', b"{}", b"no JSON"]
    seen: list[str] = []
    assert len([*read_events(frames, lambda event: seen.append(event["type"]))]) > 1
    assert seen == ["hello", "invented", "message", "rxslack.reply", "rxslack.unreadable"]


@pytest.mark.usefixtures("together")
def test_it_reads_what_comes_before_a_frame_that_is_not_utf8() -> None:
    reading = read_events([b'{"type":"a"}', b'{"type":"b"}', b"\xff", b"{}"], repr)
    assert [next(reading), next(reading)] == [([{"type": "a"}], False), ([{"type": "b"}], False)]
    with pytest.raises(FrameError):
        next(reading)
