"""All messages, and all events, as unions; events rxslack does not know are outside."""

from typing import TypeAlias

from rxslack.events.types.agents import *
from rxslack.events.types.apps import *
from rxslack.events.types.bots import *
from rxslack.events.types.channels import *
from rxslack.events.types.client_state import *
from rxslack.events.types.connection import *
from rxslack.events.types.direct import *
from rxslack.events.types.files import *
from rxslack.events.types.huddles import *
from rxslack.events.types.members import *
from rxslack.events.types.message import *
from rxslack.events.types.message_system import *
from rxslack.events.types.pins import *
from rxslack.events.types.presence import *
from rxslack.events.types.reactions import *
from rxslack.events.types.rxslack_items import *
from rxslack.events.types.shared_channels import *
from rxslack.events.types.subteams import *
from rxslack.events.types.team import *
from rxslack.events.types.users import *
from rxslack.events.types.workflows import *

__all__ = ["AnyMessageEvent", "SlackEvent"]

AnyMessageEvent: TypeAlias = (
    AssistantAppThreadMessageEvent
    | BotAddMessageEvent
    | BotDisableMessageEvent
    | BotMessageEvent
    | ChannelArchiveMessageEvent
    | ChannelConvertToPrivateMessageEvent
    | ChannelConvertToPublicMessageEvent
    | ChannelJoinMessageEvent
    | ChannelLeaveMessageEvent
    | ChannelNameMessageEvent
    | ChannelPostingPermissionsMessageEvent
    | ChannelPurposeMessageEvent
    | ChannelTopicMessageEvent
    | ChannelUnarchiveMessageEvent
    | DocumentMentionMessageEvent
    | EkmAccessDeniedMessageEvent
    | FileCommentMessageEvent
    | FileMentionMessageEvent
    | FileShareMessageEvent
    | GroupArchiveMessageEvent
    | GroupJoinMessageEvent
    | GroupLeaveMessageEvent
    | GroupNameMessageEvent
    | GroupPurposeMessageEvent
    | GroupTopicMessageEvent
    | GroupUnarchiveMessageEvent
    | MeMessageEvent
    | MessageChangedEvent
    | MessageDeletedEvent
    | MessageEvent
    | MessageLockedEvent
    | MessageRepliedEvent
    | PinnedItemMessageEvent
    | ReminderAddMessageEvent
    | ReplyBroadcastMessageEvent
    | ThreadBroadcastMessageEvent
    | UnpinnedItemMessageEvent
)

