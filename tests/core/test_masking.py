"""Secrets out of texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from time import process_time
from urllib.parse import quote_plus

import pytest

from rxslack.core.masking import each_masked, masked, may_hold_secret


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the token xoxb-test, then", "the token xoxb-***, then"),
        ("xoxe.xoxp-1-Mi0test", "xoxe-***"),
        ("xapp-1-A1-2-test", "xapp-***"),
        ("wss://wss-primary.slack.com/link/?ticket=abc&app_id=1", "wss://***"),
        (
            "see https://hooks.slack.com/services/T1/B1/test now",
            "see https://hooks.slack.com/*** now",
        ),
        ("http://user:test@proxy.example:3128/", "http://***@proxy.example:3128/"),
        ('{"bot_access_token":"xwfp-test"}', '{"bot_access_token":"***"}'),
        (r'{"token": "a\"b", "text": "c"}', '{"token": "***", "text": "c"}'),
        ('{"response_url":"https://elsewhere.example/a"}', '{"response_url":"***"}'),
    ],
)
def test_it_masks(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a token is a secret; the password is not here",
        "https://example.slack.com/archives/C1/p1 and mail@example.com",
        '{"text":"my \\"token\\": nothing"}',
        "an xoxb- prefix alone",
        '{"authorizations": [{"team_id": "T1"}]}',
    ],
)
def test_it_leaves_alone(text: str) -> None:
    assert masked(text) == text


def test_it_keeps_json_json() -> None:
    event = {"type": "reconnect_url", "url": "wss://x.slack.com/?ticket=1", "token": 'a"\\', "n": 1}
    assert json.loads(masked(json.dumps(event))) == {
        "type": "reconnect_url",
        "url": "wss://***",
        "token": "***",
        "n": 1,
    }


SECRET = "c4n4ry-" + "Zq9"
KEYS = [
    *("token", "bot_access_token", "ticket", "client_secret", "pub_secret", "password"),
    *("response_url", "trigger_id", "upload_url", "permalink_public", "interactivity_pointer"),
    *("Authorization", "Proxy-Authorization", "SLACK_SIGNING_SECRET", "X-Slack-Signature"),
]


def in_json(key: str, value: str) -> str:
    return json.dumps({"type": "x", key: value, "text": "kept"})


FORMS: dict[str, Callable[[str, str], str]] = {
    "JSON": in_json,
    "JSON without spaces": lambda key, value: in_json(key, value).replace(": ", ":"),
    "JSON in JSON": lambda key, value: json.dumps({"a": in_json(key, value), "b": "kept"}),
    "JSON in JSON in JSON": lambda key, value: json.dumps([json.dumps([in_json(key, value)])]),
    "torn JSON": lambda key, value: f'{{"text":"kept","{key}":"{value}',
    "torn JSON in JSON": lambda key, value: json.dumps([f'"kept", "{key}": "{value}', "kept"]),
    "Python": lambda key, value: repr({"type": "x", key: value, "text": "kept"}),
    "Python in JSON": lambda key, value: json.dumps({"text": repr({key: value, "a": "kept"})}),
    "torn Python in JSON": lambda key, value: json.dumps([f"'kept', '{key}': '{value}", "kept"]),
    "JSON in Python": lambda key, value: repr([in_json(key, value), "it's kept"]),
    "bytes": lambda key, value: repr({key: value.encode(), "a": "kept"}),
    "arguments": lambda key, value: f"Client({key}='{value}', text='kept')",
    "HTML": lambda key, value: in_json(key, value).replace('"', "&quot;"),
    "HTML with numbers": lambda key, value: repr({key: value, "a": "kept"}).replace("'", "&#x27;"),
    "a form of JSON": lambda key, value: "payload=" + quote_plus(in_json(key, value)),
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_it_masks_the_value_of_a_key_however_it_is_written(
    form: Callable[[str, str], str], key: str
) -> None:
    text = form(key, SECRET)
    result = masked(text)
    assert SECRET in text
    assert SECRET not in result
    assert "kept" not in text or "kept" in result
    assert as_json(text) == as_json(result)


def as_json(text: str) -> str:
    """Of what type it is, if it is JSON."""
    try:
        return type(json.loads(text)).__name__
    except ValueError:
        return "none"


@pytest.mark.parametrize(
    "text",
    [
        "xoxb-1-" + SECRET,
        f"bot_xoxb-1-{SECRET}",
        json.dumps({"text": f"two lines:\nxoxb-1-{SECRET}\nand more"}),
        r'{"url":"wss:\/\/wss-primary.slack.com\/link\/?ticket=' + SECRET,
        f"wss%3A%2F%2Fwss-primary.slack.com%2F%3Fticket%3D{SECRET}",
        f"WSS://wss-primary.slack.com/a/{SECRET}?a=1&b={SECRET}",
        rf"https:\/\/hooks.slack.com\/commands\/T1\/{SECRET}",
        f"https://hooks.slack.com:443/services/T1/B1/{SECRET}",
        f"https://hooks.slack-gov.com/services/T1/B1/{SECRET}",
        f"https%3A%2F%2Fhooks.slack.com%2Fservices%2FT1%2F{SECRET}",
        f"https://files.slack.com/upload/v1/{SECRET}",
        f"POST /upload/v1/{SECRET} HTTP/1.1",
        f"https://slack-files.com/T1-F1-{SECRET}",
        f"https://files.slack.com/files-pri/T1-F1/a.txt?pub_secret={SECRET}",
        f"http://user:{SECRET}@proxy.example:3128",
        f"http://user:with@{SECRET}@proxy.example:3128",
        rf"http:\/\/user:{SECRET}@proxy.example:3128",
        f"socks5://user:{SECRET}@proxy.example",
        f"token={SECRET}&team_id=T1&text=token+please",
        f"command=%2Fw&response_url=https%3A%2F%2Felsewhere.example%2F{SECRET}&trigger_id=1.2.{SECRET}",
        f"Proxy-Authorization: Basic {SECRET}==",
        f"[('authorization', 'Bearer {SECRET}')]",
        f"<pre>Proxy-Authorization: Basic {SECRET}</pre>",
        f'"TOKEN\u0130": "", "token": "{SECRET}"',
        f'"password": "it\'s {SECRET}"',
        f'"password": "a \\" {SECRET}"',
    ],
)
def test_it_finds_a_secret_wherever_it_stands(text: str) -> None:
    assert SECRET in text
    assert SECRET not in masked(text)
    assert as_json(text) == as_json(masked(text))


PIECES = (
    *(
        "token",
        "TOKEN",
        "Ticket",
        "to\u212aen",
        "\u0130",
        "authorization",
        "response_url",
        "password",
    ),
    *(
        "xoxb-1",
        "xapp-",
        "XOXB-1",
        "wss://",
        "WS%3A%2f%2F",
        "hooks.slack.com/",
        "upload/v1/",
        "://a@",
    ),
    *('":"', "=", ": '", "\\", '\\"', "%", " ", "bearer", "\n", "a", "k", "Grüße", "/", "@", "_"),
)


def always(_: bytes) -> bool:
    return True


def test_it_looks_closely_at_all_that_it_would_change(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(22)
    texts = ["".join(random.choices(PIECES, k=random.randint(1, 6))) for _ in range(5_000)]
    quick = [masked(text) for text in texts]
    passed_over = sum(not may_hold_secret(text.encode()) for text in texts)
    together = [text.decode() for text in each_masked([text.encode() for text in texts])]
    monkeypatch.setattr("rxslack.core.masking.may_hold_secret", always)
    close = [masked(text) for text in texts]
    assert quick == together == close
    assert quick != texts
    assert 0 < passed_over < len(texts)


def test_it_keeps_what_follows_a_value_that_ends_in_a_backslash() -> None:
    fields = {"password": 'a"\\', "text": "kept"}
    nested = {"a": json.dumps(fields), "text": "kept"}
    assert json.loads(masked(json.dumps(fields))) == {"password": "***", "text": "kept"}
    assert json.loads(json.loads(masked(json.dumps(nested)))["a"]) == {
        "password": "***",
        "text": "kept",
    }


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "\\",
            "/",
            "token",
            "authorization ",
            "token: ",
            'token:"',
            'token\\":\\"',
            "xoxb-",
            "wss://",
        ),
        *("http://", "http://a@", "hooks.slack.com/", "upload", ":\\/", "%2f", "'\\", "a", " "),
    ],
)
@pytest.mark.parametrize("start", ["", "wss://a", 'token":"'])
def test_it_takes_no_more_than_linear_time(start: str, piece: str) -> None:
    text = start + "@" + piece * 40_000
    begun = process_time()
    masked(text)
    assert process_time() - begun < 2.0  # 0.1 seconds; what is quadratic here takes a minute
