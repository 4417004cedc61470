"""Every event there is, written out, so that a forgotten one is noticed."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from types import ModuleType
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from rxslack import events
from rxslack.events import types
from rxslack.events.catalogue import rows
from rxslack.events.known import KNOWN_SUBTYPES, KNOWN_TYPES

# docs.slack.dev/reference/events: on RTM, or on RTM and over the Events API
RTM = """
    accounts_changed bot_added bot_changed channel_archive channel_created channel_deleted
    channel_history_changed channel_joined channel_left channel_marked channel_posting_permissions
    channel_rename channel_unarchive commands_changed dnd_updated dnd_updated_user
    email_domain_changed emoji_changed error external_org_migration_finished
    external_org_migration_started file_change file_comment_added file_comment_deleted
    file_comment_edited file_created file_deleted file_public file_shared file_unshared goodbye
    group_archive group_close group_deleted group_history_changed group_joined group_left
    group_marked group_open group_rename group_unarchive hello im_close im_created
    im_history_changed im_marked im_open manual_presence_change member_joined_channel
    member_left_channel message mpim_close mpim_history_changed mpim_joined mpim_marked mpim_open
    pin_added pin_removed pong pref_change presence_change reaction_added reaction_removed
    reconnect_url shared_channel_invite_received star_added star_removed subteam_created
    subteam_members_changed subteam_self_added subteam_self_removed subteam_updated
    team_domain_change team_join team_migration_started team_plan_change team_pref_change
    team_profile_change team_profile_delete team_profile_reorder team_rename user_change
    user_connection user_huddle_changed user_profile_changed user_status_changed user_typing
"""

# wee-slack/wee-slack and slack-go/slack: received, and documented nowhere
UNDOCUMENTED = """
    activity apps_uninstalled badge_counts_updated channel_updated desktop_notification
    draft_create draft_send group_join mobile_in_app_notification sh_room_join sh_room_leave
    sh_room_update thread_marked thread_subscribed update_global_thread_state update_thread_state
    user_invalidated
"""

# docs.slack.dev/reference/events: over the Events API only
EVENTS_API = """
    agent_session_stopped agent_session_title_changed app_context_changed app_deleted
    app_home_opened app_installed app_mention app_rate_limited app_requested app_uninstalled
    app_uninstalled_team assistant_thread_context_changed assistant_thread_started call_rejected
    channel_id_changed channel_shared channel_unshared entity_comments_requested
    entity_details_requested function_executed grid_migration_finished grid_migration_started
    invite_requested link_shared message_metadata_deleted message_metadata_posted
    message_metadata_updated shared_channel_invite_accepted shared_channel_invite_approved
    shared_channel_invite_declined shared_channel_invite_requested team_access_granted
    team_access_revoked tokens_revoked url_verification
"""

# slackapi/java-slack-sdk, json-logs/samples: of workspace apps and workflow steps, both retired
RETIRED = """
    resources_added resources_removed scope_denied scope_granted user_resource_denied
    user_resource_granted user_resource_removed workflow_deleted workflow_published
    workflow_step_deleted workflow_step_execute workflow_unpublished
"""

# docs.slack.dev/apis/events-api/using-socket-mode
SOCKET_MODE = "disconnect"

RXSLACK = """
    rxslack.backfilled rxslack.decision rxslack.failure rxslack.gap rxslack.ghosts rxslack.replayed rxslack.reply
    rxslack.stream rxslack.unreadable rxslack.unsent
"""

# docs.slack.dev/reference/events/message, and what is recorded besides
SUBTYPES = """
    assistant_app_thread bot_add bot_disable bot_message channel_archive channel_convert_to_private
    channel_convert_to_public channel_join channel_leave channel_name channel_posting_permission
    channel_posting_permissions channel_purpose channel_topic channel_unarchive document_mention
    ekm_access_denied file_comment file_mention file_share group_archive group_join group_leave
    group_name group_purpose group_topic group_unarchive me_message message_changed message_deleted
    message_locked message_replied pinned_item reminder_add reply_broadcast thread_broadcast
    unpinned_item
