import math

from hypothesis import given, strategies as st

from rxslack.lanes.paces import Budget, Pace, Paces, Timetable

Table = Timetable[str, str]


def paced(
    rate: float = 1.0, burst: int = 1, *, shared: Pace | None = None, budget: Budget | None = None
) -> Table:
    """Lanes that each keep a pace, and another one together."""
    common, own = shared or Pace(math.inf), budget or Budget()
    return Timetable(lambda key, _: Paces(own.pace(key, rate=rate, burst=burst), common))


def filled(table: Table, jobs: str, now: float = 0.0) -> Table:
    """Put jobs such as "a1 a2 b1", whose lane is their first letter."""
    for job in jobs.split():
        table.put(job[0], job, now)
    return table


def played(table: Table, now: float = 0.0) -> list[tuple[float, str]]:
    """When each job goes, if work takes no time."""
    went = list[tuple[float, str]]()
    while (due := table.due()) is not None:
        now = max(now, due)
        if ticket := table.take(now):  # else it only got in line for the pace it shares
            went.append((now, ticket.job))
            table.done(ticket, now)
    return went


def test_it_keeps_each_lane_in_order_and_at_its_pace() -> None:
    table = filled(paced(), "a1 a2 b1 a3")
    assert played(table) == [(0.0, "a1"), (0.0, "b1"), (1.0, "a2"), (2.0, "a3")]


def test_it_gives_no_second_job_of_a_lane_that_is_at_work() -> None:
    table = filled(paced(burst=5), "a1 a2 b1")
    first, other = table.take(0.0), table.take(0.0)
    assert (first and first.job, other and other.job, table.take(9.0)) == ("a1", "b1", None)


def test_it_lets_lanes_take_turns() -> None:
    table = filled(paced(rate=math.inf), "a1 a2 b1 b2")
    assert [job for _, job in played(table)] == ["a1", "b1", "a2", "b2"]


def test_it_prefers_a_lane_that_has_waited_to_one_that_is_new() -> None:
    table = filled(paced(), "a1 a2")
    ticket = table.take(0.0)
    assert ticket is not None
    table.done(ticket, 0.0)
    assert played(filled(table, "b1", now=5.0), now=5.0) == [(5.0, "a2"), (5.0, "b1")]


def test_it_keeps_a_job_that_is_tried_again_at_the_head_of_its_lane() -> None:
    table = filled(paced(), "a1 a2 b1")
    ticket = table.take(0.0)
    assert ticket is not None
    table.again(ticket, until=7.0)
    assert played(table) == [(0.0, "b1"), (7.0, "a1"), (8.0, "a2")]


def test_it_counts_the_attempts_of_each_job() -> None:
    table = filled(paced(rate=math.inf), "a1 a2")
    attempts = list[tuple[str, int]]()
    for now in (0.0, 1.0, 2.0):
        ticket = table.take(now)
        assert ticket is not None
        attempts.append((ticket.job, ticket.attempt))
        if attempts == [("a1", 1)]:
            table.again(ticket, now)
        else:
            table.done(ticket, now)
    assert attempts == [("a1", 1), ("a1", 2), ("a2", 1)]


def test_it_drops_all_but_what_is_at_work() -> None:
    table = filled(paced(), "a1 a2 b1")
    ticket = table.take(0.0)
    assert ticket is not None
    assert (sorted(table.clear()), len(table), table.due()) == (["a2", "b1"], 1, None)
    table.done(ticket, 0.0)
    assert (len(table), table.due()) == (0, None)


def test_it_forgets_lanes_that_have_rested() -> None:
    table = paced(burst=3)
    for number in range(100):
        table.put(f"lane {number}", "job", float(number))
        played(table, float(number))
    assert len(table._lanes) < 5  # pyright: ignore[reportPrivateUsage] -- memory has no other face


def test_it_remembers_a_pace_that_has_not_recovered() -> None:
    table = filled(paced(), "a1")
    played(table)
    assert played(filled(table, "a2", now=0.5), now=0.5) == [(1.0, "a2")]
    assert played(filled(table, "b1 a3", now=1.5), now=1.5) == [(1.5, "b1"), (2.0, "a3")]


def test_it_lets_lanes_take_turns_at_the_pace_they_share() -> None:
    table = filled(paced(rate=math.inf, shared=Pace(2.0)), "a1 a2 a3 b1 b2 c1")
    assert played(table) == [
        (0.0, "a1"),
        (0.5, "b1"),
        (1.0, "c1"),
        (1.5, "a2"),
        (2.0, "b2"),
        (2.5, "a3"),
    ]


