"""Slack's own Python SDK, unmodified, talks to the simulator as it talks to Slack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.rtm_v2 import RTMClient

from rxslack.simulator import Limits, Rate, Workspace

Message = dict[str, Any]
Listener = Callable[[Any, Message], object]


@pytest.fixture
def client(slack: Workspace) -> Any:
    return WebClient(slack.bot_token, base_url=slack.base_url)


@pytest.fixture
def bot(slack: Workspace) -> Iterator[Any]:
    """The SDK's client, and the end of its threads, which its own `close` leaves running."""
    client: Any = RTMClient(
        token=slack.bot_token, base_url=slack.base_url, ping_interval=1, concurrency=1
    )
    yield client
    client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
    client.close()
    client.current_session_state.terminated = True  # else it goes on reading what is closed
    runners = (
        client.message_processor,
        client.current_session_runner,
        client.current_app_monitor,
    )
    for runner in runners:
        runner.event.set()
    for runner in runners:
        runner.shutdown()
    client.message_workers.shutdown()


def listen(bot: Any, listener: Listener, event_type: str = "*") -> None:
    bot.on(event_type)(listener)


def texts(slack: Workspace, channel: str = "general") -> list[str]:
    return [message["text"] for message in slack.messages(channel)]


# RTM


def test_it_holds_a_conversation(slack: Workspace, bot: Any) -> None:
    """Asked by a person, answered over the Web API, thanked, and answered over the socket."""
    heard = list[Message]()

    def answer(client: Any, event: Message) -> None:
        place = {"channel": event["channel"], "thread_ts": event.get("thread_ts") or event["ts"]}
        if "Hello" in event.get("text", ""):
            client.web_client.chat_postMessage(text=f"Hi <@{event['user']}>!", **place)
        elif "Thanks" in event.get("text", ""):
            client.send({"id": 7, "type": "message", "text": "My pleasure", **place})

    listen(bot, answer, "message")
    listen(bot, lambda _, event: heard.append(event))
    bot.connect()
    slack.wait_until(lambda: slack.connections)
    hello = slack.say("general", "alice", "Hello")
    slack.wait_until(lambda: len(slack.messages("general")) == 2)
    slack.say("general", "alice", "Thanks", thread_ts=hello["ts"])
    slack.wait_until(lambda: [event for event in heard if "reply_to" in event])
    alice = slack.user_id("alice")
    assert texts(slack) == ["Hello", f"Hi <@{alice}>!", "Thanks", "My pleasure"]
    assert {m["thread_ts"] for m in slack.messages("general")} == {hello["ts"]}
    (ack,) = [event for event in heard if "reply_to" in event]
    assert (ack["ok"], ack["reply_to"], ack["text"]) == (True, 7, "My pleasure")
    assert ack["ts"] == slack.messages("general")[-1]["ts"]
    plain = [e["text"] for e in heard if e.get("type") == "message" and "subtype" not in e]
    assert plain == ["Hello", "Thanks"]


def test_it_is_found_again_after_a_cut(slack: Workspace, bot: Any) -> None:
    heard = list[Message]()
    listen(bot, lambda _, event: heard.append(event))
    bot.connect()
    slack.wait_until(lambda: "hello" in [event["type"] for event in heard])
    slack.connections[0].cut()
    slack.wait_until(lambda: [c.number for c in slack.connections] == [2])
    slack.say("general", "alice", "There you are")
    slack.wait_until(lambda: "There you are" in [event.get("text") for event in heard])
    assert len(slack.calls("rtm.connect")) == 2


def test_it_answers_the_clients_pings_and_sees_it_leave(slack: Workspace, bot: Any) -> None:
    bot.auto_reconnect_enabled = bot.default_auto_reconnect_enabled = False
    bot.connect()
    slack.wait_until(lambda: slack.connections)
    bot.current_session.ping("are you there?")
    slack.wait_until(lambda: bot.current_session.last_ping_pong_time)
    bot.disconnect()
    slack.wait_until(lambda: not slack.connections)
    assert slack.past_connections[0].client_close is None  # it leaves without CLOSE


# The Web API


