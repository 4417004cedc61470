"""The simulated Web API: what each method does, and how it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from rxslack.errors import ApiError, AuthenticationError, MissingScope, RateLimited
from rxslack.simulator import AGENT_SCOPES, Limits, Rate, Workspace
from rxslack.web.client import WebClient

Json = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(limits=Limits.off()) as workspace:
        yield workspace


def ask(slack: Workspace, method: str, **request: Any) -> Json:
    """A call in any encoding, over requests."""
    answer = requests.post(slack.base_url + method, timeout=10.0, **request)
    assert answer.status_code == 200
    found: Json = answer.json()
    return found


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# Who asks, and how


def test_it_takes_a_token_in_the_header_or_in_a_form_and_nowhere_else(slack: Workspace) -> None:
    """But a classic app's in the query, too."""
    token = slack.new_token("xoxb", scopes=AGENT_SCOPES)
    assert ask(slack, "auth.test", params={"token": slack.bot_token})["ok"]
    assert ask(slack, "auth.test", headers=bearer(token))["ok"]
    assert ask(slack, "auth.test", data={"token": token})["ok"]
    for request in ({"params": {"token": token}}, {"json": {"token": token}}, {}):
        assert ask(slack, "auth.test", **request)["error"] == "not_authed"
    assert ask(slack, "auth.test", headers=bearer("xoxb-test"))["error"] == "invalid_auth"


def test_it_takes_json_where_slack_does_and_reads_nothing_elsewhere(slack: Workspace) -> None:
    headers, channel = bearer(slack.bot_token), slack.channel_id("general")
    posted = ask(slack, "chat.postMessage", headers=headers, json={"channel": channel, "text": "a"})
    assert posted["ok"]
    assert posted["response_metadata"]["warnings"] == ["missing_charset"]
    info = ask(slack, "conversations.info", headers=headers, json={"channel": channel})
    assert info["error"] == "invalid_arguments"


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        ("application/json", "{", "invalid_json"),
        ("application/json; charset=utf-8", "[1]", "json_not_object"),
    ],
)
def test_it_refuses_a_body_it_cannot_read(
    slack: Workspace, kind: str, body: str, error: str
) -> None:
    headers = bearer(slack.bot_token) | {"Content-Type": kind}
    assert ask(slack, "chat.postMessage", headers=headers, data=body)["error"] == error


def test_it_warns_of_a_charset_beside_a_form(slack: Workspace) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert ask(slack, "api.test", headers=kind, data="a=1")["warning"] == "superfluous_charset"


def test_it_says_which_scope_is_missing(slack: Workspace) -> None:
    web = WebClient(slack.new_token("xoxb", scopes=["chat:write"]), base_url=slack.base_url)
    with web, pytest.raises(MissingScope) as raised:
        web.call("users.list")
    assert (raised.value.needed, raised.value.provided) == ("users:read", "chat:write")


def test_it_keeps_a_classic_bot_from_the_history_of_channels() -> None:
    with Workspace(bot_scopes=["identify", "bot"]) as slack:
        channel, direct = slack.channel_id("general"), slack.direct("alice")
        with pytest.raises(MissingScope):
            slack.web.call("conversations.history", channel=channel)
        assert slack.web.call("conversations.history", channel=direct)["messages"] == []
        assert slack.user_web.call("conversations.history", channel=channel)["messages"] == []


def test_it_refuses_what_was_revoked(slack: Workspace) -> None:
    slack.revoke(slack.bot_token)
    with pytest.raises(AuthenticationError, match="token_revoked"):
        slack.web.call("auth.test")
    with pytest.raises(AuthenticationError, match="not_allowed_token_type"):
        slack.app.call("rtm.connect")


