"""`rxslack doctor` at servers that share no code with rxslack: what it finds is no agreement with its simulator."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from rxslack.cli.doctor import Finding, examined
from rxslack.cli.source import APP, BASE_URL, BOT
from tests.adversary.slack import BUSY, Answer, Manner, Slack
from tests.cli.test_doctor import doctor

SCOPES = "chat:write,channels:history,app_mentions:read"
WHO = {"ok": True, "user": "bot", "team": "team"}


@pytest.fixture
def elsewhere() -> Generator[Slack]:
    """All is well there; a test says what is not."""
    with Slack("socket_mode") as slack:
        slack.troubles["api.test"].append((200, {"ok": True}, {}))
        slack.troubles["auth.test"].append(scoped(SCOPES))
        yield slack


def scoped(scopes: str) -> Answer:
    return 200, WHO, {"X-OAuth-Scopes": scopes}


def refused(error: str, **more: str) -> Answer:
    return 200, {"ok": False, "error": error, **more}, {}


def answers(slack: Slack, method: str, answer: Answer) -> None:
    slack.troubles[method].clear()
    slack.troubles[method].append(answer)


def findings(slack: Slack, **tokens: str) -> list[Finding]:
    """What is to be done."""
    given = {BOT: slack.token, APP: slack.app_token} | tokens
    return [one for one in examined(given, slack.base_url) if one.todo]


def only(found: list[Finding]) -> Finding:
    (one,) = found
    return one


def test_it_finds_nothing_to_do_where_all_is_well(elsewhere: Slack) -> None:
    tokens = {BOT: elsewhere.token, APP: elsewhere.app_token}
    done = doctor("--base-url", elsewhere.base_url, **tokens)
    assert (done.returncode, done.stderr) == (0, "")
    for line in ("bot token   of bot in team", f"scopes      {SCOPES.replace(',', ', ')}"):
        assert line in done.stdout
    assert "Socket Mode says hello" in done.stdout
    assert not [token for token in tokens.values() if token in done.stdout]


def test_it_names_the_tokens_that_are_not_set(elsewhere: Slack) -> None:
    found = findings(elsewhere, **{BOT: "", APP: ""})
    assert [one.told for one in found] == [f"{BOT} is not set", f"{APP} is not set"]


def test_it_tells_tokens_that_were_exchanged(elsewhere: Slack) -> None:
    bot, app = findings(elsewhere, **{BOT: elsewhere.app_token, APP: elsewhere.token})
    assert bot.told == f"{BOT} holds an app-level token"
    assert app.told == f"{APP} holds an xoxb- token"


def test_it_says_that_slack_is_busy(elsewhere: Slack) -> None:
    answers(elsewhere, "api.test", BUSY)
    found = only(findings(elsewhere))
    assert found.what == "Slack"
    assert "503" in found.told


def test_it_says_that_something_else_answers_in_slack_s_place(elsewhere: Slack) -> None:
    """As the page of a hotel's network does."""
    answers(elsewhere, "api.test", (200, b"<html>Welcome, guest!</html>", {}))
    assert only(findings(elsewhere)).what == "Slack"


@pytest.mark.parametrize(("ahead", "told"), [(3600.0, "behind"), (-3600.0, "ahead of")])
def test_it_sees_that_the_clock_is_wrong(ahead: float, told: str) -> None:
    with Slack("socket_mode", ahead=ahead) as slack:
        slack.troubles["auth.test"].append(scoped(SCOPES))
        found = only(findings(slack))
    assert found.what == "clock"
    assert f"s {told} Slack's" in found.told
    assert "NTP" in found.todo


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
def test_it_tells_a_token_that_slack_refuses(elsewhere: Slack, error: str) -> None:
    answers(elsewhere, "auth.test", refused(error))
    found = only(findings(elsewhere))
    assert (found.what, found.told) == ("bot token", f"Slack says {error}")
    assert "copy the token again" in found.todo


@pytest.mark.parametrize(
    ("scopes", "missing"),
    [
        ("channels:history,app_mentions:read", [("chat:write", True)]),
        ("chat:write, app_mentions:read", [("channels:history", False)]),
        ("chat:write,channels:history", [("app_mentions:read", False)]),
    ],
)
def test_it_says_which_scopes_are_missing(
    elsewhere: Slack, scopes: str, missing: list[tuple[str, bool]]
) -> None:
    answers(elsewhere, "auth.test", scoped(scopes))
    found = findings(elsewhere)
    assert [(one.told.partition(" ")[0], one.fatal) for one in found] == missing