def test_it_introduces_everybody(slack: Workspace, client: Any) -> None:
    me = client.auth_test()
    assert (me["user_id"], me["bot_id"]) == (slack.bot_user_id, slack.bot_id)
    assert client.bots_info(bot=slack.bot_id)["bot"]["name"] == me["user"] == "greeter"
    assert client.team_info()["team"]["id"] == me["team_id"] == slack.team_id
    members: list[Message] = client.users_list()["members"]
    assert {"alice", "bob", "carol", "greeter"} <= {m["name"] for m in members}
    alice = slack.user_id("alice")
    assert client.users_info(user=alice)["user"]["name"] == "alice"
    assert client.users_getPresence(user=alice)["presence"] == "active"
    assert client.api_test(foo="bar")["args"] == {"foo": "bar"}


def test_it_is_paged_through(slack: Workspace, client: Any) -> None:
    for number in range(5):
        slack.say("general", "alice", f"{number}")
    channel = slack.channel_id("general")
    pages = client.conversations_history(channel=channel, limit=2)
    said = [[m["text"] for m in page["messages"]] for page in pages]
    assert said == [["4", "3"], ["2", "1"], ["0"]]
    names = [c["name"] for page in client.conversations_list(limit=1) for c in page["channels"]]
    assert names == ["general", "random"]
    people = [
        m
        for page in client.conversations_members(channel=channel, limit=2)
        for m in page["members"]
    ]
    assert len(people) == len(set(people)) == 4


def test_it_lets_messages_be_changed_and_taken_back(slack: Workspace, client: Any) -> None:
    channel = slack.channel_id("general")
    posted = client.chat_postMessage(
        channel=channel,
        text="1 < 2",
        blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "one"}}],
        metadata={"event_type": "sum", "event_payload": {"a": 1}},
    )
    assert posted["message"]["text"] == "1 &lt; 2"
    client.reactions_add(channel=channel, timestamp=posted["ts"], name="eyes")
    client.chat_update(channel=channel, ts=posted["ts"], text="2 > 1")
    history = client.conversations_history(channel=channel, include_all_metadata=True)
    (message,) = history["messages"]
    assert message["text"] == "2 &gt; 1"
    assert message["edited"]["user"] == slack.bot_user_id
    assert message["reactions"] == [{"name": "eyes", "users": [slack.bot_user_id], "count": 1}]
    assert message["metadata"] == {"event_type": "sum", "event_payload": {"a": 1}}
    client.reactions_remove(channel=channel, timestamp=posted["ts"], name="eyes")
    client.chat_delete(channel=channel, ts=posted["ts"])
    assert client.conversations_history(channel=channel)["messages"] == []


def test_it_opens_direct_messages_and_lets_in(slack: Workspace, client: Any) -> None:
    direct = client.conversations_open(users=[slack.user_id("bob")])["channel"]["id"]
    assert direct.startswith("D")
    client.chat_meMessage(channel=direct, text="waves")
    replies = client.conversations_replies(channel=direct, ts=slack.messages(direct)[0]["ts"])[
        "messages"
    ]
    assert [m["text"] for m in replies] == ["waves"]
    other = slack.add_channel("other", members=["alice"])
    assert client.conversations_join(channel=other)["channel"]["is_member"] is True
    assert client.conversations_info(channel=other)["channel"]["name"] == "other"


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("chat.postMessage", {"channel": "C0", "text": "Hi"}, "channel_not_found"),
        ("no.method", {}, "unknown_method"),
        ("conversations.info", {}, "invalid_arguments"),
    ],
)
def test_it_refuses_as_the_client_expects(
    client: Any, method: str, arguments: Message, code: str
) -> None:
    with pytest.raises(SlackApiError) as raised:
        client.api_call(method, data=arguments)
    error: Any = raised.value
    response = error.response
    assert (response["error"], response.status_code) == (code, 200)


def test_it_makes_the_clients_own_retries_work() -> None:
    """Its handler waits for the seconds of Retry-After, and the next call has to succeed."""
    with Workspace(limits=Limits(posts=Rate(1.0, 1))) as slack:
        client: Any = WebClient(
            slack.bot_token,
            base_url=slack.base_url,
            retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)],
        )
        for text in ("one", "two"):
            client.chat_postMessage(channel=slack.channel_id("general"), text=text)
        assert texts(slack) == ["one", "two"]
        assert len(slack.calls("chat.postMessage")) == 3
