"""Links that an app is told of, and what it shows behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rxslack.simulator import Workspace
from tests.simulator.beyond import BUTTON

Json = dict[str, Any]
Told = Callable[..., list[Json]]
LINK = "https://docs.app.example/1"


def test_it_tells_an_app_of_its_links(modern: Workspace, told: Told, bot: Any) -> None:
    modern.tell_links_of("app.example")
    modern.say("general", "alice", "<https://other.example/> <https://notapp.example/>")
    said = modern.say("general", "alice", f"See <{LINK}|this>")
    bot.chat_postMessage(channel=said["channel"], text=f"<{LINK}>")
    (event,) = told("link_shared")
    assert (event["message_ts"], event["is_bot_user_member"]) == (said["ts"], True)
    assert event["links"] == [{"domain": "app.example", "url": LINK}]


def test_it_shows_what_is_behind_a_link(modern: Workspace, told: Told, bot: Any) -> None:
    modern.tell_links_of("app.example")
    said = modern.say("general", "alice", f"<{LINK}> <https://app.example/2>")
    (event,) = told("link_shared")
    which: Json = {"unfurl_id": event["unfurl_id"], "source": event["source"]}
    bot.chat_unfurl(**which, unfurls={LINK: {"blocks": [BUTTON]}})
    where: Json = {"channel": said["channel"], "ts": said["ts"]}
    bot.chat_unfurl(**where, unfurls={"https://app.example/2": {"text": "Two"}})
    kept = modern.messages("general")[-1]
    assert [one["from_url"] for one in kept["attachments"]] == [LINK, "https://app.example/2"]
    assert "edited" not in kept
    used = modern.interactions.click("alice", "go", channel="general", ts=said["ts"]).payload
    assert used["container"]["type"] == "message_attachment"
    assert used["container"]["app_unfurl_url"] == used["app_unfurl"]["from_url"] == LINK


def test_it_refuses_what_cannot_be_shown(
    modern: Workspace, bot: Any, error_of: Callable[..., str]
) -> None:
    said = modern.say("general", "alice", f"<{LINK}>")
    where: Json = {"channel": said["channel"], "ts": said["ts"]}
    nothing: Json = {}
    assert error_of(bot.chat_unfurl, **where, unfurls=nothing) == "missing_unfurls"
    refused = error_of(bot.chat_unfurl, **where, unfurls={LINK: "text"})
    assert refused == "cannot_parse_attachment"
    wrong = {LINK: {"blocks": [{"type": "nonsense"}]}}
    assert error_of(bot.chat_unfurl, **where, unfurls=wrong) == "invalid_blocks"
    lost: Json = {"unfurl_id": "none", "source": "conversations_history"}
    assert error_of(bot.chat_unfurl, **lost, unfurls={LINK: {}}) == "cannot_find_message"
