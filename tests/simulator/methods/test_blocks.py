"""Block Kit: what is refused, which ids are made, and what people fill in."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from rxslack.errors import ApiError
from rxslack.simulator import Workspace

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def options(*values: str) -> list[Json]:
    return [{"text": plain(value.upper()), "value": value} for value in values]


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def post(slack: Workspace, *blocks: Json) -> Json:
    answer = slack.web.call("chat.postMessage", channel="general", text="a", blocks=[*blocks])
    return dict(answer["message"])


@pytest.mark.parametrize(
    ("blocks", "what"),
    [
        ([{"type": "sektion"}], "unsupported type: sektion [json-pointer:/blocks/0/type]"),
        ([{"type": "section"}], "missing required field: text or fields [json-pointer:/blocks/0]"),
        ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text"),
        (
            [section("a", block_id="b"), section("a", block_id="b")],
            'block_id "b" already exists [json-pointer:/blocks/1/block_id]',
        ),
        (
            [{"type": "header", "text": mrkdwn("a")}],
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        ([{"type": "image", "image_url": "https://a.example"}], "missing required field: alt_text"),
        ([{"type": "actions", "elements": list[Json]()}], "missing required field: elements"),
        (
            [{"type": "actions", "elements": [{"type": "plain_text_input"}]}],
            "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            [{"type": "actions", "elements": [{"type": "button", "text": plain("x" * 76)}]}],
            "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        ),
        (
            [{"type": "actions", "elements": [{"type": "static_select"}]}],
            "missing required field: options [json-pointer:/blocks/0/elements/0]",
        ),
        ([{"type": "alert"}], "unsupported type: alert"),
    ],
)
def test_it_says_what_is_wrong_with_blocks(slack: Workspace, blocks: list[Json], what: str) -> None:
    with pytest.raises(ApiError, match="invalid_blocks") as raised:
        post(slack, *blocks)
    answer: Any = raised.value.response
    assert what in answer["errors"][0]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {one}" for one in answer["errors"]]
    assert slack.messages("general") == []


def test_it_gives_blocks_and_elements_their_ids(slack: Workspace) -> None:
    button = {"type": "button", "text": plain("Go")}
    message = post(slack, section("a", accessory=button), {"type": "divider", "block_id": "mine"})
    first, second = message["blocks"]
    assert first["block_id"]
    assert first["accessory"]["action_id"]
    assert second["block_id"] == "mine"
    assert first["text"]["verbatim"] is False
    done = slack.interactions.click(
        "alice", first["accessory"]["action_id"], channel="general", ts=message["ts"]
    )
    assert done.payload["actions"][0]["block_id"] == first["block_id"]


def test_it_keeps_blocks_that_an_update_does_not_name(slack: Workspace) -> None:
    message = post(slack, section("a"))
    where = {"channel": slack.channel_id("general"), "ts": message["ts"]}
    slack.web.call("chat.update", **where, text="b")
    (changed,) = slack.messages("general")
    assert (changed["text"], changed["blocks"]) == ("b", message["blocks"])
    slack.web.call("chat.update", **where, text="c", blocks=[])
    assert not slack.messages("general")[0]["blocks"]


INPUTS: list[Json] = [
    {
        "type": "input",
        "block_id": "name",
        "label": plain("Name"),
        "element": {"type": "plain_text_input", "action_id": "text", "initial_value": "Ada"},
    },
    {
        "type": "input",
        "block_id": "size",
        "label": plain("Size"),
        "optional": True,
        "element": {"type": "static_select", "action_id": "pick", "options": options("s", "l")},
    },
    {
        "type": "actions",
        "block_id": "days",
        "elements": [
            {"type": "checkboxes", "action_id": "boxes", "options": options("mon", "tue")}
        ],
    },
]


def opened(slack: Workspace, **view: Any) -> Json:
    made = {"type": "modal", "title": plain("Order"), "submit": plain("Go"), "blocks": INPUTS}
    answer = slack.web.call("views.open", trigger_id=slack.trigger("alice"), view=made | view)
    return dict(answer["view"])


def test_it_tells_what_a_dialog_begins_with_and_what_was_filled_in(slack: Workspace) -> None:
    opened(slack)
    slack.interactions.click("alice", "boxes", selected_options=["tue"])
    sent = slack.interactions.submit("alice", {"size": {"pick": "l"}}).payload
    values = sent["view"]["state"]["values"]
    assert values["name"]["text"] == {"type": "plain_text_input", "value": "Ada"}
    assert values["size"]["pick"]["selected_option"]["value"] == "l"
    assert [one["value"] for one in values["days"]["boxes"]["selected_options"]] == ["tue"]


def test_it_sends_no_dialog_that_lacks_something(slack: Workspace) -> None:
    opened(slack)
    with pytest.raises(ValueError, match="name"):
        slack.interactions.submit("alice", {"name": {"text": ""}})
    with pytest.raises(LookupError, match="there are days, name, size"):
        slack.interactions.submit("alice", {"nmae": {"text": "Ada"}})
    with pytest.raises(LookupError, match="there are s, l"):
        slack.interactions.submit("alice", {"size": {"pick": "xl"}})


def test_it_wants_a_button_for_a_dialog_with_an_input(slack: Workspace) -> None:
    with pytest.raises(ApiError) as raised:
        opened(slack, submit=None)
    answer: Any = raised.value.response
    assert "missing required field: submit" in answer["response_metadata"]["messages"][0]


def test_it_finds_a_view_by_the_id_that_the_app_gave_it(slack: Workspace) -> None:
    view = opened(slack, external_id="order")
    slack.interactions.click("alice", "boxes", selected_options=["mon"])
    changed: Json = {
        "type": "modal",
        "external_id": "order",
        "title": plain("Changed"),
        "submit": plain("Go"),
        "blocks": INPUTS,
    }
    slack.web.call("views.update", external_id="order", view=changed)
    (top,) = slack.modals("alice")
    assert (top["id"], top["title"]["text"]) == (view["id"], "Changed")
    assert top["state"]["values"]["days"]["boxes"]["selected_options"][0]["value"] == "mon"
    with pytest.raises(ApiError, match="not_found"):
        slack.web.call("views.update", external_id="another", view=changed)


def test_it_tells_the_state_of_a_message(slack: Workspace) -> None:
    pick = {"type": "static_select", "action_id": "pick", "options": options("s", "l")}
    message = post(slack, {"type": "actions", "block_id": "row", "elements": [pick]})
    where: Json = {"channel": "general", "ts": message["ts"]}
    done = slack.interactions.click("alice", "pick", selected_option="s", **where)
    assert done.payload["actions"][0]["selected_option"]["text"]["text"] == "S"
    assert done.payload["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "s"


def test_it_lets_a_message_for_one_person_be_seen_and_clicked(slack: Workspace) -> None:
    button = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "1"}
    slack.web.call(
        "chat.postEphemeral",
        channel=slack.channel_id("general"),
        user=slack.user_id("alice"),
        text="Only you",
        blocks=[{"type": "actions", "elements": [button]}],
    )
    assert slack.ephemerals("bob") == []
    (seen,) = slack.ephemerals("alice")
    done = slack.interactions.click("alice", "go", channel="general", ts=seen["ts"])
    assert (done.payload["container"]["is_ephemeral"], "message" in done.payload) == (True, False)
    assert done.payload["actions"][0]["value"] == "1"
    with pytest.raises(LookupError):
        slack.interactions.click("bob", "go", channel="general", ts=seen["ts"])


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ({"replace_original": True, "text": "Done"}, ["Done"]),
        ({"delete_original": True}, []),
        ({"text": "More"}, ["Only you", "More"]),
    ],
)
def test_it_changes_a_message_for_one_person(
    slack: Workspace, answer: Json, seen: list[str]
) -> None:
    button = {"type": "button", "action_id": "go", "text": plain("Go")}
    slack.web.call(
        "chat.postEphemeral",
        channel=slack.channel_id("general"),
        user=slack.user_id("alice"),
        text="Only you",
        blocks=[{"type": "actions", "elements": [button]}],
    )
    (shown,) = slack.ephemerals("alice")
    done = slack.interactions.click("alice", "go", channel="general", ts=shown["ts"])
    assert requests.post(done.response_url, json=answer, timeout=10).text == "ok"
    assert [message["text"] for message in slack.ephemerals("alice")] == seen
    assert slack.messages("general") == []
