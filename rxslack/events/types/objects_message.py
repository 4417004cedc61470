"""What messages are made of: blocks, attachments, and messages inside other events."""

from typing import Any, NotRequired, TypedDict

from rxslack.events.types.huddles import HuddleRoom
from rxslack.events.types.objects import BotProfile, Edited, Icons, MessageMetadata
from rxslack.events.types.objects_file import File, FileComment, Reaction
from rxslack.events.types.objects_user import MiniProfile

__all__ = [
    "AssistantAppThread",
    "Attachment",
    "AttachmentAction",
    "AttachmentConfirm",
    "AttachmentField",
    "AttachmentPicture",
    "AttachmentPreview",
    "Block",
    "MessageKeys",
    "NestedMessage",
    "TextObject",
    "ThreadReply",
]


class Block(TypedDict):
    """
    A block of Block Kit: the keys of all kinds at the first level.

    What is inside depends on the kind, and Slack adds kinds and elements without notice, so below
    the first level nothing is promised (`Any`).

    Source: docs.slack.dev/reference/block-kit/blocks.
    """

    type: str  # "section", "rich_text", "image" ...
    block_id: NotRequired[str]
    text: NotRequired[Any]  # an object; in a markdown block the text itself
    fields: NotRequired[list[Any]]
    accessory: NotRequired[Any]
    elements: NotRequired[list[Any]]
    element: NotRequired[Any]
    label: NotRequired[Any]
    hint: NotRequired[Any]
    optional: NotRequired[bool]
    dispatch_action: NotRequired[bool]
    expand: NotRequired[bool]
    title: NotRequired[Any]
    subtitle: NotRequired[Any]
    body: NotRequired[Any]
    icon: NotRequired[Any]
    actions: NotRequired[list[Any]]
    alt_text: NotRequired[str]
    fallback: NotRequired[str]
    image_url: NotRequired[str]
    image_width: NotRequired[int]
    image_height: NotRequired[int]
    image_bytes: NotRequired[int]
    is_animated: NotRequired[bool]
    slack_file: NotRequired[Any]
    hero_image: NotRequired[Any]
    video_url: NotRequired[str]
    thumbnail_url: NotRequired[str]
    title_url: NotRequired[str]
    author_name: NotRequired[str]
    provider_name: NotRequired[str]
    provider_icon_url: NotRequired[str]
    description: NotRequired[Any]
    external_id: NotRequired[str]
    source: NotRequired[str]
    file_id: NotRequired[str]
    file: NotRequired[Any]
    call_id: NotRequired[str]
    call: NotRequired[Any]
    api_decoration_available: NotRequired[bool]
    function_trigger_id: NotRequired[str]
    app_id: NotRequired[str]
    is_workflow_app: NotRequired[bool]
    app_collaborators: NotRequired[list[str]]
    button_label: NotRequired[str]
    bot_user_id: NotRequired[str]
    url: NotRequired[str]
    rows: NotRequired[list[Any]]
    columns: NotRequired[list[Any]]
    column_settings: NotRequired[list[Any]]
    tasks: NotRequired[list[Any]]
    task_id: NotRequired[str]
    status: NotRequired[str]
    details: NotRequired[Any]
    output: NotRequired[Any]
    sources: NotRequired[list[Any]]


class AttachmentField(TypedDict, total=False):
    """
    A row in an attachment.

    Source: docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments.
    """

    title: str
    value: str
    short: bool


class AttachmentConfirm(TypedDict, total=False):
    """
    What asks whether you are sure.

    Source: docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments.
    """

    title: str
    text: str
    ok_text: str
    dismiss_text: str


class AttachmentAction(TypedDict, total=False):
    """
    A button or menu.

    Source: docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments.
    """

    id: str
    name: str
    text: str
    type: str  # "button" or "select"
    style: str
    value: str
    url: str
    confirm: AttachmentConfirm | list[AttachmentConfirm]
    options: list[dict[str, Any]]  # as the app made them
    option_groups: list[dict[str, Any]]  # as the app made them
    selected_options: list[dict[str, Any]]  # as the app made them
    data_source: str
    min_query_length: int


class TextObject(TypedDict):
    """
    Text, plain or marked up.

    Source: docs.slack.dev/reference/block-kit/composition-objects/text-object.
    """

    type: str  # "plain_text" or "mrkdwn"
    text: str
    emoji: NotRequired[bool]
    verbatim: NotRequired[bool]


class AttachmentPreview(TypedDict, total=False):
    """An app's preview of a link. Source: docs.slack.dev/reference/methods/chat.unfurl."""

    type: str
    can_remove: bool
    title: TextObject
    subtitle: TextObject
    icon_url: str


class AttachmentPicture(TypedDict, total=False):
    """What is known of a picture. Source: slackapi/java-slack-sdk, json-logs/samples/events."""

    thumb_64: bool
    thumb_80: bool
    thumb_160: bool
    thumb_360_w: int
    thumb_360_h: int
    original_w: int
    original_h: int
    format: str
    extension: str
    rotation: int
    thumb_tiny: str


# `list` would hide the builtin in a class body; the other keys of a list stand in `Attachment`.
class AttachedList(TypedDict):
    list: NotRequired[File]


