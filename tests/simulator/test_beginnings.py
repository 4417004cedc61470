"""What a workspace begins with, and what is there again tomorrow."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import requests

from rxslack.simulator import SLACK_NAMES, Workspace, local_authority

Json = dict[str, Any]


def test_it_begins_with_what_was_written_by_hand(tmp_path: Path) -> None:
    hello: Json = {
        "user": "alice",
        "text": "*Hi*",
        "reactions": {"wave": ["bob"]},
        "replies": [{"user": "bob", "text": "Hi"}],
    }
    said: Json = {
        "users": ["alice", {"name": "bob", "real_name": "Bob B"}],
        "channels": [
            "random",
            {"name": "team", "private": True, "topic": "Us", "messages": [hello]},
        ],
    }
    path = tmp_path / "workspace.json"
    path.write_text(json.dumps(said))
    with Workspace(data=path) as slack:
        first, reply = slack.messages("team")
        assert first["reactions"] == [{"name": "wave", "users": [slack.user_id("bob")], "count": 1}]
        assert (first["reply_count"], reply["thread_ts"]) == (1, first["ts"])
        shown = slack.user_web.call("conversations.info", channel=slack.channel_id("team"))
        assert (shown["channel"]["topic"]["value"], shown["channel"]["is_private"]) == ("Us", True)
        later = slack.web.call("chat.postMessage", channel="team", text="Later")
        assert later["ts"] > reply["ts"]
        assert slack.user_web.call("auth.test")["user"] == "alice"


def test_it_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    with Workspace(seed=7) as slack:
        token, bot = slack.bot_token, slack.bot_user_id
        ts = slack.say("general", "alice", "Hello")["ts"]
        slack.react("general", ts, "bob", "eyes")
        slack.web.call("pins.add", channel=slack.channel_id("general"), timestamp=ts)
        (file,) = slack.upload("random", "bob", "a.txt", "Soup")["files"]
        slack.add_user("dave")
        before = slack.messages("general"), slack.messages("random")
        slack.save(path)
        assert token not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    with Workspace(seed=7, data=path) as slack:
        assert (slack.bot_token, slack.bot_user_id) == (token, bot)
        assert (slack.messages("general"), slack.messages("random")) == before
        assert slack.file(file["id"]) == b"Soup"
        pinned = slack.web.call("pins.list", channel=slack.channel_id("general"))["items"]
        assert pinned[0]["message"]["ts"] == ts
        assert slack.say("general", "dave", "Back")["ts"] > ts
        assert slack.add_user("erin") not in path.read_text()  # no id is given twice


def test_it_begins_with_slacks_export(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    user = {"id": "U01", "name": "ada", "profile": {"real_name": "Ada L"}}
    channel = {
        "id": "C01",
        "name": "team",
        "created": 1,
        "members": ["U01"],
        "topic": {"value": "Us"},
    }
    message = {"type": "message", "user": "U01", "text": "Hi", "ts": "1700000000.000100"}
    with zipfile.ZipFile(path, "w") as export:
        export.writestr("users.json", json.dumps([user]))
        export.writestr("channels.json", json.dumps([channel]))
        export.writestr("team/2023-11-14.json", json.dumps([message]))
    with Workspace(data=path) as slack:
        history = slack.web.call("conversations.history", channel="C01")["messages"]
        assert [(one["text"], one["user"]) for one in history] == [("Hi", "U01")]
        assert slack.user_id("ada") == "U01"


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"format": "rxslack workspace 2"}', '{"users": [{}]}']
)
def test_it_says_which_file_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"wrong\.json is no beginning"):
        Workspace(data=path)


def test_it_is_slack_com_for_who_uses_it_as_a_proxy(tmp_path: Path) -> None:
    context = local_authority(tmp_path, SLACK_NAMES)
    with Workspace(as_proxy=context, hosts=SLACK_NAMES) as slack:
        proxy = slack.base_url.removesuffix("/api/")
        answer = requests.post(
            "https://slack.com/api/auth.test",
            headers={"Authorization": f"Bearer {slack.bot_token}"},
            proxies={"https": proxy},
            verify=str(tmp_path / "authority.pem"),
            timeout=10,
        ).json()
        assert answer["user_id"] == slack.bot_user_id


def test_it_is_no_proxy_unless_it_is_told_to(slack: Workspace) -> None:
    proxy = slack.base_url.removesuffix("/api/")
    with pytest.raises(requests.exceptions.ProxyError):
        requests.get("https://localhost/api/", proxies={"https": proxy}, timeout=10)
