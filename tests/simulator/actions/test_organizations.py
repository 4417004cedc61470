"""People and channels that are not of the workspace alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rxslack.simulator import MODERN_BOT_SCOPES, Workspace

Json = dict[str, Any]
Told = Callable[..., list[Json]]
ErrorOf = Callable[..., str]


def test_it_becomes_part_of_an_organization(modern: Workspace, told: Told, bot: Any) -> None:
    made = modern.join_enterprise("Acme Corp")
    events = told("grid_migration_started", "grid_migration_finished")
    assert [event["enterprise_id"] for event in events] == [made, made]
    assert bot.auth_test()["enterprise_id"] == made
    assert bot.team_info()["team"]["enterprise_domain"] == "acmecorp"
    user = bot.users_info(user=modern.user_id("alice"))["user"]
    assert user["enterprise_user"]["teams"] == [modern.team_id]
    modern.say("general", "alice", "Hello")
    around = modern.socket_mode.delivered[-1].payload
    assert (around["enterprise_id"], around["authorizations"][0]["enterprise_id"]) == (made, made)
    used = modern.interactions.command("general", "alice", "/weather")
    assert used.payload["enterprise_name"] == "Acme Corp"
    used = modern.interactions.shortcut("alice", "new")
    assert used.payload["enterprise"] == {"id": made, "name": "Acme Corp"}


def test_it_is_in_an_organization_from_the_beginning() -> None:
    with Workspace(enterprise="Acme Corp", bot_scopes=MODERN_BOT_SCOPES) as slack:
        assert slack.web.call("team.info")["team"]["enterprise_name"] == "Acme Corp"


def test_it_lets_a_guest_into_some_channels_alone(modern: Workspace, told: Told, bot: Any) -> None:
    modern.add_guest("gina", ["general"], invited_by="bob", until=2_000_000_000)
    modern.add_channel("more")
    (event,) = told("team_join")
    user, profile = event["user"], event["user"]["profile"]
    assert (user["is_restricted"], user["is_ultra_restricted"]) == (True, True)
    assert profile["guest_invited_by"] == modern.user_id("bob")
    mine = bot.users_conversations(user=modern.user_id("gina"))["channels"]
    assert [one["name"] for one in mine] == ["general"]


def test_it_shares_a_channel_with_another_workspace(
    modern: Workspace, told: Told, bot: Any
) -> None:
    partner = modern.share_channel("general", "Partner Inc")
    eve = modern.add_outsider("eve", partner)
    assert bot.users_info(user=eve)["user"]["is_stranger"] is True
    modern.join("general", "eve")
    said = modern.say("general", "eve", f"<@{modern.bot_user_id}> Hello")
    shown = bot.conversations_info(channel=said["channel"])["channel"]
    assert (shown["is_ext_shared"], shown["connected_team_ids"]) == (True, [partner])
    (mention,) = told("app_mention")
    assert (mention["user_team"], mention["user_profile"]["name"]) == (partner, "eve")
    assert modern.socket_mode.delivered[-1].payload["is_ext_shared_channel"] is True
    user = bot.users_info(user=eve)["user"]
    assert (user["team_id"], user["is_stranger"]) == (partner, False)
    assert eve not in [one["id"] for one in bot.users_list()["members"]]

    modern.unshare_channel("general", partner)
    assert told("channel_unshared")[0]["previously_connected_team_id"] == partner
    assert eve not in bot.conversations_members(channel=said["channel"])["members"]


def test_it_keeps_outsiders_where_nothing_is_shared(modern: Workspace) -> None:
    with pytest.raises(LookupError, match="share_channel makes one"):
        modern.add_outsider("eve", "T0")
    modern.add_outsider("eve", modern.share_channel("general", "Partner Inc"))
    with pytest.raises(ValueError, match="is not shared with"):
        modern.join("random", "eve")


def test_it_lets_only_some_people_post(
    modern: Workspace, told: Told, bot: Any, error_of: ErrorOf
) -> None:
    channel = modern.channel_id("general")
    root = modern.say("general", "alice", "Hello")["ts"]
    modern.restrict("general", posting=["alice"], threads=["alice"])
    assert told("message")[-1]["subtype"] == "channel_posting_permissions"
    shown = bot.conversations_list()["channels"][0]["properties"]
    assert shown["posting_restricted_to"]["user"] == [modern.user_id("alice")]
    said: Json = {"channel": channel, "text": "a"}
    assert error_of(bot.chat_postMessage, **said) == "restricted_action_read_only_channel"
    refused = error_of(bot.chat_postMessage, **said, thread_ts=root)
    assert refused == "restricted_action_thread_locked"
    modern.restrict("general")
    bot.chat_postMessage(**said)


def test_it_tells_of_a_second_factor(modern: Workspace, told: Told) -> None:
    modern.secure("alice", "sms")
    (event,) = told("user_change")
    assert (event["user"]["has_2fa"], event["user"]["two_factor_type"]) == (True, "sms")


def test_it_has_bots_of_other_apps(modern: Workspace, told: Told, bot: Any) -> None:
    other = modern.add_bot("other")
    modern.join("general", "other")
    said = modern.say("general", "other", "Beep")
    assert (said["user"], said["bot_profile"]["name"]) == (other, "other")
    assert "client_msg_id" not in said
    assert bot.bots_info(bot=said["bot_id"])["bot"]["user_id"] == other
    assert told("team_join")[0]["user"]["profile"]["always_active"] is True


def test_it_keeps_what_is_beyond_it(modern: Workspace, tmp_path: Any) -> None:
    modern.join_enterprise("Acme Corp")
    modern.add_guest("gina", ["general"])
    partner = modern.share_channel("general", "Partner Inc")
    modern.add_bot("other")
    modern.save(tmp_path / "kept.json")
    with Workspace(data=tmp_path / "kept.json", bot_scopes=MODERN_BOT_SCOPES) as again:
        user = again.web.call("users.info", user=again.user_id("gina"))["user"]
        assert (user["is_ultra_restricted"], "enterprise_user" in user) == (True, True)
        again.add_outsider("eve", partner)
        again.join("general", "eve")
        assert again.say("general", "other", "Beep")["bot_profile"]["name"] == "other"