class Attachment(AttachedList, total=False):
    """
    A secondary attachment: what an app added, or the preview of a link.

    Source: docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments.
    """

    id: int
    fallback: str
    color: str
    hide_color: bool
    pretext: str
    title: str
    title_link: str
    text: str
    fields: list[AttachmentField]
    mrkdwn_in: list[str]
    ts: str | float  # "1485976157.000000" of a message, or unix seconds
    footer: str
    footer_icon: str
    callback_id: str
    actions: list[AttachmentAction]
    blocks: list[Block]
    author_id: str
    author_name: str
    author_subname: str
    author_link: str
    author_icon: str
    service_name: str
    service_url: str
    service_icon: str
    image_url: str
    image_width: int
    image_height: int
    image_bytes: int
    thumb_url: str
    thumb_width: int
    thumb_height: int
    video_url: str
    video_html: str
    video_html_width: float
    video_html_height: float
    msg_subtype: str
    from_url: str
    original_url: str
    app_unfurl_url: str
    is_app_unfurl: bool
    is_msg_unfurl: bool
    is_reply_unfurl: bool
    is_thread_root_unfurl: bool
    is_share: bool
    indent: bool
    app_id: str
    bot_id: str
    bot_team_id: str
    channel_id: str
    channel_name: str
    channel_team: str
    message_blocks: list[dict[str, Any]]  # the quoted message; Slack publishes no shape
    preview: AttachmentPreview
    work_object_entity: dict[str, Any]  # Slack publishes no shape
    files: list[File]
    file_id: str
    slack_file_id: str
    filename: str
    size: int  # bytes
    mimetype: str
    media_type: str
    url: str
    metadata: AttachmentPicture
    is_file_attachment: bool
    hide_border: bool
    list_record_id: str
    list_record: dict[str, Any]  # Slack publishes no shape
    list_records: list[dict[str, Any]]  # Slack publishes no shape
    list_schema: list[dict[str, Any]]  # Slack publishes no shape
    list_view_id: str
    list_view: dict[str, Any]  # Slack publishes no shape


class AssistantAppThread(TypedDict, total=False):
    """
    A thread with an assistant.

    Source: docs.slack.dev/reference/events/message/assistant_app_thread.
    """

    title: str
    title_blocks: list[Block]
    artifacts: list[Any]  # Slack publishes no shape
    first_user_thread_reply: str


class ThreadReply(TypedDict):
    """
    A reply, named in its parent (until 2019).

    Source: docs.slack.dev/reference/events/message/message_replied.
    """

    user: str
    ts: str


class MessageKeys(TypedDict, total=False):
    """
    What any message may have besides its own keys.

    Source: docs.slack.dev/reference/events/message.
    """

    client_msg_id: str  # a uuid by the client that sent it; absent from apps' posts
    reply_to: int  # your own last message, repeated on a new connection: the id it was sent with
    team: str
    user_team: str
    source_team: str  # the same message may reach several workspaces; this is where it began
    user_profile: MiniProfile
    username: str | None
    icons: Icons | None
    app_id: str
    bot_profile: BotProfile
    bot_link: str
    blocks: list[Block]
    attachments: list[Attachment]
    files: list[File]
    x_files: list[str]  # ids of files elsewhere
    upload: bool
    upload_reply_to: str
    display_as_bot: bool
    edited: Edited
    parent_user_id: str  # of the thread's first message
    is_locked: bool
    is_starred: bool
    pinned_to: list[str]
    permalink: str
    reactions: list[Reaction]
    metadata: MessageMetadata
    is_ephemeral: bool
    suppress_notification: bool
    silent: bool
    mrkdwn: bool
    unfurl_links: bool
    unfurl_media: bool
    is_intro: bool
    is_multiteam: bool
    is_thread_broadcast: bool
    reply_broadcast: bool
    new_broadcast: bool
    streaming_state: str  # "in_progress", "completed" or "errored": an app writes it as you look
    assistant_thread: dict[str, Any]  # Slack publishes no shape
    language: dict[str, Any]  # as Slack detected it; Slack publishes no shape
    channel_type: str  # "channel", "group", "im", "mpim" or "app_home"; not on RTM


class NestedMessage(MessageKeys):
    """
    A message inside another event, as `conversations.history` gives it: it has no channel.

    Source: docs.slack.dev/reference/events/message/message_changed.
    """

    type: str  # "message"
    ts: str  # identifies it, together with the channel of the event around it
    subtype: NotRequired[str]
    channel: NotRequired[str]
    user: NotRequired[str]
    text: NotRequired[str | None]
    bot_id: NotRequired[str | None]
    thread_ts: NotRequired[str]  # equal to `ts` in the message that starts a thread
    event_ts: NotRequired[str]
    hidden: NotRequired[bool]
    reply_count: NotRequired[int]
    reply_users: NotRequired[list[str]]
    reply_users_count: NotRequired[int]
    replies: NotRequired[list[ThreadReply]]
    latest_reply: NotRequired[str]
    subscribed: NotRequired[bool]
    last_read: NotRequired[str]
    unread_count: NotRequired[int]
    root: NotRequired["NestedMessage"]  # of a reply also shown in the channel
    inviter: NotRequired[str]
    topic: NotRequired[str]
    purpose: NotRequired[str]
    name: NotRequired[str]
    old_name: NotRequired[str]
    members: NotRequired[list[str]]
    file: NotRequired[File]
    comment: NotRequired[FileComment]
    item: NotRequired[dict[str, Any]]  # what was pinned: of several kinds
    item_type: NotRequired[str]
    assistant_app_thread: NotRequired[AssistantAppThread]
    room: NotRequired[HuddleRoom]
    no_notifications: NotRequired[bool]
