"""Invitations to channels across workspaces, by somebody else's client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rxslack.simulator import Workspace

Json = dict[str, Any]
Told = Callable[..., list[Json]]
ErrorOf = Callable[..., str]


def test_it_invites_somebody_of_another_workspace(
    modern: Workspace, told: Told, bot: Any, error_of: ErrorOf
) -> None:
    channel = modern.channel_id("general")
    invite = bot.conversations_inviteShared(channel=channel, emails=["eve@partner.example"])
    (listed,) = bot.conversations_listConnectInvites()["invites"]
    assert (listed["direction"], listed["status"]) == ("outgoing", "sent")
    eve = modern.accept_invite(invite["invite_id"], "eve", "Partner Inc")
    (event,) = told("shared_channel_invite_accepted")
    assert event["accepting_user"]["id"] == eve
    assert [one["name"] for one in event["teams_in_channel"]] == ["Simulated", "Partner Inc"]
    assert told("channel_shared")
    assert eve in bot.conversations_members(channel=channel)["members"]
    bot.conversations_approveSharedInvite(invite_id=invite["invite_id"])
    assert told("shared_channel_invite_approved")
    assert bot.conversations_listConnectInvites()["invites"][0]["status"] == "approved"
    bot.conversations_inviteShared(channel=channel, user_ids=[eve])
    refused = error_of(
        bot.conversations_inviteShared, channel=channel, user_ids=[modern.user_id("bob")]
    )
    assert refused == "user_not_found"
    with pytest.raises(LookupError, match="waits for an answer"):
        modern.accept_invite(invite["invite_id"], "eva", "Partner Inc")


def test_it_is_invited_by_another_workspace(
    modern: Workspace, told: Told, bot: Any, error_of: ErrorOf
) -> None:
    invite = modern.invite_app("deals", "Partner Inc")
    (event,) = told("shared_channel_invite_received")
    assert event["invite"]["inviting_team"]["name"] == "Partner Inc"
    asked: Json = {"channel_name": "partner-deals", "invite_id": invite}
    made = bot.conversations_acceptSharedInvite(**asked)["channel_id"]
    shown = bot.conversations_info(channel=made)["channel"]
    assert (shown["name"], shown["is_ext_shared"]) == ("partner-deals", True)
    assert error_of(bot.conversations_acceptSharedInvite, **asked) == "invalid_action"


def test_it_declines(modern: Workspace, told: Told, bot: Any, error_of: ErrorOf) -> None:
    invite = modern.invite_app("deals", "Partner Inc")
    bot.conversations_declineSharedInvite(invite_id=invite)
    assert told("shared_channel_invite_declined")[0]["invite"]["id"] == invite
    lost = error_of(bot.conversations_declineSharedInvite, invite_id="I0")
    assert lost == "invite_not_found"
