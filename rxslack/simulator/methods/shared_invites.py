"""conversations.inviteShared, acceptSharedInvite, approveSharedInvite, declineSharedInvite, listConnectInvites."""

from __future__ import annotations

from typing import Final

from rxslack.simulator.methods.request import Method, Request, page_of
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel_events import announce_channel
from rxslack.simulator.team.invites import connect, new_invite, tell_invite, user_shown
from rxslack.simulator.team.text import Json

SEND: Final = ("conversations.connect:write",)
MANAGE: Final = ("conversations.connect:manage",)


@Method("conversations.inviteShared", "tier2", SEND, kinds=("xoxb",))
def invite(request: Request) -> Json:
    """
    Invite somebody of another workspace into a channel, by address or id.

    Source: docs.slack.dev/reference/methods/conversations.inviteShared.
    """
    team, channel = request.team, request.channel()
    emails, users = request.ids("emails"), request.ids("user_ids")
    if len(emails) + len(users) != 1:
        raise Refused("invalid_arguments")
    if request.user_id not in channel.members:
        raise Refused("not_in_channel")
    if users and not (users[0] in team.people and team.people[users[0]].team):
        raise Refused("user_not_found")
    recipient = {"recipient_email": emails[0]} if emails else {"recipient_user_id": users[0]}
    with team.lock:
        made = new_invite(
            team,
            "outgoing",
            {
                "id": channel.id,
                "name": channel.name,
                "is_private": channel.kind != "public",
                "is_im": False,
            },
            by=user_shown(team.people[request.user_id], team.id),
            workspace={"id": team.id, "name": team.name, "domain": team.domain},
            recipient=recipient,
        )
        request.state.invites[made["invite"]["id"]] = made
    answer: Json = {"invite_id": made["invite"]["id"], "is_legacy_shared_channel": False}
    if emails and request.flag("external_limited", default=True):
        answer |= {
            "conf_code": team.identity.letters(12),
            "url": f"https://join.slack.com/share/{made['invite']['id']}",
        }
    return answer


@Method("conversations.acceptSharedInvite", "tier2", SEND, kinds=("xoxb",))
def accept(request: Request) -> Json:
    """
    Accept an invitation that was sent to the app; the channel is here then, under a name of one's own.

    Source: docs.slack.dev/reference/methods/conversations.acceptSharedInvite.
    """
    team, name = request.team, request.required("channel_name")
    found = _invite(request, "incoming")
    with team.lock:
        if any(name == other.name for other in team.channels.values()):
            raise Refused("name_taken")
        kind = "private" if request.flag("is_private") else "public"
        channel = team.add_channel(
            name, kind=kind, members=[request.user_id], creator=request.user_id
        )
        announce_channel(team, channel)
        connect(team, channel, found["invite"]["inviting_team"]["name"])
        found |= {"status": "accepted", "date_last_updated": int(team.clock())}
        found["channel"]["id"] = channel.id
    return {
        "implicit_approval": True,
        "channel_id": channel.id,
        "invite_id": found["invite"]["id"],
    }


@Method("conversations.approveSharedInvite", "tier2", MANAGE, kinds=("xoxb",))
def approve(request: Request) -> Json:
    """
    Approve what somebody accepted.

    Source: docs.slack.dev/reference/methods/conversations.approveSharedInvite.
    """
    found = _invite(request, "outgoing", status="accepted")
    with request.team.lock:
        found["status"] = "approved"
        tell_invite(request.team, found, "approved", approving_team_id=request.team.id)
    return {}


@Method("conversations.declineSharedInvite", "tier2", MANAGE, kinds=("xoxb",))
def decline(request: Request) -> Json:
    """Say no. Source: docs.slack.dev/reference/methods/conversations.declineSharedInvite."""
    found = _invite(request, "")
    with request.team.lock:
        found["status"] = "declined"
        tell_invite(request.team, found, "declined", declining_team_id=request.team.id)
    return {}


@Method("conversations.listConnectInvites", "tier1", MANAGE, kinds=("xoxb",))
def list_invites(request: Request) -> Json:
    """All that wait. Source: docs.slack.dev/reference/methods/conversations.listConnectInvites."""
    page, metadata = page_of(request, [*request.state.invites.values()], most=100)
    return {"invites": [dict(one) for one in page]} | metadata


def _invite(request: Request, direction: str, *, status: str = "sent") -> Json:
    found = request.state.invites.get(request.required("invite_id"))
    if found is None or direction not in ("", found["direction"]):
        raise Refused("invite_not_found")
    if found["status"] != status:
        raise Refused("invalid_action")
    return found
