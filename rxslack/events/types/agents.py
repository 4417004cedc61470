"""Assistants, agents and work objects, over the Events API."""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from rxslack.events.types.objects import Link

__all__ = [
    "AgentSessionStatus",
    "AgentSessionStoppedEvent",
    "AgentSessionTitleChangedEvent",
    "AppContext",
    "AppContextChangedEvent",
    "AssistantContext",
    "AssistantThread",
    "AssistantThreadContextChangedEvent",
    "AssistantThreadStartedEvent",
    "ContextEntity",
    "EntityCommentsRequestedEvent",
    "EntityDetailsRequestedEvent",
    "ExternalReference",
]


class AssistantContext(TypedDict, total=False):
    """What the user looks at. Source: docs.slack.dev/reference/events/assistant_thread_started."""

    channel_id: str
    team_id: str
    enterprise_id: str | None
    thread_entry_point: str
    force_search: bool


class AssistantThread(TypedDict):
    """
    A thread with an assistant.

    Source: docs.slack.dev/reference/events/assistant_thread_started.
    """

    user_id: str
    channel_id: str
    thread_ts: str
    context: AssistantContext
    title: NotRequired[str]
    action_token: NotRequired[str]


class AssistantThreadStartedEvent(TypedDict):
    """
    Someone opened a thread with your assistant.

    Source: docs.slack.dev/reference/events/assistant_thread_started.
    """

    type: Literal["assistant_thread_started"]
    assistant_thread: AssistantThread
    event_ts: NotRequired[str]


class AssistantThreadContextChangedEvent(TypedDict):
    """
    Someone looks at something else, with your assistant open.

    Source: docs.slack.dev/reference/events/assistant_thread_context_changed.
    """

    type: Literal["assistant_thread_context_changed"]
    assistant_thread: AssistantThread
    event_ts: NotRequired[str]


class ContextEntity(TypedDict):
    """A thing in view. Source: docs.slack.dev/reference/events/app_context_changed."""

    type: str  # "slack#/types/channel_id" ...
    value: Any  # an id, or for a message an object; depends on the type
    score: NotRequired[float]
    team_id: NotRequired[str]
    enterprise_id: NotRequired[str]


class AppContext(TypedDict, total=False):
    """What is in view. Source: docs.slack.dev/reference/events/app_context_changed."""

    entities: list[ContextEntity]  # the most relevant first; absent when there is none


class AppContextChangedEvent(TypedDict):
    """
    Someone looks at something else, with your app open.

    Source: docs.slack.dev/reference/events/app_context_changed.
    """

    type: Literal["app_context_changed"]
    context: AppContext
    user: NotRequired[str]
    channel: NotRequired[str]
    event_ts: NotRequired[str]


AgentSessionStatus: TypeAlias = Literal["active", "processing", "suspended", "closed"]
"""
What an agent is doing: ready, at work, waiting for a person, or answering no more.

Source: docs.slack.dev/reference/methods/agents.sessions.setStatus.
"""


class AgentSessionStoppedEvent(TypedDict):
    """
    Someone pressed the stop button of a session that is "processing", which it stays until you say so.

    Source: docs.slack.dev/reference/events/agent_session_stopped.
    """

    type: Literal["agent_session_stopped"]
    channel: str
    user: NotRequired[str]
    thread_ts: NotRequired[str]
    streaming_message_ts: NotRequired[list[str]]  # what Slack ended; empty when nothing streamed
    event_ts: NotRequired[str]


class AgentSessionTitleChangedEvent(TypedDict):
    """
    Someone renamed a session with your agent.

    Source: docs.slack.dev/reference/events/agent_session_title_changed.
    """

    type: Literal["agent_session_title_changed"]
    channel: str
    title: str
    previous_title: NotRequired[str]
    user: NotRequired[str]
    team_id: NotRequired[str]
    thread_ts: NotRequired[str]
    event_ts: NotRequired[str]


class ExternalReference(TypedDict):
    """
    A thing in your own system.

    Source: docs.slack.dev/reference/events/entity_details_requested.
    """

    id: str
    type: NotRequired[str]


class EntityDetailsRequestedEvent(TypedDict):
    """
    Someone opened a work object; show its details.

    Source: docs.slack.dev/reference/events/entity_details_requested.
    """

    type: Literal["entity_details_requested"]
    user: str
    trigger_id: str
    entity_url: NotRequired[str]
    link: NotRequired[Link]
    external_ref: NotRequired[ExternalReference]
    app_unfurl_url: NotRequired[str]
    user_locale: NotRequired[str]
    channel: NotRequired[str]
    message_ts: NotRequired[str]
    thread_ts: NotRequired[str]
    event_ts: NotRequired[str]


class EntityCommentsRequestedEvent(TypedDict):
    """
    Someone opened the comments of a work object; show them.

    Source: docs.slack.dev/reference/events/entity_comments_requested.
    """

    type: Literal["entity_comments_requested"]
    user: str
    trigger_id: str
    entity_url: NotRequired[str]
    link: NotRequired[Link]
    external_ref: NotRequired[ExternalReference]
    app_unfurl_url: NotRequired[str]
    user_locale: NotRequired[str]
    cursor: NotRequired[str]
    limit: NotRequired[int]
    thread_root_id: NotRequired[str]
    channel: NotRequired[str]
    message_ts: NotRequired[str]
    thread_ts: NotRequired[str]
    event_ts: NotRequired[str]
