"""Secrets out of texts."""

from __future__ import annotations

import json

import pytest

from rxslack.masking import masked


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
        "foxxoxb-not",
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
