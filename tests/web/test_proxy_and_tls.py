"""
A real proxy and a real TLS listener on this machine, for HTTP and for the websocket.

The proxy writes down whom it connected; the workspace, whoever arrived. Between the two nothing can
go past the proxy unseen.
"""

from __future__ import annotations

import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import reactivex.operators as ops
import trustme

from rxslack import WebClient, rtm
from rxslack.errors import ConfigurationError, SlackError, TransportError
from rxslack.simulator import Limits, Workspace
from rxslack.web.settings import DIRECT, Transport
from rxslack.wire.websocket import open_websocket
from tests.peer import receive

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE")
PASSWORD = "canary-p@ss/word"
QUOTED = "canary-p%40ss%2Fword"


@dataclass
class Proxy:
    """proxy.py on a port of its own, with its log."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://user:{QUOTED}@127.0.0.1:{self.port}"

    def carried(self, request: str) -> int:
        """How many requests that begin like this it has carried; it tells when they end."""
        return len(re.findall(rf"- {re.escape(request)}", self.log.read_text()))

    def wait_for(self, request: str, count: int) -> None:
        eventually(lambda: self.carried(request) >= count)
        assert self.carried(request) == count


def eventually(predicate: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not predicate():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    place = tmp_path_factory.mktemp("proxy")
    command = [sys.executable, "-m", "proxy", "--hostname", "127.0.0.1", "--port", "0"]
    options = {
        "port-file": place / "port",
        "log-file": place / "log",
        "data-dir": place / "data",
        "cache-dir": place / "cache",
        "basic-auth": f"user:{PASSWORD}",
        "num-workers": 1,
        "num-acceptors": 1,
    }
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            port = place / "port"
            eventually(lambda: port.exists() and port.read_text().strip().isdigit())
            yield Proxy(int(port.read_text()), place / "log")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=10)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=["http", "https"])
def slack(request: pytest.FixtureRequest, authority: Any, ca_file: str) -> Iterator[Workspace]:
    context = server_context(authority) if request.param == "https" else None
    with Workspace(limits=Limits.off(), tls=context) as workspace:
        yield workspace


def server_context(authority: Any, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@contextmanager
def client(slack: Workspace, **settings: Any) -> Generator[WebClient]:
    transport = Transport(**settings)
    with WebClient(slack.bot_token, base_url=slack.base_url, transport=transport) as web:
        yield web


def first_event(web: WebClient) -> str:
    """One call for the address, one websocket."""
    event: dict[str, Any] = rtm(web).pipe(ops.take(1)).run()
    return str(event["type"])


def unused_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as unused:
        port: int = unused.getsockname()[1]
    return port


def place_of(slack: Workspace) -> str:
    return slack.base_url.split("/")[2]


def expected_requests(slack: Workspace) -> dict[str, int]:
    """What the proxy sees of one call and one websocket: over TLS, tunnels and no more."""
    place = place_of(slack)
    if slack.base_url.startswith("https"):
        return {f"CONNECT {place}": 2}
    return {f"POST {place}/api/rtm.connect": 1, f"CONNECT {place}": 1}


def test_it_goes_through_the_proxy_with_credentials(
    slack: Workspace, proxy: Proxy, ca_file: str
) -> None:
    with client(slack, proxy=proxy.url, ca_file=ca_file) as web:
        assert first_event(web) == "hello"
    for request, count in expected_requests(slack).items():
        proxy.wait_for(request, count)


@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_it_takes_the_proxy_from_the_environment(
    slack: Workspace,
    proxy: Proxy,
    ca_file: str,
    monkeypatch: pytest.MonkeyPatch,
    case: Callable[[str], str],
) -> None:
    monkeypatch.setenv(case(f"{slack.base_url.split(':')[0]}_PROXY"), proxy.url)
    with client(slack, ca_file=ca_file) as web:
        assert first_event(web) == "hello"
    for request, count in expected_requests(slack).items():
        proxy.wait_for(request, count)


@pytest.mark.parametrize("how", ["NO_PROXY", "DIRECT"])
def test_it_goes_around_the_proxy_when_told_to(
    slack: Workspace, ca_file: str, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    dead = f"http://127.0.0.1:{unused_port()}"
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, dead)
    if how == "NO_PROXY":
        monkeypatch.setenv("NO_PROXY", "example.com,127.0.0.1")
    with client(slack, ca_file=ca_file, proxy=DIRECT if how == "DIRECT" else None) as web:
        assert first_event(web) == "hello"


def wrong_proxies(proxy: Proxy) -> dict[str, str]:
    return {
        "dead": f"http://user:{QUOTED}@127.0.0.1:{unused_port()}",
        "wrong password": f"http://user:canary-wrong@127.0.0.1:{proxy.port}",
        "no password": f"http://127.0.0.1:{proxy.port}",
    }


@pytest.mark.parametrize("by", ["argument", "environment"])
@pytest.mark.parametrize("name", ["dead", "wrong password", "no password"])
def test_it_never_calls_past_a_proxy_that_fails(
    slack: Workspace,
    proxy: Proxy,
    ca_file: str,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    by: str,
) -> None:
    url = wrong_proxies(proxy)[name]
    settings = {"proxy": url} if by == "argument" else {}
    if by == "environment":
        for scheme in ("HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(scheme, url)
    with client(slack, ca_file=ca_file, **settings) as web, pytest.raises(SlackError) as caught:
        first_event(web)
    assert "canary" not in f"{caught.value!r} {caught.value}"
    assert slack.calls() == []
    assert slack.past_connections == []


@pytest.mark.parametrize("name", ["dead", "wrong password", "no password"])
def test_it_never_dials_past_a_proxy_that_fails(
    slack: Workspace, proxy: Proxy, ca_file: str, name: str
) -> None:
    """The address was got while the proxy was well, or without one."""
    with client(slack, ca_file=ca_file) as web:
        url = web.call("rtm.connect")["url"]
    wrong = Transport(proxy=wrong_proxies(proxy)[name], ca_file=ca_file)
    with pytest.raises(TransportError) as caught:
        open_websocket(url, wrong)
    assert "canary" not in f"{caught.value!r} {caught.value}"
    assert url.rsplit("/", 1)[1] not in str(caught.value)
    assert slack.past_connections == []


def test_it_would_see_a_connection_past_the_proxy(slack: Workspace, ca_file: str) -> None:
    with client(slack, ca_file=ca_file) as web:
        first_event(web)
    assert len(slack.calls()) == 1
    assert len(slack.past_connections) == 1


# TLS


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Workspace]:
    with Workspace(limits=Limits.off(), tls=server_context(authority)) as workspace:
        yield workspace


def test_it_trusts_a_private_authority(secure: Workspace, ca_file: str) -> None:
    assert secure.base_url.startswith("https://")
    with client(secure, ca_file=ca_file) as web:
        assert first_event(web) == "hello"


def test_it_trusts_the_authority_of_the_environment(
    secure: Workspace, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_file)
    with client(secure) as web:
        assert first_event(web) == "hello"


def test_it_trusts_nobody_else(secure: Workspace, ca_file: str) -> None:
    with client(secure) as web, pytest.raises(TransportError, match=r"not trusted.*ca_file"):
        first_event(web)
    with client(secure, ca_file=ca_file) as web:
        url = web.call("rtm.connect")["url"]
    with pytest.raises(TransportError, match=r"not trusted.*ca_file"):
        open_websocket(url, Transport())
    assert secure.past_connections == []


def test_it_refuses_a_certificate_for_another_name(authority: trustme.CA, ca_file: str) -> None:
    context = server_context(authority, "slack.example")
    with (
        Workspace(tls=context) as elsewhere,
        client(elsewhere, ca_file=ca_file) as web,
        pytest.raises(TransportError, match="not trusted"),
    ):
        first_event(web)
    assert elsewhere.calls() == []


def test_it_shows_a_certificate_of_its_own(authority: Any, ca_file: str) -> None:
    """A client's certificate goes through the one context, to HTTP and websocket alike."""
    server = server_context(authority)
    server.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(server)
    context = ssl.create_default_context(cafile=ca_file)
    with Workspace(tls=server) as slack:
        with client(slack, ssl_context=context) as web, pytest.raises(TransportError):
            first_event(web)
        assert slack.calls() == []
        authority.issue_cert("bot@example.com").configure_cert(context)
        with client(slack, ssl_context=context) as web:
            assert first_event(web) == "hello"


@pytest.mark.parametrize("how", ["close", "FIN", "RST"])
def test_it_learns_of_the_end_over_tls(secure: Workspace, ca_file: str, how: Any) -> None:
    with client(secure, ca_file=ca_file) as web:
        wire = open_websocket(web.call("rtm.connect")["url"], web.transport)
        secure.wait_until(lambda: secure.connections)[0].end(how)
        with pytest.raises(SlackError):
            _ = [*iter(lambda: receive(wire), [])]
        wire.close()


def test_it_trusts_its_authorities_for_an_https_address_of_an_http_client(
    authority: Any, ca_file: str
) -> None:
    transport = Transport(proxy=DIRECT, ca_file=ca_file, allowed_hosts=["127.0.0.1"])
    with (
        Workspace(limits=Limits.off(), tls=server_context(authority)) as there,
        WebClient("xoxb-test", base_url="http://127.0.0.1:9/", transport=transport) as web,
        pytest.raises(SlackError) as caught,
    ):
        web.respond(there.base_url.replace("/api/", "/response/T1/1/none"), {"text": "Hi"})
    assert not isinstance(caught.value, (TransportError, ConfigurationError))