ERRORS: list[tuple[str, Json, str]] = [
    ("no.method", {}, "unknown_method"),
    ("api.test", {"error": "my_error"}, "my_error"),
    ("bots.info", {"bot": "B0"}, "bot_not_found"),
    ("chat.postMessage", {"channel": "C0", "text": "a"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "general"}, "no_text"),
    ("chat.postMessage", {"channel": "general", "blocks": "{"}, "invalid_blocks_format"),
    ("chat.postMessage", {"channel": "general", "blocks": [{}] * 51}, "invalid_blocks"),
    ("chat.postMessage", {"channel": "secret", "text": "a"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "other", "text": "a"}, "not_in_channel"),
    ("chat.update", {"channel": "general", "ts": "1.0", "text": "a"}, "message_not_found"),
    ("chat.delete", {"channel": "general", "ts": "1.0"}, "message_not_found"),
    ("chat.update", {"channel": "general", "ts": "alice's", "text": "a"}, "cant_update_message"),
    ("chat.delete", {"channel": "general", "ts": "alice's"}, "cant_delete_message"),
    ("conversations.info", {"channel": "C0"}, "channel_not_found"),
    ("conversations.info", {}, "invalid_arguments"),
    ("conversations.list", {"types": "pub"}, "invalid_types"),
    ("conversations.list", {"cursor": "nonsense"}, "invalid_cursor"),
    ("conversations.open", {"users": "U0"}, "user_not_found"),
    ("conversations.join", {"channel": "direct"}, "method_not_supported_for_channel_type"),
    ("conversations.history", {"channel": "general", "cursor": "bmV4dDox"}, "invalid_cursor"),
    ("conversations.history", {"channel": "general", "oldest": "then"}, "invalid_ts_oldest"),
    ("conversations.history", {"channel": "other"}, "not_in_channel"),
    ("conversations.replies", {"channel": "general", "ts": "1.0"}, "thread_not_found"),
    ("reactions.add", {"channel": "general", "timestamp": "1.0", "name": "a"}, "message_not_found"),
    ("reactions.add", {"channel": "general", "timestamp": "1.0", "name": "a b"}, "invalid_name"),
    ("reactions.add", {"name": "a"}, "no_item_specified"),
    (
        "reactions.remove",
        {"channel": "general", "timestamp": "alice's", "name": "a"},
        "no_reaction",
    ),
    ("users.info", {"user": "U0"}, "user_not_found"),
    ("users.getPresence", {"user": "U0"}, "user_not_found"),
]


@pytest.mark.parametrize(("method", "arguments", "error"), ERRORS)
def test_it_refuses(slack: Workspace, method: str, arguments: Json, error: str) -> None:
    slack.add_channel("secret", members=["alice"], private=True)
    slack.add_channel("other", members=["alice"])
    names = {name: slack.channel_id(name) for name in ("general", "secret", "other")}
    names |= {"direct": slack.direct("alice"), "alice's": slack.say("general", "alice", "a")["ts"]}
    known = {k: names.get(v, v) if isinstance(v, str) else v for k, v in arguments.items()}
    with pytest.raises(ApiError) as raised:
        slack.web.call(method, **known)
    assert raised.value.error == error


# What is said


def test_it_posts_as_a_bot_or_as_its_user(slack: Workspace) -> None:
    channel = slack.channel_id("general")
    for arguments in ({}, {"as_user": True}, {"username": "Deploy", "icon_emoji": ":rocket:"}):
        slack.web.call("chat.postMessage", channel=channel, text="a", **arguments)
    slack.user_web.call("chat.postMessage", channel=channel, text="a")
    plain, as_user, custom, person = slack.messages("general")
    assert (plain["subtype"], plain["bot_id"], "user" in plain) == (
        "bot_message",
        slack.bot_id,
        False,
    )
    assert ("subtype" in as_user, as_user["user"]) == (False, slack.bot_user_id)
    assert (custom["username"], custom["icons"]) == ("Deploy", {"emoji": ":rocket:"})
    assert (person["user"], "bot_id" in person) == (slack.user_id("alice"), False)  # she typed it


def test_it_cuts_long_texts_and_refuses_long_updates(slack: Workspace) -> None:
    channel = slack.channel_id("general")
    answer = slack.web.call("chat.postMessage", channel=channel, text="x" * 40_001)
    assert (len(answer["message"]["text"]), answer["warning"]) == (40_000, "message_truncated")
    with pytest.raises(ApiError, match="msg_too_long"):
        slack.web.call("chat.update", channel=channel, ts=answer["ts"], text="x" * 4_001)


def test_it_keeps_threads(slack: Workspace) -> None:
    channel = slack.channel_id("general")
    root = slack.say("general", "alice", "root")
    first = slack.say("general", "bob", "one", thread_ts=root["ts"])
    slack.say("general", "carol", "two", thread_ts=first["ts"], broadcast=True)
    replies = slack.web.call("conversations.replies", channel=channel, ts=root["ts"])["messages"]
    assert [m["text"] for m in replies] == ["root", "one", "two"]
    assert {m["thread_ts"] for m in replies} == {root["ts"]}
    parent = replies[0]
    assert (parent["reply_count"], parent["reply_users_count"]) == (2, 2)
    assert parent["latest_reply"] == replies[2]["ts"]
    history = slack.web.call("conversations.history", channel=channel)["messages"]
    assert [m["text"] for m in history] == ["two", "root"]  # one was said in the thread only
    assert (history[0]["subtype"], history[0]["root"]["ts"]) == ("thread_broadcast", root["ts"])


