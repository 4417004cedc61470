"""The file object, file comments and reactions on things."""

from typing import Any, NotRequired, TypedDict

from rxslack.events.types.objects import FileReference

__all__ = [
    "EmailAddress",
    "EmailHeaders",
    "File",
    "FileComment",
    "FilePin",
    "FileShare",
    "FileShares",
    "FileTranscription",
    "ListLimits",
    "ListMetadata",
    "ListOrigin",
    "MediaProgress",
    "Reaction",
    "SavedState",
    "TranscriptionPreview",
]


class Reaction(TypedDict):
    """One emoji on a message or file. Source: docs.slack.dev/reference/events/message."""

    name: str  # "thumbsup", or "+1::skin-tone-3"
    count: int
    users: list[str]  # may be some of them only; `count` is the truth
    url: NotRequired[str]


class FileComment(TypedDict):
    """
    A comment on a file, from before 2018.

    Source: docs.slack.dev/reference/events/file_comment_added.
    """

    id: str  # "Fc3ZMDRQLV"
    comment: str
    created: NotRequired[int]  # unix seconds
    timestamp: NotRequired[int]  # unix seconds
    user: NotRequired[str]
    channel: NotRequired[str]
    is_intro: NotRequired[bool]
    is_starred: NotRequired[bool]
    num_stars: NotRequired[int]
    pinned_to: NotRequired[list[str]]
    reactions: NotRequired[list[Reaction]]


class FileShare(TypedDict, total=False):
    """One place where a file was shared. Source: docs.slack.dev/reference/objects/file-object."""

    ts: str
    thread_ts: str
    latest_reply: str
    reply_count: int
    reply_users: list[str]
    reply_users_count: int
    channel_name: str
    team_id: str
    share_user_id: str
    access: str
    source: str
    is_silent_share: bool
    date_last_shared: int  # unix seconds


class FileShares(TypedDict, total=False):
    """
    Where a file was shared, by channel id.

    Source: docs.slack.dev/reference/objects/file-object.
    """

    public: dict[str, list[FileShare]]
    private: dict[str, list[FileShare]]


class FilePin(TypedDict, total=False):
    """Who pinned a file. Source: docs.slack.dev/reference/objects/file-object."""

    pinned_by: str
    pinned_ts: int  # unix seconds


class EmailAddress(TypedDict, total=False):
    """A correspondent of a mail. Source: docs.slack.dev/reference/objects/file-object."""

    address: str
    name: str
    original: str


class EmailHeaders(TypedDict, total=False):
    """The headers of a mail. Source: docs.slack.dev/reference/objects/file-object."""

    date: str
    in_reply_to: str | None
    reply_to: str | None
    message_id: str


class TranscriptionPreview(TypedDict, total=False):
    """How a clip's text begins. Source: docs.slack.dev/reference/objects/file-object."""

    content: str
    has_more: bool


class FileTranscription(TypedDict, total=False):
    """What is said in a clip. Source: docs.slack.dev/reference/objects/file-object."""

    status: str  # "complete" or "processing" ...
    locale: str
    preview: TranscriptionPreview


class MediaProgress(TypedDict, total=False):
    """How far you watched a clip. Source: slackapi/java-slack-sdk, json-logs/samples/events."""

    offset_ms: int
    max_offset_ms: int
    duration_ms: int
    media_watched: bool


class SavedState(TypedDict, total=False):
    """What you saved for later. Source: slackapi/java-slack-sdk, json-logs/samples/events."""

    is_archived: bool
    date_completed: int  # unix seconds
    date_due: int  # unix seconds
    state: str


class ListOrigin(TypedDict, total=False):
    """Where a list came from. Source: slackapi/java-slack-sdk, json-logs/samples/events."""

    type: str
    reference_id: str
    workflow_function_id: str


class ListMetadata(TypedDict, total=False):
    """A list. Source: slackapi/java-slack-sdk, json-logs/samples/events."""

    icon: str
    icon_url: str
    icon_team_id: str
    description: str
    description_blocks: list[Any]  # as a message's blocks
    is_trial: bool
    creation_source: ListOrigin
    schema: list[dict[str, Any]]  # its columns; Slack publishes no shape
    subtask_schema: list[dict[str, Any]]  # as `schema`
    views: list[dict[str, Any]]  # Slack publishes no shape
    integrations: list[Any]  # Slack publishes no shape


