"""What was perhaps posted is searched for, in virtual time; a frame is a second."""

from collections.abc import Sequence
from email.utils import formatdate
from typing import Any

import pytest
import reactivex

from rxslack.errors import (
    ApiError,
    ConfigurationError,
    MissingScope,
    RateLimited,
    ServerError,
    SlackError,
    TimedOut,
)
from rxslack.sinks.delivery.calls import PendingCall
from rxslack.sinks.delivery.look_up import LookUp
from rxslack.sinks.delivery.sink import Sink
from rxslack.sinks.post_message import post_message
from rxslack.testing import Marbles
from rxslack.web.client import Response

POST, HISTORY, REPLIES = "chat.postMessage", "conversations.history", "conversations.replies"
LOST = TimedOut(POST, 30.0, maybe_done=True)
ITEM = {"channel": "C1", "text": "a"}
Item = dict[str, Any]


class Stage:
    """A Slack on the clock of marbles, whose posts meet what they are told to."""

    def __init__(self, marbles: Marbles) -> None:
        self.marbles = marbles
        self.calls: list[tuple[float, str]] = []
        self.stored: list[Item] = []
        self.posts: Sequence[Exception] = []  # what posts raise, in turn, before one succeeds
        self.reads: Sequence[Exception] = []  # and what searches raise
        self.sent: Item = {}  # the last post
        self.stores = True  # also what then is not answered

    def call(self, method: str, /, **arguments: Any) -> Item:
        now = self.marbles.scheduler.frame
        self.calls.append((now, method))
        if method != POST:
            first, self.reads = self.reads[:1], self.reads[1:]
            for trouble in first:
                raise trouble
            return {"ok": True, "messages": list(reversed(self.stored))}
        self.sent = arguments
        ts = f"{now:.6f}"
        first, self.posts = self.posts[:1], self.posts[1:]
        if self.stores or not first:
            self.stored.append({**arguments, "ts": ts})
        for trouble in first:
            raise trouble
        return {"ok": True, "channel": arguments["channel"], "ts": ts}

    def sink(self, **options: Any) -> Sink:
        given: dict[str, Any] = {"look_up": (2.0, 5.0), "scheduler": self.marbles.scheduler}
        return post_message(self, **(given | options))

    def run(self, item: Item = ITEM, **options: Any) -> list[Any]:
        """Post one item; what comes of it."""
        source = self.marbles.cold("(a|)", a=item)
        return self.marbles.run(source.pipe(self.sink(**options))).items


@pytest.fixture
def stage(marbles: Marbles) -> Stage:
    return Stage(marbles)


def test_it_finds_what_was_posted_and_emits_what_slack_would_have_answered(stage: Stage) -> None:
    stage.posts = [LOST]
    (reply,) = stage.run()
    assert (reply["ok"], reply["channel"], reply["ts"]) == (True, "C1", "0.000000")
    assert stage.calls == [(0.0, POST), (2.0, HISTORY)]


def test_it_posts_again_what_is_in_history_neither_time(stage: Stage) -> None:
    stage.posts, stage.stores = [LOST], False
    (reply,) = stage.run()
    assert reply["ts"] == "5.000000"
    assert stage.calls == [(0.0, POST), (2.0, HISTORY), (5.0, HISTORY), (5.0, POST)]


def test_it_finds_what_was_stored_late(stage: Stage) -> None:
    stage.posts, stage.stores = [LOST], False
    late = reactivex.timer(3.0, scheduler=stage.marbles.scheduler)
    late.subscribe(lambda _: stage.stored.append({**stage.sent, "ts": "3.000000"}))
    (reply,) = stage.run()
    assert reply["ts"] == "3.000000"
    assert [method for _, method in stage.calls] == [POST, HISTORY, HISTORY]


def test_it_keeps_the_order_of_the_channel_while_it_searches(stage: Stage) -> None:
    stage.posts = [LOST]
    items = [{"channel": "C1", "text": text} for text in "ab"] + [{"channel": "C2", "text": "v"}]
    source = stage.marbles.cold("(abv|)", a=items[0], b=items[1], v=items[2])
    seen = stage.marbles.run(source.pipe(stage.sink()))
    assert [(m.frame, m.value["channel"]) for m in seen.moments if m.kind == "item"] == [
        (0.0, "C2"),
        (2.0, "C1"),
        (2.0, "C1"),
    ]
    assert [message["text"] for message in stage.stored] == ["a", "v", "b"]


@pytest.mark.parametrize(
    "error", [ServerError(POST, 502), ApiError(POST, "fatal_error", maybe_done=True)]
)
def test_it_searches_after_every_answer_that_leaves_it_open(stage: Stage, error: Exception) -> None:
    stage.posts = [error]
    stage.run()
    assert (len(stage.stored), stage.calls[-1]) == (1, (2.0, HISTORY))


def test_it_searches_a_thread_for_an_answer_in_it(stage: Stage) -> None:
    stage.posts = [LOST]
    stage.run({**ITEM, "thread_ts": "1.000100"})
    assert stage.calls[-1] == (2.0, REPLIES)


def test_it_waits_as_long_as_slack_asks_before_it_searches_again(stage: Stage) -> None:
    stage.posts, stage.reads = [LOST], [RateLimited(HISTORY, 7.0), ServerError(HISTORY, 500)]
    stage.run()
    assert stage.calls == [(0.0, POST), (2.0, HISTORY), (9.0, HISTORY), (11.0, HISTORY)]


