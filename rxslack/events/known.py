"""
The types, and the subtypes of messages, that have a class.

They are written down, and not read off the classes, because each connection asks for them at its first event, when
no class may have been built yet: building all of them takes longer than connecting. tests/events holds them
against the classes.
"""

from typing import Final

__all__ = ["KNOWN_SUBTYPES", "KNOWN_TYPES"]

_TYPES: Final = """
    accounts_changed activity agent_session_stopped agent_session_title_changed app_context_changed
    app_deleted app_home_opened app_installed app_mention app_rate_limited app_requested
    app_uninstalled app_uninstalled_team apps_uninstalled assistant_thread_context_changed
    assistant_thread_started badge_counts_updated bot_added bot_changed call_rejected
    channel_archive channel_created channel_deleted channel_history_changed channel_id_changed
    channel_joined channel_left channel_marked channel_posting_permissions channel_rename
    channel_shared channel_unarchive channel_unshared channel_updated commands_changed
    desktop_notification disconnect dnd_updated dnd_updated_user draft_create draft_send
    email_domain_changed emoji_changed entity_comments_requested entity_details_requested error
    external_org_migration_finished external_org_migration_started file_change file_comment_added
    file_comment_deleted file_comment_edited file_created file_deleted file_public file_shared
    file_unshared function_executed goodbye grid_migration_finished grid_migration_started
    group_archive group_close group_deleted group_history_changed group_join group_joined group_left
    group_marked group_open group_rename group_unarchive hello im_close im_created
    im_history_changed im_marked im_open invite_requested link_shared manual_presence_change
    member_joined_channel member_left_channel message message_metadata_deleted
    message_metadata_posted message_metadata_updated mobile_in_app_notification mpim_close
    mpim_history_changed mpim_joined mpim_marked mpim_open pin_added pin_removed pong pref_change
    presence_change reaction_added reaction_removed reconnect_url resources_added resources_removed
    scope_denied scope_granted sh_room_join sh_room_leave sh_room_update
    shared_channel_invite_accepted shared_channel_invite_approved shared_channel_invite_declined
    shared_channel_invite_received shared_channel_invite_requested star_added star_removed
    subteam_created subteam_members_changed subteam_self_added subteam_self_removed subteam_updated
    team_access_granted team_access_revoked team_domain_change team_join team_migration_started
    team_plan_change team_pref_change team_profile_change team_profile_delete team_profile_reorder
    team_rename thread_marked thread_subscribed tokens_revoked update_global_thread_state
    update_thread_state url_verification user_change user_connection user_huddle_changed
    user_invalidated user_profile_changed user_resource_denied user_resource_granted
    user_resource_removed user_status_changed user_typing workflow_deleted workflow_published
    workflow_step_deleted workflow_step_execute workflow_unpublished
"""
_OWN_TYPES: Final = """
    rxslack.backfilled rxslack.decision rxslack.failure rxslack.gap rxslack.ghosts rxslack.replayed
    rxslack.reply rxslack.stream rxslack.unreadable rxslack.unsent
"""
KNOWN_TYPES: Final = frozenset([*_TYPES.split(), *_OWN_TYPES.split()])

_SUBTYPES: Final = """
    assistant_app_thread bot_add bot_disable bot_message channel_archive channel_convert_to_private
    channel_convert_to_public channel_join channel_leave channel_name channel_posting_permission
    channel_posting_permissions channel_purpose channel_topic channel_unarchive document_mention
    ekm_access_denied file_comment file_mention file_share group_archive group_join group_leave
    group_name group_purpose group_topic group_unarchive me_message message_changed message_deleted
    message_locked message_replied pinned_item reminder_add reply_broadcast thread_broadcast
    unpinned_item
"""
KNOWN_SUBTYPES: Final = frozenset(_SUBTYPES.split())
