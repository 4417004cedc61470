"""A message that grows, as slack_sdk's `chat_stream` writes it: in pieces of its buffer's size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rxslack.compat.errors import SlackRequestError
from rxslack.compat.web.slack_response import SlackResponse

__all__ = ["BUFFER_SIZE", "ChatStream"]

BUFFER_SIZE: Final = 256  # characters


class ChatStream:
    """
    One message that grows. Not thread-safe.

    Text waits until there is a buffer full of it, or chunks come, or the end. The first call with
    content starts the message, those that follow append to it. What a call that failed was to bring
    goes with the next one.

    Args:
        client: the `WebClient` that calls.
        channel: id of the conversation.
        thread_ts: of the thread that it answers in.
        buffer_size: characters that wait at the most.
        token: of the calls. Default: the client's.
        arguments: more for chat.startStream, such as `recipient_user_id` and `recipient_team_id`.

    Source: docs.slack.dev/tools/python-slack-sdk/web, "Sending streaming messages".
    """

    def __init__(
        self,
        client: Any,
        *,
        channel: str,
        thread_ts: str,
        buffer_size: int = BUFFER_SIZE,
        token: str | None = None,
        **arguments: Any,
    ) -> None:
        self._client = client
        self._begin = {"channel": channel, "thread_ts": thread_ts, **arguments}
        self._buffer_size = buffer_size
        self._token = token
        self._buffer = ""
        self._ts: str | None = None
        self._completed = False

    @property
    def ts(self) -> str | None:
        """The `ts` of the message; None until it is started. With it chat.update can mend the end."""
        return self._ts

    def append(
        self,
        *,
        markdown_text: str | None = None,
        chunks: Sequence[Any] | None = None,
        token: str | None = None,
        **arguments: Any,
    ) -> SlackResponse | None:
        """
        Let the message grow.

        Args:
            markdown_text: waits in the buffer.
            chunks: go out at once, behind what waits.
            token: of this call and those that follow.
            arguments: more for the method that is called.

        Returns: Slack's answer; None when nothing was sent.

        Raises: SlackRequestError after `stop`; what the client raises.
        """
        self._receive("append to", markdown_text, token)
        if len(self._buffer) < self._buffer_size and chunks is None:
            return None
        content = self._content(chunks)
        if self._ts is None:
            answer = self._start(chunks=content, **arguments)
        else:
            answer = self._call("chat.appendStream", chunks=content, **arguments)
        self._buffer = ""
        return answer

    def stop(
        self,
        *,
        markdown_text: str | None = None,
        chunks: Sequence[Any] | None = None,
        token: str | None = None,
        **arguments: Any,
    ) -> SlackResponse:
        """
        End the message, with what waits.

        Args:
            markdown_text: is appended.
            chunks: are appended.
            token: of this call.
            arguments: more for chat.stopStream: `blocks`, `metadata`, `session_status`.

        Raises: SlackRequestError after another `stop`; what the client raises.
        """
        self._receive("stop", markdown_text, token)
        if self._ts is None:
            self._start()
        answer = self._call("chat.stopStream", chunks=self._content(chunks), **arguments)
        self._completed = True
        return answer

    def _receive(self, act: str, markdown_text: str | None, token: str | None) -> None:
        if self._completed:
            raise SlackRequestError(f"Cannot {act} stream: stream state is completed")
        self._token = token or self._token
        self._buffer += markdown_text or ""

    def _content(self, chunks: Sequence[Any] | None) -> list[Any] | None:
        """The chunks of the next call; None, which is not sent, for none."""
        waiting = [{"type": "markdown_text", "text": self._buffer}] if self._buffer else []
        return [*waiting, *(chunks or ())] or None

    def _start(self, **arguments: Any) -> SlackResponse:
        answer: SlackResponse = self._client.api_call(
            "chat.startStream", params={**self._begin, "token": self._token, **arguments}
        )
        self._ts = answer["ts"]
        return answer

    def _call(self, method: str, **arguments: Any) -> SlackResponse:
        where = {"channel": self._begin["channel"], "ts": self._ts, "token": self._token}
        answer: SlackResponse = self._client.api_call(method, params={**where, **arguments})
        return answer
