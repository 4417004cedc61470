"""Slack's events as TypedDicts, one family a file; no functions."""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.events.types.agents import *
    from rxslack.events.types.apps import *
    from rxslack.events.types.bots import *
    from rxslack.events.types.channels import *
    from rxslack.events.types.client_state import *
    from rxslack.events.types.commands import *
    from rxslack.events.types.connection import *
    from rxslack.events.types.direct import *
    from rxslack.events.types.envelopes import *
    from rxslack.events.types.files import *
    from rxslack.events.types.huddles import *
    from rxslack.events.types.interactions import *
    from rxslack.events.types.members import *
    from rxslack.events.types.message import *
    from rxslack.events.types.message_system import *
    from rxslack.events.types.objects import *
    from rxslack.events.types.objects_channel import *
    from rxslack.events.types.objects_file import *
    from rxslack.events.types.objects_message import *
    from rxslack.events.types.objects_user import *
    from rxslack.events.types.pins import *
    from rxslack.events.types.presence import *
    from rxslack.events.types.reactions import *
    from rxslack.events.types.rxslack_items import *
    from rxslack.events.types.shared_channels import *
    from rxslack.events.types.subteams import *
    from rxslack.events.types.team import *
    from rxslack.events.types.union import *
    from rxslack.events.types.users import *
    from rxslack.events.types.workflows import *

