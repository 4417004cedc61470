"""Apps, over the Events API: mentions, home, links, installation, tokens. Never on RTM."""

from typing import Any, Literal, NotRequired, TypedDict

from rxslack.events.types.message_system import DocumentMention
from rxslack.events.types.objects import Icons, Link, MessageMetadata, Team
from rxslack.events.types.objects_message import MessageKeys

__all__ = [
    "AppDeletedEvent",
    "AppHomeOpenedEvent",
    "AppInstalledEvent",
    "AppLifeKeys",
    "AppMentionEvent",
    "AppRateLimitedEvent",
    "AppRequest",
    "AppRequestResolution",
    "AppRequestedEvent",
    "AppScope",
    "AppUninstalledEvent",
    "AppUninstalledTeamEvent",
    "InviteRequest",
    "InviteRequestedEvent",
    "LinkSharedEvent",
    "MessageMetadataDeletedEvent",
    "MessageMetadataKeys",
    "MessageMetadataPostedEvent",
    "MessageMetadataUpdatedEvent",
    "RequestedApp",
    "RequestingUser",
    "RevokedTokens",
    "TeamAccessGrantedEvent",
    "TeamAccessRevokedEvent",
    "TokensRevokedEvent",
]


class AppMentionEvent(MessageKeys):
    """
    Someone mentioned your app; on RTM look for ``<@...>`` in the text instead.

    Source: docs.slack.dev/reference/events/app_mention.
    """

    type: Literal["app_mention"]
    channel: str
    text: str
    ts: str
    event_ts: str
    user: NotRequired[str]  # absent when a bot did it
    subtype: NotRequired[str]  # as a message's; "document_mention" for a canvas
    bot_id: NotRequired[str | None]
    thread_ts: NotRequired[str]
    document_mention: NotRequired[DocumentMention]


class AppHomeOpenedEvent(TypedDict):
    """Someone opened your app's home. Source: docs.slack.dev/reference/events/app_home_opened."""

    type: Literal["app_home_opened"]
    user: str
    channel: str
    tab: NotRequired[str]  # "home" or "messages"
    view: NotRequired[dict[str, Any]]  # the view your app published, as it made it
    context: NotRequired[dict[str, Any]]  # of an agent; Slack publishes no shape
    event_ts: NotRequired[str]


class LinkSharedEvent(TypedDict):
    """Someone posted a link your app knows. Source: docs.slack.dev/reference/events/link_shared."""

    type: Literal["link_shared"]
    channel: str
    user: str
    links: list[Link]
    message_ts: str  # in the composer an id that is no ts
    thread_ts: NotRequired[str]
    is_bot_user_member: NotRequired[bool]
    unfurl_id: NotRequired[str]
    source: NotRequired[str]  # "conversations_history" or "composer"
    event_ts: NotRequired[str]


class AppRateLimitedEvent(TypedDict):
    """
    Your app gets no more events this minute.

    Source: docs.slack.dev/reference/events/app_rate_limited.
    """

    type: Literal["app_rate_limited"]
    team_id: str
    api_app_id: str
    minute_rate_limited: int  # unix seconds, of the minute
    token: NotRequired[str]


class AppLifeKeys(TypedDict):
    """
    What every event about an app of the organization has.

    Source: docs.slack.dev/reference/events/app_installed.
    """

    app_id: str
    app_name: NotRequired[str]
    app_owner_id: NotRequired[str]
    team_id: NotRequired[str]
    team_domain: NotRequired[str]
    event_ts: NotRequired[str]


class AppInstalledEvent(AppLifeKeys):
    """Someone installed an app. Source: docs.slack.dev/reference/events/app_installed."""

    type: Literal["app_installed"]
    user_id: NotRequired[str]


class AppDeletedEvent(AppLifeKeys):
    """Someone deleted an app. Source: docs.slack.dev/reference/events/app_deleted."""

    type: Literal["app_deleted"]


class AppUninstalledTeamEvent(AppLifeKeys):
    """
    Someone removed an app from a workspace.

    Source: docs.slack.dev/reference/events/app_uninstalled_team.
    """

    type: Literal["app_uninstalled_team"]
    user_id: NotRequired[str]


class AppUninstalledEvent(TypedDict):
    """Your app was removed. Source: docs.slack.dev/reference/events/app_uninstalled."""

    type: Literal["app_uninstalled"]
    event_ts: NotRequired[str]


class RevokedTokens(TypedDict, total=False):
    """The users whose tokens died. Source: docs.slack.dev/reference/events/tokens_revoked."""

    oauth: list[str]
    bot: list[str]


