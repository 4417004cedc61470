"""Which addresses a client is given, and which it takes from an answer."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from rxslack.errors import ConfigurationError, UnreadableResponse
from rxslack.sources.rtm import rtm
from rxslack.web.client import Response, WebClient
from rxslack.web.settings import (
    HOOKS,
    Transport,
    checked_base_url,
    is_response_url,
    is_upload_url,
    is_websocket_url,
)

SLACK = "https://slack.com/api/"
HERE = "http://127.0.0.1:8080/api/"
SECRET = "c4n4ry"


@pytest.mark.parametrize(
    "url",
    [
        SLACK,
        "https://slack-gov.com/api/",
        HERE,
        "http://localhost:80/",
        "http://slack.localhost/",
        "http://[::1]:8080/",
        "http://127.1.2.3/",
    ],
)
def test_it_calls_methods_by_https_and_on_this_machine(url: str) -> None:
    assert checked_base_url(url, allow_http=False) == url


@pytest.mark.parametrize(
    "url", ["http://slack.example/api/", "http://10.0.0.1/", "http://[fe80::1]/"]
)
def test_it_calls_no_methods_in_the_clear_unless_told_so(url: str) -> None:
    with pytest.raises(ConfigurationError, match="allow_http"):
        WebClient("xoxb-test", base_url=url)
    assert WebClient("xoxb-test", base_url=url, transport=Transport(allow_http=True))


@pytest.mark.parametrize(
    "url",
    [
        f"https://{SECRET}@slack.com/api/",
        f"https://me:{SECRET}@slack.com/api/",
        f"http://me:{SECRET}@127.0.0.1/",
        f"https://slack.com/?{SECRET}",
        f"https://slack.com/#{SECRET}",
        rf"https://slack.com\{SECRET}/",
        f"https://slack.com/{SECRET} /",
        f"https://[{SECRET}/",
        f"https://slack.com:{SECRET}/",
        f"wss://slack.com/{SECRET}",
        f"https:///{SECRET}",
    ],
)
def test_it_refuses_other_base_urls_without_quoting_them(url: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url") as caught:
        WebClient("xoxb-test", base_url=url)
    assert SECRET not in f"{caught.value!r}"
    assert ("login" in str(caught.value)) is ("@" in url)


def test_it_says_the_same_of_a_base_url_that_is_no_text() -> None:
    nothing: Any = None
    with pytest.raises(ConfigurationError, match="base_url"):
        WebClient("xoxb-test", base_url=nothing)


OURS = [f"https://{host}/commands/T1/2/3" for host in sorted(HOOKS)]
ELSEWHERE = [
    "http://hooks.slack.com/commands/T1/2/3",
    "https://hooks.slack.com:8443/commands/T1",
    "https://hooks.slack.com.example/commands/T1",
    "https://hooks-slack.com/commands/T1",
    "https://example.com/https://hooks.slack.com/",
    "https://hooks.slack.com@127.0.0.1/",
    "http://hooks.slack.com@127.0.0.1:8080/",
    "https://hooks.slack.com:443@example.com/",
    r"https://example.com\@hooks.slack.com/",
    r"https://hooks.slack.com\.example.com/",
    "https://hooks.slack.com\t.example.com/",
    "https://hooks.slack.cоm/",  # a Cyrillic letter
    "https://127.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://localhost/",
    "file:///etc/passwd",
    "ftp://hooks.slack.com/",
    "//hooks.slack.com/",
    "hooks.slack.com",
    "https://",
    "https://[",
    "https://hooks.slack.com:port/",
    "",
    None,
    7,
]


@pytest.mark.parametrize("url", OURS)
def test_it_answers_on_slacks_hosts(url: str) -> None:
    assert is_response_url(url, SLACK)
    assert is_response_url(url, HERE)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_it_answers_nowhere_else(url: Any) -> None:
    assert not is_response_url(url, SLACK)
    with pytest.raises(ConfigurationError, match="response_url"):
        WebClient("xoxb-test").respond(url, {"text": "Hi"})


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("http://127.0.0.1:8080/response/T1/2/3", True),
        ("http://127.0.0.1:8081/response/T1/2/3", False),
        ("http://127.0.0.2:8080/response/T1/2/3", False),
        ("http://localhost:8080/response/T1/2/3", False),
        ("https://127.0.0.1:8080/response/T1/2/3", False),
        ("ws://127.0.0.1:8080/response/T1/2/3", False),
    ],
)
def test_it_answers_and_uploads_where_a_simulated_workspace_is(url: str, taken: bool) -> None:
    assert taken is is_response_url(url, HERE)
    assert taken is is_upload_url(url, HERE)
    assert not is_response_url(url, SLACK)
    assert not is_upload_url(url, SLACK)


@pytest.mark.parametrize("take", [is_response_url, is_upload_url])
def test_it_takes_the_hosts_that_it_is_told_of_by_https(take: Any) -> None:
    allowed = ["relay.example", "relay", "10.0.0.1"]
    for host in allowed:
        assert take(f"https://{host}:8443/a", SLACK, allowed_hosts=allowed)
        assert not take(f"http://{host}/a", SLACK, allowed_hosts=allowed)
        assert not take(f"https://{host}@other/a", SLACK, allowed_hosts=allowed)
    assert not take("https://other/a", SLACK, allowed_hosts=allowed)


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://files.slack.com/upload/v1/A", True),
        ("https://files.slack-gov.com/upload/v1/A", True),
        ("http://files.slack.com/upload/v1/A", False),
        ("https://files.slack.com@127.0.0.1/upload/v1/A", False),
        ("https://127.0.0.1/upload/v1/A", False),
        ("https://169.254.169.254/upload/v1/A", False),
        ("https://2130706433/", False),
        ("https://127.0.0.1./", False),
        ("https://[::1]/upload/v1/A", False),
        ("https://localhost/upload/v1/A", False),
        ("https://intranet/upload/v1/A", False),
        ("file:///tmp/a", False),
        ("garbage", False),
        (None, False),
    ],
)
def test_it_uploads_by_https_to_hosts_with_a_name(url: Any, taken: bool) -> None:
    assert taken is is_upload_url(url, SLACK)
    if not taken:
        with pytest.raises(ConfigurationError, match="the upload"):
            WebClient("xoxb-test").upload(url, io.BytesIO(b"x"))


@pytest.mark.parametrize(
    ("base_url", "allow_http", "url", "taken"),
    [
        (SLACK, False, "wss://wss-primary.slack.com/link/?ticket=1", True),
        (SLACK, False, "ws://wss-primary.slack.com/link/?ticket=1", False),
        (SLACK, True, "ws://wss-primary.slack.com/link/?ticket=1", False),
        (SLACK, False, "wss://slack.com@127.0.0.1/", False),
        (SLACK, False, "ws://127.0.0.1:8080/", False),
        (SLACK, False, "https://slack.com/", False),
        (SLACK, False, "wss://", False),
        (SLACK, False, None, False),
        (HERE, False, "ws://127.0.0.1:9999/websocket/1", True),
        (HERE, False, "wss://wss-primary.slack.com/", True),
        (HERE, False, "ws://slack.example/", False),
        (HERE, True, "ws://slack.example/", True),
        ("http://10.0.0.1/", True, "ws://10.0.0.1/", True),
        ("nothing", True, "ws://10.0.0.1/", False),
    ],
)
def test_it_opens_no_websocket_less_secure_than_its_calls(
    base_url: str, allow_http: bool, url: Any, taken: bool
) -> None:
    assert taken is is_websocket_url(url, base_url, allow_http=allow_http)


def test_a_stream_ends_at_an_address_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    web = WebClient("xoxb-test")
    answer = Response({"ok": True, "url": "ws://127.0.0.1:1/" + SECRET})

    def call(*_: Any, **__: Any) -> Response:
        return answer

    monkeypatch.setattr(web, "call", call)
    with pytest.raises(UnreadableResponse, match="secure") as caught:
        rtm(web).run()
    assert SECRET not in json.dumps(vars(caught.value))
