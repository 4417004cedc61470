"""Slack's facts as tables of (what came, what it means)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxslack.errors import ApiError, AuthenticationError, FrameError, MissingScope, RateLimited
from rxslack.protocol import (
    FATAL_ERRORS,
    api_error,
    as_form,
    next_cursor,
    read_event,
    read_event_with_json,
    read_event_with_orjson,
    read_outgoing,
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
    code = "import sys; sys.modules['orjson'] = None; import rxslack.protocol as p; "
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


@pytest.mark.parametrize(
    ("arguments", "form"),
    [
        ({"text": "a&b=c"}, {"text": "a&b=c"}),
        ({"limit": 200, "ts": "1.000200"}, {"limit": "200", "ts": "1.000200"}),
        ({"as_user": True, "mrkdwn": False}, {"as_user": "true", "mrkdwn": "false"}),
        ({"cursor": None}, {}),
        ({"users": ["U1", "U2"]}, {"users": "U1,U2"}),
        ({"types": ("im", "mpim")}, {"types": "im,mpim"}),
        ({"blocks": []}, {"blocks": "[]"}),
        ({"blocks": '[{"type":"divider"}]'}, {"blocks": '[{"type":"divider"}]'}),
        ({"attachments": [{"text": "x"}]}, {"attachments": '[{"text": "x"}]'}),
        ({"metadata": {"event_type": "t"}}, {"metadata": '{"event_type": "t"}'}),
        ({"anything": [{"a": 1}]}, {"anything": '[{"a": 1}]'}),
    ],
)
def test_it_encodes_arguments_as_slack_wants_them(
    arguments: dict[str, Any], form: dict[str, str]
) -> None:
    assert form == as_form(arguments)


@pytest.mark.parametrize(
    ("response", "cursor"),
    [
        ({}, ""),
        ({"response_metadata": None}, ""),
        ({"response_metadata": {}}, ""),
        ({"response_metadata": {"next_cursor": None}}, ""),
        ({"response_metadata": {"next_cursor": ""}}, ""),
        ({"response_metadata": {"next_cursor": "abc="}}, "abc="),
        ({"next_cursor": "top="}, "top="),
    ],
)
def test_it_finds_the_next_cursor(response: dict[str, Any], cursor: str) -> None:
    assert cursor == next_cursor(response)


@pytest.mark.parametrize("code", FATAL_ERRORS)
@pytest.mark.parametrize("method", ["rtm.connect", "chat.postMessage"])
def test_it_knows_which_errors_no_retry_mends(method: str, code: str) -> None:
    assert not api_error(method, {"ok": False, "error": code}).retryable


@pytest.mark.parametrize(
    ("method", "code", "kind", "retryable", "maybe_done"),
    [
        ("rtm.connect", "invalid_auth", AuthenticationError, False, False),
        ("rtm.connect", "migration_in_progress", ApiError, True, False),
        ("rtm.connect", "org_login_required", ApiError, True, False),
        ("rtm.connect", "something_new", ApiError, True, False),
        ("apps.connections.open", "something_new", ApiError, True, False),
        ("chat.postMessage", "something_new", ApiError, False, False),
        ("chat.postMessage", "channel_not_found", ApiError, False, False),
        ("chat.postMessage", "internal_error", ApiError, True, True),
        ("chat.postMessage", "fatal_error", ApiError, True, True),
        ("chat.postMessage", "rate_limited", RateLimited, True, False),
        ("chat.postMessage", "ratelimited", RateLimited, True, False),
        ("rtm.connect", "missing_scope", MissingScope, False, False),
    ],
)
def test_it_sorts_slacks_errors(
    method: str, code: str, kind: type[ApiError], retryable: bool, maybe_done: bool
) -> None:
    error = api_error(method, {"ok": False, "error": code})
    assert (kind, retryable, maybe_done) == (type(error), error.retryable, error.maybe_done)
    assert code == error.error
    assert str(error).startswith(f"{method}: {code}")


def test_it_survives_an_error_without_a_code() -> None:
    assert api_error("rtm.connect", {"ok": False, "error": None}).error == "unknown_error"


@pytest.mark.parametrize(
    ("message", "sent", "number"),
    [
        ({"type": "typing", "channel": "C1"}, {"id": 7, "type": "typing", "channel": "C1"}, 7),
        ({"type": "ping", "id": 99}, {"id": 99, "type": "ping"}, 99),
    ],
)
def test_it_numbers_what_is_sent(
    message: dict[str, Any], sent: dict[str, Any], number: int
) -> None:
    text, used = read_outgoing(message, 7)
    assert (sent, number) == (json.loads(text), used)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("typing", "not a mapping"),
        ({}, "needs a `type`"),
        ({"type": 1}, "needs a `type`"),
        ({"type": "message", "text": "x" * 17_000}, "16384"),
        ({"type": "message", "text": "é" * 3_000}, "16384"),
        ({"type": "message", "at": object()}, "not JSON serializable"),
        ({"type": "message", "at": float("nan")}, "not JSON compliant"),
    ],
)
def test_it_refuses_what_slack_would_close_the_socket_over(message: Any, reason: str) -> None:
    with pytest.raises((TypeError, ValueError), match=reason):
        read_outgoing(message, 1)
