"""Incoming webhooks."""

from __future__ import annotations

import json

import pytest
import requests

from rxslack.simulator import Workspace


def test_it_posts_what_comes(slack: Workspace) -> None:
    url = slack.add_webhook("general")
    first = requests.post(url, json={"text": "Built & shipped", "username": "CI"}, timeout=10)
    form = {"payload": json.dumps({"text": "Again", "icon_emoji": ":rocket:"})}
    second = requests.post(url, data=form, timeout=10)
    assert [(answer.status_code, answer.text) for answer in (first, second)] == [(200, "ok")] * 2
    one, two = slack.messages("general")
    assert (one["subtype"], one["username"], one["text"]) == (
        "bot_message",
        "CI",
        "Built &amp; shipped",
    )
    assert (two["icons"], "user" in two) == ({"emoji": ":rocket:"}, False)


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("{", 400, "invalid_payload"),
        ("{}", 400, "no_text"),
        ('{"text": "a", "channel": "nowhere"}', 404, "channel_not_found"),
        ('{"blocks": [{"type": "section"}]}', 400, "invalid_blocks"),
    ],
)
def test_it_says_what_is_wrong_in_plain_text(
    slack: Workspace, body: str, status: int, error: str
) -> None:
    answer = requests.post(slack.add_webhook(), data=body, timeout=10)
    assert (answer.status_code, answer.text) == (status, error)
    assert slack.messages("general") == []


def test_it_knows_no_webhook_that_nobody_made(slack: Workspace) -> None:
    url = slack.add_webhook()[:-1] + "?"
    answer = requests.post(url, json={"text": "a"}, timeout=10)
    assert (answer.status_code, answer.text) == (404, "no_service")


def test_it_fails_at_a_word(slack: Workspace) -> None:
    with slack.faults.server_error("incoming webhook", times=1):
        assert requests.post(slack.add_webhook(), json={"text": "a"}, timeout=10).status_code == 503
    assert slack.messages("general") == []
