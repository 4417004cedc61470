"""What was said in a channel, and which calls it takes to know: Slack's answers are written here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rxslack.errors import ApiError
from rxslack.recovery.backfilling.history import Found, GapHistory, is_answered_after, shown_after
from rxslack.web.calls import MethodPaces, Missed, PatientCaller, Terms
from rxslack.web.dialing import Cancellation

Json = dict[str, Any]
FLOOR = "5000.000000"
NO_MORE = "answers in older threads: the calls left are needed for other channels"


def nothing(*_: object) -> None:
    pass


class Pages:
    """
    Stands in for a `WebClient`, and for the end of all pauses.

    Attributes:
        asked: methods and arguments.
        channels: the pages of where one is a member.
        history: the pages of a channel, newest messages first.
        threads: the pages of each thread.
        before: called with each call.
    """

    def __init__(self, *history: Any) -> None:
        self.asked: list[tuple[str, Json]] = []
        self.channels: list[Any] = []
        self.history = [*history]
        self.threads: dict[str, list[Any]] = {}
        self.before: Callable[[str, Json], object] = nothing

    def call(self, method: str, /, **arguments: Any) -> Json:
        self.asked.append((method, arguments))
        self.before(method, arguments)
        key, pages = {
            "users.conversations": ("channels", self.channels),
            "conversations.history": ("messages", self.history),
            "conversations.replies": ("messages", self.threads.get(arguments.get("ts", ""), [])),
        }[method]
        number = int(arguments["cursor"] or 0)
        more = str(number + 1) if number + 1 < len(pages) else ""
        return {key: pages[number] if pages else [], "response_metadata": {"next_cursor": more}}

    def wait(self, _: float) -> bool:
        return False

    def is_set(self) -> bool:
        return False

    def past(self, *, calls: int = 1000, lookback: float = 100.0) -> GapHistory:
        web: Any = self
        stop: Any = self
        terms = Terms(page=2, calls=calls, pauses=list[float])
        return GapHistory(
            PatientCaller(web, terms, MethodPaces(1e9), Cancellation(), stop), lookback
        )

    def threads_asked(self) -> list[str]:
        return [
            arguments["ts"] for method, arguments in self.asked if method == "conversations.replies"
        ]


def said(ts: str, **more: Any) -> Json:
    return {"type": "message", "ts": ts, **more}


def times(found: Found) -> list[str]:
    return [message["ts"] for message in found.in_order()]


# --- what was found -------------------------------------------------------------------------------


def test_it_has_what_was_found_in_order_and_up_to_a_moment() -> None:
    found = Found(asked=0.0)
    found.add([said("3.0"), said("1.0"), said("2.0")], "")
    assert times(found) == ["1.0", "2.0", "3.0"]
    assert found.in_order("2.0") == [said("1.0"), said("2.0")]
    assert found.last() == "3.0"
    assert Found(asked=0.0).last() == ""


def test_it_keeps_what_was_said_after_a_moment_but_not_what_is_left_of_a_deleted_message() -> None:
    found = Found(asked=0.0)
    found.add([said("1.0"), said("2.0"), said("3.0"), said("4.0", hidden=True), said("5.0")], "2.0")
    assert times(found) == ["3.0", "5.0"]


def test_it_keeps_what_it_found_first() -> None:
    """An answer that was also shown in the channel is in its thread once more."""
    found = Found(asked=0.0)
    found.add([said("1.0", text="first")], "")
    found.add([said("1.0", text="second")], "")
    assert found.in_order() == [said("1.0", text="first")]


def test_it_tells_when_each_thread_was_answered_last() -> None:
    found = Found(asked=0.0)
    found.add([said("4.0", thread_ts="1.0"), said("3.0", thread_ts="1.0"), said("5.0")], "")
    assert found.answered() == {"1.0": "4.0"}


def test_it_notes_what_is_missed() -> None:
    found = Found(asked=0.0)
    with found.collecting():
        raise Missed("refused")
    with found.collecting():
        raise Missed("conversations.replies: thread_not_found")  # deleted meanwhile
    assert found.missing == ["refused"]
    with pytest.raises(KeyError), found.collecting():
        raise KeyError("a defect")


def test_it_has_the_gap_when_older_threads_alone_are_missing() -> None:
    found = Found(asked=0.0)
    assert found.covers_channel()
    found.missing = [NO_MORE]
    assert found.covers_channel()
    found.missing = [NO_MORE, "refused"]
    assert not found.covers_channel()


# --- which channels there are ---------------------------------------------------------------------


def test_it_asks_where_one_is_a_member() -> None:
    slack = Pages()
    slack.channels = [[{"id": "C1"}, {"id": "D1"}], [{"id": "G1"}]]
    assert slack.past().channels() == ["C1", "D1", "G1"]
    method, arguments = slack.asked[0]
    assert method == "users.conversations"
    assert arguments == {
        "types": "public_channel,private_channel,mpim,im",
        "exclude_archived": True,
        "limit": 2,
        "cursor": None,
    }


def test_it_says_which_threads_are_too_old() -> None:
    assert Pages().past(lookback=90.5).too_old() == (
        "threads that began, and were last answered, more than 90.5 s before the gap"
    )


# --- the channel itself ---------------------------------------------------------------------------


def test_it_reads_back_as_far_as_threads_are_looked_after() -> None:
    slack = Pages([said("5003.0"), said("5002.0")], [said("5000.0"), said("4950.0")])
    found = slack.past().messages("C1", FLOOR, {})
    assert times(found) == ["5002.0", "5003.0"]
    assert [arguments for _, arguments in slack.asked] == [
        {"channel": "C1", "oldest": "4900.000000", "limit": 2, "cursor": cursor}
        for cursor in (None, "1")
    ]
    assert (found.is_short, found.is_whole, found.missing) == (False, True, [])


def test_it_says_that_history_was_one_page() -> None:
    assert Pages([said("5003.0")]).past().messages("C1", FLOOR, {}).is_short


def test_it_reads_back_no_further_than_it_is_told_to() -> None:
    slack = Pages([said("5003.0")])
    found = slack.past().messages("C1", FLOOR, {}, back=30.0)
    assert slack.asked[0][1]["oldest"] == "4970.000000"
    assert not found.is_whole


@pytest.mark.parametrize("back", [0.0, 6000.0])
def test_it_reads_back_to_the_beginning_of_time_or_not_at_all(back: float) -> None:
    slack = Pages([said("5003.0")])
    slack.past().messages("C1", FLOOR, {}, back=back)
    assert slack.asked[0][1]["oldest"] == (FLOOR if back == 0.0 else "0.000000")


def test_it_knows_when_history_was_first_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [50.0]

    def pass_by(*_: object) -> None:
        now[0] += 10.0

    monkeypatch.setattr("rxslack.web.calls.time.monotonic", lambda: now[0])
    slack = Pages([said("5003.0")], [said("5002.0")], [said("5001.0", reply_count=1)])
    slack.before = pass_by
    past = slack.past()
    pass_by()
    assert past.messages("C1", FLOOR, {}).asked == 60.0


def test_it_takes_the_beginning_for_that_when_history_was_never_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rxslack.recovery.backfilling.history.time.monotonic", lambda: 50.0)
    past = Pages().past(calls=1)
    past.calls.made = 1
    found = past.messages("C1", FLOOR, {})
    assert (found.asked, found.missing) == (50.0, ["the bound of 1 calls is reached"])


def test_it_takes_an_answer_without_messages_for_an_empty_one() -> None:
    found = Pages(None).past().messages("C1", FLOOR, {})
    assert (times(found), found.missing) == ([], [])


# --- threads --------------------------------------------------------------------------------------


def test_it_asks_for_threads_that_were_answered_in_the_gap() -> None:
    slack = Pages(
        [
            said("5003.0", thread_ts="5003.0", latest_reply="5004.0", reply_count=1),
            said("4990.0", latest_reply="5001.0"),
            said("4980.0", latest_reply="4999.0"),
            said("4970.0"),
        ],
    )
    slack.threads = {
        "5003.0": [[said("5003.0")], [said("5004.0", thread_ts="5003.0")]],
        "4990.0": [[said("4990.0"), said("4995.0"), said("5001.0", thread_ts="4990.0")]],
    }
    found = slack.past().messages("C1", FLOOR, {"4970.0": "4999.5", "4980.0": "4999.0"})
    assert times(found) == ["5001.0", "5003.0", "5004.0"]
    assert slack.threads_asked() == ["5003.0", "5003.0", "4990.0"]
    method, arguments = slack.asked[1]
    assert method == "conversations.replies"
    assert arguments == {
        "channel": "C1",
        "ts": "5003.0",
        "oldest": FLOOR,
        "limit": 2,
        "cursor": None,
    }


def test_it_asks_for_lively_threads_that_history_does_not_show_the_latest_first() -> None:
    slack = Pages([said("5003.0")])
    threads = {"1001.0": "4899.9", "1002.0": "4900.000000", "1003.0": "4990.0", "1004.0": "4950.0"}
    found = slack.past().messages("C1", FLOOR, threads)
    assert slack.threads_asked() == ["1004.0", "1003.0", "1002.0"]
    assert {arguments["channel"] for _, arguments in slack.asked} == {"C1"}
    assert found.missing == []


def test_it_asks_once_for_a_thread_of_which_it_knows_twice() -> None:
    slack = Pages(
        [
            said("5004.0", thread_ts="4500.0", subtype="thread_broadcast"),
            said("5003.0", thread_ts="4990.0", subtype="thread_broadcast"),
            said("4990.0", latest_reply="5003.0"),
        ]
    )
    slack.past().messages("C1", FLOOR, {"4990.0": "4999.0", "4500.0": "4999.0"})
    assert slack.threads_asked() == ["4990.0", "4500.0"]


def test_it_goes_on_after_a_thread_that_is_refused() -> None:
    slack = Pages([said("5003.0", reply_count=1), said("5002.0", reply_count=1)])
    slack.threads = {"5002.0": [[said("5005.0")]]}

    def refuse(_: str, arguments: Json) -> None:
        if arguments.get("ts") == "5003.0":
            raise ApiError("conversations.replies", "missing_scope")

    slack.before = refuse
    found = slack.past().messages("C1", FLOOR, {})
    assert times(found) == ["5002.0", "5003.0", "5005.0"]
    assert len(found.missing) == 1
    assert "missing_scope" in found.missing[0]


def test_it_leaves_no_thread_out_though_history_is_refused() -> None:
    slack = Pages()
    slack.threads = {"1001.0": [[said("5005.0")]]}

    def refuse(method: str, _: Json) -> None:
        if method == "conversations.history":
            raise ApiError(method, "internal_error")

    slack.before = refuse
    found = slack.past().messages("C1", FLOOR, {"1001.0": "4999.0"})
    assert times(found) == ["5005.0"]
    assert len(found.missing) == 1


# --- the share ------------------------------------------------------------------------------------


def test_it_asks_for_the_older_of_lively_threads_as_far_as_its_share_goes() -> None:
    slack = Pages([said("5003.0")])
    past = slack.past(calls=9)
    found = past.messages("C1", FLOOR, {f"{1000 + n}.0": "4999.0" for n in range(1, 9)}, among=2)
    assert slack.threads_asked() == [
        "1008.0",
        "1007.0",
        "1006.0",
    ]  # four of nine calls, with history's
    assert found.missing == [NO_MORE]
    assert past.calls.left == 5


def test_it_may_use_all_calls_when_no_other_channel_needs_them() -> None:
    slack = Pages([said("5003.0")])
    found = slack.past(calls=3).messages(
        "C1", FLOOR, {f"{1000 + n}.0": "4999.0" for n in range(1, 4)}
    )
    assert slack.threads_asked() == ["1003.0", "1002.0"]
    assert found.missing == [NO_MORE]


def test_it_reads_the_gap_beyond_its_share_but_what_is_before_the_gap_not() -> None:
    pages = [[said(f"{5005 - n}.000000")] for n in range(10)]
    slack = Pages(*pages)
    found = slack.past(calls=20).messages("C1", FLOOR, {}, among=10)
    assert times(found) == [f"{5001 + n}.000000" for n in range(5)]
    assert len(slack.asked) == 6  # the last one of what was said before the gap
    assert found.missing == [NO_MORE]


def test_it_reads_what_is_before_the_gap_as_far_as_its_share_goes() -> None:
    slack = Pages(*([said(f"{4999 - n}.0")] for n in range(4)))
    found = slack.past(calls=4).messages("C1", FLOOR, {}, among=2)
    assert (len(slack.asked), found.missing) == (2, [NO_MORE])


def test_it_does_not_take_an_empty_page_for_the_beginning_of_the_gap() -> None:
    slack = Pages([], [said("5001.0")])
    found = slack.past(calls=10).messages("C1", FLOOR, {}, among=10)
    assert (times(found), found.missing) == (["5001.0"], [])


def test_it_misses_nothing_when_its_share_ends_with_the_last_page() -> None:
    slack = Pages([said("5001.0")], [said("4999.0")])
    found = slack.past(calls=4).messages("C1", FLOOR, {}, among=2)
    assert (len(slack.asked), found.missing) == (2, [])


# --- what a message says of its thread ------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "is_answered"),
    [
        (said("1001.0", latest_reply="5000.000001"), True),
        (said("1001.0", latest_reply=FLOOR), False),
        (said("1001.0", latest_reply="4999.0", reply_count=3), False),
        (said("1001.0", reply_count=3), True),
        (said("1001.0", reply_count=0), False),
        (said("1001.0", latest_reply=None, reply_count=1), True),
        (said("1001.0"), False),
    ],
)
def test_it_tells_whether_a_thread_may_have_been_answered(message: Json, is_answered: bool) -> None:
    assert is_answered_after(message, FLOOR) is is_answered


def test_it_learns_of_threads_from_answers_that_were_shown_in_the_channel() -> None:
    messages = [
        said("5005.0", thread_ts="1001.0"),
        said("5004.0", thread_ts="5004.0"),  # it begins a thread
        said("5003.0"),
        said("5002.0", thread_ts="1002.0"),
        said("5001.0", thread_ts="1003.0"),
        said("5000.000000", thread_ts="1004.0"),
        said("4999.0", thread_ts="1005.0"),
    ]
    assert shown_after(messages, FLOOR, but=["1002.0"]) == ["1001.0", "1003.0"]
