"""assistant.threads.setStatus, setTitle, setSuggestedPrompts, which Slack ends in February 2027."""

from __future__ import annotations

from typing import Any, Final, cast

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.text import Json

MOST_PROMPTS: Final = 4


@Method("assistant.threads.setStatus", "special", ("chat:write", "assistant:write"))
def set_status(request: Request) -> Json:
    """
    Say under a thread what the app is doing; "" takes it away.

    Source: docs.slack.dev/reference/methods/assistant.threads.setStatus.
    """
    channel, thread_ts = _thread(request)
    if "status" not in request.arguments:
        request.required("status")
    state = request.state
    state.buckets.count(("statuses", state.team.bot.app_id, channel.id), state.limits.posts)
    state.statuses[channel.id, thread_ts] = request.text("status")
    return {}


@Method("assistant.threads.setTitle", "tier4", ("assistant:write",))
def set_title(request: Request) -> Json:
    """
    Give a thread a title.

    Source: docs.slack.dev/reference/methods/assistant.threads.setTitle.
    """
    channel, thread_ts = _thread(request)
    title = request.state.titles[channel.id, thread_ts] = request.required("title")
    root = channel.find(thread_ts)
    if root is not None and "assistant_app_thread" in root:
        root["assistant_app_thread"]["title"] = title
    return {}


@Method("assistant.threads.setSuggestedPrompts", "tier4", ("assistant:write",))
def set_suggested_prompts(request: Request) -> Json:
    """
    Suggest what somebody may say.

    With a `thread_ts` nothing happens, and Slack says ok: so it is for apps with `agent_view`, as all
    new ones have.

    Source: docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts. What it says to
    prompts that are no good is inferred.
    """
    channel = request.channel(name="channel_id")
    found = request.structure("prompts", "invalid_arguments")
    prompts: list[Any] = [*found] if isinstance(found, list) else []
    if not 0 < len(prompts) <= MOST_PROMPTS or not all(map(_is_prompt, prompts)):
        raise Refused("invalid_arguments")
    if not request.text("thread_ts"):
        request.state.prompts[channel.id] = prompts
    return {}


def _is_prompt(found: object) -> bool:
    prompt = cast("Json", found) if isinstance(found, dict) else {}
    said = (prompt.get(name) for name in ("title", "message"))
    return all(text and isinstance(text, str) for text in said)


def _thread(request: Request) -> tuple[Channel, str]:
    channel = request.channel(name="channel_id")
    thread_ts = request.required("thread_ts")
    if channel.find(thread_ts) is None:
        raise Refused("invalid_thread_ts")
    return channel, thread_ts
