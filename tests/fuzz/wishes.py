"""
What pipelines emit when everything is decoded, and when what they do not need is left out.

A step is a read of some frames, of RTM's or of Socket Mode's, with everything odd that JSON allows: keys in any
order and said twice, escapes, types inside types. Each of the pipelines has to emit the same in both ways, and
what is left out may be nothing of the connection's own, nor of an unknown type.

    python -m tests.fuzz wishes --steps 1700    # 100,000 frames, each through every pipeline
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice, repeat
from random import Random
from typing import Any, Final, TypeAlias

from reactivex import Observable, abc, operators as ops
from reactivex.disposable import Disposable

import rxslack
from rxslack.events import (
    GapEvent,
    HelloEvent,
    MessageDeletedEvent,
    PresenceChangeEvent,
    ReplyEvent,
    UnreadableEvent,
)
from rxslack.events.known import KNOWN_TYPES
from rxslack.wire.bursts import BurstObserver, Bursts
from rxslack.wire.decoding import event_selection, read_event, read_events
from rxslack.wire.envelopes import (
    envelope_id_in,
    envelope_selection,
    event_inside,
    read_envelope,
    read_envelopes,
)
from rxslack.wire.frames import FrameReader, server_frame
from rxslack.wire.selection import EnvelopeSelection
from rxslack.wire.wishes import EVERYTHING
from tests.fuzz.bytes_at_random import mutated
from tests.fuzz.finding import Finding, Step

__all__ = ["fuzzer", "step"]

Stage: TypeAlias = Callable[[Observable[Any]], Observable[Any]]

ME: Final = rxslack.Identity(user_id="U1", bot_id="B1")
FRAMES: Final = 60  # in two reads
FIRST: Final = 15  # in the first of them


def to_first_channel(item: Any) -> bool:
    """A predicate of a user's that changes what it is asked about."""
    item["channel"] = "C1"
    return True


UNIONS: Final[list[Any]] = [  # which mypy does not take for classes
    rxslack.AnyMessageEvent,
    rxslack.SlackEvent,
    rxslack.ReactionAddedEvent | rxslack.MemberJoinedChannelEvent,
]
STAGES: Final[list[Callable[[], Stage]]] = [
    lambda: rxslack.of_type(rxslack.MessageEvent),
    lambda: rxslack.of_type(rxslack.ReactionAddedEvent),
    lambda: rxslack.of_type(rxslack.MessageEvent, lambda event: "e" in event["text"]),
    lambda: rxslack.of_type(rxslack.BotMessageEvent),
    lambda: rxslack.of_type(MessageDeletedEvent),
    lambda: rxslack.of_type(PresenceChangeEvent),
    lambda: rxslack.of_type(HelloEvent),
    lambda: rxslack.of_type(ReplyEvent),
    lambda: rxslack.of_type(UnreadableEvent),
    lambda: rxslack.of_type(GapEvent),
    *(partial(rxslack.of_type, one) for one in UNIONS),
    lambda: rxslack.of_type(rxslack.ReactionAddedEvent, to_first_channel),
    lambda: rxslack.select(rxslack.ReactionAddedEvent, lambda event: event["reaction"]),
    lambda: rxslack.narrow(rxslack.is_plain_message),
    lambda: rxslack.containing("deploy"),
    lambda: rxslack.containing("deploy", ignore_case=False),
    lambda: rxslack.containing("kg/s \N{KELVIN SIGN}", ignore_case=False),
    lambda: rxslack.containing("grün", ignore_case=False),
    lambda: rxslack.matching(r"deploy (\w+)"),
    lambda: rxslack.from_user("U1", "W2"),
    lambda: rxslack.in_channel("C1"),
    lambda: rxslack.in_thread(),
    lambda: rxslack.in_thread("7.1"),
    lambda: rxslack.mentioning("U1"),
    lambda: rxslack.mentioning_me(ME),
    lambda: rxslack.not_from_bots(),
    lambda: rxslack.not_from_me(ME),
    lambda: ops.filter(to_first_channel),
    lambda: ops.map(dict[str, Any]),
    rxslack.distinct,
    rxslack.reconnect,
    rxslack.slash_commands,
    rxslack.interactions,
]


def _shared(stream: Observable[Any]) -> Observable[Any]:
    """Two that listen to one, and want different things."""
    one = rxslack.shared(stream)
    return one.pipe(
        rxslack.in_channel("C1"), ops.merge(one.pipe(rxslack.of_type(rxslack.ReactionAddedEvent)))
    )


