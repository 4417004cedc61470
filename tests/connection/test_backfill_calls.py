"""Which calls a gap costs, and in which order they are made."""

from __future__ import annotations

from typing import Any

from rxslack.simulator import Workspace
from tests.connection.speaker import Source, gap, lacks, live, texts


def asked(slack: Workspace, method: str, argument: str) -> list[Any]:
    return [call.arguments[argument] for call in slack.calls(method)]


# --- threads --------------------------------------------------------------------------------------


def test_it_asks_for_the_threads_that_were_answered_in_the_gap_alone(unlimited: Workspace) -> None:
    """History says of each thread when it was answered last."""
    roots = [unlimited.say("general", "alice", f"root {n}") for n in range(20)]
    answers = [
        unlimited.say("general", "bob", "answer", thread_ts=root["ts"]) for root in roots[5:]
    ]
    source = Source(unlimited)
    for message in (*roots, *answers):
        source.say(live(message))
    unlimited.say("general", "bob", "first answer", thread_ts=roots[3]["ts"])
    unlimited.say("general", "bob", "second answer", thread_ts=roots[7]["ts"])
    source.say(gap(unlimited, answers[-1]["ts"]))
    summary = source.filled()
    assert texts(source.items)[-2:] == ["first answer", "second answer"]
    assert asked(unlimited, "conversations.replies", "ts") == [roots[7]["ts"], roots[3]["ts"]]
    assert summary["calls"] == len(unlimited.calls()) == 5  # channels, two histories, two threads


def test_it_asks_for_a_thread_that_does_not_say_when_it_was_answered(unlimited: Workspace) -> None:
    root = unlimited.say("general", "alice", "root")
    unlimited.say("general", "bob", "answer", thread_ts=root["ts"])
    shown = {**unlimited.messages("general")[0]}
    del shown["latest_reply"]
    source = Source(unlimited, channels=[root["channel"]])
    source.say(live(root))
    with unlimited.faults.answer(
        "conversations.history", body={"ok": True, "messages": [shown]}, times=1
    ):
        source.say(gap(unlimited, root["ts"]))
        source.filled()
    assert texts(source.items) == ["root", "answer"]


def test_it_asks_for_a_lively_thread_that_began_before_all_that_it_reads(
    unlimited: Workspace,
) -> None:
    root = unlimited.say("general", "alice", "root")
    unlimited.clock.advance(500.0)
    first = unlimited.say("general", "bob", "first answer", thread_ts=root["ts"])
    source = Source(unlimited, lookback=60.0)
    source.say(live(first))
    second = unlimited.say("general", "bob", "second answer", thread_ts=root["ts"])
    source.say(gap(unlimited, first["ts"]))
    source.filled()
    assert texts(source.items) == ["first answer", "second answer"]
    assert (second["thread_ts"], root["ts"]) == (root["ts"], root["ts"])


def test_it_learns_of_an_old_thread_from_an_answer_that_was_shown_to_all(
    unlimited: Workspace,
) -> None:
    root = unlimited.say("general", "alice", "root")
    unlimited.clock.advance(500.0)
    last = unlimited.say("general", "alice", "last")
    source = Source(unlimited, lookback=60.0)
    source.say(live(last))
    unlimited.say("general", "bob", "whispered", thread_ts=root["ts"])
    unlimited.say("general", "bob", "shown", thread_ts=root["ts"], broadcast=True)
    source.say(gap(unlimited, last["ts"]))
    source.filled()
    assert texts(source.items) == ["last", "whispered", "shown"]


def test_it_learns_of_an_old_thread_from_an_answer_that_comes_live(unlimited: Workspace) -> None:
    root = unlimited.say("general", "alice", "root")
    unlimited.clock.advance(500.0)
    last = unlimited.say("general", "alice", "last")
    source = Source(unlimited, lookback=60.0)
    source.say(live(last))
    unlimited.say("general", "bob", "missed", thread_ts=root["ts"])
    with unlimited.faults.hold("users.conversations") as held:
        source.say(gap(unlimited, last["ts"]))
        unlimited.wait_until(lambda: held.waiting)
        source.say(live(unlimited.say("general", "bob", "live", thread_ts=root["ts"])))
    source.filled()
    assert texts(source.items) == ["last", "missed", "live"]


