"""Slack's facts as tables of (what came, what it means)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import slack_sdk.web.client

from rxslack.errors import ApiError, AuthenticationError, MissingScope, RateLimited
from rxslack.web.client import WebClient
from rxslack.web.protocol import (
    FATAL_ERRORS,
    METHOD_FAMILIES,
    api_error,
    as_form,
    method_spelled,
    next_cursor,
    read_outgoing,
)


@pytest.mark.parametrize(
    ("arguments", "form"),
    [
        ({"text": "a&b=c"}, {"text": "a&b=c"}),
        ({"limit": 200, "ts": "1.000200"}, {"limit": "200", "ts": "1.000200"}),
        ({"as_user": True, "mrkdwn": False}, {"as_user": "true", "mrkdwn": "false"}),
        ({"cursor": None}, {}),
        ({"users": ["U1", "U2"]}, {"users": "U1,U2"}),
        ({"types": ("im", "mpim")}, {"types": "im,mpim"}),
        ({"blocks": []}, {"blocks": "[]"}),
        ({"blocks": '[{"type":"divider"}]'}, {"blocks": '[{"type":"divider"}]'}),
        ({"attachments": [{"text": "x"}]}, {"attachments": '[{"text": "x"}]'}),
        ({"metadata": {"event_type": "t"}}, {"metadata": '{"event_type": "t"}'}),
        ({"anything": [{"a": 1}]}, {"anything": '[{"a": 1}]'}),
    ],
)
def test_it_encodes_arguments_as_slack_wants_them(
    arguments: dict[str, Any], form: dict[str, str]
) -> None:
    assert form == as_form(arguments)


def test_it_sends_half_of_a_surrogate_pair_as_jsons_escape() -> None:
    form = as_form({"text": "\ud83d é 🎉", "users": ["\ud83d"], "blocks": [{"text": "\ud83d"}]})
    assert form == {"text": r"\ud83d é 🎉", "users": r"\ud83d", "blocks": r'[{"text": "\ud83d"}]'}


@pytest.mark.parametrize(
    ("response", "cursor"),
    [
        ({}, ""),
        ({"response_metadata": None}, ""),
        ({"response_metadata": {}}, ""),
        ({"response_metadata": {"next_cursor": None}}, ""),
        ({"response_metadata": {"next_cursor": ""}}, ""),
        ({"response_metadata": {"next_cursor": "abc="}}, "abc="),
        ({"next_cursor": "top="}, "top="),
    ],
)
def test_it_finds_the_next_cursor(response: dict[str, Any], cursor: str) -> None:
    assert cursor == next_cursor(response)


@pytest.mark.parametrize("code", FATAL_ERRORS)
@pytest.mark.parametrize("method", ["rtm.connect", "chat.postMessage"])
def test_it_knows_which_errors_no_retry_mends(method: str, code: str) -> None:
    assert not api_error(method, {"ok": False, "error": code}).retryable


@pytest.mark.parametrize(
    ("method", "code", "kind", "retryable", "maybe_done"),
    [
        ("rtm.connect", "invalid_auth", AuthenticationError, False, False),
        ("rtm.connect", "migration_in_progress", ApiError, True, False),
        ("rtm.connect", "org_login_required", ApiError, True, False),
        ("rtm.connect", "something_new", ApiError, True, False),
        ("apps.connections.open", "something_new", ApiError, True, False),
        ("chat.postMessage", "something_new", ApiError, False, False),
        ("chat.postMessage", "channel_not_found", ApiError, False, False),
        ("chat.postMessage", "internal_error", ApiError, True, True),
        ("chat.postMessage", "fatal_error", ApiError, True, True),
        ("chat.postMessage", "rate_limited", RateLimited, True, False),
        ("chat.postMessage", "ratelimited", RateLimited, True, False),
        ("rtm.connect", "missing_scope", MissingScope, False, False),
    ],
)
def test_it_sorts_slacks_errors(
    method: str, code: str, kind: type[ApiError], retryable: bool, maybe_done: bool
) -> None:
    error = api_error(method, {"ok": False, "error": code})
    assert (kind, retryable, maybe_done) == (type(error), error.retryable, error.maybe_done)
    assert code == error.error
    assert str(error).startswith(f"{method}: {code}")


def test_it_survives_an_error_without_a_code() -> None:
    assert api_error("rtm.connect", {"ok": False, "error": None}).error == "unknown_error"


@pytest.mark.parametrize(
    ("message", "sent", "number"),
    [
        ({"type": "typing", "channel": "C1"}, {"id": 7, "type": "typing", "channel": "C1"}, 7),
        ({"type": "ping", "id": 99}, {"id": 99, "type": "ping"}, 99),
    ],
)
def test_it_numbers_what_is_sent(
    message: dict[str, Any], sent: dict[str, Any], number: int
) -> None:
    text, used = read_outgoing(message, 7)
    assert (sent, number) == (json.loads(text), used)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("typing", "not a mapping"),
        ({}, "needs a `type`"),
        ({"type": 1}, "needs a `type`"),
        ({"type": "message", "text": "x" * 17_000}, "16384"),
        ({"type": "message", "text": "é" * 3_000}, "16384"),
        ({"type": "message", "at": object()}, "not JSON serializable"),
        ({"type": "message", "at": float("nan")}, "not JSON compliant"),
    ],
)
def test_it_refuses_what_slack_would_close_the_socket_over(message: Any, reason: str) -> None:
    with pytest.raises((TypeError, ValueError), match=reason):
        read_outgoing(message, 1)


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("chat_postMessage", "chat.postMessage"),
        ("admin_conversations_search", "admin.conversations.search"),
        ("slackLists_items_create", "slackLists.items.create"),
    ],
)
def test_it_reads_the_spelling_of_slack_sdk(name: str, method: str) -> None:
    assert method_spelled(object(), name) == method


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("bas_url", "; did you mean 'base_url'?"),
        ("chatt_postMessage", "; did you mean 'chat_postMessage'?"),
        ("pagees", "; did you mean 'pages'?"),
        ("api_call", "; did you mean 'call'?"),
        ("on_completed", ""),
        ("chat_", ""),
        ("__deepcopy__", ""),
    ],
)
def test_it_takes_no_other_name_for_a_method(name: str, hint: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(WebClient("xoxb-test"), name)
    assert str(caught.value) == f"'WebClient' object has no attribute {name!r}{hint}"


def test_it_knows_the_families_of_all_methods_that_slack_sdk_has() -> None:
    source = Path(slack_sdk.web.client.__file__).read_text(encoding="utf-8")
    methods = set(re.findall(r'api_call\(\s*"([\w.]+)"', source))
    assert len(methods) > 250
    assert {method.partition(".")[0] for method in methods} <= METHOD_FAMILIES
