"""From a command or an interaction to an answer by its response_url."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NotRequired, TypedDict, TypeVar, overload

from rxslack.errors import ConfigurationError
from rxslack.failures import as_mapping

__all__ = ["ResponseArguments", "response"]

E = TypeVar("E")


class ResponseArguments(TypedDict):
    """
    What a response_url takes, and the address itself.

    Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
    """

    response_url: str
    text: NotRequired[str]
    blocks: NotRequired[list[Mapping[str, Any]]]
    attachments: NotRequired[list[Mapping[str, Any]]]
    response_type: NotRequired[str]  # "ephemeral" or "in_channel"
    replace_original: NotRequired[bool]
    delete_original: NotRequired[bool]
    thread_ts: NotRequired[str]


@overload
def response(
    text_or_function: str, *, in_channel: bool = ..., **fields: Any
) -> Callable[[Any], ResponseArguments]: ...
@overload
def response(
    text_or_function: Callable[[E], str | Mapping[str, Any]],
    *,
    in_channel: bool = ...,
    **fields: Any,
) -> Callable[[E], ResponseArguments]: ...
def response(
    text_or_function: str | Callable[[Any], str | Mapping[str, Any]],
    *,
    in_channel: bool = False,
    **fields: Any,
) -> Callable[[Any], ResponseArguments]:
    """
    Map a command or an interaction to an answer by its response_url.

    >>> from rxslack import escape
    >>> answer = response(lambda command: f"It rains in {escape(command['text'])}", in_channel=True)
    >>> answer({"text": "Bern", "response_url": "https://hooks.slack.com/commands/T1/2/3"})["text"]
    'It rains in Bern'

    Without `escape`, a `<!channel>` that somebody wrote would call everybody.

    It is a function for `ops.map`, and its items are for `respond`, the sink that sends them.

    Args:
        text_or_function: The text; or a function from the item to a text, or to a mapping with
            `text`, `blocks` and more.
        in_channel: Show it to the channel. Default: to the person alone.
        fields: More for each answer, such as `replace_original=True`.

    Errors: ``ConfigurationError`` for an item that has no response_url, as a dialog's.
    Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
    """

    def answer(item: Any) -> ResponseArguments:
        url = as_mapping(item).get("response_url")
        if not (isinstance(url, str) and url):
            raise ConfigurationError(
                "the item has no response_url; answer it in its acknowledgement, or by the Web API"
            )
        said = text_or_function(item) if callable(text_or_function) else text_or_function
        content = {"text": said} if isinstance(said, str) else dict(said)
        kind = {"response_type": "in_channel"} if in_channel else {}
        made: Any = {"response_url": url, **kind, **fields, **content}
        arguments: ResponseArguments = made
        return arguments

    return answer