class TokensRevokedEvent(TypedDict):
    """Tokens of your app are dead. Source: docs.slack.dev/reference/events/tokens_revoked."""

    type: Literal["tokens_revoked"]
    tokens: RevokedTokens
    event_ts: NotRequired[str]


class TeamAccessGrantedEvent(TypedDict):
    """
    Your app may enter more workspaces.

    Source: docs.slack.dev/reference/events/team_access_granted.
    """

    type: Literal["team_access_granted"]
    team_ids: list[str]
    event_ts: NotRequired[str]


class TeamAccessRevokedEvent(TypedDict):
    """
    Your app may enter fewer workspaces.

    Source: docs.slack.dev/reference/events/team_access_revoked.
    """

    type: Literal["team_access_revoked"]
    team_ids: list[str]
    event_ts: NotRequired[str]


class AppScope(TypedDict, total=False):
    """A permission an app asks for. Source: docs.slack.dev/reference/events/app_requested."""

    name: str
    description: str
    is_dangerous: bool
    is_sensitive: bool
    token_type: str | None  # "bot", "user" or "app"


class RequestedApp(TypedDict, total=False):
    """The app asked for. Source: docs.slack.dev/reference/events/app_requested."""

    id: str
    name: str
    description: str
    help_url: str
    privacy_policy_url: str
    app_homepage_url: str
    app_directory_url: str
    is_app_directory_approved: bool
    is_internal: bool
    is_granular_bot_app: bool
    additional_info: str
    icons: Icons


class RequestingUser(TypedDict, total=False):
    """Who asks. Source: docs.slack.dev/reference/events/app_requested."""

    id: str
    name: str
    email: str


class AppRequestResolution(TypedDict, total=False):
    """What was decided before. Source: docs.slack.dev/reference/events/app_requested."""

    status: str  # "approved" or "restricted"
    scopes: list[AppScope]


class AppRequest(TypedDict):
    """A wish for an app. Source: docs.slack.dev/reference/events/app_requested."""

    id: str
    app: RequestedApp
    user: NotRequired[RequestingUser]
    team: NotRequired[Team]
    scopes: NotRequired[list[AppScope]]
    previous_resolution: NotRequired[AppRequestResolution | None]
    is_user_app_collaborator: NotRequired[bool]
    message: NotRequired[str]
    date_created: NotRequired[int]  # unix seconds


class AppRequestedEvent(TypedDict):
    """Someone asks for an app. Source: docs.slack.dev/reference/events/app_requested."""

    type: Literal["app_requested"]
    app_request: AppRequest
    event_ts: NotRequired[str]


class InviteRequest(TypedDict):
    """A wish to invite someone. Source: docs.slack.dev/reference/events/invite_requested."""

    id: str
    email: NotRequired[str]
    date_created: NotRequired[int]  # unix seconds
    date_expire: NotRequired[int]  # unix seconds
    requester_ids: NotRequired[list[str]]
    channel_ids: NotRequired[list[str]]
    invite_type: NotRequired[str]  # "restricted", "ultra_restricted", "full_member"
    real_name: NotRequired[str]
    request_reason: NotRequired[str]
    team: NotRequired[Team]


class InviteRequestedEvent(TypedDict):
    """Someone asks to invite someone. Source: docs.slack.dev/reference/events/invite_requested."""

    type: Literal["invite_requested"]
    invite_request: InviteRequest
    event_ts: NotRequired[str]


class MessageMetadataKeys(TypedDict):
    """
    What every event about a message's metadata has.

    Source: docs.slack.dev/reference/events/message_metadata_posted.
    """

    app_id: str
    channel_id: str
    message_ts: str
    user_id: NotRequired[str]
    team_id: NotRequired[str]
    bot_id: NotRequired[str]
    event_ts: NotRequired[str]


class MessageMetadataPostedEvent(MessageMetadataKeys):
    """
    A message with metadata was posted.

    Source: docs.slack.dev/reference/events/message_metadata_posted.
    """

    type: Literal["message_metadata_posted"]
    metadata: MessageMetadata


class MessageMetadataUpdatedEvent(MessageMetadataKeys):
    """
    A message has other metadata.

    Source: docs.slack.dev/reference/events/message_metadata_updated.
    """

    type: Literal["message_metadata_updated"]
    metadata: MessageMetadata
    previous_metadata: NotRequired[MessageMetadata]


class MessageMetadataDeletedEvent(MessageMetadataKeys):
    """
    A message has no metadata any more.

    Source: docs.slack.dev/reference/events/message_metadata_deleted.
    """

    type: Literal["message_metadata_deleted"]
    previous_metadata: NotRequired[MessageMetadata]
    deleted_ts: NotRequired[str]
