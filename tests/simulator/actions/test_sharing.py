"""Files of all kinds, canvases, and huddles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rxslack.simulator import Workspace
from tests.simulator.beyond import FILES

Json = dict[str, Any]
Told = Callable[..., list[Json]]


def shared(slack: Workspace, name: str, **more: Any) -> Json:
    file: Json = slack.upload("general", "alice", name, FILES[name], **more)["files"][0]
    return file


def test_it_shows_a_recording(modern: Workspace, told: Told, bot: Any) -> None:
    video = shared(modern, "a.mp4", is_clip=True)
    assert (video["subtype"], video["duration_ms"]) == ("slack_video", 1000)
    assert video["transcription"] == {"status": "none"}
    modern.transcribe(video["id"], "Hello")
    assert told("file_change")[-1]["file_id"] == video["id"]
    heard = bot.files_info(file=video["id"])["file"]
    assert heard["transcription"]["preview"] == {"content": "Hello", "has_more": False}
    assert "mp4" not in shared(modern, "a.m4a")


def test_it_reads_a_mail(modern: Workspace) -> None:
    mail = shared(modern, "a.eml")
    assert (mail["mode"], mail["subject"], mail["plain_text"]) == (
        "email",
        "Hello",
        "See you there.",
    )
    assert mail["from"][0]["address"] == "eve@partner.example"
    assert mail["headers"]["in_reply_to"] == "<0@partner.example>"


def test_it_reads_a_mail_in_no_charset_there_is(modern: Workspace) -> None:
    broken = b"Content-Type: text/plain; charset=nonsense\n\n\xff"
    mail = modern.upload("general", "alice", "a.eml", broken)["files"][0]
    assert isinstance(mail["plain_text"], str)


@pytest.mark.parametrize(
    ("name", "has", "lacks"),
    [
        ("a.gif", "thumb_360_gif", "pjpeg"),
        ("a.jpg", "pjpeg", "thumb_64_gif"),
        ("a.pdf", "thumb_pdf", "converted_pdf"),
        ("a.doc", "converted_pdf", "preview"),
    ],
)
def test_it_makes_of_a_file_what_its_kind_is_for(
    modern: Workspace, name: str, has: str, lacks: str
) -> None:
    file = shared(modern, name)
    assert (has in file, lacks in file) == (True, False)


def test_it_tells_the_owner_of_a_new_file(modern: Workspace, told: Told, bot: Any) -> None:
    shared(modern, "a.pdf")
    assert told("file_created") == []
    bot.files_upload_v2(content="Hello", filename="a.txt")
    assert [event["user_id"] for event in told("file_created")] == [modern.bot_user_id]


def test_it_shows_the_file_that_a_message_links_to(modern: Workspace, told: Told, bot: Any) -> None:
    file = bot.files_upload_v2(content="Hello", filename="a.txt")["files"][0]
    link = bot.files_info(file=file["id"])["file"]["permalink"]
    channel = modern.channel_id("general")
    said = bot.chat_postMessage(channel=channel, text=f"See <{link}>")["message"]
    assert [one["id"] for one in said["files"]] == [file["id"]]
    assert "subtype" not in told("message")[-1]
    secret = modern.write_canvas("alice", "Mine")
    link = f"https://simulated.slack.com/docs/{modern.team_id}/{secret}"
    assert "files" not in bot.chat_postMessage(channel=channel, text=f"<{link}>")["message"]


def test_it_shares_what_is_there_already(modern: Workspace, told: Told, bot: Any) -> None:
    canvas = modern.write_canvas("alice", "Notes", "# Plan\nFirst")
    modern.make_template(canvas, "alice", name="Notes", icon="memo")
    said = modern.share_file("general", "alice", canvas, "See")
    shown = said["files"][0]
    assert (shown["mode"], shown["access"], shown["template_icon"]) == ("quip", "read", "memo")
    assert told("message")[-1]["subtype"] == "file_share"
    assert (
        bot.api_call("canvases.getContent", json={"canvas_id": canvas})["content"]
        == "# Plan\n\nFirst"
    )
    with pytest.raises(LookupError, match="there is no file"):
        modern.share_file("general", "alice", "F0")


def test_it_has_huddles(modern: Workspace, told: Told, bot: Any) -> None:
    begun = modern.begin_huddle("general", "alice", takes_notes=True)
    with pytest.raises(ValueError, match="huddle already"):
        modern.begin_huddle("general", "bob")
    modern.enter_huddle("general", "bob")
    states = [event["user"]["profile"]["huddle_state"] for event in told("user_huddle_changed")]
    assert states == ["in_a_huddle", "in_a_huddle"]
    changed = told("message")[-1]
    inside = [modern.user_id("alice"), modern.user_id("bob")]
    assert (changed["subtype"], changed["message"]["room"]["participants"]) == (
        "message_changed",
        inside,
    )
    modern.leave_huddle("general", "alice")
    assert modern.messages("general")[-1]["room"]["has_ended"] is False
    modern.leave_huddle("general", "bob")
    over = modern.messages("general")[-1]
    assert (over["ts"], over["subtype"], over["room"]["has_ended"]) == (
        begun["ts"],
        "huddle_thread",
        True,
    )
    notes = bot.conversations_list()["channels"][0]["properties"]["meeting_notes"]["file_id"]
    assert bot.files_info(file=notes)["file"]["title"] == "Huddle notes"
    with pytest.raises(ValueError, match="nobody like that"):
        modern.leave_huddle("general", "bob")


def test_it_begins_no_huddle_where_none_may_be(modern: Workspace) -> None:
    modern.restrict("general", huddles=True)
    with pytest.raises(ValueError, match="may be"):
        modern.begin_huddle("general", "alice")
    with pytest.raises(ValueError, match="no huddle"):
        modern.enter_huddle("general", "alice")


def test_it_begins_threads_with_an_assistant(modern: Workspace, told: Told) -> None:
    root = modern.open_assistant("alice")
    (event,) = told("assistant_thread_started")
    where: Json = event["assistant_thread"]
    assert (where["channel_id"], where["thread_ts"]) == (root["channel"], root["ts"])
    said = modern.say(root["channel"], "alice", "Hello", thread_ts=root["ts"])
    kept = modern.messages(root["channel"])[0]["assistant_app_thread"]
    assert kept["first_user_thread_reply"] == said["ts"]


def test_it_mentions_an_app_by_an_edit(modern: Workspace, told: Told) -> None:
    said = modern.say("general", "alice", "Hello")
    modern.edit("general", said["ts"], f"<@{modern.bot_user_id}> Hello")
    modern.edit("general", said["ts"], f"<@{modern.bot_user_id}> Hello, you")
    (mention,) = told("app_mention")
    assert (mention["ts"], mention["edited"]["user"]) == (said["ts"], modern.user_id("alice"))


def test_it_follows_threads_in_which_it_answered(modern: Workspace, bot: Any) -> None:
    root = modern.say("general", "alice", "Hello")
    bot.chat_postMessage(channel=root["channel"], thread_ts=root["ts"], text="Hi")
    modern.say("general", "alice", "So", thread_ts=root["ts"])
    kept = modern.messages("general")[0]
    assert (kept["subscribed"], kept["unread_count"]) == (True, 1)
