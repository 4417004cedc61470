"""Who a message is by, what Slack makes of its text, and what people do besides talking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import rxslack
from rxslack.errors import ApiError
from rxslack.simulator import AGENT_SCOPES, Limits, Workspace
from rxslack.web.client import WebClient

Json = dict[str, Any]


@pytest.fixture
def modern() -> Iterator[Workspace]:
    """A workspace whose app has granular scopes."""
    with Workspace(bot_scopes=AGENT_SCOPES, limits=Limits.off()) as slack:
        yield slack


def said(slack: Workspace, **arguments: Any) -> Json:
    answer = slack.web.call("chat.postMessage", channel="general", **arguments)
    return dict(answer["message"])


def elements(message: Json) -> list[Json]:
    return list(message["blocks"][0]["elements"][0]["elements"])


def told(slack: Workspace) -> list[Json]:
    """What the app was told, to this moment."""
    return [delivery.payload["event"] for delivery in slack.socket_mode.delivered]


def test_it_is_by_the_bots_user_with_granular_scopes(modern: Workspace) -> None:
    message = said(modern, text="*Hi* :wave:")
    assert (message["user"], message["bot_id"]) == (modern.bot_user_id, modern.bot_id)
    assert "subtype" not in message
    assert "username" not in message
    assert elements(message) == [
        {"type": "text", "text": "Hi", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "emoji", "name": "wave", "unicode": "1f44b"},
    ]


def test_it_is_a_bot_message_when_it_has_a_name_of_its_own(modern: Workspace) -> None:
    message = said(modern, text="Hi", username="Deploy")
    assert (message["subtype"], message["username"]) == ("bot_message", "Deploy")


def test_it_is_typed_by_a_person_with_a_persons_token(slack: Workspace) -> None:
    slack.user_web.call("chat.postMessage", channel=slack.channel_id("general"), text="Hi")
    (message,) = slack.messages("general")
    assert message["user"] == slack.user_id("alice")
    assert "bot_id" not in message
    assert message["client_msg_id"]


def test_it_is_by_an_app_with_a_users_granular_token(slack: Workspace) -> None:
    token = slack.new_token(user="bob", scopes=["chat:write"])
    with WebClient(token, base_url=slack.base_url) as bob:
        bob.call("chat.postMessage", channel=slack.channel_id("general"), text="Hi")
    (message,) = slack.messages("general")
    assert (message["user"], message["bot_id"]) == (slack.user_id("bob"), slack.bot_id)


def test_it_keeps_the_rich_text_with_the_text(modern: Workspace) -> None:
    mine = said(modern, text="one")
    modern.web.call(
        "chat.update", channel=modern.channel_id("general"), ts=mine["ts"], text="_two_"
    )
    theirs = modern.say("general", "alice", "one")
    modern.edit("general", theirs["ts"], "three")
    two, three = modern.messages("general")
    assert elements(two) == [{"type": "text", "text": "two", "style": {"italic": True}}]
    assert elements(three) == [{"type": "text", "text": "three"}]


def test_it_converts_markdown(modern: Workspace) -> None:
    message = said(modern, markdown_text="**a** [b](https://a.example)\n- c")
    assert message["text"] == "*a* <https://a.example|b>\n• c"
    assert [one["type"] for one in message["blocks"][0]["elements"]] == [
        "rich_text_section",
        "rich_text_list",
    ]
    with pytest.raises(ApiError, match="markdown_text_conflict"):
        said(modern, markdown_text="a", text="b")
    with pytest.raises(ApiError, match="msg_too_long"):
        said(modern, markdown_text="a" * 12_001)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"text": "See (http://a.example/b), ok."}, "See (<http://a.example/b>), ok."),
        ({"text": "<tel:112|call>"}, "<tel:112|call>"),
        ({"text": "@alice"}, "@alice"),
        ({"text": "@alice #random", "link_names": True}, "<@{alice}> <#{random}|random>"),
        ({"text": "a.example", "parse": "full"}, "<http://a.example|a.example>"),
    ],
)
def test_it_links_what_it_is_asked_to(slack: Workspace, arguments: Json, text: str) -> None:
    ids = {"alice": slack.user_id("alice"), "random": slack.channel_id("random")}
    assert said(slack, **arguments)["text"] == text.format(**ids)


def test_it_takes_stars_for_stars_without_mrkdwn(modern: Workspace) -> None:
    message = said(modern, text="*a*", mrkdwn=False)
    assert elements(message) == [{"type": "text", "text": "*a*"}]


def test_it_refuses_an_emoji_that_nobody_knows(slack: Workspace) -> None:
    where = {
        "channel": slack.channel_id("general"),
        "timestamp": slack.say("general", "alice", "a")["ts"],
    }
    with pytest.raises(ApiError, match="invalid_name"):
        slack.web.call("reactions.add", name="partyparrot", **where)
    slack.add_emoji("partyparrot")
    slack.web.call("reactions.add", name="partyparrot", **where)
    slack.web.call("reactions.add", name="thumbsup::skin-tone-3", **where)


def test_it_tells_of_people_channels_and_files(modern: Workspace) -> None:
    with rxslack.socket_mode(modern.app).subscribe():
        modern.wait_until(lambda: modern.connections)
        modern.add_user("dave")
        modern.add_channel("news")
        modern.direct("bob")
        message = modern.upload("general", "alice", "note.txt", "Hello", text="See")
        modern.wait_until(lambda: "message" in [event["type"] for event in told(modern)])
    events = {event["type"]: event for event in told(modern)}
    assert events["team_join"]["user"]["name"] == "dave"
    assert events["channel_created"]["channel"]["name"] == "news"
    assert events["im_created"]["channel"]["is_im"]
    assert events["file_shared"]["file_id"] == message["files"][0]["id"]
    assert (events["message"]["subtype"], events["message"]["user"]) == (
        "file_share",
        modern.user_id("alice"),
    )
    assert "subtype" not in modern.messages("general")[0]  # nor over RTM
    assert "bot_id" not in message
