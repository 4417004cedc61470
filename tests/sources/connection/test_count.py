"""Which connections this process takes for its own."""

from __future__ import annotations

from rxslack.sources.connection.count import ConnectionCount

MINUTE = 60.0


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_counts_each_account_by_itself() -> None:
    connection_count = ConnectionCount()
    connection_count.enter("one")
    connection_count.enter("one")
    connection_count.enter("other")

    assert [connection_count.own(account) for account in ("one", "other", "nobody's")] == [2, 1, 0]


def test_it_counts_for_a_minute_what_slack_may_not_have_seen_leave() -> None:
    clock = Clock()
    connection_count = ConnectionCount(clock=clock)
    old, new = connection_count.enter("one"), connection_count.enter("one")
    old(had_url=True)
    clock.now = MINUTE - 1.0
    assert connection_count.own("one") == 2
    clock.now = MINUTE
    assert connection_count.own("one") == 1
    new(had_url=True)
    clock.now = 2 * MINUTE

    assert connection_count.own("one") == 0


def test_it_counts_no_longer_what_never_had_a_url() -> None:
    """Slack refused, or was not reached: a hundred failed attempts hide no ghost."""
    connection_count = ConnectionCount()
    for _ in range(100):
        connection_count.enter("one")(had_url=False)

    assert connection_count.own("one") == 0


def test_it_takes_leave_once() -> None:
    connection_count = ConnectionCount()
    connection_count.enter("one")
    leave = connection_count.enter("one")
    leave(had_url=False)
    leave(had_url=True)

    assert connection_count.own("one") == 1
