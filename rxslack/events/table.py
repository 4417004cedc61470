"""
All events, with the class of each and who sends it.

`message/…` is a message with that subtype. "RTM, Socket Mode" means either.

<!-- events -->
| type / subtype | class | emitted by |
|---|---|---|
| `accounts_changed` | [`AccountsChangedEvent`](https://docs.slack.dev/reference/events/accounts_changed) | RTM |
| `activity` | [`ActivityEvent`](https://github.com/slack-go/slack) | RTM |
| `agent_session_stopped` | [`AgentSessionStoppedEvent`](https://docs.slack.dev/reference/events/agent_session_stopped) | Socket Mode |
| `agent_session_title_changed` | [`AgentSessionTitleChangedEvent`](https://docs.slack.dev/reference/events/agent_session_title_changed) | Socket Mode |
| `app_context_changed` | [`AppContextChangedEvent`](https://docs.slack.dev/reference/events/app_context_changed) | Socket Mode |
| `app_deleted` | [`AppDeletedEvent`](https://docs.slack.dev/reference/events/app_deleted) | Socket Mode |
| `app_home_opened` | [`AppHomeOpenedEvent`](https://docs.slack.dev/reference/events/app_home_opened) | Socket Mode |
| `app_installed` | [`AppInstalledEvent`](https://docs.slack.dev/reference/events/app_installed) | Socket Mode |
| `app_mention` | [`AppMentionEvent`](https://docs.slack.dev/reference/events/app_mention) | Socket Mode |
| `app_rate_limited` | [`AppRateLimitedEvent`](https://docs.slack.dev/reference/events/app_rate_limited) | Socket Mode |
| `app_requested` | [`AppRequestedEvent`](https://docs.slack.dev/reference/events/app_requested) | Socket Mode |
| `app_uninstalled` | [`AppUninstalledEvent`](https://docs.slack.dev/reference/events/app_uninstalled) | Socket Mode |
| `app_uninstalled_team` | [`AppUninstalledTeamEvent`](https://docs.slack.dev/reference/events/app_uninstalled_team) | Socket Mode |
| `apps_uninstalled` | [`AppsUninstalledEvent`](https://github.com/slack-go/slack) | RTM |
| `assistant_thread_context_changed` | [`AssistantThreadContextChangedEvent`](https://docs.slack.dev/reference/events/assistant_thread_context_changed) | Socket Mode |
| `assistant_thread_started` | [`AssistantThreadStartedEvent`](https://docs.slack.dev/reference/events/assistant_thread_started) | Socket Mode |
| `badge_counts_updated` | [`BadgeCountsUpdatedEvent`](https://github.com/slack-go/slack) | RTM |
| `bot_added` | [`BotAddedEvent`](https://docs.slack.dev/reference/events/bot_added) | RTM |
| `bot_changed` | [`BotChangedEvent`](https://docs.slack.dev/reference/events/bot_changed) | RTM |
| `call_rejected` | [`CallRejectedEvent`](https://docs.slack.dev/reference/events/call_rejected) | Socket Mode |
| `channel_archive` | [`ChannelArchiveEvent`](https://docs.slack.dev/reference/events/channel_archive) | RTM, Socket Mode |
| `channel_created` | [`ChannelCreatedEvent`](https://docs.slack.dev/reference/events/channel_created) | RTM, Socket Mode |
| `channel_deleted` | [`ChannelDeletedEvent`](https://docs.slack.dev/reference/events/channel_deleted) | RTM, Socket Mode |
| `channel_history_changed` | [`ChannelHistoryChangedEvent`](https://docs.slack.dev/reference/events/channel_history_changed) | RTM, Socket Mode |
| `channel_id_changed` | [`ChannelIdChangedEvent`](https://docs.slack.dev/reference/events/channel_id_changed) | Socket Mode |
| `channel_joined` | [`ChannelJoinedEvent`](https://docs.slack.dev/reference/events/channel_joined) | RTM |
| `channel_left` | [`ChannelLeftEvent`](https://docs.slack.dev/reference/events/channel_left) | RTM, Socket Mode |
| `channel_marked` | [`ChannelMarkedEvent`](https://docs.slack.dev/reference/events/channel_marked) | RTM |
| `channel_posting_permissions` | [`ChannelPostingPermissionsEvent`](https://docs.slack.dev/reference/events/message/channel_posting_permissions) | RTM, Socket Mode |
| `channel_rename` | [`ChannelRenameEvent`](https://docs.slack.dev/reference/events/channel_rename) | RTM, Socket Mode |
| `channel_shared` | [`ChannelSharedEvent`](https://docs.slack.dev/reference/events/channel_shared) | Socket Mode |
| `channel_unarchive` | [`ChannelUnarchiveEvent`](https://docs.slack.dev/reference/events/channel_unarchive) | RTM, Socket Mode |
| `channel_unshared` | [`ChannelUnsharedEvent`](https://docs.slack.dev/reference/events/channel_unshared) | Socket Mode |
| `channel_updated` | [`ChannelUpdatedEvent`](https://github.com/slack-go/slack) | RTM |
| `commands_changed` | [`CommandsChangedEvent`](https://docs.slack.dev/reference/events/commands_changed) | RTM |
| `desktop_notification` | [`DesktopNotificationEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `disconnect` | [`DisconnectEvent`](https://docs.slack.dev/apis/events-api/using-socket-mode) | Socket Mode |
| `dnd_updated` | [`DndUpdatedEvent`](https://docs.slack.dev/reference/events/dnd_updated) | RTM, Socket Mode |
| `dnd_updated_user` | [`DndUpdatedUserEvent`](https://docs.slack.dev/reference/events/dnd_updated_user) | RTM, Socket Mode |
| `draft_create` | [`DraftCreateEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `draft_send` | [`DraftSendEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `email_domain_changed` | [`EmailDomainChangedEvent`](https://docs.slack.dev/reference/events/email_domain_changed) | RTM, Socket Mode |
| `emoji_changed` | [`EmojiChangedEvent`](https://docs.slack.dev/reference/events/emoji_changed) | RTM, Socket Mode |
| `entity_comments_requested` | [`EntityCommentsRequestedEvent`](https://docs.slack.dev/reference/events/entity_comments_requested) | Socket Mode |
| `entity_details_requested` | [`EntityDetailsRequestedEvent`](https://docs.slack.dev/reference/events/entity_details_requested) | Socket Mode |
| `error` | [`ErrorEvent`](https://docs.slack.dev/legacy/legacy-rtm-api) | RTM |
| `external_org_migration_finished` | [`ExternalOrgMigrationFinishedEvent`](https://docs.slack.dev/reference/events/external_org_migration_finished) | RTM |
| `external_org_migration_started` | [`ExternalOrgMigrationStartedEvent`](https://docs.slack.dev/reference/events/external_org_migration_started) | RTM |
| `file_change` | [`FileChangeEvent`](https://docs.slack.dev/reference/events/file_change) | RTM, Socket Mode |
| `file_comment_added` | [`FileCommentAddedEvent`](https://docs.slack.dev/reference/events/file_comment_added) | retired |
| `file_comment_deleted` | [`FileCommentDeletedEvent`](https://docs.slack.dev/reference/events/file_comment_deleted) | retired |
| `file_comment_edited` | [`FileCommentEditedEvent`](https://docs.slack.dev/reference/events/file_comment_edited) | retired |
| `file_created` | [`FileCreatedEvent`](https://docs.slack.dev/reference/events/file_created) | RTM, Socket Mode |
| `file_deleted` | [`FileDeletedEvent`](https://docs.slack.dev/reference/events/file_deleted) | RTM, Socket Mode |
| `file_public` | [`FilePublicEvent`](https://docs.slack.dev/reference/events/file_public) | RTM, Socket Mode |
| `file_shared` | [`FileSharedEvent`](https://docs.slack.dev/reference/events/file_shared) | RTM, Socket Mode |
| `file_unshared` | [`FileUnsharedEvent`](https://docs.slack.dev/reference/events/file_unshared) | RTM, Socket Mode |
| `function_executed` | [`FunctionExecutedEvent`](https://docs.slack.dev/reference/events/function_executed) | Socket Mode |
| `goodbye` | [`GoodbyeEvent`](https://docs.slack.dev/reference/events/goodbye) | RTM |
| `grid_migration_finished` | [`GridMigrationFinishedEvent`](https://docs.slack.dev/reference/events/grid_migration_finished) | Socket Mode |
| `grid_migration_started` | [`GridMigrationStartedEvent`](https://docs.slack.dev/reference/events/grid_migration_started) | Socket Mode |
| `group_archive` | [`GroupArchiveEvent`](https://docs.slack.dev/reference/events/group_archive) | RTM, Socket Mode |
| `group_close` | [`GroupCloseEvent`](https://docs.slack.dev/reference/events/group_close) | RTM, Socket Mode |
| `group_deleted` | [`GroupDeletedEvent`](https://docs.slack.dev/reference/events/group_deleted) | RTM, Socket Mode |
| `group_history_changed` | [`GroupHistoryChangedEvent`](https://docs.slack.dev/reference/events/group_history_changed) | RTM, Socket Mode |
| `group_join` | [`GroupJoinEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `group_joined` | [`GroupJoinedEvent`](https://docs.slack.dev/reference/events/group_joined) | RTM |
| `group_left` | [`GroupLeftEvent`](https://docs.slack.dev/reference/events/group_left) | RTM, Socket Mode |
| `group_marked` | [`GroupMarkedEvent`](https://docs.slack.dev/reference/events/group_marked) | RTM |
| `group_open` | [`GroupOpenEvent`](https://docs.slack.dev/reference/events/group_open) | RTM, Socket Mode |
| `group_rename` | [`GroupRenameEvent`](https://docs.slack.dev/reference/events/group_rename) | RTM, Socket Mode |
| `group_unarchive` | [`GroupUnarchiveEvent`](https://docs.slack.dev/reference/events/group_unarchive) | RTM, Socket Mode |
| `hello` | [`HelloEvent`](https://docs.slack.dev/reference/events/hello) | RTM, Socket Mode |
| `im_close` | [`ImCloseEvent`](https://docs.slack.dev/reference/events/im_close) | RTM, Socket Mode |
| `im_created` | [`ImCreatedEvent`](https://docs.slack.dev/reference/events/im_created) | RTM, Socket Mode |
| `im_history_changed` | [`ImHistoryChangedEvent`](https://docs.slack.dev/reference/events/im_history_changed) | RTM, Socket Mode |
| `im_marked` | [`ImMarkedEvent`](https://docs.slack.dev/reference/events/im_marked) | RTM |
| `im_open` | [`ImOpenEvent`](https://docs.slack.dev/reference/events/im_open) | RTM, Socket Mode |
| `invite_requested` | [`InviteRequestedEvent`](https://docs.slack.dev/reference/events/invite_requested) | Socket Mode |
| `link_shared` | [`LinkSharedEvent`](https://docs.slack.dev/reference/events/link_shared) | Socket Mode |
| `manual_presence_change` | [`ManualPresenceChangeEvent`](https://docs.slack.dev/reference/events/manual_presence_change) | RTM |
| `member_joined_channel` | [`MemberJoinedChannelEvent`](https://docs.slack.dev/reference/events/member_joined_channel) | RTM, Socket Mode |
| `member_left_channel` | [`MemberLeftChannelEvent`](https://docs.slack.dev/reference/events/member_left_channel) | RTM, Socket Mode |
| `message` | [`MessageEvent`](https://docs.slack.dev/reference/events/message) | RTM, Socket Mode |
| `message/assistant_app_thread` | [`AssistantAppThreadMessageEvent`](https://docs.slack.dev/reference/events/message/assistant_app_thread) | RTM, Socket Mode |
| `message/bot_add` | [`BotAddMessageEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `message/bot_disable` | [`BotDisableMessageEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `message/bot_message` | [`BotMessageEvent`](https://docs.slack.dev/reference/events/message/bot_message) | RTM, Socket Mode |
| `message/channel_archive` | [`ChannelArchiveMessageEvent`](https://docs.slack.dev/reference/events/message/channel_archive) | Socket Mode |
| `message/channel_convert_to_private` | [`ChannelConvertToPrivateMessageEvent`](https://docs.slack.dev/reference/events/message/channel_convert_to_private) | RTM, Socket Mode |
| `message/channel_convert_to_public` | [`ChannelConvertToPublicMessageEvent`](https://docs.slack.dev/reference/events/message/channel_convert_to_public) | RTM, Socket Mode |
| `message/channel_join` | [`ChannelJoinMessageEvent`](https://docs.slack.dev/reference/events/message/channel_join) | RTM, Socket Mode |
| `message/channel_leave` | [`ChannelLeaveMessageEvent`](https://docs.slack.dev/reference/events/message/channel_leave) | RTM, Socket Mode |
| `message/channel_name` | [`ChannelNameMessageEvent`](https://docs.slack.dev/reference/events/message/channel_name) | RTM, Socket Mode |
| `message/channel_posting_permission` | [`ChannelPostingPermissionsMessageEvent`](https://docs.slack.dev/reference/events/message/channel_posting_permissions) | RTM, Socket Mode |
| `message/channel_posting_permissions` | [`ChannelPostingPermissionsMessageEvent`](https://docs.slack.dev/reference/events/message/channel_posting_permissions) | RTM, Socket Mode |
| `message/channel_purpose` | [`ChannelPurposeMessageEvent`](https://docs.slack.dev/reference/events/message/channel_purpose) | RTM, Socket Mode |
| `message/channel_topic` | [`ChannelTopicMessageEvent`](https://docs.slack.dev/reference/events/message/channel_topic) | RTM, Socket Mode |
| `message/channel_unarchive` | [`ChannelUnarchiveMessageEvent`](https://docs.slack.dev/reference/events/message/channel_unarchive) | RTM |
| `message/document_mention` | [`DocumentMentionMessageEvent`](https://docs.slack.dev/reference/events/message/document_mention) | RTM, Socket Mode |
| `message/ekm_access_denied` | [`EkmAccessDeniedMessageEvent`](https://docs.slack.dev/reference/events/message/ekm_access_denied) | RTM, Socket Mode |
| `message/file_comment` | [`FileCommentMessageEvent`](https://docs.slack.dev/reference/events/message/file_comment) | retired |
| `message/file_mention` | [`FileMentionMessageEvent`](https://docs.slack.dev/reference/events/message/file_mention) | retired |
| `message/file_share` | [`FileShareMessageEvent`](https://docs.slack.dev/reference/events/message/file_share) | Socket Mode |
| `message/group_archive` | [`GroupArchiveMessageEvent`](https://docs.slack.dev/reference/events/message/group_archive) | RTM |
| `message/group_join` | [`GroupJoinMessageEvent`](https://docs.slack.dev/reference/events/message/group_join) | RTM, Socket Mode |
| `message/group_leave` | [`GroupLeaveMessageEvent`](https://docs.slack.dev/reference/events/message/group_leave) | RTM, Socket Mode |
| `message/group_name` | [`GroupNameMessageEvent`](https://docs.slack.dev/reference/events/message/group_name) | RTM, Socket Mode |
| `message/group_purpose` | [`GroupPurposeMessageEvent`](https://docs.slack.dev/reference/events/message/group_purpose) | RTM, Socket Mode |
| `message/group_topic` | [`GroupTopicMessageEvent`](https://docs.slack.dev/reference/events/message/group_topic) | RTM, Socket Mode |
| `message/group_unarchive` | [`GroupUnarchiveMessageEvent`](https://docs.slack.dev/reference/events/message/group_unarchive) | RTM |
| `message/me_message` | [`MeMessageEvent`](https://docs.slack.dev/reference/events/message/me_message) | RTM, Socket Mode |
| `message/message_changed` | [`MessageChangedEvent`](https://docs.slack.dev/reference/events/message/message_changed) | RTM, Socket Mode |
| `message/message_deleted` | [`MessageDeletedEvent`](https://docs.slack.dev/reference/events/message/message_deleted) | RTM, Socket Mode |
| `message/message_locked` | [`MessageLockedEvent`](https://docs.slack.dev/reference/events/message) | RTM, Socket Mode |
| `message/message_replied` | [`MessageRepliedEvent`](https://docs.slack.dev/reference/events/message/message_replied) | RTM, Socket Mode |
| `message/pinned_item` | [`PinnedItemMessageEvent`](https://docs.slack.dev/reference/events/message/pinned_item) | RTM, Socket Mode |
| `message/reminder_add` | [`ReminderAddMessageEvent`](https://docs.slack.dev/reference/events/message/reminder_add) | RTM, Socket Mode |
| `message/reply_broadcast` | [`ReplyBroadcastMessageEvent`](https://docs.slack.dev/reference/events/message/reply_broadcast) | retired |
| `message/thread_broadcast` | [`ThreadBroadcastMessageEvent`](https://docs.slack.dev/reference/events/message/thread_broadcast) | RTM, Socket Mode |
| `message/unpinned_item` | [`UnpinnedItemMessageEvent`](https://docs.slack.dev/reference/events/message/unpinned_item) | RTM, Socket Mode |
| `message_metadata_deleted` | [`MessageMetadataDeletedEvent`](https://docs.slack.dev/reference/events/message_metadata_deleted) | Socket Mode |
| `message_metadata_posted` | [`MessageMetadataPostedEvent`](https://docs.slack.dev/reference/events/message_metadata_posted) | Socket Mode |
| `message_metadata_updated` | [`MessageMetadataUpdatedEvent`](https://docs.slack.dev/reference/events/message_metadata_updated) | Socket Mode |
| `mobile_in_app_notification` | [`MobileInAppNotificationEvent`](https://github.com/slack-go/slack) | RTM |
| `mpim_close` | [`MpimCloseEvent`](https://github.com/slackhq/slack-api-docs) | RTM |
| `mpim_history_changed` | [`MpimHistoryChangedEvent`](https://github.com/slackhq/slack-api-docs) | RTM |
| `mpim_joined` | [`MpimJoinedEvent`](https://github.com/slackhq/slack-api-docs) | RTM |
| `mpim_marked` | [`MpimMarkedEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `mpim_open` | [`MpimOpenEvent`](https://github.com/slackhq/slack-api-docs) | RTM |
| `pin_added` | [`PinAddedEvent`](https://docs.slack.dev/reference/events/pin_added) | RTM, Socket Mode |
| `pin_removed` | [`PinRemovedEvent`](https://docs.slack.dev/reference/events/pin_removed) | RTM, Socket Mode |
| `pong` | [`PongEvent`](https://docs.slack.dev/legacy/legacy-rtm-api) | RTM |
| `pref_change` | [`PrefChangeEvent`](https://docs.slack.dev/reference/events/pref_change) | RTM |
| `presence_change` | [`PresenceChangeEvent`](https://docs.slack.dev/reference/events/presence_change) | RTM |
| `reaction_added` | [`ReactionAddedEvent`](https://docs.slack.dev/reference/events/reaction_added) | RTM, Socket Mode |
| `reaction_removed` | [`ReactionRemovedEvent`](https://docs.slack.dev/reference/events/reaction_removed) | RTM, Socket Mode |
| `reconnect_url` | [`ReconnectUrlEvent`](https://docs.slack.dev/reference/events/reconnect_url) | RTM |
| `resources_added` | [`ResourcesAddedEvent`](https://github.com/slackapi/java-slack-sdk) | retired |
| `resources_removed` | [`ResourcesRemovedEvent`](https://github.com/slackapi/java-slack-sdk) | retired |
| `rxslack.backfilled` | `BackfilledEvent` | rxslack |
| `rxslack.decision` | `DecisionEvent` | rxslack |
| `rxslack.failure` | `FailureEvent` | rxslack |
| `rxslack.gap` | `GapEvent` | rxslack |
| `rxslack.ghosts` | [`GhostsEvent`](https://docs.slack.dev/apis/events-api/using-socket-mode) | rxslack |
| `rxslack.replayed` | [`ReplayedEvent`](https://docs.slack.dev/legacy/legacy-rtm-api) | rxslack |
| `rxslack.reply` | [`ReplyEvent`](https://docs.slack.dev/legacy/legacy-rtm-api) | rxslack |
| `rxslack.stream` | [`StreamEvent`](https://docs.slack.dev/reference/methods/chat.startStream) | rxslack |
| `rxslack.unreadable` | `UnreadableEvent` | rxslack |
| `rxslack.unsent` | `UnsentEvent` | rxslack |
| `scope_denied` | [`ScopeDeniedEvent`](https://github.com/slackapi/java-slack-sdk) | retired |
| `scope_granted` | [`ScopeGrantedEvent`](https://github.com/slackapi/java-slack-sdk) | retired |
| `sh_room_join` | [`ShRoomJoinEvent`](https://github.com/slack-go/slack) | RTM |
| `sh_room_leave` | [`ShRoomLeaveEvent`](https://github.com/slack-go/slack) | RTM |
| `sh_room_update` | [`ShRoomUpdateEvent`](https://github.com/slack-go/slack) | RTM |
| `shared_channel_invite_accepted` | [`SharedChannelInviteAcceptedEvent`](https://docs.slack.dev/reference/events/shared_channel_invite_accepted) | Socket Mode |
| `shared_channel_invite_approved` | [`SharedChannelInviteApprovedEvent`](https://docs.slack.dev/reference/events/shared_channel_invite_approved) | Socket Mode |
| `shared_channel_invite_declined` | [`SharedChannelInviteDeclinedEvent`](https://docs.slack.dev/reference/events/shared_channel_invite_declined) | Socket Mode |
| `shared_channel_invite_received` | [`SharedChannelInviteReceivedEvent`](https://docs.slack.dev/reference/events/shared_channel_invite_received) | RTM, Socket Mode |
| `shared_channel_invite_requested` | [`SharedChannelInviteRequestedEvent`](https://docs.slack.dev/reference/events/shared_channel_invite_requested) | Socket Mode |
| `star_added` | [`StarAddedEvent`](https://docs.slack.dev/reference/events/star_added) | RTM, Socket Mode |
| `star_removed` | [`StarRemovedEvent`](https://docs.slack.dev/reference/events/star_removed) | RTM, Socket Mode |
| `subteam_created` | [`SubteamCreatedEvent`](https://docs.slack.dev/reference/events/subteam_created) | RTM, Socket Mode |
| `subteam_members_changed` | [`SubteamMembersChangedEvent`](https://docs.slack.dev/reference/events/subteam_members_changed) | RTM, Socket Mode |
| `subteam_self_added` | [`SubteamSelfAddedEvent`](https://docs.slack.dev/reference/events/subteam_self_added) | RTM, Socket Mode |
| `subteam_self_removed` | [`SubteamSelfRemovedEvent`](https://docs.slack.dev/reference/events/subteam_self_removed) | RTM, Socket Mode |
| `subteam_updated` | [`SubteamUpdatedEvent`](https://docs.slack.dev/reference/events/subteam_updated) | RTM, Socket Mode |
| `team_access_granted` | [`TeamAccessGrantedEvent`](https://docs.slack.dev/reference/events/team_access_granted) | Socket Mode |
| `team_access_revoked` | [`TeamAccessRevokedEvent`](https://docs.slack.dev/reference/events/team_access_revoked) | Socket Mode |
| `team_domain_change` | [`TeamDomainChangeEvent`](https://docs.slack.dev/reference/events/team_domain_change) | RTM, Socket Mode |
| `team_join` | [`TeamJoinEvent`](https://docs.slack.dev/reference/events/team_join) | RTM, Socket Mode |
| `team_migration_started` | [`TeamMigrationStartedEvent`](https://docs.slack.dev/reference/events/team_migration_started) | RTM |
| `team_plan_change` | [`TeamPlanChangeEvent`](https://docs.slack.dev/reference/events/team_plan_change) | RTM |
| `team_pref_change` | [`TeamPrefChangeEvent`](https://docs.slack.dev/reference/events/team_pref_change) | RTM |
| `team_profile_change` | [`TeamProfileChangeEvent`](https://docs.slack.dev/reference/events/team_profile_change) | RTM |
| `team_profile_delete` | [`TeamProfileDeleteEvent`](https://docs.slack.dev/reference/events/team_profile_delete) | RTM |
| `team_profile_reorder` | [`TeamProfileReorderEvent`](https://docs.slack.dev/reference/events/team_profile_reorder) | RTM |
| `team_rename` | [`TeamRenameEvent`](https://docs.slack.dev/reference/events/team_rename) | RTM, Socket Mode |
| `thread_marked` | [`ThreadMarkedEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `thread_subscribed` | [`ThreadSubscribedEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `tokens_revoked` | [`TokensRevokedEvent`](https://docs.slack.dev/reference/events/tokens_revoked) | Socket Mode |
| `update_global_thread_state` | [`UpdateGlobalThreadStateEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `update_thread_state` | [`UpdateThreadStateEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `url_verification` | [`UrlVerificationEvent`](https://docs.slack.dev/reference/events/url_verification) | Socket Mode |
| `user_change` | [`UserChangeEvent`](https://docs.slack.dev/reference/events/user_change) | RTM, Socket Mode |
| `user_connection` | [`UserConnectionEvent`](https://docs.slack.dev/reference/events/user_connection) | RTM, Socket Mode |
| `user_huddle_changed` | [`UserHuddleChangedEvent`](https://docs.slack.dev/reference/events/user_huddle_changed) | RTM, Socket Mode |
| `user_invalidated` | [`UserInvalidatedEvent`](https://github.com/wee-slack/wee-slack) | RTM |
| `user_profile_changed` | [`UserProfileChangedEvent`](https://docs.slack.dev/reference/events/user_profile_changed) | RTM, Socket Mode |
| `user_resource_denied` | [`UserResourceDeniedEvent`](https://github.com/slackapi/java-slack-sdk) | retired |
| `user_resource_granted` | [`UserResourceGrantedEvent`](https://github.com/slackapi/java-slack-sdk) | retired |
| `user_resource_removed` | [`UserResourceRemovedEvent`](https://github.com/slackapi/java-slack-sdk) | retired |
| `user_status_changed` | [`UserStatusChangedEvent`](https://docs.slack.dev/reference/events/user_status_changed) | RTM, Socket Mode |
| `user_typing` | [`UserTypingEvent`](https://docs.slack.dev/reference/events/user_typing) | RTM |
| `workflow_deleted` | [`WorkflowDeletedEvent`](https://github.com/slackapi/node-slack-sdk) | retired |
| `workflow_published` | [`WorkflowPublishedEvent`](https://github.com/slackapi/node-slack-sdk) | retired |
| `workflow_step_deleted` | [`WorkflowStepDeletedEvent`](https://github.com/slackapi/node-slack-sdk) | retired |
| `workflow_step_execute` | [`WorkflowStepExecuteEvent`](https://github.com/slackapi/node-slack-sdk) | retired |
| `workflow_unpublished` | [`WorkflowUnpublishedEvent`](https://github.com/slackapi/node-slack-sdk) | retired |
<!-- /events -->
"""
