"""Calls in every form that Slack takes, and addresses that take or give something else."""

from __future__ import annotations

import io
from typing import Any

import pytest
import requests

from rxslack.simulator import AGENT_SCOPES, Workspace
from rxslack.simulator.http.arguments import parts_of, uploaded


def call(slack: Workspace, method: str, **options: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    answer: dict[str, Any] = requests.post(
        slack.base_url + method, headers=headers, timeout=10, **options
    ).json()
    return answer


def test_it_reads_a_multipart_form(slack: Workspace) -> None:
    fields = {name: (None, value) for name, value in (("channel", "general"), ("text", "a\r\nb"))}
    assert call(slack, "chat.postMessage", files=fields)["ok"]
    assert slack.messages("general")[0]["text"] == "a\r\nb"


def test_it_keeps_the_file_in_a_multipart_form_and_not_the_form(slack: Workspace) -> None:
    content = bytes(range(256)) * 10 + b"\r\n--\r\n"
    asked = call(
        slack, "files.getUploadURLExternal", data={"filename": "a.bin", "length": len(content)}
    )
    files = {"filename": ("a.bin", io.BytesIO(content))}
    assert requests.post(asked["upload_url"], files=files, timeout=10).text.startswith("OK")
    done = call(slack, "files.completeUploadExternal", json={"files": [{"id": asked["file_id"]}]})
    assert done["ok"]
    assert slack.file(asked["file_id"]) == content


def test_it_gives_the_bytes_of_a_file_to_who_has_a_token(slack: Workspace) -> None:
    (file,) = slack.upload("general", "alice", "note.txt", "Hello")["files"]
    shown = slack.web.call("files.info", file=file["id"])["file"]
    url, headers = shown["url_private"], {"Authorization": f"Bearer {slack.bot_token}"}
    assert requests.get(url, headers=headers, timeout=10).content == b"Hello"
    assert b"Hello" not in requests.get(url, timeout=10).content


@pytest.mark.parametrize(
    "body",
    [b"", b"--x", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--"],
)
def test_it_finds_nothing_in_a_form_that_is_none(body: bytes) -> None:
    assert parts_of("multipart/form-data; boundary=x", body) == []
    assert uploaded("multipart/form-data; boundary=x", body) == b""


def test_it_takes_a_token_in_the_query_from_a_classic_app_alone(slack: Workspace) -> None:
    new = slack.new_token("xoxb", scopes=AGENT_SCOPES)
    asked = [
        requests.get(f"{slack.base_url}auth.test?token={token}", timeout=10).json()
        for token in (slack.bot_token, slack.user_token, new)
    ]
    assert [answer.get("error") for answer in asked] == [None, None, "not_authed"]


def test_it_answers_about_whom_json_asks(slack: Workspace) -> None:
    slack.user_web.call("users.setPresence", presence="away")
    answer = call(slack, "users.getPresence", json={"user": slack.user_id("alice")})
    assert answer["presence"] == "away"


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 404),
        ("HEAD", "/api/auth.test", 200),
        ("HEAD", "/nothing", 404),
        ("OPTIONS", "/api/auth.test", 200),
        ("PUT", "/api/auth.test", 405),
    ],
)
def test_it_has_an_answer_to_every_verb(
    slack: Workspace, verb: str, path: str, status: int
) -> None:
    url = slack.base_url.removesuffix("/api/") + path
    answer = requests.request(verb, url, timeout=10)
    assert answer.status_code == status
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_it_says_which_scopes_it_takes_where_it_asks_for_some(slack: Workspace) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    said = [
        requests.post(slack.base_url + method, headers=headers, timeout=10).headers
        for method in ("auth.test", "chat.postMessage")
    ]
    assert [one.get("x-accepted-oauth-scopes") for one in said] == [None, "chat:write"]
    assert all(len(one["x-slack-req-id"]) == 32 for one in said)


def test_it_says_that_a_method_of_slack_is_not_simulated(
    slack: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    answer = call(slack, "calls.add")
    assert (answer["error"], answer["req_method"]) == ("not_simulated", "calls.add")
    assert "slack.faults.answer" in answer["response_metadata"]["messages"][0]
    assert "calls.add is a method of Slack's that is not simulated" in caplog.text
    assert call(slack, "canvases.craete")["error"] == "unknown_method"
    assert call(slack, "channels.create")["error"] == "method_deprecated"
