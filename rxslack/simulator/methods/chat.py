"""chat.postMessage, chat.update, chat.delete, chat.meMessage, chat.postEphemeral."""

from __future__ import annotations

from typing import Final

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.channel_events import direct
from rxslack.simulator.team.content import MAX_MARKDOWN, content_of, with_rich_text
from rxslack.simulator.team.files import post_text
from rxslack.simulator.team.messages import by_app, by_token, delete as remove, edit, post
from rxslack.simulator.team.mrkdwn import as_posted
from rxslack.simulator.team.text import Json

__all__ = ["MAX_BLOCKS", "WRITE", "author_of", "destination_of", "said_in"]


MAX_POST = 40_000  # characters; more is cut off. docs.slack.dev/reference/methods/chat.postMessage
MAX_UPDATE = 4_000  # characters; more is refused. docs.slack.dev/reference/methods/chat.update
MAX_BLOCKS = 50  # docs.slack.dev/reference/block-kit/blocks


WRITE = ("chat:write",)


@Method("chat.postMessage", "special", WRITE)  # counted a channel and in all, in place of a tier
def post_message(request: Request) -> Json:
    """Say something. Source: docs.slack.dev/reference/methods/chat.postMessage."""
    channel = destination_of(request)
    _count(request, channel)
    content = said_in(request)
    if not content:
        raise Refused("no_text")
    cut = len(content.get("text", "")) > MAX_POST
    content["text"] = content.get("text", "")[:MAX_POST]
    message = post_text(
        request.team,
        request.state.files,
        channel,
        {**author_of(request), **content},
        thread_ts=request.text("thread_ts") or None,
        broadcast=request.flag("reply_broadcast"),
    )
    state, made = request.state, f"{channel.id} {message['ts']}"
    state.functions.note(request.token.execution, made)
    answer: Json = {"channel": channel.id, "ts": message["ts"], "message": message}
    return answer | ({"warning": "message_truncated"} if cut else {})


@Method("chat.meMessage", "tier3", WRITE)
def me_message(request: Request) -> Json:
    """Say what one does. Source: docs.slack.dev/reference/methods/chat.meMessage."""
    channel = destination_of(request)
    text = as_posted(request.text("text"))
    if not text:
        raise Refused("no_text")
    draft = {"subtype": "me_message", "text": text, **by_token(request.team, request.token)}
    message = post(request.team, channel, draft)
    return {"channel": channel.id, "ts": message["ts"]}


@Method("chat.update", "tier3", WRITE)
def update(request: Request) -> Json:
    """Change what one said. Source: docs.slack.dev/reference/methods/chat.update."""
    channel, message = _own(request, "cant_update_message")
    if request.state.streams.is_streaming(channel, message["ts"]):
        raise Refused("streaming_state_conflict")  # odefun/ode#210
    content = said_in(request)
    for name in ("blocks", "attachments"):
        if request.arguments.get(name) in ([], "[]"):
            content[name] = []  # what is not named stays, and this takes it away
    if not content:
        raise Refused("no_text")
    most = MAX_UPDATE if request.text("text") else MAX_MARKDOWN
    if len(content.get("text", "")) > most:
        raise Refused("msg_too_long")
    if "streaming_state" in message:
        # Inferred: slackapi/python-slack-sdk#1880 mends with it what Slack ended with an error.
        new = with_rich_text(request.team, content).get("blocks", [])
        content = {**content, "blocks": new, "streaming_state": "completed"}
    changed = edit(request.team, channel, message, content, request.user_id)
    return {
        "channel": channel.id,
        "ts": message["ts"],
        "text": changed.get("text", ""),
        "message": changed,
    }


@Method("chat.delete", "tier3", WRITE)
def delete(request: Request) -> Json:
    """Take it back. Source: docs.slack.dev/reference/methods/chat.delete."""
    channel, message = _own(request, "cant_delete_message")
    if request.state.streams.is_streaming(channel, message["ts"]):
        raise Refused("cant_delete_message")  # as apps have seen it; no page says it
    remove(request.team, channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


def destination_of(request: Request) -> Channel:
    """A conversation by id, by name, or by the user whom a direct message goes to."""
    team, wanted = request.team, request.text("channel")
    with team.lock:
        if wanted in team.people:
            return direct(team, [wanted], request.user_id)[0]
        names = (c for c in team.channels.values() if c.name == wanted.removeprefix("#") and c.name)
        channel = team.channels.get(wanted) or next(names, None)
    if channel is None or not channel.is_visible_to(request.user_id):
        raise Refused("channel_not_found")
    if channel.archived:
        raise Refused("is_archived")
    if request.user_id not in channel.members:
        raise Refused("not_in_channel")
    what = "threads" if request.text("thread_ts") else "posting"
    if request.user_id not in channel.restrictions.get(what, {}).get("user", [request.user_id]):
        raise Refused(_RESTRICTED[what])
    return channel


_RESTRICTED: Final = {
    "posting": "restricted_action_read_only_channel",
    "threads": "restricted_action_thread_locked",
}


def _count(request: Request, channel: Channel) -> None:
    """One message a second a channel, and several hundred a minute in the workspace."""
    state, app = request.state, request.team.bot.app_id
    state.buckets.count(("posts", app, channel.id), state.limits.posts)
    state.buckets.count(("posts", app), state.limits.posts_total)


def author_of(request: Request) -> Json:
    """
    As whom it is said.

    Source: docs.slack.dev/reference/methods/chat.postMessage, "Authorship"; a name of one's own makes a
    `bot_message` of it with any token.
    """
    custom = {name: request.text(name) for name in ("username", "icon_emoji", "icon_url")}
    token = request.token
    if token.is_bot and not token.is_classic:
        named = any(custom.values()) and token.may(("chat:write.customize",))
        return by_app(request.team, custom) if named else by_token(request.team, token)
    as_user = request.flag("as_user", default=not token.is_bot)
    if as_user and not any(custom.values()):
        return by_token(request.team, token)
    return by_app(request.team, custom)


def said_in(request: Request) -> Json:
    """
    What a call says; empty when nothing. A classic bot's text gets no rich text.

    Raises: Refused.
    """
    content = content_of(request.team, request.arguments)
    return content if request.token.is_classic else with_rich_text(request.team, content)


def _own(request: Request, error: str) -> tuple[Channel, Json]:
    channel = request.channel()
    message = channel.find(request.required("ts"))
    if message is None:
        raise Refused("message_not_found")
    mine = message.get("user") == request.user_id or (
        request.token.is_bot and message.get("bot_id") == request.team.bot.id
    )
    if not mine:
        raise Refused(error)
    return channel, message


@Method("chat.postEphemeral", "tier4", WRITE)
def post_ephemeral(request: Request) -> Json:
    """
    Say something to one person; no history keeps it.

    Source: docs.slack.dev/reference/methods/chat.postEphemeral.
    """
    channel = destination_of(request)
    user = request.required("user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    said = said_in(request)
    if not said:
        raise Refused("no_text")
    draft = {**author_of(request), **said}
    thread_ts = request.text("thread_ts")
    message = request.state.ephemerals.post(channel, user, draft, thread_ts=thread_ts)
    return {"message_ts": message["ts"]}