class ListLimits(TypedDict, total=False):
    """How much fits into a list. Source: slackapi/java-slack-sdk, json-logs/samples/events."""

    over_row_maximum: bool
    row_count_limit: int
    row_count: int
    archived_row_count: int
    over_column_maximum: bool
    column_count: int
    column_count_limit: int
    over_view_maximum: bool
    view_count: int
    view_count_limit: int
    max_attachments_per_cell: int


# `from` cannot be written as an attribute; the other keys of a mail stand in `File`.
EmailSender = TypedDict("EmailSender", {"from": NotRequired[list[EmailAddress]]})


class File(FileReference, EmailSender):
    """
    A file; one that is gone or out of reach has only `id` and `mode` or `file_access`.

    Source: docs.slack.dev/reference/objects/file-object.
    """

    name: NotRequired[str | None]  # "1x1.png"
    title: NotRequired[str | None]
    title_blocks: NotRequired[list[Any]]  # of a canvas; Slack publishes no shape
    subject: NotRequired[str]
    alt_txt: NotRequired[str]
    mode: NotRequired[str]  # "hosted", "external", "snippet", "post", "space", "tombstone" ...
    file_access: NotRequired[str]  # "visible" or "check_file_info"
    state: NotRequired[str]
    subtype: NotRequired[str]  # "slack_audio" or "slack_video"
    mimetype: NotRequired[str]
    filetype: NotRequired[str]
    pretty_type: NotRequired[str]
    media_display_type: NotRequired[str]
    size: NotRequired[int]  # bytes
    created: NotRequired[int]  # unix seconds
    timestamp: NotRequired[int]  # unix seconds
    updated: NotRequired[int]  # unix seconds
    edit_timestamp: NotRequired[int]  # unix seconds
    user: NotRequired[str]
    username: NotRequired[str | None]
    user_team: NotRequired[str]
    source_team: NotRequired[str]
    bot_id: NotRequired[str | None]
    app_id: NotRequired[str]
    app_name: NotRequired[str]
    display_as_bot: NotRequired[bool]
    editable: NotRequired[bool]
    non_owner_editable: NotRequired[bool]
    editor: NotRequired[str | None]
    last_editor: NotRequired[str | None]
    editors: NotRequired[list[str]]

    url_private: NotRequired[str]  # needs the token
    url_private_download: NotRequired[str]  # needs the token
    url_static_preview: NotRequired[str]
    permalink: NotRequired[str]
    permalink_public: NotRequired[str]
    edit_link: NotRequired[str]
    public_url_shared: NotRequired[bool]
    is_public: NotRequired[bool]
    is_external: NotRequired[bool]
    external_type: NotRequired[str | None]
    external_id: NotRequired[str]
    external_url: NotRequired[str]

    channels: NotRequired[list[str] | None]
    groups: NotRequired[list[str] | None]
    ims: NotRequired[list[str] | None]
    users: NotRequired[list[str] | None]
    shares: NotRequired[FileShares]
    has_more_shares: NotRequired[bool]
    teams_shared_with: NotRequired[list[str]]
    private_channels_with_file_access_count: NotRequired[int]
    private_file_with_access_count: NotRequired[int]
    dm_mpdm_users_with_file_access: NotRequired[list[dict[str, str]]]
    org_or_workspace_access: NotRequired[str]
    access: NotRequired[str]
    last_read: NotRequired[int]
    pinned_to: NotRequired[list[str]]
    pinned_info: NotRequired[dict[str, FilePin]]  # by channel id
    reactions: NotRequired[list[Reaction]]
    is_starred: NotRequired[bool]
    num_stars: NotRequired[int]
    saved: NotRequired[SavedState]
    initial_comment: NotRequired[FileComment]
    comments_count: NotRequired[int]
    sent_to_self: NotRequired[bool]

    has_rich_preview: NotRequired[bool]
    preview: NotRequired[str | None]
    preview_highlight: NotRequired[str | None]
    preview_is_truncated: NotRequired[bool]
    preview_plain_text: NotRequired[str]
    plain_text: NotRequired[str]
    simplified_html: NotRequired[str]
    lines: NotRequired[int]
    lines_more: NotRequired[int]
    has_more: NotRequired[bool]
    blocks: NotRequired[list[Any]]  # of a mail or post; as a message's blocks
    attachments: NotRequired[list[Any]]  # of a mail
    original_attachment_count: NotRequired[int]
    to: NotRequired[list[EmailAddress]]
    cc: NotRequired[list[EmailAddress]]
    headers: NotRequired[EmailHeaders]
    channel_actions_ts: NotRequired[str | None]
    channel_actions_count: NotRequired[int]

    image_exif_rotation: NotRequired[int]
    original_w: NotRequired[int]  # pixels, as every _w and _h below
    original_h: NotRequired[int]
    deanimate: NotRequired[str]
    deanimate_gif: NotRequired[str]
    pjpeg: NotRequired[str]
    thumb_tiny: NotRequired[str]
    thumb_gif: NotRequired[str]
    thumb_64: NotRequired[str]
    thumb_64_gif: NotRequired[str]
    thumb_64_w: NotRequired[int]
    thumb_64_h: NotRequired[int]
    thumb_80: NotRequired[str]
    thumb_80_gif: NotRequired[str]
    thumb_80_w: NotRequired[int]
    thumb_80_h: NotRequired[int]
    thumb_160: NotRequired[str]
    thumb_160_gif: NotRequired[str]
    thumb_160_w: NotRequired[int]
    thumb_160_h: NotRequired[int]
    thumb_360: NotRequired[str]
    thumb_360_gif: NotRequired[str]
    thumb_360_w: NotRequired[int]
    thumb_360_h: NotRequired[int]
    thumb_480: NotRequired[str]
    thumb_480_gif: NotRequired[str]
    thumb_480_w: NotRequired[int]
    thumb_480_h: NotRequired[int]
    thumb_720: NotRequired[str]
    thumb_720_gif: NotRequired[str]
    thumb_720_w: NotRequired[int]
    thumb_720_h: NotRequired[int]
    thumb_800: NotRequired[str]
    thumb_800_gif: NotRequired[str]
    thumb_800_w: NotRequired[int]
    thumb_800_h: NotRequired[int]
    thumb_960: NotRequired[str]
    thumb_960_gif: NotRequired[str]
    thumb_960_w: NotRequired[int]
    thumb_960_h: NotRequired[int]
    thumb_1024: NotRequired[str]
    thumb_1024_gif: NotRequired[str]
    thumb_1024_w: NotRequired[int]
    thumb_1024_h: NotRequired[int]
    thumb_pdf: NotRequired[str]
    thumb_pdf_w: NotRequired[int]
    thumb_pdf_h: NotRequired[int]
    converted_pdf: NotRequired[str]

    thumb_video: NotRequired[str]
    thumb_video_w: NotRequired[int]
    thumb_video_h: NotRequired[int]
    mp4: NotRequired[str]
    mp4_low: NotRequired[str]
    vtt: NotRequired[str]
    hls: NotRequired[str]
    hls_embed: NotRequired[str]
    duration_ms: NotRequired[int]
    audio_wave_samples: NotRequired[list[int]]
    transcription: NotRequired[FileTranscription]
    media_progress: NotRequired[MediaProgress | None]

    # Canvases and lists.
    quip_thread_id: NotRequired[str]
    is_channel_space: NotRequired[bool]
    linked_channel_id: NotRequired[str | None]
    update_notification: NotRequired[int]
    canvas_template_mode: NotRequired[str]
    template_conversion_ts: NotRequired[int]
    template_name: NotRequired[str]
    template_title: NotRequired[str]
    template_description: NotRequired[str]
    template_icon: NotRequired[str]
    team_pref_version_history_enabled: NotRequired[bool]
    show_badge: NotRequired[bool]
    can_toggle_canvas_lock: NotRequired[bool]
    is_restricted_sharing_enabled: NotRequired[bool]
    canvas_printing_enabled: NotRequired[bool]
    list_metadata: NotRequired[ListMetadata]
    list_limits: NotRequired[ListLimits]
    list_csv_download_url: NotRequired[str]
