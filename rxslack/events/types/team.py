"""The workspace: its name, plan, profile fields, emoji, and its moves into an organization."""

from typing import Any, Literal, NotRequired, TypedDict

from rxslack.events.types.objects import Team

__all__ = [
    "EmailDomainChangedEvent",
    "EmojiChangedEvent",
    "ExternalOrgMigrationFinishedEvent",
    "ExternalOrgMigrationStartedEvent",
    "GridMigrationFinishedEvent",
    "GridMigrationStartedEvent",
    "TeamDomainChangeEvent",
    "TeamMigrationStartedEvent",
    "TeamPlanChangeEvent",
    "TeamPrefChangeEvent",
    "TeamProfile",
    "TeamProfileChangeEvent",
    "TeamProfileDeleteEvent",
    "TeamProfileField",
    "TeamProfileReorderEvent",
    "TeamRenameEvent",
]


class TeamRenameEvent(TypedDict):
    """The workspace has another name. Source: docs.slack.dev/reference/events/team_rename."""

    type: Literal["team_rename"]
    name: str
    team_id: NotRequired[str]
    event_ts: NotRequired[str]


class TeamDomainChangeEvent(TypedDict):
    """
    The workspace has another address.

    Source: docs.slack.dev/reference/events/team_domain_change.
    """

    type: Literal["team_domain_change"]
    url: str  # "https://my.slack.com"
    domain: str  # "my"
    team_id: NotRequired[str]
    event_ts: NotRequired[str]


class EmailDomainChangedEvent(TypedDict):
    """
    Other e-mail addresses may join.

    Source: docs.slack.dev/reference/events/email_domain_changed.
    """

    type: Literal["email_domain_changed"]
    email_domain: str
    event_ts: NotRequired[str]


class EmojiChangedEvent(TypedDict):
    """
    A custom emoji came, went, or has another name.

    Source: docs.slack.dev/reference/events/emoji_changed.
    """

    type: Literal["emoji_changed"]
    subtype: NotRequired[str]  # "add", "remove" or "rename"; not of a message
    name: NotRequired[str]  # added
    value: NotRequired[str]  # added: its picture's URL, or "alias:other_name"
    names: NotRequired[list[str]]  # removed
    old_name: NotRequired[str]  # renamed
    new_name: NotRequired[str]  # renamed
    event_ts: NotRequired[str]


class TeamPlanChangeEvent(TypedDict):
    """The workspace pays otherwise. Source: docs.slack.dev/reference/events/team_plan_change."""

    type: Literal["team_plan_change"]
    plan: str  # "", "std", "plus", "compliance", "enterprise"
    can_add_ura: NotRequired[bool]
    paid_features: NotRequired[list[str]]
    event_ts: NotRequired[str]


class TeamPrefChangeEvent(TypedDict):
    """
    Someone changed a preference of the workspace.

    Source: docs.slack.dev/reference/events/team_pref_change.
    """

    type: Literal["team_pref_change"]
    name: str
    value: Any  # each preference has a kind of its own
    event_ts: NotRequired[str]


class TeamProfileField(TypedDict):
    """
    A field the workspace adds to profiles.

    Source: docs.slack.dev/reference/methods/team.profile.get.
    """

    id: str  # "Xf06054AAA"
    ordering: NotRequired[int]
    label: NotRequired[str]
    hint: NotRequired[str]
    type: NotRequired[str]
    field_name: NotRequired[str]
    section_id: NotRequired[str]
    possible_values: NotRequired[list[str] | None]
    options: NotRequired[Any]  # depends on the field's type
    permissions: NotRequired[Any]  # depends on the workspace
    is_hidden: NotRequired[bool]
    is_inverse: NotRequired[bool]


class TeamProfile(TypedDict):
    """The fields concerned. Source: docs.slack.dev/reference/events/team_profile_change."""

    fields: list[TeamProfileField]


class TeamProfileChangeEvent(TypedDict):
    """
    Fields of the profile are defined otherwise.

    Source: docs.slack.dev/reference/events/team_profile_change.
    """

    type: Literal["team_profile_change"]
    profile: TeamProfile
    event_ts: NotRequired[str]


class TeamProfileDeleteEvent(TypedDict):
    """
    Fields of the profile are gone.

    Source: docs.slack.dev/reference/events/team_profile_delete.
    """

    type: Literal["team_profile_delete"]
    profile: TeamProfile
    event_ts: NotRequired[str]


class TeamProfileReorderEvent(TypedDict):
    """
    Fields of the profile stand in another order.

    Source: docs.slack.dev/reference/events/team_profile_reorder.
    """

    type: Literal["team_profile_reorder"]
    profile: TeamProfile
    event_ts: NotRequired[str]


class TeamMigrationStartedEvent(TypedDict):
    """
    The workspace moves between servers, and the server closes at once.

    Source: docs.slack.dev/reference/events/team_migration_started.
    """

    type: Literal["team_migration_started"]
    event_ts: NotRequired[str]


class ExternalOrgMigrationStartedEvent(TypedDict):
    """
    Another workspace begins to move into an organization.

    Source: docs.slack.dev/reference/events/external_org_migration_started.
    """

    type: Literal["external_org_migration_started"]
    team: Team
    date_started: int  # unix seconds
    event_ts: NotRequired[str]


class ExternalOrgMigrationFinishedEvent(TypedDict):
    """
    Another workspace has moved into an organization.

    Source: docs.slack.dev/reference/events/external_org_migration_finished.
    """

    type: Literal["external_org_migration_finished"]
    team: Team
    date_started: int  # unix seconds
    date_finished: int  # unix seconds
    event_ts: NotRequired[str]


class GridMigrationStartedEvent(TypedDict):
    """
    The workspace begins to move into an organization.

    Source: docs.slack.dev/reference/events/grid_migration_started.
    """

    type: Literal["grid_migration_started"]
    enterprise_id: str
    event_ts: NotRequired[str]


class GridMigrationFinishedEvent(TypedDict):
    """
    The workspace has moved into an organization.

    Source: docs.slack.dev/reference/events/grid_migration_finished.
    """

    type: Literal["grid_migration_finished"]
    enterprise_id: str
    event_ts: NotRequired[str]
