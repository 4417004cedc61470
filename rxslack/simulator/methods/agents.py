"""agents.sessions.setStatus, agents.sessions.rename."""

from __future__ import annotations

from typing import Final, cast, get_args

from rxslack.events.types.agents import AgentSessionStatus
from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.text import Json

__all__ = ["session_status"]

LONGEST_TITLE: Final = 200  # characters. docs.slack.dev/reference/methods/agents.sessions.rename
LONGEST_NAME: Final = 200
LOOKS: Final = ("icon_emoji", "icon_url", "username")

WRITE: Final = ("chat:write",)


@Method("agents.sessions.setStatus", "tier3", WRITE, kinds=("xoxb",), granular=True)
def set_status(request: Request) -> Json:
    """
    Say what the app is doing in a thread.

    Source: docs.slack.dev/reference/methods/agents.sessions.setStatus;
    NousResearch/hermes-agent#101477 (what an app is told that is not declared an agent).
    """
    channel, thread_ts = _thread(request)
    status = session_status(request.required("status"))
    title = _short(request, "title", LONGEST_TITLE)
    _short(request, "username", LONGEST_NAME)
    if any(request.text(name) for name in LOOKS):
        request.need("chat:write.customize")
    initiator = request.text("initiator_user_id")
    if initiator and initiator not in channel.members:
        raise Refused("user_not_found")
    sessions = request.state.agent_sessions
    session = sessions.set_status(channel, thread_ts, status, title=title, initiator=initiator)
    answer: Json = {"status": session.status, "agent_status": session.status}
    if session.title:
        answer["title"] = session.title
    if not request.state.streams.options.has_stop_button:
        answer["warning"] = "missing_agent_session_stopped_event_subscription"
    return answer


@Method("agents.sessions.rename", "tier3", WRITE, kinds=("xoxb",), granular=True)
def rename(request: Request) -> Json:
    """Give a session a title. Source: docs.slack.dev/reference/methods/agents.sessions.rename."""
    channel, thread_ts = _thread(request)
    request.required("title")
    title = _short(request, "title", LONGEST_TITLE)
    session = request.state.agent_sessions.find(channel, thread_ts)
    if session is None:
        raise Refused("session_not_found")
    return {"title": request.state.agent_sessions.rename(session, title).title}


def session_status(said: str) -> AgentSessionStatus:
    """
    One of the four there are.

    Raises: Refused("invalid_status").
    """
    if said not in get_args(AgentSessionStatus):
        raise Refused("invalid_status")
    return cast("AgentSessionStatus", said)


def _thread(request: Request) -> tuple[Channel, str]:
    """
    The thread that a session is about.

    Raises: Refused.
    """
    channel = request.channel(name="channel_id")
    if not request.token.is_agent or request.user_id not in channel.members:
        raise Refused("not_authorized")
    thread_ts = request.text("thread_ts")
    if not thread_ts:
        raise Refused("thread_ts_required")
    if channel.find(thread_ts) is None:
        raise Refused("invalid_thread_ts")  # inferred: the page has no error for it
    return channel, thread_ts


def _short(request: Request, name: str, most: int) -> str:
    value = request.text(name)
    if len(value) > most:
        problem = f"[ERROR] must be no more than {most} characters [json-pointer:/{name}]"
        raise Refused("invalid_arguments", response_metadata={"messages": [problem]})
    return value
