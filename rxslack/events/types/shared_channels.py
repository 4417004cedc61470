"""Slack Connect: channels shared with other workspaces, and invitations to them."""

from typing import Literal, NotRequired, TypedDict

from rxslack.events.types.objects import Team
from rxslack.events.types.objects_user import User

__all__ = [
    "ChannelSharedEvent",
    "ChannelUnsharedEvent",
    "InviteActor",
    "InviteTarget",
    "SharedChannel",
    "SharedChannelInvite",
    "SharedChannelInviteAcceptedEvent",
    "SharedChannelInviteApprovedEvent",
    "SharedChannelInviteDeclinedEvent",
    "SharedChannelInviteReceivedEvent",
    "SharedChannelInviteRequestedEvent",
]


class ChannelSharedEvent(TypedDict):
    """
    A channel is shared with a workspace.

    Source: docs.slack.dev/reference/events/channel_shared.
    """

    type: Literal["channel_shared"]
    channel: str
    connected_team_id: str
    event_ts: NotRequired[str]


class ChannelUnsharedEvent(TypedDict):
    """
    A channel is no longer shared with a workspace.

    Source: docs.slack.dev/reference/events/channel_unshared.
    """

    type: Literal["channel_unshared"]
    channel: str
    previously_connected_team_id: str
    is_ext_shared: NotRequired[bool]  # with others still
    event_ts: NotRequired[str]


class SharedChannel(TypedDict):
    """The channel. Source: docs.slack.dev/reference/events/shared_channel_invite_accepted."""

    id: str
    name: NotRequired[str]
    is_private: NotRequired[bool]
    is_im: NotRequired[bool]


class SharedChannelInvite(TypedDict):
    """The invitation. Source: docs.slack.dev/reference/events/shared_channel_invite_accepted."""

    id: str  # "I028YDERZSQ"
    date_created: NotRequired[int]  # unix seconds
    date_invalid: NotRequired[int]  # unix seconds
    inviting_team: NotRequired[Team]
    inviting_user: NotRequired[User]
    recipient_email: NotRequired[str]
    recipient_user_id: NotRequired[str]
    link: NotRequired[str]
    is_sponsored: NotRequired[bool]
    is_external_limited: NotRequired[bool]


class SharedChannelInviteReceivedEvent(TypedDict):
    """
    Your app is invited to a channel.

    Source: docs.slack.dev/reference/events/shared_channel_invite_received.
    """

    type: Literal["shared_channel_invite_received"]
    invite: SharedChannelInvite
    channel: SharedChannel
    event_ts: NotRequired[str]


class SharedChannelInviteAcceptedEvent(TypedDict):
    """
    Someone accepted an invitation.

    Source: docs.slack.dev/reference/events/shared_channel_invite_accepted.
    """

    type: Literal["shared_channel_invite_accepted"]
    invite: SharedChannelInvite
    channel: SharedChannel
    approval_required: NotRequired[bool]
    accepting_user: NotRequired[User]
    teams_in_channel: NotRequired[list[Team]]
    event_ts: NotRequired[str]


class SharedChannelInviteApprovedEvent(TypedDict):
    """
    Someone approved an invitation.

    Source: docs.slack.dev/reference/events/shared_channel_invite_approved.
    """

    type: Literal["shared_channel_invite_approved"]
    invite: SharedChannelInvite
    channel: SharedChannel
    approving_team_id: NotRequired[str]
    approving_user: NotRequired[User]
    teams_in_channel: NotRequired[list[Team]]
    event_ts: NotRequired[str]


class SharedChannelInviteDeclinedEvent(TypedDict):
    """
    Someone declined an invitation.

    Source: docs.slack.dev/reference/events/shared_channel_invite_declined.
    """

    type: Literal["shared_channel_invite_declined"]
    invite: SharedChannelInvite
    channel: SharedChannel
    declining_team_id: NotRequired[str]
    declining_user: NotRequired[User]
    teams_in_channel: NotRequired[list[Team]]
    event_ts: NotRequired[str]


class InviteActor(TypedDict, total=False):
    """Who asks. Source: docs.slack.dev/reference/events/shared_channel_invite_requested."""

    id: str
    name: str
    is_bot: bool
    team_id: str
    timezone: str
    real_name: str
    display_name: str


class InviteTarget(TypedDict, total=False):
    """Who is to come. Source: docs.slack.dev/reference/events/shared_channel_invite_requested."""

    email: str
    user_id: str
    invite_id: str


class SharedChannelInviteRequestedEvent(TypedDict):
    """
    Someone asks to invite people from outside.

    Source: docs.slack.dev/reference/events/shared_channel_invite_requested.
    """

    type: Literal["shared_channel_invite_requested"]
    channel_id: str
    actor: NotRequired[InviteActor]
    event_type: NotRequired[str]  # "slack#/events/shared_channel_invite_requested"
    channel_name: NotRequired[str]
    channel_type: NotRequired[str]  # "public" or "private"
    target_users: NotRequired[list[InviteTarget]]
    teams_in_channel: NotRequired[list[Team]]
    is_external_limited: NotRequired[bool]
    channel_date_created: NotRequired[int]  # unix seconds
    channel_message_latest_counted_timestamp: NotRequired[int]  # unix microseconds
    event_ts: NotRequired[str]
