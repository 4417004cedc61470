"""One configuration for HTTP and the websocket."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from rxslack.errors import ConfigurationError
from rxslack.web.settings import DIRECT, Transport

PROXY = "http://user:canary@127.0.0.1:3128"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxy_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "https://slack.com/api/", None),
        ({"HTTPS_PROXY": PROXY}, "https://slack.com/api/", PROXY),
        ({"HTTPS_PROXY": PROXY}, "wss://wss.slack.com/", PROXY),
        ({"https_proxy": PROXY}, "wss://wss.slack.com/", PROXY),
        ({"HTTPS_PROXY": PROXY}, "ws://wss.slack.com/", None),
        ({"HTTP_PROXY": PROXY}, "ws://wss.slack.com/", PROXY),
        ({"ALL_PROXY": PROXY}, "wss://wss.slack.com/", PROXY),
        ({"HTTPS_PROXY": "proxy.example:8080"}, "wss://slack.com/", "http://proxy.example:8080"),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "slack.com"}, "wss://wss.slack.com/", None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "example.com"}, "wss://slack.com/", PROXY),
    ],
)
def test_it_takes_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, proxy: str | None
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy == Transport().proxy_for(url)


def test_it_prefers_its_own_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://other:1")
    assert Transport(proxy=PROXY).proxy_for("wss://slack.com/") == PROXY
    assert Transport(proxy=DIRECT).proxy_for("wss://slack.com/") is None


@pytest.mark.parametrize("proxy", ["proxy:3128", "socks5://h:1", "http://", "http://h:port"])
def test_it_refuses_a_proxy_it_cannot_use(proxy: str) -> None:
    with pytest.raises(ConfigurationError, match="proxy"):
        Transport(proxy=proxy)


def test_it_keeps_the_proxys_password_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "canary" not in repr(Transport(proxy=PROXY))
    monkeypatch.setenv("HTTPS_PROXY", "socks5://user:canary@h:1")
    with pytest.raises(ConfigurationError) as caught:
        Transport().proxy_for("https://slack.com/")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("name", ["connect_timeout", "read_timeout"])
@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_it_refuses_a_timeout_that_is_none(name: str, seconds: float) -> None:
    options: dict[str, Any] = {name: seconds}
    with pytest.raises(ConfigurationError, match=name):
        Transport(**options)


def test_it_trusts_the_authority_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    context = Transport(ca_file=str(path)).context
    assert len(context.get_ca_certs()) == 1
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_it_trusts_the_authority_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    assert len(Transport().context.get_ca_certs()) == 1


def test_it_trusts_the_public_authorities_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert len(Transport().context.get_ca_certs()) > 50


def test_it_uses_a_context_as_it_is() -> None:
    context = ssl.create_default_context()
    assert context is Transport(ssl_context=context).context


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_it_names_the_file_it_cannot_read(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError, match=r"ca\.pem"):
        _ = Transport(ca_file=str(path)).context
