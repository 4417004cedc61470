"""Invitations to channels across workspaces (Slack Connect): sent by the app, and sent to it."""

from __future__ import annotations

from typing import Final

from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.channel_events import announce
from rxslack.simulator.team.people import Person
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["connect", "new_invite", "tell_invite", "user_shown"]

_LIFE: Final = (
    14 * 24 * 3600
)  # seconds; docs.slack.dev/reference/methods/conversations.inviteShared


def new_invite(
    team: Team,
    direction: str,
    channel: Json,
    *,
    by: Json,
    workspace: Json,
    recipient: Json,
) -> Json:
    """
    An invitation, as conversations.listConnectInvites lists it; to be called with the team's lock held.

    Args:
        team: where.
        direction: "outgoing", or "incoming" for one to the app.
        channel: `id` ("" for one that is not here yet), `name`, `is_private`, `is_im`.
        by: who invites, as `user_shown` shows it.
        workspace: from where that is.
        recipient: `recipient_email` or `recipient_user_id`.
    """
    now = int(team.clock())
    return {
        "direction": direction,
        "status": "sent",
        "date_last_updated": now,
        "invite_type": "channel",
        "invite": {
            "id": team.identity.new("I"),
            "date_created": now,
            "date_invalid": now + _LIFE,
            "inviting_team": workspace,
            "inviting_user": by,
            **recipient,
        },
        "channel": channel,
        "acceptances": list[Json](),
    }


def tell_invite(team: Team, invite: Json, kind: str, **more: object) -> None:
    """Tell the app `shared_channel_invite_…`, with the team's lock held."""
    event: Json = {
        "type": f"shared_channel_invite_{kind}",
        "invite": invite["invite"],
        "channel": invite["channel"],
        **more,
        "event_ts": team.stamps.next(),
    }
    team.feed.tell_app(event, to=[team.bot.user_id])


def connect(team: Team, channel: Channel, workspace: str) -> str:
    """Share a channel with another workspace, whose id is returned, and tell `channel_shared`."""
    with team.lock:
        known = {name: other for other, name in team.connected.items()}
        other = known.get(workspace) or team.identity.new("T")
        team.connected[other] = workspace
        if other not in channel.connected:
            channel.connected.append(other)
            announce(team, channel, "channel_shared", connected_team_id=other)
        return other


def user_shown(person: Person, team_id: str) -> Json:
    """Who somebody is, as far as another workspace is told."""
    names = dict.fromkeys(("display_name", "display_name_normalized"), person.name)
    profile = {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        **names,
        "team": person.team or team_id,
        "email": person.email,
    }
    return {
        "id": person.id,
        "team_id": person.team or team_id,
        "name": person.name,
        "updated": person.updated or person.created,
        "profile": profile,
    }
