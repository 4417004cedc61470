"""On call: `/page` asks for help, a button opens a dialog, and what is written there goes into the thread."""

import json
import os
import sys
from typing import Any

import reactivex
from reactivex import Observable, operators as ops

import rxslack
from rxslack.events import BlockActions, SlashCommand, ViewSubmission


def call_for_help(command: SlashCommand) -> dict[str, Any]:
    text = f"<@{command['user_id']}> needs help: {rxslack.escape(command['text'])}"
    button = {"type": "button", "action_id": "take", "text": plain("I take it")}
    blocks = [{"type": "actions", "elements": [button]}]
    return {"channel": command["channel_id"], "text": text, "blocks": blocks}


def dialog(pressed: BlockActions) -> dict[str, Any]:
    message = pressed.get("container", {})
    about = {"channel": message["channel_id"], "thread_ts": message["message_ts"]}
    element = {"type": "plain_text_input", "action_id": "text"}
    view = {
        "type": "modal",
        "callback_id": "taken",
        "private_metadata": json.dumps(about),
        "title": plain("What is wrong?"),
        "submit": plain("Tell them"),
        "blocks": [
            {"type": "input", "block_id": "note", "label": plain("Note"), "element": element}
        ],
    }
    return {"trigger_id": pressed["trigger_id"], "view": view}


def note(sent: ViewSubmission) -> dict[str, Any]:
    text = sent["view"]["state"]["values"]["note"]["text"]["value"]
    about = json.loads(sent["view"]["private_metadata"])
    return {**about, "text": f"<@{sent['user']['id']}>: {rxslack.escape(text)}"}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def on_call(app: rxslack.WebClient, web: rxslack.WebClient) -> Observable[Any]:
    envelopes = rxslack.shared(rxslack.socket_mode(app).pipe(rxslack.reconnect()))
    done = envelopes.pipe(rxslack.interactions())
    called = envelopes.pipe(rxslack.slash_commands("/page"), ops.map(call_for_help))
    opened = done.pipe(rxslack.select(BlockActions, dialog), rxslack.open_view(web))
    noted = done.pipe(rxslack.select(ViewSubmission, note))
    return reactivex.merge(opened, reactivex.merge(called, noted).pipe(rxslack.post_message(web)))


if __name__ == "__main__":
    tokens = (os.environ["SLACK_APP_TOKEN"], os.environ["SLACK_BOT_TOKEN"])
    sys.exit(rxslack.run(on_call(*map(rxslack.WebClient, tokens))))