def test_it_takes_what_is_left_of_a_deleted_message_for_none(unlimited: Workspace) -> None:
    last = unlimited.say("general", "alice", "last")
    source = Source(unlimited)
    source.say(live(last))
    root = unlimited.say("general", "alice", "root")
    unlimited.say("general", "bob", "answer", thread_ts=root["ts"])
    unlimited.delete("general", root["ts"])
    source.say(gap(unlimited, last["ts"]))
    source.filled()
    assert [m.get("subtype") for m in unlimited.messages("general")] == [None, "tombstone", None]
    assert texts(source.items) == ["last", "answer"]


# --- the bound ------------------------------------------------------------------------------------


def test_it_leaves_other_channels_the_calls_that_they_need(unlimited: Workspace) -> None:
    """What a busy channel said before the gap is read as far as the others can spare it."""
    quiet = unlimited.say("random", "alice", "quiet")
    busy = [unlimited.say("general", "alice", f"before {n}") for n in range(60)]
    source = Source(unlimited, limit=2, max_calls=12)
    for message in (quiet, *busy):
        source.say(live(message))
    unlimited.say("random", "bob", "missed elsewhere")
    unlimited.say("general", "bob", "missed")
    source.say(gap(unlimited, busy[-1]["ts"]))
    summary = source.filled()
    assert texts(source.items)[-2:] == ["missed", "missed elsewhere"]
    assert summary["calls"] <= 12
    assert "older threads" in lacks(summary)[unlimited.channel_id("general")]
    assert unlimited.channel_id("random") not in lacks(summary)


def test_it_asks_the_older_of_lively_threads_as_far_as_its_share_goes(unlimited: Workspace) -> None:
    roots = [unlimited.say("general", "alice", f"root {n}") for n in range(9)]
    unlimited.clock.advance(500.0)
    answers = [unlimited.say("general", "bob", "early", thread_ts=root["ts"]) for root in roots]
    here = unlimited.channel_id("general")
    source = Source(unlimited, lookback=60.0, max_calls=4, channels=[here])
    for message in answers:
        source.say(live(message))
    source.say(gap(unlimited, answers[-1]["ts"]))
    summary = source.filled()
    last_three = [root["ts"] for root in roots[:-4:-1]]
    assert asked(unlimited, "conversations.replies", "ts") == last_three
    assert "older threads" in lacks(summary)[here]


def test_it_counts_calls_that_failed(unlimited: Workspace) -> None:
    here = unlimited.channel_id("general")
    source = Source(unlimited, max_calls=2, channels=[here])
    with unlimited.faults.answer("conversations.history", status=503) as script:
        source.say(gap(unlimited, since=0.0))
        summary = source.filled()
    assert (script.given, summary["calls"]) == (2, 2)
    assert "bound of 2 calls" in lacks(summary)[here]


# --- the order ------------------------------------------------------------------------------------


def test_it_fills_first_the_channel_in_which_somebody_waits(unlimited: Workspace) -> None:
    first = unlimited.say("random", "alice", "first")
    last = unlimited.say("general", "alice", "last")  # else this one's turn would come first
    source = Source(unlimited)
    source.say(live(first))
    source.say(live(last))
    with unlimited.faults.hold("users.conversations") as held:
        source.say(gap(unlimited, last["ts"]))
        unlimited.wait_until(lambda: held.waiting)
        source.say(live(unlimited.say("random", "bob", "anybody there?")))
    source.filled()
    assert asked(unlimited, "conversations.history", "channel") == [
        first["channel"],
        last["channel"],
    ]


def test_it_goes_on_where_it_was_when_there_is_another_gap(unlimited: Workspace) -> None:
    """Else a channel that is seldom seen would never be filled while gaps come often."""
    first = unlimited.say("random", "alice", "first")
    last = unlimited.say("general", "alice", "last")
    source = Source(unlimited)
    source.say(live(first))
    source.say(live(last))
    with unlimited.faults.hold("conversations.history") as first_call:
        source.say(gap(unlimited, last["ts"]))
        unlimited.wait_until(lambda: first_call.waiting)
        second_call = unlimited.faults.hold("conversations.history")
    with second_call:
        unlimited.wait_until(lambda: second_call.waiting)
        source.say(gap(unlimited, last["ts"]))
    source.filled()
    general, random = last["channel"], first["channel"]
    assert asked(unlimited, "conversations.history", "channel") == [
        *(general, random),
        *(random, general),
    ]


