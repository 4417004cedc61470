"""What of a frame is not decoded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rxslack.events.known import KNOWN_TYPES
from rxslack.wire.decoding import event_selection, read_event
from rxslack.wire.envelopes import envelope_selection
from rxslack.wire.frames import FrameReader, server_frame
from rxslack.wire.selection import Selection, known_envelope
from rxslack.wire.wishes import EVERYTHING, NOTHING, Wish, either, text_piece, wish, word_piece

DEPLOY = wish([word_piece("message")], [b"deploy"])


def plain(**fields: Any) -> bytes:
    event = {"type": "message", "channel": "C1", "ts": "7.1", **fields}
    return json.dumps(event, separators=(",", ":")).encode()


OTHERS = [plain(text=f"{number} bottles{' of beer' * (number % 5) * 20}") for number in range(40)]


def decoded_of(*frames: bytes, wanted: Wish = DEPLOY, envelopes: bool = False) -> list[bytes]:
    """Which of these are decoded, among others that are not."""
    selection = envelope_selection() if envelopes else event_selection()
    others = [*map(in_envelope, OTHERS)] if envelopes else OTHERS
    given = [*others[:7], *frames, *others[7:]]
    kept = read(selection, given, wanted)
    assert selection.left_out == len(given) - len(kept)
    return kept


def read(selection: Selection, frames: list[bytes], wanted: Wish) -> list[bytes]:
    """What is left of frames that come by one read."""
    reader = FrameReader()
    reader.choose = lambda: selection.choice(wanted)
    return reader.feed(b"".join(map(server_frame, frames)))


def test_it_leaves_out_what_lacks_what_is_needed() -> None:
    wanted = plain(text="deploy web")
    assert decoded_of(wanted) == [wanted]
    assert decoded_of(plain(text="Deploy")) == []
    assert decoded_of(wanted, wanted=NOTHING) == []
    assert decoded_of(wanted, wanted=EVERYTHING) == [*OTHERS[:7], wanted, *OTHERS[7:]]


ODD = {
    "in another place": b'{"text":"deploy","blocks":[{"type":"text"}],"type":"message"}',
    "with spaces": b'{ "text" : "deploy" , "type" : "message" }',
    "with an ASCII character in an escape": rb'{"type":"message","text":"d\u0065ploy"}',
    "with its type in an escape": rb'{"type":"messag\u0065","text":"Bye"}',
    "with its key in an escape": rb'{"t\u0079pe":"message","text":"Bye"}',
    "with a type that comes late": b'{"blocks":[{"type":"text"}],"type":"message","text":"Bye"}',
    "with a type inside only": b'{"item":{"type":"message"},"text":"Bye"}',
    "of an unknown type": b'{"type":"invented","text":"Bye"}',
    "of a type that is no text": b'{"type":[],"text":"Bye"}',
    "without a type": b'{"ok":true,"reply_to":1,"text":"Bye"}',
    "of the connection's own": b'{"type":"goodbye"}',
    "that says hello after all": b'{"type":"message","type":"hello"}',
    "that says hello after more": b'{"type":"message","type":"hello","text":"%b"}' % (b"x" * 150),
    "that is no object": b'["message"]',
    "that is no JSON": b"UNAUTHENTICATED: cache_error",
    "of rxslack's own name": b'{"type":"rxslack.gap","text":"Bye"}',
}


@pytest.mark.parametrize("frame", ODD.values(), ids=ODD)
def test_it_decodes_what_it_cannot_tell(frame: bytes) -> None:
    assert decoded_of(frame) == [frame]


KNOWN = {
    "an escape that is no ASCII character": rb'{"type":"message","text":"Gr\u00fc\u00df Gott \/"}',
    "a type behind plain values": b'{"user":"U1","n":1.5,"hidden":null,"type":"message"}',
    "spaces": b' { "type" : "user_typing" }',
    "another known type": b'{"type":"channel_rename","channel":{"id":"C1"}}',
}


@pytest.mark.parametrize("frame", KNOWN.values(), ids=KNOWN)
def test_it_knows_that_it_is_an_event_in_spite_of(frame: bytes) -> None:
    assert decoded_of(frame) == []
    assert read_event(frame)["type"] in KNOWN_TYPES


def test_it_decodes_a_few_frames_without_a_look() -> None:
    assert read(event_selection(), OTHERS[:3], DEPLOY) == OTHERS[:3]


def test_it_searches_seldom_where_searching_does_not_pay() -> None:
    wanted, frames = wish([b"bottles"]), OTHERS
    selection, searched = event_selection(), list[bool]()
    for _ in range(200):
        searched.append(selection.choice(wanted) is not None)
        if searched[-1]:
            read(selection, frames, wanted)
    assert (sum(searched), selection.left_out) == (9, 0)
    for _ in range(64):
        read(selection, OTHERS, DEPLOY)
    assert read(selection, OTHERS, DEPLOY) == []


def test_it_keeps_the_ts_of_the_last_message_that_it_leaves_out() -> None:
    selection = event_selection()
    typing = b'{"type":"user_typing","channel":"C1","user":"U1"}'
    read(selection, [*OTHERS, plain(ts="9.3"), *[typing] * 5], DEPLOY)
    assert selection.last_ts == "9.3"
    read(selection, [*OTHERS, plain(ts="9.2")], DEPLOY)
    assert selection.last_ts == "9.3"


# --- envelopes ------------------------------------------------------------------------------------


def in_envelope(
    event: bytes, kind: str = "events_api", more: bytes = b"", envelope_id: bytes = b"a-1"
) -> bytes:
    head = b'{"envelope_id":"%b","type":"%b",' % (envelope_id, kind.encode())
    head += b'"payload":{"type":"event_callback",'
    return head + b'"event":%b%b},"accepts_response_payload":false}' % (event, more)


def test_it_leaves_out_envelopes_of_events() -> None:
    wanted = in_envelope(plain(text="deploy web"))
    late = b'{"envelope_id":"a-1","payload":{"event":%b},"type":"events_api"}' % OTHERS[0]
    assert decoded_of(wanted, late, envelopes=True) == [wanted]


@pytest.mark.parametrize("is_late", [False, True], ids=["type in front", "type behind"])
def test_it_tells_whom_to_acknowledge_of_those_that_it_leaves_out(is_late: bool) -> None:
    selection = envelope_selection()
    for first in (b"a-1", b"a-10", b"a-99"):  # the next read has other places
        ids = [first, *(b"b-%02d" % number for number in range(30)), b"of-another-length", b"c/d"]
        frames = [
            in_envelope(one, envelope_id=name) for name, one in zip(ids, OTHERS, strict=False)
        ]
        if is_late:
            begin = b'{"envelope_id":"%b","payload":{"event":%b},"type":"events_api"}'
            frames = [begin % (name, one) for name, one in zip(ids, OTHERS, strict=False)]
        frames[5:5] = [in_envelope(plain(text="deploy"), envelope_id=b"wanted")]
        frames[9:9] = [in_envelope(OTHERS[0], "interactive", envelope_id=b"unknown")]
        assert read(selection, frames, DEPLOY) == [frames[5], frames[9]]
        assert (selection.take_ids(), selection.take_ids()) == (ids, [])


def test_it_takes_no_frame_for_one_like_those_before_because_of_the_next() -> None:
    """A short one, together with what follows it, looks like one of the usual form."""
    selection, usual = envelope_selection(), [in_envelope(one) for one in OTHERS]
    assert read(selection, usual, DEPLOY) == []
    short = b'{"envelope_id":"a-1","type":"events_api"}'
    behind = usual[0].index(b'"event":{') - len(server_frame(short)) - len(b"~..")
    following = (b'{"a":"' + b"x" * 300)[
        : behind - 1
    ] + b'","event":{"type":"message","text":"%b"}}'
    foreign = [short, following % (b"y" * 300)]
    assert read(selection, [*usual, *foreign], DEPLOY) == foreign


LONG = [plain(text="long " * 60), plain(text="longer " * 60), plain(text="longest " * 60)] * 9
LATE = b'{"envelope_id":"a-1","payload":{"team_id":"T1","event":%b},"type":"events_api","retry":0}'


@pytest.mark.parametrize("is_late", [False, True], ids=["type in front", "type behind"])
def test_it_looks_at_each_that_differs_from_those_before(is_late: bool) -> None:
    usual = [LATE % one if is_late else in_envelope(one) for one in LONG]
    begin, size = usual[0].index(b'"channel"'), len(usual[0])
    selection, known, unknown = envelope_selection(), 0, 0
    assert read(selection, usual, DEPLOY) == []
    for place in (*range(begin), *range(size - 50, size)):
        for byte in (b'"', b"\\", b"{", b"}", b"x", b"\x00"):
            other = usual[0][:place] + byte + usual[0][place + 1 :]
            found = known_envelope(KNOWN_TYPES, other)
            selection.take_ids()
            decoded = read(selection, [*usual, other, *usual], DEPLOY)
            assert decoded == ([other] if found is None else [])
            assert selection.take_ids()[len(usual) : -len(usual)] == (
                [] if found is None else [found.envelope_id]
            )
            known, unknown = known + (found is not None), unknown + (found is None)
    assert min(known, unknown) > 100


def test_it_takes_no_part_of_a_frame_for_one_like_those_before() -> None:
    selection, pad = envelope_selection(), b"x" * 400
    usual = [one.replace(b'"event"', b'"pad":"%b","event"' % pad) for one in map(in_envelope, LONG)]
    assert read(selection, usual, DEPLOY) == []
    parts = [usual[0][:300], usual[0][300 + len(server_frame(pad)) - len(pad) :]]
    assert read(selection, [*usual, *parts, *usual], DEPLOY) == parts


FOREIGN = {
    "a command": in_envelope(OTHERS[0], "slash_commands"),
    "a button": in_envelope(OTHERS[0], "interactive", b',"metadata":{"type":"events_api"}'),
    "a farewell": b'{"type":"disconnect","reason":"warning"}',
    "no object": b'"%b"' % (b"x" * 300),
    "a late type of something inside": (
        b'{"envelope_id":"a-1","payload":{"event":{"type":"message"},"is":{"type":"events_api"}},'
        b'"type":"interactive"}'
    ),
    "an unknown event": in_envelope(b'{"type":"invented"}'),
    "no event": b'{"envelope_id":"a-1","type":"events_api","payload":{"type":"app_rate_limited"}}',
    "no id in front": b'{"type":"events_api","envelope_id":"a-1","payload":{"event":{"type":"message"}}}',
}


@pytest.mark.parametrize("frame", FOREIGN.values(), ids=FOREIGN)
def test_it_decodes_what_is_no_envelope_of_an_event_for_sure(frame: bytes) -> None:
    assert decoded_of(frame, envelopes=True) == [frame]


# --- wishes ---------------------------------------------------------------------------------------


def test_a_wish_for_both_needs_both_and_a_wish_for_either_needs_one() -> None:
    a, b, c = (wish([piece]) for piece in (b"aaa", b"bbb", b"ccc"))
    assert [(a & b).may_be_in(frame) for frame in (b"aaa bbb", b"aaa", b"")] == [True, False, False]
    assert [(a | b).may_be_in(frame) for frame in (b"bbb", b"aaa", b"ccc")] == [True, True, False]
    both = (a | b) & c
    assert [both.may_be_in(frame) for frame in (b"aaa", b"aaa ccc", b"bbb ccc")] == [
        False,
        True,
        True,
    ]
    assert either([]) == NOTHING
    assert (a & NOTHING, a | NOTHING, a & EVERYTHING) == (NOTHING, a, a)


def test_a_wish_of_too_many_pieces_is_one_for_everything() -> None:
    """Each of them is a search."""
    assert wish([b"%d" % number for number in range(9)]) is EVERYTHING
    assert either(wish([b"%d" % number]) for number in range(9)) is EVERYTHING


def test_a_group_with_something_that_leaves_no_piece_asks_for_nothing() -> None:
    assert wish([word_piece("C1"), text_piece("äöü")]) is EVERYTHING
    assert wish([b"abc"], [None]) == wish([b"abc"])
