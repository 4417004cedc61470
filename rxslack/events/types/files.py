"""Files: made, changed, shared, commented, deleted. The events hold ids; `files.info` the rest."""

from typing import Literal, NotRequired, TypedDict

from rxslack.events.types.objects import FileReference
from rxslack.events.types.objects_file import FileComment

__all__ = [
    "FileChangeEvent",
    "FileCommentAddedEvent",
    "FileCommentDeletedEvent",
    "FileCommentEditedEvent",
    "FileCreatedEvent",
    "FileDeletedEvent",
    "FileKeys",
    "FilePublicEvent",
    "FileSharedEvent",
    "FileUnsharedEvent",
]


class FileKeys(TypedDict):
    """What every event about a file has. Source: docs.slack.dev/reference/events/file_shared."""

    file_id: str
    file: FileReference
    user_id: NotRequired[str]
    event_ts: NotRequired[str]


class FileCreatedEvent(FileKeys):
    """Someone made a file. Source: docs.slack.dev/reference/events/file_created."""

    type: Literal["file_created"]


class FileChangeEvent(FileKeys):
    """Someone changed a file. Source: docs.slack.dev/reference/events/file_change."""

    type: Literal["file_change"]


class FilePublicEvent(FileKeys):
    """Someone let everyone see a file. Source: docs.slack.dev/reference/events/file_public."""

    type: Literal["file_public"]


class FileSharedEvent(FileKeys):
    """Someone shared a file. Source: docs.slack.dev/reference/events/file_shared."""

    type: Literal["file_shared"]
    channel_id: NotRequired[str]  # not in 2017


class FileUnsharedEvent(FileKeys):
    """
    Someone took a file out of a channel.

    Source: docs.slack.dev/reference/events/file_unshared.
    """

    type: Literal["file_unshared"]
    channel_id: NotRequired[str]


class FileDeletedEvent(TypedDict):
    """Someone deleted a file. Source: docs.slack.dev/reference/events/file_deleted."""

    type: Literal["file_deleted"]
    file_id: str
    channel_ids: NotRequired[list[str]]  # not in 2017
    event_ts: NotRequired[str]


class FileCommentAddedEvent(FileKeys):
    """
    Someone commented on a file, before 2018.

    Source: docs.slack.dev/reference/events/file_comment_added.
    """

    type: Literal["file_comment_added"]
    comment: FileComment


class FileCommentEditedEvent(FileKeys):
    """
    Someone edited a comment on a file, before 2018.

    Source: docs.slack.dev/reference/events/file_comment_edited.
    """

    type: Literal["file_comment_edited"]
    comment: FileComment


class FileCommentDeletedEvent(FileKeys):
    """
    Someone deleted a comment on a file, before 2018.

    Source: docs.slack.dev/reference/events/file_comment_deleted.
    """

    type: Literal["file_comment_deleted"]
    comment: str  # the id only