def test_it_reports_what_cannot_be_searched_for_as_uncertain(stage: Stage) -> None:
    stage.posts = [LOST]
    stage.reads = [MissingScope(HISTORY, "missing_scope", {"needed": "channels:history"})]
    (event,) = stage.run()
    assert (event["error"], event["uncertain"]) == (LOST, True)
    assert event["error"].__notes__[-1] == "and history could not be searched: missing_scope"
    assert [method for _, method in stage.calls] == [POST, HISTORY]


def test_it_gives_a_search_up_after_the_attempts(stage: Stage) -> None:
    stage.posts, stage.reads = [LOST], [ServerError(HISTORY, 500)] * 9
    (event,) = stage.run(attempts=4)
    assert (event["error"], event["uncertain"]) == (LOST, True)
    assert [method for _, method in stage.calls] == [POST, HISTORY, HISTORY, HISTORY]


def test_it_gives_an_item_up_that_is_never_posted_and_says_that_it_is_not(stage: Stage) -> None:
    stage.posts, stage.stores = [LOST] * 9, False
    (event,) = stage.run(attempts=2)
    assert "uncertain" not in event
    assert [method for _, method in stage.calls] == [POST, HISTORY, HISTORY] * 2


@pytest.mark.parametrize("field", [{"user": "U1"}, {"post_at": 1_735_689_600}])
def test_it_reports_as_uncertain_what_no_history_has(stage: Stage, field: Item) -> None:
    class Web:
        def call(self, method: str, /, **arguments: Any) -> Item:
            assert "metadata" not in arguments  # Slack never delivers a scheduled one that has it
            raise TimedOut(method, 30.0, maybe_done=True)

    sink = post_message(Web(), look_up=True, scheduler=stage.marbles.scheduler)
    (event,) = stage.marbles.run(stage.marbles.cold("a|", a={**ITEM, **field}).pipe(sink)).items
    assert event["uncertain"] is True


@pytest.mark.parametrize(
    ("metadata", "event_type", "payload"),
    [
        (None, "rxslack_post", {}),
        ({"event_type": "task", "event_payload": {"id": "7"}}, "task", {"id": "7"}),
        ('{"event_type": "task", "event_payload": {"id": "7"}}', "task", {"id": "7"}),
        ("not JSON", "rxslack_post", {}),
    ],
)
def test_it_marks_a_message_beside_its_own_metadata(
    stage: Stage, metadata: Any, event_type: str, payload: Item
) -> None:
    stage.run({**ITEM, "metadata": metadata})
    found = stage.stored[0]["metadata"]
    assert found["event_type"] == event_type
    mark = found["event_payload"].pop("rxslack_id")
    assert (found["event_payload"], len(mark)) == (payload, 32)


def test_it_marks_nothing_unless_it_is_to_search(stage: Stage) -> None:
    stage.run(look_up=False)
    assert "metadata" not in stage.stored[0]


@pytest.mark.parametrize("look_up", [(), (5.0, 2.0), (-1.0,)])
def test_it_refuses_times_that_do_not_grow(stage: Stage, look_up: tuple[float, ...]) -> None:
    with pytest.raises(ConfigurationError, match="growing seconds"):
        stage.sink(look_up=look_up)


class Pages:
    """A channel of a thousand messages, newest first, one a second, ten a page."""

    def __init__(self, *, date: float | None, mark_at: int) -> None:
        self.date = date
        self.mark_at = mark_at
        self.pages = 0

    def call(self, _: str, /, **arguments: Any) -> Response:
        self.pages += 1
        start = int(arguments["cursor"] or 0)
        messages = [self._message(1000 - place) for place in range(start, start + 10)]
        headers = {} if self.date is None else {"Date": formatdate(self.date, usegmt=True)}
        body = {"messages": messages, "response_metadata": {"next_cursor": str(start + 10)}}
        return Response(body, headers=headers)

    def _message(self, second: int) -> Item:
        payload = {"rxslack_id": "me"} if second == self.mark_at else {}
        return {"ts": f"{second}.000100", "metadata": {"event_payload": payload}}


CALL = PendingCall(POST, "C1", {"channel": "C1"}, mark="me")


@pytest.mark.parametrize(
    ("date", "now"),
    [
        (None, 1000.0),
        (1000.0, 1000.0),
        (1000.0, 4600.0),  # our clock is an hour ahead
        (1000.0, -2600.0),  # or an hour behind
    ],
)
def test_it_goes_back_to_the_first_attempt_by_slack_s_clock(date: float | None, now: float) -> None:
    web = Pages(date=date, mark_at=905)
    found = LookUp(web, lambda: now).find(CALL, since=now - 100.0)
    assert found is not None
    assert found["ts"] == "905.000100"


def test_it_goes_back_no_further_than_it_must() -> None:
    web = Pages(date=1000.0, mark_at=1)
    assert LookUp(web, lambda: 1000.0).find(CALL, since=900.0) is None
    assert web.pages < 20  # 100 s, and a minute in which two clocks may differ


def test_it_says_what_went_wrong_when_history_is_closed() -> None:
    class Closed:
        def call(self, method: str, /, **_: Any) -> Item:
            raise ApiError(method, "channel_not_found")

    with pytest.raises(SlackError, match="channel_not_found"):
        LookUp(Closed(), lambda: 0.0).find(CALL, since=0.0)
