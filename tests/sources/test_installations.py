"""`installations` and `workspaces`: tokens that come, go and change while a process runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reactivex import Observable, Subject
from slack_sdk.oauth.installation_store import FileInstallationStore, Installation

from rxslack.errors import ApiError, AuthenticationError, ConfigurationError
from rxslack.recovery.reconnect import reconnect
from rxslack.simulator import Workspace
from rxslack.sources.installations import installations
from rxslack.sources.rtm import rtm
from rxslack.sources.workspaces import workspaces
from rxslack.testing import Marbles
from rxslack.web.client import WebClient


def looked(marbles: Marbles, source: Any, **options: Any) -> list[Any]:
    return marbles.run(installations(source, every=1.0, **options), "^---!").items


def test_it_reads_a_file_again_and_again(tmp_path: Path, marbles: Marbles) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps({"T1": "xoxb-1"}))
    seen: list[Any] = []
    installations(path, every=1.0, scheduler=marbles.scheduler).subscribe(seen.append)
    marbles.scheduler.run_until(1.5)
    path.write_text("{")
    marbles.scheduler.run_until(2.5)
    path.write_text(json.dumps({"T1": "xoxb-1", "T2": "xoxb-2"}))
    marbles.scheduler.run_until(3.5)
    assert seen == [{"T1": "xoxb-1"}, {"T1": "xoxb-1", "T2": "xoxb-2"}]


def test_it_reads_the_environment(marbles: Marbles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN_T1", " xoxb-1\n")
    monkeypatch.setenv("BOT_TOKEN_T2", "")
    assert looked(marbles, "env:BOT_TOKEN_") == [{"T1": "xoxb-1"}]


def test_it_reads_a_store_of_slack_sdk(tmp_path: Path, marbles: Marbles) -> None:
    store = FileInstallationStore(base_dir=str(tmp_path))
    store.save(Installation(user_id="U1", team_id="T1", bot_token="xoxb-1", bot_id="B1"))
    assert looked(marbles, store, teams=["T1", "T2"]) == [{"T1": "xoxb-1"}]


@pytest.mark.parametrize("text", ["{", "[]", '{"T1": 7}', '{"T1": {"xoxb-secret": 1}}'])
def test_what_cannot_be_read_at_first_is_an_error(
    tmp_path: Path, marbles: Marbles, text: str
) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(text)
    seen = marbles.run(installations(path))
    error = seen.moments[-1].value
    assert isinstance(error, ConfigurationError)
    assert "secret" not in str(error)


def test_it_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    store: Any = FileInstallationStore(base_dir=str(tmp_path))
    mistakes: list[Callable[[], object]] = [
        lambda: installations(7),  # type: ignore[arg-type]  # the mistake
        lambda: installations(store),
        lambda: installations("tokens.json", every=0.0),
    ]
    for wrong in mistakes:
        with pytest.raises(ConfigurationError):
            wrong()


class Teams:
    """Streams that are driven by hand, one for each token."""

    def __init__(self) -> None:
        self.tokens = Subject[dict[str, str]]()
        self.clients: list[str] = []
        self.sources: dict[WebClient, Subject[Any]] = {}
        self.items: list[Any] = []
        stream = workspaces(self.tokens, self.stream, client=self.client, stagger=0.0)
        self.running = stream.subscribe(self.items.append)

    def client(self, token: str) -> WebClient:
        self.clients.append(token)
        return WebClient(token)

    def stream(self, web: WebClient) -> Observable[Any]:
        self.sources[web] = Subject()
        return self.sources[web]

    def say(self, place: int, text: str) -> None:
        [*self.sources.values()][place].on_next({"type": "message", "text": text})

    def seen(self) -> list[tuple[str, str]]:
        return [(one["rxslack_team"], one.get("text") or one["type"]) for one in self.items]


def test_it_follows_who_comes_and_goes() -> None:
    teams = Teams()
    teams.tokens.on_next({"T1": "xoxb-1"})
    teams.tokens.on_next({"T1": "xoxb-1", "T2": "xoxb-2"})
    teams.say(0, "a")
    teams.say(1, "b")
    teams.tokens.on_next({"T2": "xoxb-2"})
    teams.say(0, "c")
    teams.say(1, "d")
    assert teams.seen() == [("T1", "a"), ("T2", "b"), ("T2", "d")]
    assert teams.clients == ["xoxb-1", "xoxb-2"]


def test_a_rotated_token_is_used_over_the_connection_that_stands() -> None:
    teams = Teams()
    teams.tokens.on_next({"T1": "xoxb-1"})
    (web,) = teams.sources
    before = web.account
    teams.tokens.on_next({"T1": "xoxb-2"})
    assert web.account == WebClient("xoxb-2").account != before
    teams.tokens.on_next({"T1": "no token"})
    teams.say(0, "a")
    assert (teams.seen(), teams.clients) == ([("T1", "a")], ["xoxb-1"])


def test_one_that_fails_harms_no_other_and_comes_again_with_a_new_token() -> None:
    teams = Teams()
    teams.tokens.on_next({"T1": "xoxb-1", "T2": "xoxb-2", "T3": "oops"})
    next(iter(teams.sources.values())).on_error(AuthenticationError("rtm.connect", "token_revoked"))
    teams.say(1, "a")
    teams.tokens.on_next({"T1": "xoxb-1", "T2": "xoxb-2"})
    assert len(teams.sources) == 2
    teams.tokens.on_next({"T1": "xoxb-9", "T2": "xoxb-2"})
    teams.say(2, "b")
    assert teams.seen() == [("T1", "rxslack.failure"), ("T2", "a"), ("T1", "b")]


def test_an_error_of_the_tokens_ends_it() -> None:
    tokens, ended = Subject[dict[str, str]](), list[Any]()
    workspaces(tokens).subscribe(on_error=ended.append)
    tokens.on_error(ConfigurationError("gone"))
    assert len(ended) == 1


def test_a_client_uses_its_new_token(slack: Workspace) -> None:
    old = slack.new_token(user="bob")
    web = WebClient(old, base_url=slack.base_url)
    slack.revoke(old)
    with pytest.raises(ApiError):
        web.call("auth.test")
    with pytest.raises(ConfigurationError):
        web.renew("no token")
    web.renew(slack.new_token(user="bob"))
    assert web.call("auth.test")["ok"]


def test_it_serves_several_in_a_simulated_slack(slack: Workspace) -> None:
    tokens = {f"T{number}": slack.bot_token if number else "xoxb-wrong" for number in range(4)}
    seen: list[Any] = []

    def client(token: str) -> WebClient:
        return WebClient(token, base_url=slack.base_url)

    def stream(web: WebClient) -> Observable[Any]:
        return rtm(web).pipe(reconnect())

    with workspaces(installations(lambda: tokens), stream, client=client).subscribe(seen.append):
        slack.wait_until(lambda: len(slack.connections) == 3, timeout=60.0)
        slack.say("general", "alice", "Hello")
        slack.wait_until(lambda: sum(one["type"] == "message" for one in seen) == 3, timeout=60.0)
    named = sorted(one["rxslack_team"] for one in seen if one["type"] == "message")
    assert named == ["T1", "T2", "T3"]
    assert [one["rxslack_team"] for one in seen if one["type"] == "rxslack.failure"] == ["T0"]
