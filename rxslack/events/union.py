"""All messages, and all events, as unions; events rxslack does not know are outside."""

from typing import TypeAlias

from rxslack.events.agents import (
    AgentSessionStoppedEvent,
    AgentSessionTitleChangedEvent,
    AppContextChangedEvent,
    AssistantThreadContextChangedEvent,
    AssistantThreadStartedEvent,
    EntityCommentsRequestedEvent,
    EntityDetailsRequestedEvent,
)
from rxslack.events.apps import (
    AppDeletedEvent,
    AppHomeOpenedEvent,
    AppInstalledEvent,
    AppMentionEvent,
    AppRateLimitedEvent,
    AppRequestedEvent,
    AppUninstalledEvent,
    AppUninstalledTeamEvent,
    InviteRequestedEvent,
    LinkSharedEvent,
    MessageMetadataDeletedEvent,
    MessageMetadataPostedEvent,
    MessageMetadataUpdatedEvent,
    TeamAccessGrantedEvent,
    TeamAccessRevokedEvent,
    TokensRevokedEvent,
)
from rxslack.events.bots import (
    AppsUninstalledEvent,
    BotAddedEvent,
    BotChangedEvent,
    CommandsChangedEvent,
)
from rxslack.events.channels import (
    ChannelArchiveEvent,
    ChannelCreatedEvent,
    ChannelDeletedEvent,
    ChannelHistoryChangedEvent,
    ChannelIdChangedEvent,
    ChannelJoinedEvent,
    ChannelLeftEvent,
    ChannelMarkedEvent,
    ChannelPostingPermissionsEvent,
    ChannelRenameEvent,
    ChannelUnarchiveEvent,
    ChannelUpdatedEvent,
    GroupArchiveEvent,
    GroupCloseEvent,
    GroupDeletedEvent,
    GroupHistoryChangedEvent,
    GroupJoinedEvent,
    GroupLeftEvent,
    GroupMarkedEvent,
    GroupOpenEvent,
    GroupRenameEvent,
    GroupUnarchiveEvent,
)
from rxslack.events.client_state import (
    ActivityEvent,
    BadgeCountsUpdatedEvent,
    DesktopNotificationEvent,
    DraftCreateEvent,
    DraftSendEvent,
    MobileInAppNotificationEvent,
    ThreadMarkedEvent,
    ThreadSubscribedEvent,
    UpdateGlobalThreadStateEvent,
    UpdateThreadStateEvent,
)
from rxslack.events.connection import (
    DisconnectEvent,
    ErrorEvent,
    GoodbyeEvent,
    HelloEvent,
    PongEvent,
    ReconnectUrlEvent,
    UrlVerificationEvent,
)
from rxslack.events.direct import (
    ImCloseEvent,
    ImCreatedEvent,
    ImHistoryChangedEvent,
    ImMarkedEvent,
    ImOpenEvent,
    MpimCloseEvent,
    MpimHistoryChangedEvent,
    MpimJoinedEvent,
    MpimMarkedEvent,
    MpimOpenEvent,
)
from rxslack.events.files import (
    FileChangeEvent,
    FileCommentAddedEvent,
    FileCommentDeletedEvent,
    FileCommentEditedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FilePublicEvent,
    FileSharedEvent,
    FileUnsharedEvent,
)
from rxslack.events.huddles import (
    CallRejectedEvent,
    ShRoomJoinEvent,
    ShRoomLeaveEvent,
    ShRoomUpdateEvent,
)
from rxslack.events.members import GroupJoinEvent, MemberJoinedChannelEvent, MemberLeftChannelEvent
from rxslack.events.message import (
    AssistantAppThreadMessageEvent,
    BotMessageEvent,
    EkmAccessDeniedMessageEvent,
    FileCommentMessageEvent,
    FileMentionMessageEvent,
    FileShareMessageEvent,
    MeMessageEvent,
    MessageChangedEvent,
    MessageDeletedEvent,
    MessageEvent,
    MessageLockedEvent,
    MessageRepliedEvent,
    ReplyBroadcastMessageEvent,
    ThreadBroadcastMessageEvent,
)
from rxslack.events.message_system import (
    BotAddMessageEvent,
    BotDisableMessageEvent,
    ChannelArchiveMessageEvent,
    ChannelConvertToPrivateMessageEvent,
    ChannelConvertToPublicMessageEvent,
    ChannelJoinMessageEvent,
    ChannelLeaveMessageEvent,
    ChannelNameMessageEvent,
    ChannelPostingPermissionsMessageEvent,
    ChannelPurposeMessageEvent,
    ChannelTopicMessageEvent,
    ChannelUnarchiveMessageEvent,
    DocumentMentionMessageEvent,
    GroupArchiveMessageEvent,
    GroupJoinMessageEvent,
    GroupLeaveMessageEvent,
    GroupNameMessageEvent,
    GroupPurposeMessageEvent,
    GroupTopicMessageEvent,
    GroupUnarchiveMessageEvent,
    PinnedItemMessageEvent,
    ReminderAddMessageEvent,
    UnpinnedItemMessageEvent,
)
from rxslack.events.pins import PinAddedEvent, PinRemovedEvent, StarAddedEvent, StarRemovedEvent
from rxslack.events.presence import (
    DndUpdatedEvent,
    DndUpdatedUserEvent,
    ManualPresenceChangeEvent,
    PresenceChangeEvent,
    UserTypingEvent,
)
from rxslack.events.reactions import ReactionAddedEvent, ReactionRemovedEvent
from rxslack.events.rxslack_items import (
    BackfilledEvent,
    FailureEvent,
    GapEvent,
    GhostsEvent,
    ReplayedEvent,
    ReplyEvent,
    UnreadableEvent,
    UnsentEvent,
)
from rxslack.events.shared_channels import (
    ChannelSharedEvent,
    ChannelUnsharedEvent,
    SharedChannelInviteAcceptedEvent,
    SharedChannelInviteApprovedEvent,
    SharedChannelInviteDeclinedEvent,
    SharedChannelInviteReceivedEvent,
    SharedChannelInviteRequestedEvent,
)
from rxslack.events.subteams import (
    SubteamCreatedEvent,
    SubteamMembersChangedEvent,
    SubteamSelfAddedEvent,
    SubteamSelfRemovedEvent,
    SubteamUpdatedEvent,
)
from rxslack.events.team import (
    EmailDomainChangedEvent,
    EmojiChangedEvent,
    ExternalOrgMigrationFinishedEvent,
    ExternalOrgMigrationStartedEvent,
    GridMigrationFinishedEvent,
    GridMigrationStartedEvent,
    TeamDomainChangeEvent,
    TeamMigrationStartedEvent,
    TeamPlanChangeEvent,
    TeamPrefChangeEvent,
    TeamProfileChangeEvent,
    TeamProfileDeleteEvent,
    TeamProfileReorderEvent,
    TeamRenameEvent,
)
from rxslack.events.users import (
    AccountsChangedEvent,
    PrefChangeEvent,
    TeamJoinEvent,
    UserChangeEvent,
    UserConnectionEvent,
    UserHuddleChangedEvent,
    UserInvalidatedEvent,
    UserProfileChangedEvent,
    UserResourceDeniedEvent,
    UserResourceGrantedEvent,
    UserResourceRemovedEvent,
    UserStatusChangedEvent,
)
from rxslack.events.workflows import (
    FunctionExecutedEvent,
    ResourcesAddedEvent,
    ResourcesRemovedEvent,
    ScopeDeniedEvent,
    ScopeGrantedEvent,
    WorkflowDeletedEvent,
    WorkflowPublishedEvent,
    WorkflowStepDeletedEvent,
    WorkflowStepExecuteEvent,
    WorkflowUnpublishedEvent,
)

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
