"""Sinks for what an agent shows of itself: the state and the title of its sessions, and prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Unpack, get_args

from rxslack.errors import ConfigurationError
from rxslack.events.items import is_mapping
from rxslack.events.types.agents import AgentSessionStatus
from rxslack.sinks.delivery.calls import PendingCall, fields_of, needed
from rxslack.sinks.delivery.sink import Sink, SinkOptions
from rxslack.sinks.messages import place_of
from rxslack.web.client import Caller

__all__ = ["rename_session", "set_session", "suggest_prompts"]

STATUSES: Final = get_args(AgentSessionStatus)
MOST_PROMPTS: Final = 4


def set_session(
    web: Caller, status: AgentSessionStatus | None = None, **options: Unpack[SinkOptions]
) -> Sink:
    """
    Say what an agent is doing in a thread, with `agents.sessions.setStatus`.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, **arguments}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"type": "message", "channel": "D1", "ts": "7.1"})
    >>> sink = set_session(Web(), "processing", scheduler=marbles.scheduler)
    >>> marbles.run(source.pipe(sink)).items
    [{'ok': True, 'channel_id': 'D1', 'thread_ts': '7.1', 'status': 'processing'}]

    While a session is "processing", people see that the agent is at work, and a button that stops it
    where the app subscribes to `agent_session_stopped`. "active": ready for what comes next.
    "suspended": it waits for a person, such as for an approval. "closed": it answers no more. The
    state stays until the next call: not even an answer, or the stop, changes it. `stream_message`
    needs no help: Slack sets "processing" when a stream starts, and "active" when it stops.

    An item is a dict of the method's arguments: `channel_id`, `thread_ts`, `status`, and where the
    call begins a session its `title` and `initiator_user_id`; or, where the status is given here, an
    event with `channel`, and `thread_ts` or `ts`, which `agent_session_stopped` is, too. Saying it
    twice is the same as once, so what was perhaps done is repeated.

    It takes the place of `set_status` but for its free text. Slack refuses with `not_authorized` an
    app that is not declared an agent, and with `not_allowed_token_type` a classic bot's token.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        status: "active", "processing", "suspended" or "closed". Default: each item's `status`.
        options: See `SinkOptions`.

    Emits, errors, dispose: as every `Sink`. ``ConfigurationError`` for any other status.
    Source: docs.slack.dev/reference/methods/agents.sessions.setStatus;
        docs.slack.dev/ai/agent-sessions.
    """
    if status is not None:
        _checked(status)

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, "agents.sessions.setStatus")
        arguments: dict[str, Any] = {**(fields if "channel_id" in fields else place_of(fields))}
        arguments["status"] = _checked(fields.get("status") if status is None else status)
        channel = needed(arguments, "channel_id", "D0123ABCD")
        needed(arguments, "thread_ts", "1712345678.000200")
        return [PendingCall("agents.sessions.setStatus", channel, arguments)]

    return Sink(web, read, "set_session", **options)


def rename_session(web: Caller, title: str | None = None, **options: Unpack[SinkOptions]) -> Sink:
    """
    Give the sessions of an agent titles, with `agents.sessions.rename`.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, **arguments}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"channel": "D1", "ts": "7.1", "title": "Trip to Rome"})
    >>> sink = rename_session(Web(), scheduler=marbles.scheduler)
    >>> marbles.run(source.pipe(sink)).items
    [{'ok': True, 'channel_id': 'D1', 'thread_ts': '7.1', 'title': 'Trip to Rome'}]

    By its title people find a session again. An item says whose it is by `channel_id`, or `channel`,
    and `thread_ts`, or `ts`; whatever else it has but the title is not sent, so that
    ``ops.map(lambda event: {**event, "title": …})`` makes one of an event. Slack takes 200 characters,
    and refuses with `session_not_found` a thread where no session has begun (`set_session`). Doing it
    twice is the same as once, so what was perhaps done is repeated.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        title: Of every item's session. Default: each item's `title`.
        options: See `SinkOptions`.

    Emits, errors, dispose: as every `Sink`.
    Source: docs.slack.dev/reference/methods/agents.sessions.rename.
    """

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, "agents.sessions.rename")
        given = fields if title is None else {"title": title}
        arguments = {**place_of(fields), "title": needed(given, "title", "Trip to Rome")}
        channel = needed(arguments, "channel_id", "D0123ABCD")
        needed(arguments, "thread_ts", "1712345678.000200")
        return [PendingCall("agents.sessions.rename", channel, arguments)]

    return Sink(web, read, "rename_session", **options)


def suggest_prompts(
    web: Caller,
    prompts: Sequence[str | Mapping[str, str]] | None = None,
    **options: Unpack[SinkOptions],
) -> Sink:
    """
    Suggest what somebody may say to an agent, with `assistant.threads.setSuggestedPrompts`.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, **arguments}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"type": "app_home_opened", "channel": "D1"})
    >>> sink = suggest_prompts(Web(), ["How is the weather?"], scheduler=marbles.scheduler)
    >>> marbles.run(source.pipe(sink)).items[0]["prompts"]
    [{'title': 'How is the weather?', 'message': 'How is the weather?'}]

    An item is a dict of the method's arguments: `channel_id`, `prompts`, and `title`, which stands
    above them; or, where the prompts are given here, an event with `channel`, such as
    `app_home_opened`. They are shown below the latest message. Doing it twice is the same as once, so
    what was perhaps done is repeated.

    Slack has announced the end of `assistant.threads.*` for February 2027. For this method nothing
    else is known to replace it. A `thread_ts` is for apps with `assistant_view` only, which end then,
    too: where an app has `agent_view`, Slack says ok to it and shows nothing.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        prompts: Up to four: each a text, or a dict of its `title`, shown, and `message`, said.
            Default: each item's `prompts`.
        options: See `SinkOptions`.

    Emits, errors, dispose: as every `Sink`. ``ConfigurationError`` for none, or more than four.
    Source: docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts;
        docs.slack.dev/changelog/2026/08/20/agent-updates.
    """
    given = None if prompts is None else _as_prompts(prompts)

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, "assistant.threads.setSuggestedPrompts")
        arguments: dict[str, Any] = fields
        if "channel_id" not in fields:
            arguments = {"channel_id": fields.get("channel")}
        arguments["prompts"] = _as_prompts(fields.get("prompts")) if given is None else given
        channel = needed(arguments, "channel_id", "D0123ABCD")
        return [PendingCall("assistant.threads.setSuggestedPrompts", channel, arguments)]

    return Sink(web, read, "suggest_prompts", **options)


def _checked(status: object) -> object:
    if status not in STATUSES:
        raise ConfigurationError(
            f"the status of a session is one of {', '.join(STATUSES)}; not {status!r}"
        )
    return status


def _as_prompts(found: object) -> list[dict[str, str]]:
    prompts: list[Any] = [*found] if isinstance(found, (list, tuple)) else []
    if not 0 < len(prompts) <= MOST_PROMPTS:
        raise ConfigurationError(
            f"prompts are a list of one to {MOST_PROMPTS}; give them such a one"
        )
    return [_as_prompt(prompt) for prompt in prompts]


def _as_prompt(found: object) -> dict[str, str]:
    if isinstance(found, str):
        found = {"title": found, "message": found}
    prompt: dict[str, Any] = dict(found) if is_mapping(found) else {}
    return {
        "title": needed(prompt, "title", "Weather"),
        "message": needed(prompt, "message", "How is the weather?"),
    }
