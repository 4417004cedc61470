"""
Small objects that several events carry: topics, icons, bots, references to files.

Annotations are evaluated at import in all of `rxslack.events` (no postponed ones), because only
then do `__required_keys__` and `__optional_keys__` of a TypedDict tell the truth.
"""

from typing import NotRequired, TypedDict

__all__ = [
    "Bot",
    "BotProfile",
    "Edited",
    "FileReference",
    "Icons",
    "Link",
    "MessageMetadata",
    "SocketProblem",
    "Team",
    "TeamIcon",
    "ThreadSubscription",
    "Topic",
]


class Topic(TypedDict):
    """
    A channel's topic or purpose.

    Source: docs.slack.dev/reference/objects/conversation-object.
    """

    value: str
    creator: str  # who set it; empty while nobody has
    last_set: int  # unix seconds; 0 while nobody has


class Edited(TypedDict):
    """Who edited a message last, and when. Source: docs.slack.dev/reference/events/message."""

    user: str
    ts: str  # "1485976157.000000"


class Icons(TypedDict, total=False):
    """
    The pictures of a bot or an app.

    Source: docs.slack.dev/reference/events/message/bot_message.
    """

    emoji: str  # ":robot_face:"
    image_24: str
    image_32: str
    image_36: str
    image_48: str
    image_64: str
    image_72: str
    image_96: str
    image_128: str
    image_192: str
    image_512: str
    image_1024: str
    image_original: str


class Bot(TypedDict):
    """An integration's bot. Source: docs.slack.dev/reference/events/bot_added."""

    id: str  # "B3YTBU6L8"
    name: str
    app_id: NotRequired[str]
    user_id: NotRequired[str]
    team_id: NotRequired[str]
    deleted: NotRequired[bool]
    updated: NotRequired[int]  # unix seconds
    icons: NotRequired[Icons]


class BotProfile(TypedDict):
    """The app behind a message. Source: docs.slack.dev/reference/events/message/bot_message."""

    id: str  # "B3YTBU6L8"
    name: str
    app_id: NotRequired[str]
    user_id: NotRequired[str]
    team_id: NotRequired[str]
    deleted: NotRequired[bool]
    updated: NotRequired[int]  # unix seconds
    icons: NotRequired[Icons]


class FileReference(TypedDict):
    """
    A file by its id; `files.info` has the rest.

    Source: docs.slack.dev/reference/events/file_shared.
    """

    id: str  # "F3ZLY6K5J"


class Link(TypedDict):
    """A link in a message. Source: docs.slack.dev/reference/events/link_shared."""

    url: str
    domain: str


class MessageMetadata(TypedDict):
    """What an app attached to a message. Source: docs.slack.dev/messaging/message-metadata."""

    event_type: str
    event_payload: NotRequired[dict[str, object]]  # the app's own, of any shape


class SocketProblem(TypedDict):
    """What Slack found wrong on the socket. Source: docs.slack.dev/legacy/legacy-rtm-api."""

    code: int  # 1 is "Socket URL has expired", 2 "message text is missing"; there is no table
    msg: str
    source: NotRequired[str]  # "gatewayserver-...", in 2026


class TeamIcon(TypedDict, total=False):
    """A workspace's picture. Source: docs.slack.dev/reference/methods/team.info."""

    image_34: str
    image_44: str
    image_68: str
    image_88: str
    image_102: str
    image_132: str
    image_230: str
    image_default: bool
    image_original: str


class Team(TypedDict):
    """A workspace. Source: docs.slack.dev/reference/methods/team.info."""

    id: str  # "T3YS5EAL9"
    name: NotRequired[str]
    domain: NotRequired[str]
    email_domain: NotRequired[str]
    icon: NotRequired[TeamIcon]
    is_verified: NotRequired[bool]
    is_migrating: NotRequired[bool]
    date_created: NotRequired[int]  # unix seconds
    avatar_base_url: NotRequired[str]
    requires_sponsorship: NotRequired[bool]


class ThreadSubscription(TypedDict):
    """
    Your reading of one thread.

    Source: wee-slack/wee-slack, slack/slack_workspace.py (undocumented).
    """

    type: str  # "thread"
    channel: str
    thread_ts: str
    active: NotRequired[bool]
    date_create: NotRequired[int]  # unix seconds
    last_read: NotRequired[str]
    unread_count: NotRequired[int]
