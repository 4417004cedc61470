"""All kinds of events: type, class, which source emits it, and where it is described."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args, get_origin, get_type_hints

from rxslack.events import SlackEvent

__all__ = ["Row", "rows"]

Sources: TypeAlias = Literal["RTM, Socket Mode", "RTM", "Socket Mode", "rxslack", "retired"]

_RTM: Final = frozenset(
    [
        "accounts_changed",
        "activity",
        "apps_uninstalled",
        "badge_counts_updated",
        "bot_added",
        "bot_changed",
        "channel_joined",
        "channel_marked",
        "channel_updated",
        "commands_changed",
        "desktop_notification",
        "draft_create",
        "draft_send",
        "error",
        "external_org_migration_finished",
        "external_org_migration_started",
        "goodbye",
        "group_join",
        "group_joined",
        "group_marked",
        "im_marked",
        "manual_presence_change",
        "mobile_in_app_notification",
        "mpim_close",
        "mpim_history_changed",
        "mpim_joined",
        "mpim_marked",
        "mpim_open",
        "pong",
        "pref_change",
        "presence_change",
        "reconnect_url",
        "sh_room_join",
        "sh_room_leave",
        "sh_room_update",
        "team_migration_started",
        "team_plan_change",
        "team_pref_change",
        "team_profile_change",
        "team_profile_delete",
        "team_profile_reorder",
        "thread_marked",
        "thread_subscribed",
        "update_global_thread_state",
        "update_thread_state",
        "user_invalidated",
        "user_typing",
        "message/bot_add",
        "message/bot_disable",
        "message/channel_unarchive",
        "message/group_archive",
        "message/group_unarchive",
    ]
)
"""
Never over the Events API.

docs.slack.dev/reference/events; the undocumented ones are recorded.
"""

_SOCKET_MODE: Final = frozenset(
    [
        "agent_session_stopped",
        "agent_session_title_changed",
        "app_context_changed",
        "app_deleted",
        "app_home_opened",
        "app_installed",
        "app_mention",
        "app_rate_limited",
        "app_requested",
        "app_uninstalled",
        "app_uninstalled_team",
        "assistant_thread_context_changed",
        "assistant_thread_started",
        "call_rejected",
        "channel_id_changed",
        "channel_shared",
        "channel_unshared",
        "disconnect",
        "entity_comments_requested",
        "entity_details_requested",
        "function_executed",
        "grid_migration_finished",
        "grid_migration_started",
        "invite_requested",
        "link_shared",
        "message_metadata_deleted",
        "message_metadata_posted",
        "message_metadata_updated",
        "shared_channel_invite_accepted",
        "shared_channel_invite_approved",
        "shared_channel_invite_declined",
        "shared_channel_invite_requested",
        "team_access_granted",
        "team_access_revoked",
        "tokens_revoked",
        "url_verification",
        "message/channel_archive",
        "message/file_share",
    ]
)
"""Never on RTM. docs.slack.dev/reference/events."""

_RETIRED: Final = frozenset(
    [
        "file_comment_added",
        "file_comment_deleted",
        "file_comment_edited",
        "resources_added",
        "resources_removed",
        "scope_denied",
        "scope_granted",
        "user_resource_denied",
        "user_resource_granted",
        "user_resource_removed",
        "workflow_deleted",
        "workflow_published",
        "workflow_step_deleted",
        "workflow_step_execute",
        "workflow_unpublished",
        "message/file_comment",
        "message/file_mention",
        "message/reply_broadcast",
    ]
)
"""No longer sent; met in old recordings. docs.slack.dev/reference/events."""


class Row(NamedTuple):
    """
    One kind of event.

    Attributes:
        type: as on the wire.
        subtype: of a message; "" for a plain one, and for everything that is no message.
        class_name: the TypedDict, to be found in `rxslack`.
        sources: which source emits it.
        link: where it is described; "" for rxslack's own.
    """

    type: str
    subtype: str
    class_name: str
    sources: Sources
    link: str

    @property
    def name(self) -> str:
        """Type and, for a message that has one, subtype."""
        return f"{self.type}/{self.subtype}" if self.subtype else self.type


def rows() -> list[Row]:
    """All kinds of events, by type and subtype."""
    return sorted(row for found in get_args(SlackEvent) for row in rows_of(found))


def rows_of(event_class: Any) -> Iterator[Row]:
    """The rows of one class; more than one where Slack spells a subtype in two ways."""
    hints = get_type_hints(event_class)
    subtype = hints.get("subtype")
    subtypes = get_args(subtype) if get_origin(subtype) is Literal else ("",)
    for kind in get_args(hints["type"]):
        for sub in subtypes:
            row = Row(kind, sub, event_class.__name__, "rxslack", link_of(event_class))
            yield row._replace(sources=sources_of(row.name))


def sources_of(name: str) -> Sources:
    """Which sources emit what has this type and subtype."""
    if name.startswith("rxslack."):
        return "rxslack"
    if name in _RETIRED:
        return "retired"
    if name in _RTM:
        return "RTM"
    return "Socket Mode" if name in _SOCKET_MODE else "RTM, Socket Mode"


def link_of(event_class: Any) -> str:
    """Slack's page, or the public repository that the class was written from."""
    found = re.search(r"Source: (docs\.slack\.dev/[\w./-]*\w|[\w-]+/[\w-]+)", event_class.__doc__)
    if found is None:
        return ""
    place = found[1]
    return f"https://{place}" if place.startswith("docs.") else f"https://github.com/{place}"
