"""Modals, home tabs, and what an assistant is doing."""

from typing import Any

import pytest
from slack_sdk import WebClient as SlackSdkClient

from rxslack.errors import ApiError
from rxslack.simulator import Workspace

MODAL: dict[str, Any] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Hello"},
    "blocks": [{"type": "divider"}],
}
HOME: dict[str, Any] = {"type": "home", "blocks": [{"type": "divider"}]}


def test_it_opens_a_modal_for_whoever_asked(slack: Workspace) -> None:
    answer = slack.web.call("views.open", trigger_id=slack.trigger("alice"), view=MODAL)
    view = answer["view"]
    assert (view["type"], view["previous_view_id"]) == ("modal", None)
    assert [block["type"] for block in view["blocks"]] == ["divider"]
    assert view["blocks"][0]["block_id"]
    assert slack.modals("alice") == [view]
    assert slack.modals("bob") == []


def test_it_puts_modals_on_top_of_each_other(slack: Workspace) -> None:
    first = slack.web.call("views.open", trigger_id=slack.trigger("alice"), view=MODAL)["view"]
    for _ in range(2):
        slack.web.call("views.push", trigger_id=slack.trigger("alice"), view=MODAL)
    top = slack.modals("alice")[-1]
    assert (len(slack.modals("alice")), top["root_view_id"]) == (3, first["id"])
    with pytest.raises(ApiError, match="push_limit_reached"):
        slack.web.call("views.push", trigger_id=slack.trigger("alice"), view=MODAL)
    with pytest.raises(ApiError, match="not_found"):
        slack.web.call("views.push", trigger_id=slack.trigger("bob"), view=MODAL)


def test_it_takes_a_trigger_once_and_for_three_seconds(slack: Workspace) -> None:
    used, old = slack.trigger("alice"), slack.trigger("alice")
    slack.web.call("views.open", trigger_id=used, view=MODAL)
    slack.clock.advance(3.5)
    for trigger, code in (
        (used, "exchanged_trigger_id"),
        (old, "expired_trigger_id"),
        ("1.2", "invalid_trigger_id"),
    ):
        with pytest.raises(ApiError, match=code):
            slack.web.call("views.open", trigger_id=trigger, view=MODAL)


def test_it_changes_a_view_that_is_open(slack: Workspace) -> None:
    view = slack.web.call("views.open", trigger_id=slack.trigger("alice"), view=MODAL)["view"]
    changed: dict[str, Any] = MODAL | {"blocks": []}
    slack.web.call("views.update", view_id=view["id"], hash=view["hash"], view=changed)
    assert slack.modals("alice")[0]["blocks"] == []
    with pytest.raises(ApiError, match="hash_conflict"):
        slack.web.call("views.update", view_id=view["id"], hash=view["hash"], view=MODAL)
    with pytest.raises(ApiError, match="not_found"):
        slack.web.call("views.update", view_id="V0", view=MODAL)


def test_it_publishes_a_home_tab(slack: Workspace) -> None:
    assert slack.home("alice") is None
    alice = slack.user_id("alice")
    first = slack.web.call("views.publish", user_id=alice, view=HOME)["view"]
    second = slack.web.call("views.publish", user_id=alice, view=HOME | {"blocks": []})["view"]
    assert (first["id"], slack.home("alice")) == (second["id"], second)
    with pytest.raises(ApiError, match="hash_conflict"):
        slack.web.call("views.publish", user_id=alice, view=HOME, hash=first["hash"])
    with pytest.raises(ApiError, match="user_not_found"):
        slack.web.call("views.publish", user_id="U0", view=HOME)


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (HOME, "unsupported type"),
        ({"type": "modal", "blocks": []}, "title"),
        ({k: v for k, v in MODAL.items() if k != "blocks"}, "blocks"),
        (MODAL | {"blocks": [{"type": "divider"}] * 101}, "no more than 100"),
        ([], "unsupported type"),
    ],
)
def test_it_says_what_is_wrong_with_a_view(slack: Workspace, view: Any, problem: str) -> None:
    with pytest.raises(ApiError, match="invalid_arguments") as caught:
        slack.web.call("views.open", trigger_id=slack.trigger("alice"), view=view)
    assert problem in caught.value.response["response_metadata"]["messages"][0]


def test_it_serves_somebody_else_s_client(slack: Workspace) -> None:
    client: Any = SlackSdkClient(slack.bot_token, base_url=slack.base_url)
    client.views_open(trigger_id=slack.trigger("bob"), view=MODAL)
    client.views_publish(user_id=slack.user_id("bob"), view=HOME)
    assert (len(slack.modals("bob")), slack.home("bob") is None) == (1, False)


def test_it_shows_what_an_assistant_is_doing(slack: Workspace) -> None:
    parent = slack.say("general", "alice", "Think!")
    place = {"channel_id": parent["channel"], "thread_ts": parent["ts"]}
    for status in ("is thinking…", ""):
        slack.web.call("assistant.threads.setStatus", **place, status=status)
        assert slack.status("general", parent["ts"]) == status
    with pytest.raises(ApiError, match="invalid_thread_ts"):
        slack.web.call("assistant.threads.setStatus", **(place | {"thread_ts": "1.0"}), status="…")
    with pytest.raises(ApiError, match="invalid_arguments"):
        slack.web.call("assistant.threads.setStatus", **place)
