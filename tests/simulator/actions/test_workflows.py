"""Steps of workflows, and workflows that a channel shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_sdk import WebClient

from rxslack.simulator import Workspace
from tests.simulator.beyond import BUTTON

Json = dict[str, Any]
Told = Callable[..., list[Json]]
MODAL: Json = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "a"},
    "blocks": [BUTTON],
}


def test_it_says_of_which_step_something_is(modern: Workspace, told: Told, bot: Any) -> None:
    execution = modern.run_function("approve")
    token = told("function_executed")[0]["bot_access_token"]
    stepping: Any = WebClient(token, base_url=modern.base_url)
    said: Json = {"channel": modern.channel_id("general"), "text": "a", "blocks": [BUTTON]}
    ts = stepping.chat_postMessage(**said)["ts"]
    clicked = modern.interactions.click("alice", "go", channel="general", ts=ts).payload
    assert clicked["function_data"]["execution_id"] == execution
    assert clicked["bot_access_token"] == token
    pointer = clicked["interactivity"]["interactivity_pointer"]
    stepping.views_open(interactivity_pointer=pointer, trigger_id="", view=MODAL)
    assert modern.interactions.click("alice", "go").payload["function_data"]
    assert "function_data" in modern.interactions.submit("alice").payload
    ts = bot.chat_postMessage(**said)["ts"]
    plain = modern.interactions.click("alice", "go", channel="general", ts=ts).payload
    assert "function_data" not in plain


def test_it_features_workflows(modern: Workspace, bot: Any, error_of: Callable[..., str]) -> None:
    first, second = modern.add_workflow("Ask"), modern.add_workflow("Order")
    channel = modern.channel_id("general")
    where: Json = {"channel_id": channel}
    bot.workflows_featured_add(**where, trigger_ids=[first, second])
    bot.workflows_featured_remove(**where, trigger_ids=first)
    listed = bot.workflows_featured_list(channel_ids=channel)["featured_workflows"]
    assert listed == [{"channel_id": channel, "triggers": [{"id": second, "title": "Order"}]}]
    bot.workflows_featured_set(**where, trigger_ids=[first])
    shown = bot.conversations_list()["channels"][0]["properties"]["channel_workflows"]
    assert shown == [{"workflow_trigger_id": first, "title": "Ask"}]
    refused = error_of(bot.workflows_featured_add, **where, trigger_ids=["Ft0"])
    assert refused == "error_modifying_workflows"
    assert error_of(bot.workflows_featured_list, channel_ids="C0") == "channel_not_found"
