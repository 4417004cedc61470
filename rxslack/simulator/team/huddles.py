"""Huddles: people who talk in a conversation, and the thread that stays of it."""

from __future__ import annotations

from typing import Any, Final

from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.messages import post, tell_change
from rxslack.simulator.team.team import SLACKBOT, Team
from rxslack.simulator.team.text import Json

__all__ = ["begin", "enter", "go"]

_EXPIRES: Final = 5 * 60  # seconds after which a profile forgets that somebody is in a huddle


def begin(team: Team, channel: Channel, user: str, *, takes_notes: bool = False) -> Json:
    """
    Somebody begins a huddle: its message is posted, and its thread is open.

    Args:
        team: where.
        channel: the conversation.
        user: the id of who begins it.
        takes_notes: whether Slack writes down what is said.

    Returns: the message, whose `room` tells who is there as long as it lasts.
    Raises: ValueError when there is one, or none may be.
    Source: slack.com/help/articles/4402059015315; keys as slackapi/java-slack-sdk json-logs has them.
    """
    with team.lock:
        if channel.huddle or channel.restrictions.get("huddles"):
            raise ValueError("there is a huddle already, or none may be in that channel")
        room = channel.huddle = _room(team, channel, user)
        room["recording"]["notetaking"] = takes_notes
        draft: Json = {
            "subtype": "huddle_thread",
            "user": SLACKBOT,
            "text": "",
            "channel": channel.id,
            "room": room,
            "no_notifications": True,
            "permalink": f"https://{team.domain}.slack.com/call/{room['id']}",
        }
        message = post(team, channel, draft)
        kept = channel.find(message["ts"]) or {}
        threads = dict.fromkeys(("thread_root_ts", "canvas_thread_ts"), message["ts"])
        channel.huddle = kept["room"] = {**room, **threads}
        _tell(team, channel, user, "sh_room_join", is_in=True)
        return kept


def enter(team: Team, channel: Channel, user: str) -> None:
    """Somebody enters: `sh_room_join` and `user_huddle_changed` are told, and the message changes."""
    with team.lock:
        room = channel.huddle
        if user in room["participants"]:
            return
        history = dict.fromkeys([*room["participant_history"], user])
        inside = [*room["participants"], user]
        _change(team, channel, participants=inside, participant_history=[*history])
        _tell(team, channel, user, "sh_room_join", is_in=True)


def go(team: Team, channel: Channel, user: str) -> bool:
    """
    Somebody leaves: `sh_room_leave` is told; with the last one the huddle ends.

    Returns: whether there are notes of it now.
    Raises: ValueError for who is not there.
    """
    with team.lock:
        room = channel.huddle
        if user not in room.get("participants", []):
            raise ValueError("nobody like that is in the huddle")
        inside = [one for one in room["participants"] if one != user]
        over: Json = {} if inside else {"has_ended": True, "date_end": int(team.clock())}
        _change(team, channel, participants=inside, **over)
        _tell(team, channel, user, "sh_room_leave", is_in=False)
        if inside:
            return False
        channel.huddle = {}
        return bool(room["recording"]["notetaking"])


def _change(team: Team, channel: Channel, **new: Any) -> None:
    """Let the message of the huddle show what is new, and tell `message_changed`."""
    room = channel.huddle = {**channel.huddle, **new}
    message = channel.find(room["thread_root_ts"])
    if message is not None:  # a person may have deleted it
        ts = channel.stamps.next()
        changed = {**message, "room": room, "edited": {"user": SLACKBOT, "ts": ts}}
        channel.replace(changed)
        tell_change(team, channel, changed, message, ts)


def _tell(team: Team, channel: Channel, user: str, kind: str, *, is_in: bool) -> None:
    person, room = team.people[user], channel.huddle
    event: Json = {"type": kind, "user": user, "room": {**room}, "event_ts": team.stamps.next()}
    event["huddle"] = {"channel_id": channel.id}
    team.feed.publish(event, to=channel.members)
    person.profile |= {
        "huddle_state": "in_a_huddle" if is_in else "default_unset",
        "huddle_state_expiration_ts": int(team.clock()) + _EXPIRES if is_in else 0,
    }
    team.tell_user(person, "user_huddle_changed", "user_change")


def _room(team: Team, channel: Channel, user: str) -> Json:
    return {
        "id": team.identity.new("R"),
        "name": "",
        "media_server": "",
        "created_by": user,
        "date_start": int(team.clock()),
        "date_end": 0,
        "participants": [user],
        "participant_history": [user],
        "participants_camera_on": list[str](),
        "participants_camera_off": list[str](),
        "participants_screenshare_on": list[str](),
        "participants_screenshare_off": list[str](),
        "canvas_thread_ts": "",
        "thread_root_ts": "",
        "channels": [channel.id],
        "is_dm_call": channel.kind == "im",
        "was_rejected": False,
        "was_missed": False,
        "was_accepted": False,
        "has_ended": False,
        "background_id": "GRADIENT_01",
        "canvas_background": "GRADIENT_01",
        "is_prewarmed": False,
        "is_scheduled": False,
        "recording": {
            "can_record_summary": "unavailable",
            "notetaking": False,
            "summary": False,
            "summary_status": "",
            "transcript": False,
        },
        "locale": "en-US",
        "attached_file_ids": list[str](),
        "media_backend_type": "free_willy",
        "display_id": "",
        "external_unique_id": team.identity.uuid(),
        "app_id": "A00",
        "call_family": "huddle",
        "pending_invitees": {},
        "last_invite_status_by_user": {},
        "knocks": {},
        "huddle_link": f"https://app.slack.com/huddle/{team.id}/{channel.id}",
    }