"""

# These have a `subtype` too, which makes no class of its own.
WITH_A_STRING = {"activity", "app_mention", "emoji_changed", "user_connection"}

# Sent by a client, never received.
WRITE_ONLY = {events.PresenceQueryEvent, events.PresenceSubEvent}


UNIONS = {"AgentSessionStatus", "AnyMessageEvent", "Interaction", "SlackEnvelope", "SlackEvent"}


def every_class() -> list[Any]:
    return [getattr(events, name) for name in listed() if name not in UNIONS]


def families() -> list[ModuleType]:
    return [
        importlib.import_module(f"rxslack.events.types.{module.name}")
        for module in pkgutil.iter_modules(types.__path__)
    ]


def listed() -> list[str]:
    return [name for module in families() for name in exported(module)]


def exported(module: ModuleType) -> list[str]:
    names: list[str] = getattr(module, "__all__")  # noqa: B009 so that it has a type
    return names


def named(objects: Iterable[Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("event_class", objects, ids=lambda found: found.__name__)


def camel_case(name: str) -> str:
    return "".join(part.capitalize() for part in re.split(r"[_.]", name))


def test_it_has_every_type_and_no_other(slack_classes: Any) -> None:
    written_out = " ".join((RTM, UNDOCUMENTED, EVENTS_API, RETIRED, SOCKET_MODE, RXSLACK))

    assert sorted({name for name, _ in slack_classes}) == sorted(written_out.split())


def test_it_tells_where_each_comes_from() -> None:
    """The table users read agrees with Slack's lists above."""
    emitted: dict[str, set[str]] = {}
    for row in rows():
        if not row.subtype:
            emitted.setdefault(row.sources, set()).add(row.type)
    no_comments = {name for name in RTM.split() if name.startswith("file_comment_")}

    assert emitted["Socket Mode"] == {*EVENTS_API.split(), SOCKET_MODE}
    assert emitted["retired"] == {*RETIRED.split()} | no_comments
    assert emitted["rxslack"] == {*RXSLACK.split()}
    assert emitted["RTM"] >= {*UNDOCUMENTED.split()}
    assert emitted["RTM"] | emitted["RTM, Socket Mode"] == (
        {*RTM.split(), *UNDOCUMENTED.split()} - no_comments
    )


def test_it_has_every_subtype_of_messages_and_no_other(slack_classes: Any) -> None:
    found = {subtype for name, subtype in slack_classes if name == "message"}

    assert found == {None, *SUBTYPES.split()}


def test_it_tells_only_messages_apart_by_subtype(slack_classes: Any) -> None:
    assert {name for name, subtype in slack_classes if subtype is not None} == {"message"}


def test_it_names_classes_as_slack_names_events(slack_classes: Any) -> None:
    for (name, subtype), found in slack_classes.items():
        if found is events.ChannelPostingPermissionsMessageEvent:
            continue  # of two spellings
        if name.startswith("rxslack."):
            expected = camel_case(name.removeprefix("rxslack.")) + "Event"
        elif subtype is None:
            expected = camel_case(name) + "Event"
        else:
            expected = camel_case(subtype) + ("Event" if "message" in subtype else "MessageEvent")
        assert found.__name__ == expected


def test_it_has_all_classes_in_the_union() -> None:
    received = {found for found in every_class() if found.__name__.endswith("Event")} - WRITE_ONLY

    assert received == set(get_args(events.SlackEvent))


def test_it_has_all_messages_in_their_union(slack_classes: Any) -> None:
    messages = {found for (name, _), found in slack_classes.items() if name == "message"}

    assert messages == set(get_args(events.AnyMessageEvent))


def test_it_exports_every_typed_dict_once() -> None:
    assert sorted(listed()) == sorted(set(listed()))
    assert {*listed()} <= {*vars(events)["__all__"]}
    for module in families():
        here = {
            n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__
        }
        unwritable = {"AttachedList", "EmailSender"}  # one key each, folded into the next class
        assert {name for name in here if is_typeddict(vars(module)[name])} - unwritable <= {
            *exported(module)
        }


@named(get_args(events.SlackEvent))
def test_it_has_a_literal_type(event_class: Any) -> None:
    """A member with ``type: str`` would end narrowing for all others."""
    assert get_origin(get_type_hints(event_class)["type"]) is Literal


@named(every_class())
def test_it_tells_at_run_time_which_keys_are_required(event_class: Any) -> None:
    hints = get_type_hints(event_class, include_extras=True)
    optional = {key for key, kind in hints.items() if get_origin(kind) is NotRequired}

    assert optional <= event_class.__optional_keys__
    assert event_class.__required_keys__ | event_class.__optional_keys__ == hints.keys()


@named(every_class())
def test_it_says_what_it_is_and_where_that_is_from(event_class: Any) -> None:
    source = r"Source: (docs\.slack\.dev/|[\w-]+/[\w-]+, )"  # Slack's page, or a public repository
    of_ours = event_class.__module__ == "rxslack.events.types.rxslack_items"

    assert event_class.__doc__.strip()[0].isupper()
    assert of_ours or re.search(source, event_class.__doc__)


def test_it_promises_a_message_with_its_author_text_and_place() -> None:
    promised = {"type", "channel", "user", "text", "ts"}

    assert events.MessageEvent.__required_keys__ == promised
    assert "subtype" not in events.MessageEvent.__annotations__


def test_it_has_a_subtype_only_where_slack_sends_one(slack_classes: Any) -> None:
    """A `subtype` that tells nothing apart (of an emoji, an activity) is a plain string."""
    for (name, subtype), found in slack_classes.items():
        has_one = "subtype" in get_type_hints(found)
        assert has_one == (subtype is not None or name in WITH_A_STRING)


def test_it_knows_the_types_of_all_classes_without_building_them() -> None:
    assert {row.type for row in rows()} == KNOWN_TYPES
    assert {row.subtype for row in rows() if row.subtype} == KNOWN_SUBTYPES
