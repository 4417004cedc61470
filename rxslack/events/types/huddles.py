"""Huddles: people come, people go, the room changes. Undocumented, and received all the same."""

from typing import Any, Literal, NotRequired, TypedDict

__all__ = [
    "CallRejectedEvent",
    "HuddleChannel",
    "HuddleRoom",
    "ShRoomJoinEvent",
    "ShRoomLeaveEvent",
    "ShRoomUpdateEvent",
]


class HuddleRoom(TypedDict):
    """A huddle or call. Source: slack-go/slack, websocket_misc.go (undocumented)."""

    id: str
    name: NotRequired[str | None]
    channels: NotRequired[list[str]]
    created_by: NotRequired[str]
    date_start: NotRequired[int]  # unix seconds
    date_end: NotRequired[int]  # unix seconds
    has_ended: NotRequired[bool]
    participants: NotRequired[list[str]]
    participant_history: NotRequired[list[str]]
    participants_events: NotRequired[dict[str, Any]]  # by user id; Slack publishes no shape
    participants_camera_on: NotRequired[list[str]]
    participants_camera_off: NotRequired[list[str]]
    participants_screenshare_on: NotRequired[list[str]]
    participants_screenshare_off: NotRequired[list[str]]
    pending_invitees: NotRequired[Any]  # Slack publishes no shape
    last_invite_status_by_user: NotRequired[Any]  # Slack publishes no shape
    knocks: NotRequired[Any]  # Slack publishes no shape
    is_dm_call: NotRequired[bool]
    is_prewarmed: NotRequired[bool]
    is_scheduled: NotRequired[bool]
    was_accepted: NotRequired[bool]
    was_missed: NotRequired[bool]
    was_rejected: NotRequired[bool]
    canvas_thread_ts: NotRequired[str]
    thread_root_ts: NotRequired[str]
    background_id: NotRequired[str | None]
    canvas_background: NotRequired[str]
    recording: NotRequired[dict[str, Any]]  # Slack publishes no shape
    locale: NotRequired[str]
    attached_file_ids: NotRequired[list[str]]
    media_server: NotRequired[str]
    media_backend_type: NotRequired[str]
    display_id: NotRequired[str]
    external_unique_id: NotRequired[str]
    app_id: NotRequired[str]
    call_family: NotRequired[str]
    huddle_link: NotRequired[str]


class HuddleChannel(TypedDict, total=False):
    """Where the huddle is. Source: slack-go/slack, websocket_misc.go (undocumented)."""

    channel_id: str


class ShRoomJoinEvent(TypedDict):
    """Someone came into a huddle. Source: slack-go/slack, websocket_misc.go (undocumented)."""

    type: Literal["sh_room_join"]
    room: NotRequired[HuddleRoom]
    user: NotRequired[str]
    huddle: NotRequired[HuddleChannel]
    ts: NotRequired[str]
    event_ts: NotRequired[str]


class ShRoomLeaveEvent(TypedDict):
    """Someone went out of a huddle. Source: slack-go/slack, websocket_misc.go (undocumented)."""

    type: Literal["sh_room_leave"]
    room: NotRequired[HuddleRoom]
    user: NotRequired[str]
    huddle: NotRequired[HuddleChannel]
    ts: NotRequired[str]
    event_ts: NotRequired[str]


class ShRoomUpdateEvent(TypedDict):
    """A huddle changed. Source: slack-go/slack, websocket_misc.go (undocumented)."""

    type: Literal["sh_room_update"]
    room: NotRequired[HuddleRoom]
    user: NotRequired[str]
    huddle: NotRequired[HuddleChannel]
    ts: NotRequired[str]
    event_ts: NotRequired[str]


class CallRejectedEvent(TypedDict):
    """Someone rejected your app's call. Source: docs.slack.dev/reference/events/call_rejected."""

    type: Literal["call_rejected"]
    call_id: str
    user_id: NotRequired[str]
    channel_id: NotRequired[str]
    external_unique_id: NotRequired[str]
    event_ts: NotRequired[str]
