"""Uploads: the three steps, as rxslack takes them and as slack_sdk does."""

import io
from typing import Any

import pytest
from slack_sdk import WebClient as SlackSdkClient

from rxslack.errors import ApiError, ServerError, UnreadableResponse
from rxslack.simulator import Workspace

FIRST, LAST = "files.getUploadURLExternal", "files.completeUploadExternal"


def sent(slack: Workspace, content: bytes = b"Hello", **arguments: Any) -> str:
    """The first two steps; the id of the file."""
    asked = {"filename": "note.txt", "length": len(content)} | arguments
    answer = slack.web.call(FIRST, **asked)
    slack.web.upload(answer["upload_url"], io.BytesIO(content))
    return str(answer["file_id"])


def test_it_shares_a_file_in_a_channel(slack: Workspace) -> None:
    channel = slack.channel_id("general")
    file = sent(slack, alt_txt="a greeting")
    answer = slack.web.call(
        LAST, files=[{"id": file, "title": "A note"}], channel_id=channel, initial_comment="See"
    )
    message = slack.messages("general")[-1]
    assert (message["text"], message["upload"]) == ("See", True)
    assert [one["id"] for one in message["files"]] == [file]
    shown = answer["files"][0]
    assert (shown["id"], shown["title"], shown["size"]) == (file, "A note", 5)
    assert (shown["mimetype"], shown["alt_txt"]) == ("text/plain", "a greeting")
    assert slack.file(file) == b"Hello"
    assert slack.web.call("files.info", file=file)["file"] == shown


def test_it_answers_in_a_thread(slack: Workspace) -> None:
    parent = slack.say("general", "alice", "Where is it?")
    arguments = {"channel_id": parent["channel"], "thread_ts": parent["ts"]}
    slack.web.call(LAST, files=[{"id": sent(slack)}], **arguments)
    assert slack.messages("general")[-1]["thread_ts"] == parent["ts"]


def test_it_keeps_a_file_private_without_a_channel(slack: Workspace) -> None:
    answer = slack.web.call(LAST, files=[{"id": sent(slack)}])
    assert (answer["files"][0]["channels"], slack.messages("general")) == ([], [])


def test_it_serves_somebody_else_s_client(slack: Workspace) -> None:
    client: Any = SlackSdkClient(slack.bot_token, base_url=slack.base_url)
    answer: Any = client.files_upload_v2(
        channel=slack.channel_id("general"),
        content="Hello",
        filename="note.txt",
        initial_comment="See",
    )
    assert slack.file(answer["file"]["id"]) == b"Hello"
    assert [message["text"] for message in slack.messages("general")] == ["See"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"length": 0}, "missing_argument"),
        ({"length": 1 << 31}, "file_upload_size_restricted"),
        ({"length": 5, "filename": ""}, "invalid_arguments"),
    ],
)
def test_it_gives_no_address_for_what_it_cannot_take(
    slack: Workspace, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(ApiError, match=code):
        slack.web.call(FIRST, **({"filename": "a.txt"} | arguments))


def test_it_shares_only_what_has_come(slack: Workspace) -> None:
    asked = slack.web.call(FIRST, filename="a.txt", length=5)
    for file, code in (("F0", "file_not_found"), (asked["file_id"], "file_not_found")):
        with pytest.raises(ApiError, match=code):
            slack.web.call(LAST, files=[{"id": file}])
    slack.web.upload(asked["upload_url"], io.BytesIO(b"Hell"))
    with pytest.raises(ApiError, match="file_update_failed"):
        slack.web.call(LAST, files=[{"id": asked["file_id"]}])
    slack.web.upload(asked["upload_url"], io.BytesIO(b"Hello"))
    with pytest.raises(ApiError, match="channel_not_found"):
        slack.web.call(LAST, files=[{"id": asked["file_id"]}], channel_id="C0")
    slack.web.call(LAST, files=[{"id": asked["file_id"]}])
    with pytest.raises(ApiError, match="file_not_found"):
        slack.web.call(LAST, files=[{"id": asked["file_id"]}])


def test_it_shares_only_where_the_caller_is_a_member_and_what_is_the_caller_s(
    slack: Workspace,
) -> None:
    elsewhere = slack.add_channel("elsewhere", members=["alice"])
    with pytest.raises(ApiError, match="not_in_channel"):
        slack.web.call(LAST, files=[{"id": sent(slack)}], channel_id=elsewhere)
    with pytest.raises(ApiError, match="access_denied"):
        slack.user_web.call(LAST, files=[{"id": sent(slack)}])
    with pytest.raises(ApiError, match="invalid_arguments"):
        slack.web.call(LAST, files=[])


def test_it_takes_bytes_at_no_other_address_and_fails_when_told_to(slack: Workspace) -> None:
    address = slack.base_url.replace("/api/", "/upload/v1/nobody")
    with pytest.raises(UnreadableResponse, match="404"):
        slack.web.upload(address, io.BytesIO(b"x"))
    with slack.faults.answer("upload", status=502), pytest.raises(ServerError):
        slack.web.upload(address, io.BytesIO(b"x"))


def test_it_leaves_the_address_out_of_its_transcript(slack: Workspace) -> None:
    answer = slack.web.call(FIRST, filename="a.txt", length=5)
    ticket = answer["upload_url"].rpartition("/")[2]
    slack.web.upload(answer["upload_url"], io.BytesIO(b"Hello"))
    assert slack.transcript
    assert not any(ticket in str(entry) for entry in slack.transcript)


def test_it_shows_no_file_that_is_not_there(slack: Workspace) -> None:
    with pytest.raises(ApiError, match="file_not_found"):
        slack.web.call("files.info", file="F0")
    assert slack.file("F0") is None