def test_it_buries_a_parent_and_forgets_a_reply(slack: Workspace) -> None:
    channel = slack.channel_id("general")
    root = slack.say("general", "alice", "root")
    replies = [slack.say("general", "bob", text, thread_ts=root["ts"]) for text in "ab"]
    slack.delete("general", replies[1]["ts"])
    slack.delete("general", root["ts"])
    tombstone, left = slack.web.call("conversations.replies", channel=channel, ts=root["ts"])[
        "messages"
    ]
    assert (tombstone["subtype"], tombstone["user"]) == ("tombstone", "USLACKBOT")
    assert (tombstone["reply_count"], left["text"]) == (1, "a")


def test_it_pages_through_history_while_more_is_said(slack: Workspace) -> None:
    channel = slack.channel_id("general")
    said = [slack.say("general", "alice", str(number))["ts"] for number in range(5)]
    first = slack.web.call("conversations.history", channel=channel, limit=2)
    slack.say("general", "alice", "new")
    cursor = first["response_metadata"]["next_cursor"]
    second = slack.web.call("conversations.history", channel=channel, limit=9, cursor=cursor)
    assert [m["text"] for m in first["messages"] + second["messages"]] == ["4", "3", "2", "1", "0"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    bounds: list[tuple[Json, list[str]]] = [
        ({"oldest": said[1], "latest": said[3]}, ["2"]),
        ({"oldest": said[1], "latest": said[3], "inclusive": True}, ["3", "2", "1"]),
        ({"oldest": said[4], "limit": 1}, ["new"]),
    ]
    for arguments, texts in bounds:
        page = slack.web.call("conversations.history", channel=channel, **arguments)
        assert [m["text"] for m in page["messages"]] == texts


def test_it_pages_through_replies_and_lists(slack: Workspace) -> None:
    root = slack.say("general", "alice", "root")
    for number in range(4):
        slack.say("general", "bob", str(number), thread_ts=root["ts"])
    place = {"channel": root["channel"], "ts": root["ts"], "limit": 2}
    threads, channels = list[Json](), list[Json]()
    slack.web.pages("conversations.replies", **place).subscribe(threads.append)
    texts = [m["text"] for page in threads for m in page["messages"]]
    assert [text for text in texts if text != "root"] == ["0", "1", "2", "3"]
    slack.web.pages("conversations.list", limit=1).subscribe(channels.append)
    assert [[c["name"] for c in page["channels"]] for page in channels] == [["general"], ["random"]]


def test_it_opens_one_direct_message_for_the_same_people(slack: Workspace) -> None:
    alice, bob = slack.user_id("alice"), slack.user_id("bob")
    first = slack.web.call("conversations.open", users=alice)
    again = slack.web.call("conversations.open", users=alice)
    assert first["channel"]["id"] == again["channel"]["id"]
    assert ("already_open" in first, again["already_open"]) == (False, True)
    group = slack.web.call("conversations.open", users=[alice, bob], return_im=True)
    assert group["channel"]["is_mpim"] is True
    listed = slack.web.call("conversations.list", types="im,mpim")["channels"]
    assert {c["id"] for c in listed} == {first["channel"]["id"], group["channel"]["id"]}


def test_it_counts_posts_by_channel_and_says_when_to_come_again() -> None:
    with Workspace(limits=Limits(posts=Rate(1 / 5, 2))) as slack:
        place = {"channel": slack.channel_id("general"), "text": "a"}
        for _ in range(2):
            slack.web.call("chat.postMessage", **place)
        with pytest.raises(RateLimited) as raised:
            slack.web.call("chat.postMessage", **place)
        assert raised.value.retry_after == 5.0
        slack.web.call("chat.postMessage", **{**place, "channel": slack.channel_id("random")})
        slack.clock.advance(5.0)
        slack.web.call("chat.postMessage", **place)


def test_it_writes_down_every_call_and_no_secret(slack: Workspace) -> None:
    slack.web.call("rtm.connect")
    with slack.faults.answer("auth.test", status=503):
        ask_anyway = requests.post(slack.base_url + "auth.test", timeout=10.0, data={"a": "1"})
    assert ask_anyway.status_code == 503
    ask(slack, "api.test", data={"token": slack.bot_token})
    assert [(c.method, c.arguments) for c in slack.calls()] == [
        ("rtm.connect", {}),
        ("auth.test", {"a": "1"}),
        ("api.test", {}),
    ]
    told = repr(slack.transcript)
    assert slack.bot_token not in told
    assert "ws:" not in told
