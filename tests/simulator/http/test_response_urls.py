from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import pytest
import requests

from rxslack.simulator import Clock, Interaction, Workspace


@pytest.fixture
def slack() -> Generator[Workspace]:
    with Workspace(clock=Clock(lambda: 1_700_000_000.0)) as workspace:
        yield workspace


def answer(done: Interaction, **said: Any) -> requests.Response:
    return requests.post(done.response_url, json=said, timeout=5.0)


def click(slack: Workspace) -> Interaction:
    label = {"type": "plain_text", "text": "Press"}
    button = {"type": "button", "action_id": "press", "value": "1", "text": label}
    blocks = [{"type": "actions", "block_id": "row", "elements": [button]}]
    message = slack.web.call("chat.postMessage", channel="general", text="Press", blocks=blocks)
    return slack.interactions.click("alice", "press", channel="general", ts=message["ts"])


def test_it_shows_an_answer_to_the_person_alone(slack: Workspace) -> None:
    done = slack.interactions.command("general", "alice", "/weather")

    assert answer(done, text="Sun & rain").text == "ok"
    assert done.replies == [{"text": "Sun &amp; rain"}]
    assert slack.messages("general") == []


def test_it_shows_an_answer_to_the_channel(slack: Workspace) -> None:
    answer(
        slack.interactions.command("general", "alice", "/weather"),
        text="Sun",
        response_type="in_channel",
    )

    assert [message["text"] for message in slack.messages("general")] == ["Sun"]


def test_it_replaces_and_deletes_the_message_with_the_button(slack: Workspace) -> None:
    done = click(slack)
    assert done.payload["actions"][0]["value"] == "1"
    answer(done, text="Pressed", replace_original=True)
    assert [message["text"] for message in slack.messages("general")] == ["Pressed"]
    answer(done, delete_original=True)

    assert slack.messages("general") == []


def test_it_takes_five_answers(slack: Workspace) -> None:
    done = slack.interactions.command("general", "alice", "/weather")
    statuses = [answer(done, text=f"{number}").status_code for number in range(6)]

    assert statuses == [200] * 5 + [404]
    assert len(done.replies) == 5


def test_it_takes_answers_for_half_an_hour(slack: Workspace) -> None:
    done = slack.interactions.command("general", "alice", "/weather")
    slack.clock.advance(1801.0)

    assert answer(done, text="late").json() == {"ok": False, "error": "expired_url"}


def test_it_refuses_what_is_no_json_object(slack: Workspace) -> None:
    done = slack.interactions.command("general", "alice", "/weather")
    for body in ("nonsense", json.dumps(["list"])):
        assert requests.post(done.response_url, data=body, timeout=5.0).status_code == 400
    assert requests.post(done.response_url + "x", json={}, timeout=5.0).status_code == 404


def test_it_knows_no_more_addresses_than_it_is_told() -> None:
    with Workspace(keep=2) as slack:
        done = [slack.interactions.command("general", "alice", "/weather") for _ in range(3)]
        assert [answer(one, text="Sun").status_code for one in done] == [404, 200, 200]