# A class is built when it is first asked for, with those of its family: all would take 25 ms.
lazy_names(
    __name__,
    {
        "rxslack.events.types.agents": """
            AgentSessionStatus AgentSessionStoppedEvent
            AgentSessionTitleChangedEvent AppContext AppContextChangedEvent
            AssistantContext AssistantThread AssistantThreadContextChangedEvent
            AssistantThreadStartedEvent ContextEntity EntityCommentsRequestedEvent
            EntityDetailsRequestedEvent ExternalReference
        """,
        "rxslack.events.types.apps": """
            AppDeletedEvent AppHomeOpenedEvent AppInstalledEvent AppLifeKeys
            AppMentionEvent AppRateLimitedEvent AppRequest AppRequestResolution
            AppRequestedEvent AppScope AppUninstalledEvent AppUninstalledTeamEvent
            InviteRequest InviteRequestedEvent LinkSharedEvent
            MessageMetadataDeletedEvent MessageMetadataKeys
            MessageMetadataPostedEvent MessageMetadataUpdatedEvent RequestedApp
            RequestingUser RevokedTokens TeamAccessGrantedEvent
            TeamAccessRevokedEvent TokensRevokedEvent
        """,
        "rxslack.events.types.bots": """
            AppsUninstalledEvent BotAddedEvent BotChangedEvent CommandsChangedEvent
        """,
        "rxslack.events.types.channels": """
            ChannelArchiveEvent ChannelCreatedEvent ChannelDeletedEvent
            ChannelHistoryChangedEvent ChannelIdChangedEvent ChannelJoinedEvent
            ChannelLeftEvent ChannelMarkedEvent ChannelPostingPermissionsEvent
            ChannelRenameEvent ChannelUnarchiveEvent ChannelUpdatedEvent
            GroupArchiveEvent GroupCloseEvent GroupDeletedEvent
            GroupHistoryChangedEvent GroupJoinedEvent GroupLeftEvent
            GroupMarkedEvent GroupOpenEvent GroupRenameEvent GroupUnarchiveEvent
            HistoryChanged ReadMark
        """,
        "rxslack.events.types.client_state": """
            ActivityEvent BadgeCountsUpdatedEvent DesktopNotificationEvent
            DraftCreateEvent DraftSendEvent MobileInAppNotificationEvent
            ThreadMarkedEvent ThreadSubscribedEvent UpdateGlobalThreadStateEvent
            UpdateThreadStateEvent
        """,
        "rxslack.events.types.commands": "SlashCommand",
        "rxslack.events.types.connection": """
            ConnectionDebugInfo DisconnectEvent ErrorEvent GoodbyeEvent HelloEvent
            PongEvent ReconnectUrlEvent UrlVerificationEvent
        """,
        "rxslack.events.types.direct": """
            ImCloseEvent ImCreatedEvent ImHistoryChangedEvent ImMarkedEvent
            ImOpenEvent MpimCloseEvent MpimHistoryChangedEvent MpimJoinedEvent
            MpimMarkedEvent MpimOpenEvent
        """,
        "rxslack.events.types.envelopes": """
            Authorization EnvelopeKeys EventsApiEnvelope EventsApiPayload
            InteractiveEnvelope SlackEnvelope SlashCommandsEnvelope
        """,
        "rxslack.events.types.files": """
            FileChangeEvent FileCommentAddedEvent FileCommentDeletedEvent
            FileCommentEditedEvent FileCreatedEvent FileDeletedEvent FileKeys
            FilePublicEvent FileSharedEvent FileUnsharedEvent
        """,
        "rxslack.events.types.huddles": """
            CallRejectedEvent HuddleChannel HuddleRoom ShRoomJoinEvent
            ShRoomLeaveEvent ShRoomUpdateEvent
        """,
        "rxslack.events.types.interactions": """
            BlockAction BlockActions BlockSuggestion ChannelReference
            DialogCancellation DialogSubmission DialogSuggestion GlobalShortcut
            Interaction InteractionKeys InteractionTeam InteractionUser
            InteractiveMessage MessageShortcut View ViewClosed ViewState
            ViewSubmission
        """,
        "rxslack.events.types.members": """
            GroupJoinEvent MemberJoinedChannelEvent MemberLeftChannelEvent
        """,
        "rxslack.events.types.message": """
            AssistantAppThreadMessageEvent BotMessageEvent
            EkmAccessDeniedMessageEvent FileCommentMessageEvent
            FileMentionMessageEvent FileShareMessageEvent MeMessageEvent
            MessageChangedEvent MessageDeletedEvent MessageEvent MessageInChannel
            MessageLockedEvent MessageRepliedEvent ReplyBroadcastMessageEvent
            ThreadBroadcastMessageEvent UserMessage
        """,
        "rxslack.events.types.message_system": """
            BotAddMessageEvent BotDisableMessageEvent ChannelArchiveMessageEvent
            ChannelConvertToPrivateMessageEvent ChannelConvertToPublicMessageEvent
            ChannelJoinMessageEvent ChannelLeaveMessageEvent ChannelNameMessageEvent
            ChannelPostingPermissionsMessageEvent ChannelPurposeMessageEvent
            ChannelTopicMessageEvent ChannelUnarchiveMessageEvent DocumentMention
            DocumentMentionMessageEvent GroupArchiveMessageEvent
            GroupJoinMessageEvent GroupLeaveMessageEvent GroupNameMessageEvent
            GroupPurposeMessageEvent GroupTopicMessageEvent
            GroupUnarchiveMessageEvent PinnedItemMessageEvent
            ReminderAddMessageEvent UnpinnedItemMessageEvent
        """,
        "rxslack.events.types.objects": """
            Bot BotProfile Edited FileReference Icons Link MessageMetadata
            SocketProblem Team TeamIcon ThreadSubscription Topic
        """,
        "rxslack.events.types.objects_channel": """
            Channel ConversationKeys DirectChannel RenamedChannel
        """,
        "rxslack.events.types.objects_file": """
            EmailAddress EmailHeaders File FileComment FilePin FileShare FileShares
            FileTranscription ListLimits ListMetadata ListOrigin MediaProgress
            Reaction SavedState TranscriptionPreview
        """,
        "rxslack.events.types.objects_message": """
            AssistantAppThread Attachment AttachmentAction AttachmentConfirm
            AttachmentField AttachmentPicture AttachmentPreview Block MessageKeys
            NestedMessage TextObject ThreadReply
        """,
        "rxslack.events.types.objects_user": """
            EnterpriseUser MiniProfile ProfileField StatusEmojiDisplayInfo User
            UserProfile
        """,
        "rxslack.events.types.pins": """
            MarkedItem PinAddedEvent PinRemovedEvent PinnedInfo StarAddedEvent
            StarRemovedEvent
        """,
        "rxslack.events.types.presence": """
            DndStatus DndUpdatedEvent DndUpdatedUserEvent ManualPresenceChangeEvent
            PresenceChangeEvent PresenceQueryEvent PresenceSubEvent UserTypingEvent
        """,
        "rxslack.events.types.reactions": "ReactionAddedEvent ReactionItem ReactionRemovedEvent",
        "rxslack.events.types.rxslack_items": """
            BackfilledEvent DecisionEvent FailureEvent GapEvent GhostsEvent
            MissingPart ReplayedEvent ReplyEvent StreamEvent UnreadableEvent
            UnsentEvent
        """,
        "rxslack.events.types.shared_channels": """
            ChannelSharedEvent ChannelUnsharedEvent InviteActor InviteTarget
            SharedChannel SharedChannelInvite SharedChannelInviteAcceptedEvent
            SharedChannelInviteApprovedEvent SharedChannelInviteDeclinedEvent
            SharedChannelInviteReceivedEvent SharedChannelInviteRequestedEvent
        """,
        "rxslack.events.types.subteams": """
            Subteam SubteamCreatedEvent SubteamMembersChangedEvent SubteamPrefs
            SubteamSelfAddedEvent SubteamSelfRemovedEvent SubteamUpdatedEvent
        """,
        "rxslack.events.types.team": """
            EmailDomainChangedEvent EmojiChangedEvent
            ExternalOrgMigrationFinishedEvent ExternalOrgMigrationStartedEvent
            GridMigrationFinishedEvent GridMigrationStartedEvent
            TeamDomainChangeEvent TeamMigrationStartedEvent TeamPlanChangeEvent
            TeamPrefChangeEvent TeamProfile TeamProfileChangeEvent
            TeamProfileDeleteEvent TeamProfileField TeamProfileReorderEvent
            TeamRenameEvent
        """,
        "rxslack.events.types.union": "AnyMessageEvent SlackEvent",
        "rxslack.events.types.users": """
            AccountsChangedEvent PrefChangeEvent TeamJoinEvent UserChangeEvent
            UserChanged UserConnectionEvent UserHuddleChangedEvent
            UserInvalidatedEvent UserProfileChangedEvent UserResourceDeniedEvent
            UserResourceGrantedEvent UserResourceRemovedEvent UserStatusChangedEvent
        """,
        "rxslack.events.types.workflows": """
            ExecutedFunction FunctionExecutedEvent FunctionParameter GrantedResource
            ResourceGrant ResourceScopes ResourcesAddedEvent ResourcesRemovedEvent
            ScopeDeniedEvent ScopeGrantedEvent WorkflowAppStep WorkflowConfiguration
            WorkflowDeletedEvent WorkflowPublishedEvent WorkflowStep
            WorkflowStepDeletedEvent WorkflowStepExecuteEvent
            WorkflowUnpublishedEvent
        """,
    },
)
