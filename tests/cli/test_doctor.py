"""`rxslack doctor`, in a process of its own, beside a simulated workspace."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import trustme

from rxslack.cli.doctor import Finding, examined
from rxslack.cli.source import APP, BASE_URL, BOT
from rxslack.simulator import Workspace
from rxslack.sources.socket_mode import socket_mode
from rxslack.web.client import WebClient

AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("SLACK_") and name not in AUTHORITIES
}


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rxslack", "doctor", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=CLEAN | environment,
        check=False,
    )


def findings(slack: Workspace, **tokens: str) -> dict[str, Finding]:
    """What is wrong, by what was looked at."""
    given = {BOT: slack.bot_token, APP: slack.app_token} | tokens
    return {one.what: one for one in examined(given, slack.base_url) if one.todo}


def test_it_finds_nothing_to_do_where_all_is_well() -> None:
    done = doctor("--simulate")
    assert (done.returncode, done.stderr) == (0, "")
    assert "of greeter in Simulated" in done.stdout
    assert "Socket Mode says hello" in done.stdout
    assert "Next: `rxslack tail`" in done.stdout


def test_it_says_what_is_missing_and_where_to_get_it(slack: Workspace) -> None:
    done = doctor(**{BASE_URL: slack.base_url})
    assert done.returncode == 1
    assert f"{BOT} is not set" in done.stdout
    assert f"{APP} is not set" in done.stdout
    assert "Next: set it to the Bot User OAuth Token" in done.stdout


def test_it_needs_no_app_token_for_a_classic_app(slack: Workspace) -> None:
    done = doctor("--base-url", slack.base_url, **{BOT: slack.bot_token})
    assert done.returncode == 0
    assert "RTM         open" in done.stdout


def test_it_shows_no_token(slack: Workspace) -> None:
    tokens = {BOT: slack.bot_token, APP: "xapp-canary"}
    done = doctor(**{BASE_URL: slack.base_url}, **tokens)
    assert done.returncode == 1
    assert not [token for token in tokens.values() if token in done.stdout + done.stderr]


def test_it_says_how_to_reach_slack_when_it_cannot() -> None:
    done = doctor(**{BASE_URL: "http://127.0.0.1:9/api/", BOT: "xoxb-test"})
    assert done.returncode == 1
    assert "api.test: Connection refused" in done.stdout
    assert "Next: look at network and firewall" in done.stdout


def test_it_names_the_proxy_without_its_password() -> None:
    through = {"HTTPS_PROXY": "http://user:canary@127.0.0.1:9", BOT: "xoxb-test"}
    done = doctor("--base-url", "https://slack.test/api/", **through)
    assert done.returncode == 1
    assert "proxy       http://127.0.0.1:9\n" in done.stdout
    assert "Next: look whether that proxy is up" in done.stdout
    assert "canary" not in done.stdout


def test_it_tells_tokens_that_were_exchanged(slack: Workspace) -> None:
    found = findings(slack, **{BOT: slack.app_token, APP: slack.bot_token})
    assert f"put it into {APP}" in found["bot token"].todo
    assert found["app token"].told == f"{APP} holds an xoxb- token"


def test_it_tells_a_token_that_slack_does_not_know(slack: Workspace) -> None:
    found = findings(slack, **{BOT: "xoxb-test"})
    assert found.keys() == {"bot token"}
    assert "invalid_auth" in found["bot token"].told


@pytest.mark.parametrize(
    ("error", "todo"),
    [
        ("not_allowed_token_type", "switch Socket Mode on"),
        ("missing_scope", "connections:write"),
        ("invalid_auth", "copy the token again"),
        ("internal_error", "try again in a minute"),
    ],
)
def test_it_says_what_opens_socket_mode(slack: Workspace, error: str, todo: str) -> None:
    with slack.faults.fail("apps.connections.open", error):
        found = findings(slack)
    assert found.keys() == {"Socket Mode"}
    assert todo in found["Socket Mode"].todo


def test_it_says_that_rtm_is_closed_to_a_new_app(slack: Workspace) -> None:
    with slack.faults.fail("rtm.connect", "not_allowed_token_type"):
        found = findings(slack, **{APP: ""})
    assert found["RTM"].todo == f"use Socket Mode: set {APP}"


def test_it_says_which_scopes_are_missing(slack: Workspace) -> None:
    """Without `chat:write` a bot cannot answer; without the others it hears less."""
    body = '{"ok": true, "user": "greeter", "team": "Simulated"}'
    headers = {"x-oauth-scopes": "channels:history"}
    with slack.faults.answer("auth.test", body=body, headers=headers):
        given = {BOT: slack.bot_token, APP: slack.app_token}
        found = [one for one in examined(given, slack.base_url) if one.todo]
    assert [(one.told.partition(" ")[0], one.fatal) for one in found] == [
        ("chat:write", True),
        ("app_mentions:read", False),
    ]


def test_it_counts_the_other_connections_of_the_app(slack: Workspace) -> None:
    with (
        WebClient(slack.app_token, base_url=slack.base_url) as app,
        socket_mode(app).subscribe(),
    ):
        slack.wait_until(lambda: slack.connections)
        found = findings(slack)
    assert found["Socket Mode"].told.startswith("1 other connections")
    assert not found["Socket Mode"].fatal


def test_it_sees_that_the_clock_is_wrong(slack: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    monkeypatch.setattr("rxslack.cli.doctor.time.time", lambda: now() - 3600.0)
    assert "behind Slack's" in findings(slack)["clock"].told


@pytest.fixture
def behind_tls(tmp_path: Path) -> Generator[Workspace]:
    """A workspace whose certificate only its own authority, `ca.pem`, speaks for."""
    authority: Any = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with Workspace(tls=context) as slack:
        yield slack


def test_it_says_what_to_do_about_a_certificate_that_is_not_trusted(
    behind_tls: Workspace, tmp_path: Path
) -> None:
    where = {BASE_URL: behind_tls.base_url, BOT: behind_tls.bot_token}
    refused = doctor(**where)
    assert refused.returncode == 1
    assert "FAIL  Slack" in refused.stdout
    assert "Next: name the file of your network's authority in SSL_CERT_FILE" in refused.stdout

    trusted = doctor(**where, SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    assert trusted.returncode == 0
    assert "TLS         the certificate of 127.0.0.1 is trusted" in trusted.stdout