def test_it_emits_what_it_has_found_though_there_is_another_gap(unlimited: Workspace) -> None:
    start = unlimited.say("general", "alice", "start")
    source = Source(unlimited, channels=[start["channel"]])
    source.say(live(start))
    unlimited.say("general", "alice", "one")
    said = gap(unlimited, start["ts"])
    with unlimited.faults.hold("conversations.history") as first:
        source.say(said)
        unlimited.wait_until(lambda: first.waiting)  # has found one message
        source.say(live(unlimited.say("general", "alice", "two")))
        source.say(said)
        second = unlimited.faults.hold("conversations.history")
    with second:
        unlimited.wait_until(lambda: second.waiting)
        assert texts(source.items) == ["start", "one"]
    source.filled()
    assert texts(source.items) == ["start", "one", "two"]


def test_it_does_not_fill_twice_what_it_found_between_two_gaps(unlimited: Workspace) -> None:
    start = unlimited.say("general", "alice", "start")
    source = Source(unlimited)
    source.say(live(start))
    for number in range(1, 6):
        unlimited.say("general", "alice", str(number))
        source.say(gap(unlimited, start["ts"]))
        source.filled(number)
    assert texts(source.items) == ["start", "1", "2", "3", "4", "5"]
    assert [item["messages"] for item in source.summaries()] == [1] * 5


def test_it_emits_nothing_before_which_something_may_be_missing(unlimited: Workspace) -> None:
    """An answer is seen on the second page, and what was said before it came after the first."""
    root = unlimited.say("general", "alice", "root")
    last = unlimited.say("general", "alice", "last")
    source = Source(unlimited, limit=1, channels=[root["channel"]])
    source.say(live(root))
    source.say(live(last))
    with unlimited.faults.hold("conversations.history") as first_page:
        source.say(gap(unlimited, last["ts"]))
        unlimited.wait_until(lambda: first_page.waiting)
        unlimited.say("general", "bob", "said between")
        unlimited.say("general", "bob", "answer", thread_ts=root["ts"])
    source.filled()
    assert texts(source.items) == ["root", "last", "said between", "answer"]


def test_it_asks_again_where_what_it_found_does_not_come_live(unlimited: Workspace) -> None:
    """It is of another gap, of which nothing is known yet, and there may be more before it."""
    root = unlimited.say("general", "alice", "root")
    last = unlimited.say("general", "alice", "last")
    source = Source(unlimited, limit=1, channels=[root["channel"]])
    source.say(live(root))
    source.say(live(last))
    with unlimited.faults.hold("conversations.history") as first_page:
        source.say(gap(unlimited, last["ts"]))
        unlimited.wait_until(lambda: first_page.waiting)
        source.say(live(unlimited.say("general", "bob", "live")))
        unlimited.say("general", "bob", "lost with the connection")
        unlimited.say("general", "bob", "answer", thread_ts=root["ts"])
    source.filled()
    assert texts(source.items)[2:] == ["live", "lost with the connection", "answer"]


def test_its_defaults_do_for_a_busy_hour(unlimited: Workspace) -> None:
    """A thousand messages and fifty threads in each of two channels before the gap."""
    only = {unlimited.channel_id(name): name for name in ("general", "random")}
    source = Source(unlimited, per_minute=1e9)
    for name in only.values():
        roots = [unlimited.say(name, "alice", str(n))["ts"] for n in range(1000)]
        for root in roots[:50]:
            unlimited.say(name, "bob", "answer", thread_ts=root)
        for message in unlimited.messages(name):
            source.say(live({**message, "channel": unlimited.channel_id(name)}))
    unlimited.clock.advance(20.0)
    since = unlimited.clock()
    for name in only.values():
        root = unlimited.messages(name)[500]["ts"]
        unlimited.say(name, "carol", "missed", thread_ts=root)
    source.say(gap(unlimited, since=since))
    summary = source.filled()
    assert summary["messages"] == 2
    assert summary["calls"] <= 1 + 2 * (2 + 1)
    assert lacks(summary) == {}
