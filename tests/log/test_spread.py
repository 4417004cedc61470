"""Names that processes share, each about as many."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest
import reactivex
import redis
from reactivex import Observable, operators as ops

from rxslack import WebClient, leased, workspaces
from rxslack.log.leases import Leases, Share
from rxslack.log.where import leases_at
from tests.background import until
from tests.log.servers import Server

NAMES = [f"n{number}" for number in range(10)]


def renew(
    leases: Leases,
    member: str,
    *,
    names: list[str] = NAMES,
    ready: list[str] | None = None,
    lease: float = 30.0,
) -> Share:
    return leases.renew("s", member, lease, names, ready or [])


def settle(leases: Leases, *members: str, lease: float = 30.0) -> dict[str, Share]:
    """Let all renew until nothing moves; whoever has a name is ready at once."""
    shares: dict[str, Share] = {}
    for _ in range(12):
        for member in members:
            held = sorted(shares[member].held) if member in shares else []
            shares[member] = renew(leases, member, ready=held, lease=lease)
    return shares


def test_the_first_one_has_all(where: str) -> None:
    assert renew(leases_at(where), "a") == Share(frozenset(NAMES), frozenset())


@pytest.mark.parametrize(
    ("members", "counts"), [("ab", [5, 5]), ("abc", [3, 3, 4]), ("abcd", [2, 2, 3, 3])]
)
def test_all_have_about_as_many(where: str, members: str, counts: list[int]) -> None:
    shares = settle(leases_at(where), *members)
    assert sorted(len(share.held) for share in shares.values()) == counts
    assert Counter(name for share in shares.values() for name in share.held) == Counter(NAMES)
    assert not any(share.handing_over for share in shares.values())


def test_no_more_move_than_have_to(where: str) -> None:
    leases = leases_at(where)
    before = settle(leases, "a", "b")
    after = settle(leases, "a", "b", "c")
    for member in "ab":
        assert after[member].held < before[member].held
    assert len(after["c"].held) == 3


def test_the_former_holder_goes_on_until_the_new_one_is_ready(where: str) -> None:
    leases = leases_at(where)
    renew(leases, "a")
    renew(leases, "b")
    renew(leases, "a")  # offers five
    taken = renew(leases, "b").held
    assert len(taken) == 5
    assert renew(leases, "a").handing_over == taken
    renew(leases, "b", ready=sorted(taken))
    assert renew(leases, "a").handing_over == frozenset()


def test_what_a_member_has_that_is_gone_is_taken_over_in_time(where: str) -> None:
    leases = leases_at(where)
    settle(leases, "a", "b", lease=1.0)
    deadline = time.monotonic() + 2.0
    while len(renew(leases, "a", lease=1.0).held) < 10:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_a_member_has_that_leaves_is_free_at_once(where: str) -> None:
    leases = leases_at(where)
    settle(leases, "a", "b")
    leases.leave("s", "b")
    assert len(renew(leases, "a").held) == 10


def test_after_an_outage_all_keep_what_they_had(server: Server) -> None:
    leases = leases_at(f"{server.url}?name=outage")
    before = settle(leases, "a", "b")
    # A minute passes, twice the lease, in which nobody is heard of.
    client: Any = redis.Redis(port=server.port)
    with client:
        key = "{rxslack:outage}:s:s"
        client.decrby(f"{key}:last", 60_000)
        for member in "ab":
            client.zincrby(f"{key}:members", -60_000, member)
    assert renew(leases, "a").held == before["a"].held
    assert renew(leases, "b").held == before["b"].held


def test_workspaces_are_spread_and_a_new_socket_stands_before_the_old_one_closes(
    where: str,
) -> None:
    webs = [WebClient(f"xoxb-test-{number}") for number in range(6)]
    log: list[tuple[str, str, str]] = []

    def subscribe(member: str) -> Any:
        def stream(web: WebClient) -> Observable[dict[str, Any]]:
            log.append((member, "open", web.account))
            hello: dict[str, Any] = {"type": "hello"}
            return reactivex.concat(reactivex.of(hello), reactivex.never()).pipe(
                ops.finally_action(lambda: log.append((member, "close", web.account)))
            )

        return workspaces(webs, stream, stagger=0.0, spread=where, lease=1.0).subscribe()

    def held(member: str) -> set[str]:
        now: set[str] = set()
        for who, what, account in log:
            if who == member:
                (now.add if what == "open" else now.discard)(account)
        return now

    first = subscribe("a")
    until(lambda: len(held("a")) == 6)
    second = subscribe("b")
    until(lambda: len(held("a")) == len(held("b")) == 3)
    for account in held("b"):
        assert log.index(("b", "open", account)) < log.index(("a", "close", account))
    first.dispose()
    until(lambda: len(held("b")) == 6)
    second.dispose()


class Opened:
    """A member that has a connection, which says hello at once, to each workspace of its share."""

    def __init__(self, where: str, **options: Any) -> None:
        self.accounts: set[str] = set()
        self.errors: list[Exception] = []
        webs = [WebClient(f"xoxb-test-{number}") for number in range(6)]
        options = {"stagger": 0.0, "lease": 1.0, **options}
        spread = workspaces(webs, self._stream, spread=where, **options)
        self.subscription = spread.subscribe(on_error=self.errors.append)

    def _stream(self, web: WebClient) -> Observable[dict[str, Any]]:
        def note(_: dict[str, Any]) -> None:
            self.accounts.add(web.account)

        hello: dict[str, Any] = {"type": "hello"}
        return reactivex.concat(reactivex.of(hello), reactivex.never()).pipe(ops.do_action(note))


def test_what_is_taken_over_is_opened_soon_however_calm_a_start_is_to_be(where: str) -> None:
    first = Opened(where)
    until(lambda: len(first.accounts) == 6)
    second = Opened(where, stagger=600.0)
    until(lambda: second.accounts)
    first.subscription.dispose()
    # All but those that it began with, one after the other.
    until(lambda: len(second.accounts) >= 4)
    second.subscription.dispose()


def test_what_a_subscription_raises_ends_all_and_frees_the_share(where: str) -> None:
    def fail(_: WebClient) -> Observable[dict[str, Any]]:
        raise LookupError("a bug")

    errors: list[Exception] = []
    webs = [WebClient(f"xoxb-test-{number}") for number in range(6)]
    workspaces(webs, fail, spread=where, lease=60.0).subscribe(on_error=errors.append)
    until(lambda: errors)
    assert isinstance(errors[0], LookupError)
    other = Opened(where, lease=60.0)
    until(lambda: len(other.accounts) == 6)
    other.subscription.dispose()


def test_one_process_at_a_time_has_a_lease(where: str) -> None:
    active: list[str] = []

    def subscribe(name: str) -> Any:
        stream = reactivex.concat(reactivex.of(name), reactivex.never())
        return stream.pipe(leased(where, "report", lease=1.0)).subscribe(active.append)

    first = subscribe("a")
    until(lambda: active)
    second = subscribe("b")
    time.sleep(0.5)
    assert active == ["a"]
    first.dispose()
    until(lambda: active == ["a", "b"])
    second.dispose()