def test_it_keeps_nobody_waiting_for_a_lane_that_is_slow() -> None:
    table = filled(paced(rate=0.1, shared=Pace(1.0)), "a1 a2 b1 c1")
    assert played(table) == [(0.0, "a1"), (1.0, "b1"), (2.0, "c1"), (10.0, "a2")]


def test_it_shares_the_pace_of_a_key_with_another_table() -> None:
    budget = Budget()
    one, other = paced(budget=budget), paced(budget=budget)
    assert played(filled(one, "a1")) == [(0.0, "a1")]
    assert played(filled(other, "a2 b1")) == [(0.0, "b1"), (1.0, "a2")]


def test_it_notices_that_another_table_was_faster() -> None:
    budget, common = Budget(), Pace(math.inf)
    one = filled(paced(budget=budget, shared=common), "a1")
    other = filled(paced(budget=budget, shared=common), "a2")
    assert (one.due(), other.due()) == (0.0, 0.0)
    assert played(one) == [(0.0, "a1")]
    assert other.take(0.0) is None
    assert played(other) == [(1.0, "a2")]


def test_it_holds_a_lane_without_holding_its_pace() -> None:
    budget = Budget()
    table, other = paced(10.0, budget=budget), paced(10.0, budget=budget)
    ticket = filled(table, "a1").take(0.0)
    assert ticket is not None
    table.again(ticket, until=7.0)
    assert played(filled(other, "a2")) == [(0.1, "a2")]
    assert played(table) == [(7.0, "a1")]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 3)), max_size=40))
def test_it_gives_each_job_once_and_in_order_whatever_the_times(
    arrivals: list[tuple[str, float]],
) -> None:
    table, now, put, went = paced(burst=2), 0.0, list[str](), list[tuple[float, str]]()
    for number, (lane, pause) in enumerate(arrivals):
        now += pause
        job = f"{lane}{number}"
        put.append(job)
        table.put(lane, job, now)
        while ticket := table.take(now):
            went.append((now, ticket.job))
            table.done(ticket, now)
    went += played(table, now)
    for lane in "abc":
        times = [time for time, job in went if job[0] == lane]
        assert [job for _, job in went if job[0] == lane] == [j for j in put if j[0] == lane]
        assert all(late - early > 0.99 for early, late in zip(times, times[2:], strict=False))


def test_it_ends_the_pause_of_a_lane_that_is_hastened() -> None:
    table = filled(paced(burst=9), "a1")
    ticket = table.take(0.0)
    assert ticket is not None
    table.again(ticket, until=math.inf)
    filled(table, "b1", now=1.0)
    table.hasten("a", now=2.0)
    table.hasten("nobody", now=2.0)
    assert played(table, now=2.0) == [(2.0, "b1"), (2.0, "a1")]


def test_it_hastens_the_pause_that_a_job_at_work_will_ask_for() -> None:
    table = filled(paced(burst=9), "a1 a2")
    ticket = table.take(0.0)
    assert ticket is not None
    table.hasten("a", now=1.0)
    table.again(ticket, until=60.0)
    assert table.due() == 1.0
    ticket = table.take(1.0)
    assert ticket is not None
    table.again(ticket, until=60.0)  # that was for one pause
    assert table.due() == 60.0


def test_it_hastens_past_no_pace() -> None:
    shared = Pace(0.1)
    table = filled(paced(rate=0.5, shared=shared), "a1 b1")
    assert table.take(0.0) is not None
    assert table.take(0.0) is None  # b stands in line
    table.hasten("a", now=0.0)
    table.hasten("b", now=0.0)
    assert (table.take(1.0), table.due()) == (None, 10.0)
    assert [job for _, job in played(table)] == ["b1"]


def test_it_leaves_the_line_for_a_pace_that_the_job_does_not_keep_to_any_more() -> None:
    slow, quick, own = Pace(0.1), Pace(1.0), Pace(math.inf)
    named = {"a": slow, "b": slow}
    table = filled(Table(lambda key, _: Paces(own, named[key])), "a1 b1")
    assert table.take(0.0) is not None
    assert table.take(0.0) is None  # b stands in line
    named["b"] = quick
    table.hasten("b", now=1.0)
    taken = table.take(1.0)
    assert taken is not None
    assert taken.job == "b1"
