"""Messages for later, and messages for one person alone."""

from typing import Any

import pytest
from slack_sdk import WebClient as SlackSdkClient

from rxslack.errors import ApiError
from rxslack.simulator import Workspace


def test_it_says_a_scheduled_message_when_its_time_has_come(slack: Workspace) -> None:
    channel, now = slack.channel_id("general"), int(slack.clock())
    later = slack.web.call("chat.scheduleMessage", channel=channel, text="b", post_at=now + 100)
    slack.web.call("chat.scheduleMessage", channel=channel, text="a", post_at=now + 50)
    listed = slack.web.call("chat.scheduledMessages.list")["scheduled_messages"]
    assert [(one["text"], one["post_at"]) for one in listed] == [("b", now + 100), ("a", now + 50)]
    assert listed[0]["id"] == later["scheduled_message_id"]
    assert slack.messages("general") == []
    slack.clock.advance(150)
    slack.web.call("auth.test")
    assert [message["text"] for message in slack.messages("general")] == ["a", "b"]
    assert slack.web.call("chat.scheduledMessages.list")["scheduled_messages"] == []


def test_it_takes_a_scheduled_message_back(slack: Workspace) -> None:
    channel, now = slack.channel_id("general"), int(slack.clock())
    made = slack.web.call("chat.scheduleMessage", channel=channel, text="a", post_at=now + 50)
    place = {"channel": channel, "scheduled_message_id": made["scheduled_message_id"]}
    slack.web.call("chat.deleteScheduledMessage", **place)
    slack.clock.advance(100)
    with pytest.raises(ApiError, match="invalid_scheduled_message_id"):
        slack.web.call("chat.deleteScheduledMessage", **place)
    assert slack.messages("general") == []


def test_it_never_says_a_scheduled_message_with_metadata(slack: Workspace) -> None:
    """Slack's own documentation warns of it."""
    slack.web.call(
        "chat.scheduleMessage",
        channel=slack.channel_id("general"),
        text="a",
        post_at=int(slack.clock()) + 5,
        metadata={"event_type": "x", "event_payload": {}},
    )
    slack.clock.advance(10)
    slack.web.call("auth.test")
    assert slack.messages("general") == []


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(-5, "time_in_past"), (121 * 24 * 3600, "time_too_far")],
)
def test_it_schedules_for_the_next_120_days_only(slack: Workspace, seconds: int, code: str) -> None:
    with pytest.raises(ApiError, match=code):
        slack.web.call(
            "chat.scheduleMessage",
            channel=slack.channel_id("general"),
            text="a",
            post_at=int(slack.clock()) + seconds,
        )


def test_it_schedules_no_more_than_30_in_five_minutes(slack: Workspace) -> None:
    channel, now = slack.channel_id("general"), int(slack.clock())
    for number in range(30):
        slack.web.call("chat.scheduleMessage", channel=channel, text="a", post_at=now + 99 + number)
    with pytest.raises(ApiError, match="restricted_too_many"):
        slack.web.call("chat.scheduleMessage", channel=channel, text="a", post_at=now + 99)


def test_it_refuses_what_is_no_time_and_what_is_no_message(slack: Workspace) -> None:
    channel, later = slack.channel_id("general"), int(slack.clock()) + 99
    for arguments, code in (
        ({"text": "a", "post_at": "soon"}, "invalid_time"),
        ({"post_at": later}, "no_text"),
    ):
        with pytest.raises(ApiError, match=code):
            slack.web.call("chat.scheduleMessage", channel=channel, **arguments)


def test_it_tells_one_person_alone(slack: Workspace) -> None:
    channel, alice = slack.channel_id("general"), slack.user_id("alice")
    parent = slack.say("general", "alice", "Hello")
    answer = slack.web.call(
        "chat.postEphemeral", channel=channel, user=alice, text="Psst", thread_ts=parent["ts"]
    )
    (seen,) = slack.ephemerals("alice")
    assert (seen["text"], seen["is_ephemeral"], seen["ts"]) == ("Psst", True, answer["message_ts"])
    assert seen["thread_ts"] == parent["ts"]
    assert slack.ephemerals("bob") == []
    assert [message["text"] for message in slack.messages("general")] == ["Hello"]


def test_it_tells_nobody_who_is_not_there(slack: Workspace) -> None:
    channel = slack.channel_id("general")
    for arguments, code in (
        ({"user": "U0", "text": "a"}, "user_not_in_channel"),
        ({"user": slack.user_id("alice")}, "no_text"),
        ({"text": "a"}, "invalid_arguments"),
    ):
        with pytest.raises(ApiError, match=code):
            slack.web.call("chat.postEphemeral", channel=channel, **arguments)


def test_it_serves_somebody_else_s_client(slack: Workspace) -> None:
    client: Any = SlackSdkClient(slack.bot_token, base_url=slack.base_url)
    channel = slack.channel_id("general")
    client.chat_postEphemeral(channel=channel, user=slack.user_id("bob"), text="Psst")
    client.chat_scheduleMessage(channel=channel, text="a", post_at=int(slack.clock()) + 9)
    assert len(slack.ephemerals("bob")) == 1
    assert len(slack.web.call("chat.scheduledMessages.list")["scheduled_messages"]) == 1
