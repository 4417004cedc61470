"""`update_message(latest=True)`: of the versions of a message that wait only the newest is sent."""

from __future__ import annotations

import threading
from typing import Any

from hypothesis import given, strategies as st

from rxslack.errors import ApiError, RateLimited, ServerError, TimedOut
from rxslack.sinks.delivery.sink import Sink
from rxslack.sinks.messages import update_message
from rxslack.testing import Marbles

Item = dict[str, Any]


class Web:
    """A Slack that writes down which version of which message came when."""

    def __init__(self, marbles: Marbles, *troubles: Exception | None) -> None:
        self.marbles = marbles
        self.troubles = [*troubles]
        self.calls: list[tuple[float, str, str]] = []

    def call(self, _: str, /, **arguments: Any) -> Item:
        self.calls.append((self.marbles.scheduler.frame, arguments["ts"], arguments["text"]))
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            raise trouble
        return {"ok": True, "text": arguments["text"]}

    def sink(self, **options: Any) -> Sink:
        return update_message(self, latest=True, scheduler=self.marbles.scheduler, **options)


def version(text: str, ts: str = "7.1", channel: str = "C1") -> Item:
    return {"channel": channel, "ts": ts, "text": text}


def texts(marbles: Marbles, web: Web, source: str, **options: Any) -> list[Any]:
    items: Item = {name: version(name) for name in source if name.isalpha()}
    seen = marbles.run(marbles.cold(source, **items).pipe(web.sink(**options)))
    assert seen.moments[-1].kind == "end"
    return [item.get("text", item.get("error")) for item in seen.items]


def test_it_sends_the_newest_of_those_that_wait(marbles: Marbles) -> None:
    web = Web(marbles)
    assert texts(marbles, web, "(abc)d(ef)|") == ["c", "d", "f"]
    assert [text for _, _, text in web.calls] == ["c", "d", "f"]


def test_it_goes_at_the_place_of_the_first(marbles: Marbles) -> None:
    web = Web(marbles)
    sink = web.sink()
    for text, ts in ("a1", "b2", "c1", "d3", "e2"):
        sink.on_next(version(text, ts))
    marbles.flush()
    assert web.calls == [(0.0, "1", "c"), (0.0, "2", "e"), (0.0, "3", "d")]


def test_it_tells_messages_of_two_channels_apart(marbles: Marbles) -> None:
    web = Web(marbles)
    sink = web.sink()
    sink.on_next(version("a"))
    sink.on_next(version("b", channel="C2"))
    marbles.flush()
    assert [text for _, _, text in web.calls] == ["a", "b"]


def test_it_sends_the_newest_after_a_pause(marbles: Marbles) -> None:
    web = Web(marbles, RateLimited("chat.update", 7.0))
    assert texts(marbles, web, "a-b-c|") == ["c"]
    assert [(time, text) for time, _, text in web.calls] == [(0.0, "a"), (7.0, "c")]


def test_a_version_that_came_during_the_call_replaces_what_has_to_be_repeated(
    marbles: Marbles,
) -> None:
    web = Web(marbles)
    sink = web.sink()

    class Slow(Web):
        def call(self, method: str, /, **arguments: Any) -> Item:
            if not self.calls:
                sink.on_next(version("b"))
                sink.on_next(version("c"))
            return super().call(method, **arguments)

    slow = Slow(marbles, TimedOut("chat.update", 30.0, maybe_done=True))
    sink = slow.sink()
    seen = marbles.run(marbles.cold("a|", a=version("a")).pipe(sink))
    assert [(time, text) for time, _, text in slow.calls] == [(0.0, "a"), (0.5, "c")]
    assert seen.items == []  # the outcome is the observer's that gave the newest
    assert (seen.moments[-1].kind, sink.left) == ("end", 0)


def test_it_gives_each_version_its_attempts(marbles: Marbles) -> None:
    trouble = ServerError("chat.update", 503)
    web = Web(marbles, *[trouble] * 4)
    assert texts(marbles, web, "a--b|", attempts=4) == ["b"]


def test_it_tells_of_the_newest_that_it_failed(marbles: Marbles) -> None:
    error = ApiError("chat.update", "message_not_found")
    web = Web(marbles, None, error)
    assert texts(marbles, web, "a(bc)d|") == ["a", error, "d"]


def test_it_fails_what_finds_no_room_and_goes_on(marbles: Marbles) -> None:
    web = Web(marbles)
    sink = web.sink(max_waiting=1)
    failures: list[Any] = []
    sink.failures.subscribe(failures.append)
    for ts in ("1", "2", "1"):
        sink.on_next(version("a" + ts, ts))
    marbles.flush()
    assert [text for _, _, text in web.calls] == ["a1"]
    assert [event["item"]["ts"] for event in failures] == ["2"]


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.0, 30.0)), max_size=40), st.integers(0, 9))
def test_it_always_sends_the_last_and_none_twice_or_out_of_order(
    given_: list[tuple[int, float]], troubles: int
) -> None:
    marbles = Marbles()
    web = Web(
        marbles, *[RateLimited("chat.update", 3.0), ServerError("chat.update", 502)] * troubles
    )
    sink = web.sink(attempts=99)
    frames = sorted(frame for _, frame in given_)
    versions = [(f"{ts}.0", frame) for (ts, _), frame in zip(given_, frames, strict=True)]

    def put(number: int, ts: str) -> None:
        sink.on_next(version(str(number), ts))

    for number, (ts, frame) in enumerate(versions):
        marbles.scheduler.schedule_absolute(frame, lambda *_, n=number, t=ts: put(n, t))  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType] - reactivex does not say what a lambda is given
    marbles.flush()
    assert sink.left == 0
    for ts in {ts for ts, _ in versions}:
        sent = [int(text) for _, name, text in web.calls if name == ts]
        assert sent == sorted(sent)
        assert sent[-1] == max(number for number, (name, _) in enumerate(versions) if name == ts)


def test_it_is_safe_from_many_threads() -> None:
    last: dict[str, str] = {}
    lock = threading.Lock()

    class Slow:
        def call(self, _: str, /, **arguments: Any) -> Item:
            with lock:
                last[arguments["ts"]] = arguments["text"]
            return {"ok": True}

    sink = update_message(Slow(), latest=True)

    def grow(ts: str) -> None:
        for number in range(2_000):
            sink.on_next(version(str(number), ts))

    threads = [threading.Thread(target=grow, args=(str(ts),)) for ts in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sink.drain(20.0) == 0
    sink.close()
    assert last == {str(ts): "1999" for ts in range(4)}
