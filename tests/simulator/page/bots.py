"""Bots that the page is tried with: the README's, and one that shows what Block Kit has."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from reactivex import Subject, operators as ops

import rxslack
from rxslack.simulator import Workspace

__all__ = ["CHARTS", "MODAL", "blocks", "button", "greeter", "orders", "plain"]


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def greeting(event: rxslack.MessageEvent) -> str:
    return f"Hi <@{event['user']}>!"


@contextmanager
def greeter(slack: Workspace) -> Generator[None]:
    """The README's bot, which takes no notice of bots."""
    greetings = rxslack.socket_mode(slack.app).pipe(
        rxslack.reconnect(lambda: iter([0.05] * 100)),
        rxslack.events_api(),
        rxslack.not_from_bots(),
        rxslack.of_type(rxslack.MessageEvent, lambda e: "Hello" in e["text"]),
        ops.map(rxslack.reply(greeting)),
        rxslack.post_message(slack.web),
    )
    with greetings.subscribe():
        slack.wait_until(lambda: slack.connections)
        yield


MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "order",
    "title": plain("Order lunch"),
    "submit": plain("Order"),
    "close": plain("Not today"),
    "blocks": [
        {
            "type": "input",
            "block_id": "dish",
            "label": plain("Dish"),
            "hint": plain("What the kitchen has"),
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "size",
            "label": plain("Size"),
            "optional": True,
            "element": {
                "type": "static_select",
                "action_id": "choice",
                "options": [{"text": plain(size), "value": size} for size in ("small", "large")],
            },
        },
        {
            "type": "input",
            "block_id": "extras",
            "label": plain("Extras"),
            "optional": True,
            "element": {
                "type": "checkboxes",
                "action_id": "boxes",
                "options": [{"text": plain(one), "value": one} for one in ("salt", "bread")],
            },
        },
    ],
}


@contextmanager
def orders(slack: Workspace) -> Generator[None]:
    """A bot that opens a modal for /lunch, says what was ordered, and hears buttons."""
    web, general = slack.web, slack.channel_id("general")
    answers = Subject[Any]()

    def answer(envelope: Mapping[str, Any]) -> None:
        if "envelope_id" not in envelope:
            return
        response = {"envelope_id": envelope["envelope_id"]}
        payload = envelope["payload"]
        if payload.get("type") == "view_submission":
            response |= ordered(payload)
        answers.on_next(response)
        if envelope["type"] == "slash_commands":
            web.call("views.open", trigger_id=payload["trigger_id"], view=MODAL)
        elif payload.get("type") == "block_actions":
            pressed = payload["actions"][0]["action_id"]
            web.call("chat.postMessage", channel=general, text=f"{pressed} was pressed")

    def ordered(payload: Mapping[str, Any]) -> dict[str, Any]:
        values = payload["view"]["state"]["values"]
        if (dish := values["dish"]["text"]["value"]) == "stone":
            wrong = {"dish": "That cannot be eaten"}
            return {"payload": {"response_action": "errors", "errors": wrong}}
        size = values["size"]["choice"]["selected_option"]["value"]
        extras = [one["value"] for one in values["extras"]["boxes"]["selected_options"]]
        text = f"Ordered: {dish}, {size}, {' '.join(extras)}"
        web.call("chat.postMessage", channel=general, text=text)
        return {}

    envelopes = rxslack.socket_mode(slack.app, acknowledge="by_hand", answers=answers)
    with envelopes.subscribe(answer):
        slack.wait_until(lambda: slack.connections)
        yield


def button(action_id: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def blocks(alice: str) -> list[dict[str, Any]]:
    """One of each kind that Slack shows in messages."""
    marked = f"*Deployed* by <@{alice}>, see <https://a.example|the notes>, `v2.4`\n> :tada: quoted"
    sizes = [{"text": plain(size), "value": size} for size in ("small", "large")]
    return [
        {"type": "header", "text": plain("Release 2.4 :rocket:")},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": marked},
            "accessory": button("details", "Details"),
        },
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": text} for text in ("*Service*\napi", "*State*\nup")
            ],
        },
        {"type": "divider"},
        {
            "type": "actions",
            "elements": [
                button("approve", "Approve", style="primary"),
                button("reject", "Reject", style="danger"),
                {
                    "type": "static_select",
                    "action_id": "size",
                    "placeholder": plain("Size"),
                    "options": sizes,
                },
                {"type": "datepicker", "action_id": "day"},
                {"type": "overflow", "action_id": "more", "options": sizes},
            ],
        },
        {
            "type": "context",
            "elements": [
                {"type": "image", "image_url": "https://a.example/x.png", "alt_text": "a cat"},
                {"type": "mrkdwn", "text": "build *42*"},
            ],
        },
        {"type": "image", "image_url": "https://a.example/x.png", "alt_text": "load over time"},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [{"type": "text", "text": text, "style": {"bold": True}}],
                        }
                        for text in ("first", "second")
                    ],
                }
            ],
        },
        {
            "type": "table",
            "rows": [
                [{"type": "raw_text", "text": text} for text in row]
                for row in (("Service", "Calls"), ("api", "3"))
            ],
        },
    ]


CHARTS: list[dict[str, Any]] = [
    {
        "type": "data_visualization",
        "title": "Visits",
        "chart": {
            "type": "bar",
            "axis_config": {"categories": ["Mon", "Tue"]},
            "series": [
                {
                    "name": name,
                    "data": [
                        {"label": day, "value": value}
                        for day, value in zip(("Mon", "Tue"), values, strict=True)
                    ],
                }
                for name, values in (("Web", (30, 45)), ("App", (12, 25)))
            ],
        },
    },
    {
        "type": "data_visualization",
        "title": "Shares",
        "chart": {
            "type": "pie",
            "segments": [{"label": "Web", "value": 75}, {"label": "App", "value": 37}],
        },
    },
]