def test_it_needs_no_app_token_for_a_classic_app(elsewhere: Slack) -> None:
    answers(elsewhere, "auth.test", scoped("identify,bot"))
    assert findings(elsewhere, **{APP: ""}) == []
    assert elsewhere.calls["rtm.connect"] == 1


def test_it_says_that_rtm_is_closed_to_a_new_app(elsewhere: Slack) -> None:
    answers(elsewhere, "auth.test", scoped("identify,bot"))
    answers(elsewhere, "rtm.connect", refused("not_allowed_token_type"))
    assert only(findings(elsewhere, **{APP: ""})).todo == f"use Socket Mode: set {APP}"


@pytest.mark.parametrize(
    ("answer", "todo"),
    [
        (refused("not_allowed_token_type"), "switch Socket Mode on"),
        (refused("missing_scope", needed="connections:write"), "connections:write"),
        (refused("invalid_auth"), "copy the token again"),
        (refused("internal_error"), "try again in a minute"),
        ((429, b"", {"Retry-After": "7"}), "try again in a minute"),
        (BUSY, "try again in a minute"),
    ],
)
def test_it_says_what_opens_socket_mode(elsewhere: Slack, answer: Answer, todo: str) -> None:
    answers(elsewhere, "apps.connections.open", answer)
    found = only(findings(elsewhere))
    assert found.what == "Socket Mode"
    assert todo in found.todo


@pytest.mark.parametrize("manner", [Manner(refused=True), Manner(dies="before hello")], ids=str)
def test_it_says_that_the_websocket_fails(elsewhere: Slack, manner: Manner) -> None:
    elsewhere.manners.append(manner)
    assert only(findings(elsewhere)).what == "Socket Mode"


def test_it_does_not_wait_for_a_hello_that_does_not_come(
    elsewhere: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rxslack.cli.doctor.HELLO", 0.3)
    with elsewhere.speechless():
        found = only(findings(elsewhere))
    assert found.what == "Socket Mode"
    assert "hello" in found.told


def test_it_counts_the_other_connections_of_the_app(
    elsewhere: Slack, monkeypatch: pytest.MonkeyPatch
) -> None:
    hello = {**elsewhere.hello(), "num_connections": 3}
    monkeypatch.setattr(elsewhere, "hello", lambda: hello)
    found = only(findings(elsewhere))
    assert found.told.startswith("2 other connections")
    assert not found.fatal


class Handler(BaseHTTPRequestHandler):
    """A server of the standard library's: says yes to each call, and lets nobody through to elsewhere."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"ok": true, "user": "bot", "team": "team"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-OAuth-Scopes", "bot")
        self.end_headers()
        self.wfile.write(body)

    def do_CONNECT(self) -> None:
        self.send_response(407)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 its name there
        """Nothing."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that trusts nobody leaves in the middle of the handshake."""


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Generator[str]:
    """Its host and port."""
    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            # The handshake is made by the thread of the connection.
            server.socket = tls.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_it_says_what_to_do_about_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    authority: Any = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(context) as address:
        where = {BASE_URL: f"https://{address}/api/", BOT: "xoxb-test"}
        distrustful = doctor(**where)
        trusting = doctor(**where, SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    assert distrustful.returncode == 1
    assert "Next: name the file of your network's authority in SSL_CERT_FILE" in distrustful.stdout
    assert trusting.returncode == 0
    assert "TLS         the certificate of 127.0.0.1 is trusted" in trusting.stdout


def test_it_says_that_the_proxy_lets_nobody_through() -> None:
    with serving() as address:
        through = {"HTTPS_PROXY": f"http://user:canary@{address}", BOT: "xoxb-test"}
        done = doctor("--base-url", "https://slack.test/api/", **through)
    assert done.returncode == 1
    assert f"proxy       http://{address}\n" in done.stdout
    assert "407" in done.stdout
    assert "Next: look whether that proxy is up" in done.stdout
    assert "canary" not in done.stdout
