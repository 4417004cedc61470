"""From a command or an interaction to the acknowledgement that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NotRequired, TypedDict, TypeVar, overload

from rxslack.errors import ConfigurationError
from rxslack.failures import as_mapping

__all__ = ["Acknowledgement", "acknowledgement"]

E = TypeVar("E")


class Acknowledgement(TypedDict):
    """An answer to an envelope. Source: docs.slack.dev/apis/events-api/using-socket-mode."""

    envelope_id: str
    payload: NotRequired[Mapping[str, Any]]  # absent for a plain acknowledgement


@overload
def acknowledgement(
    payload: str | Mapping[str, Any] | None = None,
) -> Callable[[Any], Acknowledgement]: ...
@overload
def acknowledgement(
    payload: Callable[[E], str | Mapping[str, Any] | None],
) -> Callable[[E], Acknowledgement]: ...
def acknowledgement(
    payload: str
    | Mapping[str, Any]
    | Callable[[Any], str | Mapping[str, Any] | None]
    | None = None,
) -> Callable[[Any], Acknowledgement]:
    """
    Map a command, an interaction or an envelope to the acknowledgement that answers it.

    >>> from rxslack import escape
    >>> answer = acknowledgement(lambda command: f"It rains in {escape(command['text'])}")
    >>> answer({"type": "slash_command", "text": "Bern", "envelope_id": "a-1"})
    {'envelope_id': 'a-1', 'payload': {'text': 'It rains in Bern'}}

    Without `escape`, a `<!channel>` that somebody wrote would call everybody.

    It is a function for `ops.map`; what it makes goes to the `answers` of `socket_mode`:

        answers = Subject()
        envelopes = shared(socket_mode(app, acknowledge="by_hand", answers=answers))
        envelopes.pipe(slash_commands(), ops.map(acknowledgement("Hi"))).subscribe(answers.on_next)

    Args:
        payload: A text; or what Slack takes for such an envelope: a message for a command,
            `response_action` and more for a dialog that was sent off, `options` for a menu; or a
            function from the item to one of these. None acknowledges without an answer.

    Errors: ``ConfigurationError`` for an item that has no envelope, as one that came over HTTP.
    Source: docs.slack.dev/apis/events-api/using-socket-mode, "Acknowledge events";
        docs.slack.dev/surfaces/modals (`response_action`).
    """

    def answer(item: Any) -> Acknowledgement:
        envelope_id = as_mapping(item).get("envelope_id")
        if not isinstance(envelope_id, str):
            raise ConfigurationError(
                "the item has no envelope_id; acknowledge what slash_commands(), interactions() "
                "or socket_mode() itself emitted"
            )
        said = payload(item) if callable(payload) else payload
        if not said:
            return {"envelope_id": envelope_id}
        fields = {"text": said} if isinstance(said, str) else dict(said)
        return {"envelope_id": envelope_id, "payload": fields}

    return answer