class Hand:
    """The source, in the hand of a test."""

    def __init__(self) -> None:
        self.observers: list[BurstObserver] = []
        self.stream = Bursts[dict[str, Any]](self._subscribe)

    def _subscribe(
        self, observer: BurstObserver, _: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        self.observers.append(observer)
        return Disposable()


@contextmanager
def fuzzer() -> Generator[Step]:
    """Nothing has to be set up."""
    yield step


def step(random: Random) -> None:
    """Two reads, and each of the pipelines."""
    envelopes = random.random() < 0.4
    frames = [*islice(_frames(random, envelopes), FRAMES)]
    if random.random() < 0.3:
        frames = [*islice(_alike(random, max(frames, key=len)), FRAMES)]
    pipelines: list[list[Stage]] = [[make()] for make in STAGES]
    pipelines += [[make() for make in random.sample(STAGES, 3)] for _ in range(6)]
    pipelines.append([_shared])
    for number, pipeline in enumerate(pipelines):
        stages = [rxslack.events_api(), *pipeline] if envelopes and number % 3 else pipeline
        expected, _ = _emitted(stages, frames, envelopes, everything=True)
        emitted, decoded = _emitted(stages, frames, envelopes)
        if repr(emitted) != repr(expected):
            what = f"pipeline {number} emits {emitted!r}, and of everything {expected!r}"
            raise Finding(what, frames)
        _check_left_out(frames, decoded, envelopes)


def _emitted(
    stages: Iterable[Stage], frames: list[bytes], envelopes: bool, *, everything: bool = False
) -> tuple[list[Any], list[bytes]]:
    """What a pipeline emits, and the frames that were decoded for it."""
    hand, items = Hand(), list[Any]()
    hand.stream.pipe(*stages).subscribe(items.append, items.append)
    (observer,) = hand.observers
    wanted = EVERYTHING if everything else observer.wish()
    selection = envelope_selection() if envelopes else event_selection()
    reader = FrameReader()
    reader.choose = lambda: selection.choice(wanted)
    decoded = reader.feed(b"".join(map(server_frame, frames[:FIRST])))
    decoded += reader.feed(b"".join(map(server_frame, frames[FIRST:])))
    if selection.left_out != len(frames) - len(decoded):
        raise Finding(f"{selection.left_out} left out, {len(decoded)} decoded", frames)
    if isinstance(selection, EnvelopeSelection):
        ids = [envelope_id_in(frame) for frame in _left_out(frames, decoded)]
        if (taken := [one.decode() for one in selection.take_ids()]) != ids:
            raise Finding(f"acknowledges {taken}, and left out {ids}", frames)
    bursts = read_envelopes(decoded) if envelopes else read_events(decoded, bool)
    for burst, plain in bursts:
        observer.on_items(burst, plain)
    return items, decoded


def _check_left_out(frames: list[bytes], decoded: list[bytes], envelopes: bool) -> None:
    for frame in _left_out(frames, decoded):
        item = read_envelope(frame) if envelopes else read_event(frame)
        if item["type"] == "rxslack.unreadable":  # which is not looked for
            continue
        # Of what a frame says twice only farewells are looked for, which are short.
        if _says_twice(frame) and not (item["type"] in OWN and len(frame) < 256):
            continue
        if envelopes and item["type"] != "events_api":
            raise Finding("left out, and no event", frame)
        event = event_inside(item) if envelopes else item
        kind = str(event["type"])
        if kind in OWN and len(frame) < 256 and not envelopes:
            raise Finding(f"left out, of the type {kind}", frame)
        if kind not in KNOWN_TYPES and frame.count(b'"type"') == 1:
            raise Finding(f"left out, of the type {kind}", frame)


def _left_out(frames: list[bytes], decoded: list[bytes]) -> Iterator[bytes]:
    rest = iter(decoded)
    next_one = next(rest, None)
    for frame in frames:
        if frame == next_one:
            next_one = next(rest, None)
        else:
            yield frame


def _says_twice(frame: bytes) -> bool:
    """Whether the object of a frame has two types."""
    found: list[list[str]] = []
    json.loads(frame, object_pairs_hook=lambda pairs: found.append([key for key, _ in pairs]))
    return found[-1].count("type") > 1


# Frames


OWN: Final = ("hello", "goodbye", "error", "pong", "disconnect", "team_migration_started")
_TYPES: Final[tuple[Any, ...]] = (
    *("message",) * 12,
    *("reaction_added", "presence_change", "user_typing", "app_mention", "channel_rename") * 2,
    *("member_joined_channel", "rxslack.gap", "rxslack.reply", "invented", "", None, 7, {}, []),
    *OWN,
)
_STRINGS: Final = (
    *("C1", "C2", "U1", "W2", "B1", "7.1", "8.2", "message", "reaction_added", "", "hello"),
    *("deploy web", "DEPLOY", "we dep\u212aloy", "grün", "kg/s \u212a", "<@U1>", "<@U1|robin> \n"),
    *("\ud83d\ude00", "\\", '"type":"hello"', "ſ", "/", "\x7f", "presence_change", "active"),
)
_KEYS: Final = (
    *("channel", "user", "text", "ts", "thread_ts", "subtype", "message", "item", "reaction"),
    *("blocks", "bot_id", "edited", "hidden", "reply_to", "presence", "event_ts", "team", "type"),
    *("channel_type", "previous_message", "deleted_ts", "command", "payload", "attachments"),
)
_SUBTYPES: Final = ("bot_message", "message_changed", "message_deleted", "invented", "me_message")


def _frames(random: Random, envelopes: bool) -> Iterator[bytes]:
    while True:
        pairs = _event(random)
        if envelopes and random.random() < 0.9:
            pairs = _envelope(random, pairs)
        text = _json(random, pairs, spaces=random.random() < 0.3)
        frame = text.encode("utf-8", "surrogatepass")
        if random.random() < 0.1:
            frame = mutated(random, frame)
        if _is_text(frame):
            yield frame


def _alike(random: Random, frame: bytes) -> Iterator[bytes]:
    """Some that are the same, as those of a flood nearly are, and then some that differ a little."""
    yield from repeat(frame, FIRST)
    while True:
        other = mutated(random, frame) if random.random() < 0.5 else _changed(random, frame)
        if _is_text(other):
            yield other


def _changed(random: Random, frame: bytes) -> bytes:
    """A frame of the same length."""
    place = random.randrange(len(frame))
    return frame[:place] + random.choice((b'"', b"\\", b"{", b"}", b"a", b"7")) + frame[place + 1 :]


def _is_text(frame: bytes) -> bool:
    try:
        frame.decode()  # what is left out is not checked for that
    except UnicodeDecodeError:
        return False
    return True


Pairs: TypeAlias = list[tuple[str, Any]]


class Array(list[Any]):
    """A JSON array."""


class Object(list[tuple[str, Any]]):
    """A JSON object, whose keys may come twice."""


def _event(random: Random) -> Object:
    pairs: Pairs = [("type", random.choice(_TYPES))] if random.random() < 0.95 else []
    kind = pairs[0][1] if pairs else None
    if kind == "message":
        pairs += [("channel", random.choice(("C1", "C2"))), ("user", random.choice(("U1", "U3")))]
        pairs += [("text", random.choice(_STRINGS)), ("ts", random.choice(("7.1", "9.3")))]
        if random.random() < 0.3:
            pairs.append(("subtype", random.choice(_SUBTYPES)))
    elif kind == "reaction_added":
        item = Object([("type", "message"), ("channel", "C1"), ("ts", "7.1")])
        pairs += [("user", "U1"), ("reaction", "wave"), ("item", item), ("event_ts", "9.3")]
    elif kind == "presence_change":
        pairs += [("user", "U1"), ("presence", "active")]
    pairs += [(random.choice(_KEYS), _value(random, 3)) for _ in range(random.choice((0, 0, 1, 4)))]
    if random.random() < 0.2:
        pairs.append(("text", "x" * 300))
    if random.random() < 0.1:
        pairs.append(("type", random.choice(_TYPES)))
    if random.random() < 0.5:
        random.shuffle(pairs)
    return Object(pairs)


def _envelope(random: Random, event: Object) -> Object:
    kind = random.choice(("events_api",) * 9 + ("slash_commands", "interactive", "invented", 7))
    payload = Object([("type", "event_callback"), ("event", event), ("event_id", "Ev1")])
    if random.random() < 0.2:
        payload.append(("metadata", Object([("type", "events_api"), ("event", _event(random))])))
    if random.random() < 0.4:
        random.shuffle(payload)
    rest: Pairs = [("type", kind), ("payload", payload), ("accepts_response_payload", False)]
    if random.random() < 0.1:
        rest.append(("type", random.choice(("disconnect", "hello", "events_api"))))
    if random.random() < 0.5:
        random.shuffle(rest)
    envelope_id = f"a-{random.choice((*range(10), 10, 300))}"
    return Object([("envelope_id", random.choice((envelope_id,) * 9 + _STRINGS)), *rest])


def _value(random: Random, depth: int) -> Any:
    kind = random.random()
    if depth and kind < 0.15:
        return Array(_value(random, depth - 1) for _ in range(random.randint(0, 3)))
    if depth and kind < 0.5:
        keys = [random.choice(_KEYS) for _ in range(random.randint(0, 4))]
        return Object([(key, _value(random, depth - 1)) for key in keys])
    return random.choice((*_STRINGS, None, True, 0, 1.5, -3))


def _json(random: Random, value: Any, *, spaces: bool) -> str:
    blank = " \n" if spaces else ""
    if isinstance(value, Object):
        inside = [
            f"{_string(random, key)}:{blank}{_json(random, one, spaces=spaces)}"
            for key, one in value
        ]
        return "{" + f",{blank}".join(inside) + "}"
    if isinstance(value, Array):
        inside = [_json(random, one, spaces=spaces) for one in value]
        return "[" + f",{blank}".join(inside) + "]"
    return _string(random, value) if isinstance(value, str) else json.dumps(value)


def _string(random: Random, text: str) -> str:
    written = json.dumps(text, ensure_ascii=random.random() < 0.5)
    if random.random() < 0.3:
        written = written.replace("/", "\\/")
    if random.random() < 0.05:  # any character may be written so
        at = random.randrange(len(text) + 1)
        head, tail = json.dumps(text[:at])[:-1], json.dumps(text[at + 1 :])[1:]
        escaped = "".join(f"\\u{ord(one):04x}" for one in text[at : at + 1] if ord(one) < 0xFFFF)
        written = head + escaped + tail
    return written