SlackEvent: TypeAlias = (
    AnyMessageEvent
    | AccountsChangedEvent
    | ActivityEvent
    | AgentSessionStoppedEvent
    | AgentSessionTitleChangedEvent
    | AppContextChangedEvent
    | AppDeletedEvent
    | AppHomeOpenedEvent
    | AppInstalledEvent
    | AppMentionEvent
    | AppRateLimitedEvent
    | AppRequestedEvent
    | AppUninstalledEvent
    | AppUninstalledTeamEvent
    | AppsUninstalledEvent
    | AssistantThreadContextChangedEvent
    | AssistantThreadStartedEvent
    | BadgeCountsUpdatedEvent
    | BotAddedEvent
    | BotChangedEvent
    | CallRejectedEvent
    | ChannelArchiveEvent
    | ChannelCreatedEvent
    | ChannelDeletedEvent
    | ChannelHistoryChangedEvent
    | ChannelIdChangedEvent
    | ChannelJoinedEvent
    | ChannelLeftEvent
    | ChannelMarkedEvent
    | ChannelPostingPermissionsEvent
    | ChannelRenameEvent
    | ChannelSharedEvent
    | ChannelUnarchiveEvent
    | ChannelUnsharedEvent
    | ChannelUpdatedEvent
    | CommandsChangedEvent
    | DecisionEvent
    | DesktopNotificationEvent
    | DisconnectEvent
    | DndUpdatedEvent
    | DndUpdatedUserEvent
    | DraftCreateEvent
    | DraftSendEvent
    | EmailDomainChangedEvent
    | EmojiChangedEvent
    | EntityCommentsRequestedEvent
    | EntityDetailsRequestedEvent
    | ErrorEvent
    | ExternalOrgMigrationFinishedEvent
    | ExternalOrgMigrationStartedEvent
    | FailureEvent
    | FileChangeEvent
    | FileCommentAddedEvent
    | FileCommentDeletedEvent
    | FileCommentEditedEvent
    | FileCreatedEvent
    | FileDeletedEvent
    | FilePublicEvent
    | FileSharedEvent
    | FileUnsharedEvent
    | FunctionExecutedEvent
    | BackfilledEvent
    | GapEvent
    | GhostsEvent
    | GoodbyeEvent
    | GridMigrationFinishedEvent
    | GridMigrationStartedEvent
    | GroupArchiveEvent
    | GroupCloseEvent
    | GroupDeletedEvent
    | GroupHistoryChangedEvent
    | GroupJoinEvent
    | GroupJoinedEvent
    | GroupLeftEvent
    | GroupMarkedEvent
    | GroupOpenEvent
    | GroupRenameEvent
    | GroupUnarchiveEvent
    | HelloEvent
    | ImCloseEvent
    | ImCreatedEvent
    | ImHistoryChangedEvent
    | ImMarkedEvent
    | ImOpenEvent
    | InviteRequestedEvent
    | LinkSharedEvent
    | ManualPresenceChangeEvent
    | MemberJoinedChannelEvent
    | MemberLeftChannelEvent
    | MessageMetadataDeletedEvent
    | MessageMetadataPostedEvent
    | MessageMetadataUpdatedEvent
    | MobileInAppNotificationEvent
    | MpimCloseEvent
    | MpimHistoryChangedEvent
    | MpimJoinedEvent
    | MpimMarkedEvent
    | MpimOpenEvent
    | PinAddedEvent
    | PinRemovedEvent
    | PongEvent
    | PrefChangeEvent
    | PresenceChangeEvent
    | ReactionAddedEvent
    | ReactionRemovedEvent
    | ReconnectUrlEvent
    | ReplayedEvent
    | ReplyEvent
    | ResourcesAddedEvent
    | ResourcesRemovedEvent
    | ScopeDeniedEvent
    | ScopeGrantedEvent
    | ShRoomJoinEvent
    | ShRoomLeaveEvent
    | ShRoomUpdateEvent
    | SharedChannelInviteAcceptedEvent
    | SharedChannelInviteApprovedEvent
    | SharedChannelInviteDeclinedEvent
    | SharedChannelInviteReceivedEvent
    | SharedChannelInviteRequestedEvent
    | StarAddedEvent
    | StarRemovedEvent
    | StreamEvent
    | SubteamCreatedEvent
    | SubteamMembersChangedEvent
    | SubteamSelfAddedEvent
    | SubteamSelfRemovedEvent
    | SubteamUpdatedEvent
    | TeamAccessGrantedEvent
    | TeamAccessRevokedEvent
    | TeamDomainChangeEvent
    | TeamJoinEvent
    | TeamMigrationStartedEvent
    | TeamPlanChangeEvent
    | TeamPrefChangeEvent
    | TeamProfileChangeEvent
    | TeamProfileDeleteEvent
    | TeamProfileReorderEvent
    | TeamRenameEvent
    | ThreadMarkedEvent
    | ThreadSubscribedEvent
    | TokensRevokedEvent
    | UnreadableEvent
    | UnsentEvent
    | UpdateGlobalThreadStateEvent
    | UpdateThreadStateEvent
    | UrlVerificationEvent
    | UserChangeEvent
    | UserConnectionEvent
    | UserHuddleChangedEvent
    | UserInvalidatedEvent
    | UserProfileChangedEvent
    | UserResourceDeniedEvent
    | UserResourceGrantedEvent
    | UserResourceRemovedEvent
    | UserStatusChangedEvent
    | UserTypingEvent
    | WorkflowDeletedEvent
    | WorkflowPublishedEvent
    | WorkflowStepDeletedEvent
    | WorkflowStepExecuteEvent
    | WorkflowUnpublishedEvent
)
