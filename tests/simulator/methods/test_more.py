"""The methods that bot authors use besides talking: each with somebody else's client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

import rxslack
from rxslack.simulator import MODERN_BOT_SCOPES, Limits, Workspace

Json = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(bot_scopes=MODERN_BOT_SCOPES, limits=Limits.off()) as slack:
        yield slack


@pytest.fixture
def bot(slack: Workspace) -> Any:
    return WebClient(slack.bot_token, base_url=slack.base_url)


@pytest.fixture
def person(slack: Workspace) -> Any:
    return WebClient(slack.user_token, base_url=slack.base_url)


def error_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as raised:
        call(**arguments)
    failure: Any = raised.value
    return str(failure.response["error"])


def test_it_makes_changes_and_closes_channels(slack: Workspace, bot: Any) -> None:
    alice, bob = slack.user_id("alice"), slack.user_id("bob")
    with rxslack.socket_mode(slack.app).subscribe():
        slack.wait_until(lambda: slack.connections)
        channel = bot.conversations_create(name="project")["channel"]["id"]
        bot.conversations_invite(channel=channel, users=f"{alice},{bob}")
        topic = bot.conversations_setTopic(channel=channel, topic="What next")["channel"]["topic"]
        assert topic["value"] == "What next"
        assert bot.conversations_setPurpose(channel=channel, purpose="All")["purpose"] == "All"
        renamed = bot.conversations_rename(channel=channel, name="plans")["channel"]
        assert (renamed["name"], renamed["previous_names"]) == ("plans", ["project"])
        bot.conversations_kick(channel=channel, user=bob)
        assert bot.conversations_members(channel=channel)["members"] == [slack.bot_user_id, alice]
        bot.conversations_mark(channel=channel, ts=slack.messages("plans")[0]["ts"])
        bot.conversations_archive(channel=channel)
        assert error_of(bot.chat_postMessage, channel=channel, text="a") == "is_archived"
        bot.conversations_unarchive(channel=channel)
        told = [one.payload["event"]["type"] for one in slack.socket_mode.delivered]
    wanted = ["channel_created", "channel_rename", "channel_archive", "channel_unarchive"]
    assert [kind for kind in told if kind in wanted] == wanted
    subtypes = [message.get("subtype") for message in slack.messages("plans")]
    assert [one for one in subtypes if "join" not in str(one)] == [
        "channel_topic",
        "channel_purpose",
        "channel_name",
        "channel_leave",
        "channel_archive",
        "channel_unarchive",
    ]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("general", "name_taken"),
        ("Big", "invalid_name_specials"),
        ("a b", "invalid_name_specials"),
        ("x" * 81, "invalid_name_maxlength"),
        ("-", "invalid_name_punctuation"),
    ],
)
def test_it_takes_only_names_that_channels_may_have(bot: Any, name: str, error: str) -> None:
    assert error_of(bot.conversations_create, name=name) == error


def test_it_says_whom_it_could_not_invite(slack: Workspace, bot: Any) -> None:
    channel, alice = slack.channel_id("general"), slack.user_id("alice")
    invite = bot.conversations_invite
    assert error_of(invite, channel=channel, users="U0") == "user_not_found"
    assert error_of(invite, channel=channel, users=alice) == "already_in_channel"


def test_it_pins_and_bookmarks(slack: Workspace, bot: Any) -> None:
    channel, ts = slack.channel_id("general"), slack.say("general", "alice", "Rules")["ts"]
    bot.pins_add(channel=channel, timestamp=ts)
    assert error_of(bot.pins_add, channel=channel, timestamp=ts) == "already_pinned"
    (item,) = bot.pins_list(channel=channel)["items"]
    assert item["message"]["text"] == "Rules"
    assert bot.conversations_history(channel=channel)["messages"][0]["pinned_to"] == [channel]
    bot.pins_remove(channel=channel, timestamp=ts)
    assert error_of(bot.pins_remove, channel=channel, timestamp=ts) == "no_pin"
    made = bot.bookmarks_add(
        channel_id=channel, title="Docs", type="link", link="https://a.example"
    )["bookmark"]
    bot.bookmarks_edit(channel_id=channel, bookmark_id=made["id"], title="Guide")
    assert bot.bookmarks_list(channel_id=channel)["bookmarks"][0]["title"] == "Guide"
    bot.bookmarks_remove(channel_id=channel, bookmark_id=made["id"])
    assert bot.bookmarks_list(channel_id=channel)["bookmarks"] == []


def test_it_knows_people_by_address_and_lets_them_say_who_they_are(
    slack: Workspace, bot: Any, person: Any
) -> None:
    assert bot.users_lookupByEmail(email="bob@simulated.example")["user"]["name"] == "bob"
    assert error_of(bot.users_lookupByEmail, email="nobody@a.example") == "users_not_found"
    person.users_profile_set(profile={"status_text": "Away", "status_emoji": ":palm_tree:"})
    profile = bot.users_profile_get(user=slack.user_id("alice"))["profile"]
    assert (profile["status_text"], profile["email"]) == ("Away", "alice@simulated.example")
    assert profile["status_emoji_display_info"][0]["unicode"] == "1f334"


def test_it_has_groups_of_people(slack: Workspace, bot: Any) -> None:
    alice = slack.user_id("alice")
    group = bot.usergroups_create(name="On call", handle="oncall")["usergroup"]["id"]
    bot.usergroups_users_update(usergroup=group, users=[alice])
    assert bot.usergroups_users_list(usergroup=group)["users"] == [alice]
    bot.usergroups_disable(usergroup=group)
    assert bot.usergroups_list()["usergroups"] == []
    bot.usergroups_enable(usergroup=group)
    assert bot.usergroups_list(include_users=True)["usergroups"][0]["users"] == [alice]
    assert error_of(bot.usergroups_users_list, usergroup="S0") == "no_such_subteam"


def test_it_tells_of_reactions_emoji_files_and_links(slack: Workspace, bot: Any) -> None:
    channel, ts = slack.channel_id("general"), slack.say("general", "alice", "See")["ts"]
    bot.reactions_add(channel=channel, timestamp=ts, name="eyes")
    found = bot.reactions_get(channel=channel, timestamp=ts)["message"]["reactions"]
    assert found == [{"name": "eyes", "users": [slack.bot_user_id], "count": 1}]
    assert bot.reactions_list(user=slack.bot_user_id)["items"][0]["message"]["ts"] == ts
    slack.add_emoji("party")
    assert "party" in bot.emoji_list()["emoji"]
    link = bot.chat_getPermalink(channel=channel, message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/{channel}/p{ts.replace('.', '')}")
    bot.chat_unfurl(channel=channel, ts=ts, unfurls={"https://a.example": {"text": "A page"}})
    assert slack.messages("general")[0]["attachments"][0]["text"] == "A page"
    file = bot.files_upload_v2(content="Hello", filename="a.txt", channel=channel)["file"]["id"]
    assert [one["id"] for one in bot.files_list()["files"]] == [file]
    bot.files_delete(file=file)
    assert bot.files_list()["files"] == []
    assert slack.messages("general")[-1]["files"] == [{"id": file, "mode": "tombstone"}]


def test_it_finds_what_a_person_looks_for(slack: Workspace, person: Any, bot: Any) -> None:
    slack.say("general", "alice", "Lunch at noon")
    slack.say("random", "bob", "Lunch later")
    slack.upload("general", "alice", "lunch.txt", "Soup")
    found = person.search_messages(query="lunch in:random")["messages"]["matches"]
    assert [(one["text"], one["channel"]["name"]) for one in found] == [("Lunch later", "random")]
    assert person.search_all(query="lunch")["files"]["total"] == 1
    assert error_of(bot.search_messages, query="lunch") == "not_allowed_token_type"


def test_it_lets_people_be_left_alone_and_reminded(slack: Workspace, person: Any) -> None:
    person.dnd_setSnooze(num_minutes=10)
    assert person.dnd_info()["snooze_enabled"] is True
    slack.clock.advance(601.0)
    assert person.dnd_info()["snooze_enabled"] is False
    made = person.reminders_add(text="Tea", time="60")["reminder"]["id"]
    person.reminders_complete(reminder=made)
    assert person.reminders_list()["reminders"][0]["complete_ts"]
    person.reminders_delete(reminder=made)
    assert error_of(person.reminders_info, reminder=made) == "not_found"


def test_it_ends_steps_of_workflows(slack: Workspace, bot: Any) -> None:
    with rxslack.socket_mode(slack.app).subscribe():
        slack.wait_until(lambda: slack.connections)
        first, second = (slack.run_function("sum", {"a": 1}) for _ in range(2))
        slack.wait_until(lambda: all(one.is_settled for one in slack.socket_mode.delivered))
    token = slack.socket_mode.delivered[0].payload["event"]["bot_access_token"]
    assert token.startswith("xwfp-")
    assert token not in str(slack.transcript)
    bot.functions_completeSuccess(function_execution_id=first, outputs={"sum": 2})
    bot.functions_completeError(function_execution_id=second, error="no")
    assert slack.functions[first]["outputs"] == {"sum": 2}
    assert slack.functions[second]["error"] == "no"
    again = error_of(bot.functions_completeError, function_execution_id=first, error="no")
    assert again == "function_already_completed"


def test_it_is_told_that_it_was_uninstalled(modern: Workspace, told: Any) -> None:
    client: Any = WebClient(modern.bot_token, base_url=modern.base_url)
    modern.uninstall()
    (event,) = told("tokens_revoked")
    assert event["tokens"] == {
        "oauth": [modern.user_id("alice")],
        "bot": [modern.bot_user_id],
    }
    assert len(told("app_uninstalled")) == 1
    assert error_of(client.auth_test) == "account_inactive"


def test_it_lets_an_app_in_for_a_code_and_out_again(slack: Workspace, bot: Any) -> None:
    client: Any = WebClient(base_url=slack.base_url)
    code = slack.install("bob")
    asked: Json = {"client_id": "1.2", "client_secret": "test", "code": code}
    answer = client.oauth_v2_access(**asked)
    assert (answer["access_token"], answer["authed_user"]) == (
        slack.bot_token,
        {"id": slack.user_id("bob")},
    )
    assert error_of(client.oauth_v2_access, **asked) == "invalid_code"
    assert slack.bot_token not in str(slack.transcript)
    assert bot.auth_teams_list()["teams"][0]["id"] == slack.team_id
    bot.auth_revoke()
    assert error_of(bot.auth_test) == "token_revoked"
