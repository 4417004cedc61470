"""Between slack_sdk's shapes and rxslack's: how a URL is asked for, and what an error is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rxslack.compat.errors import SlackApiError, SlackClientError, SlackConnectionError
from rxslack.compat.web import SlackResponse, WebClient
from rxslack.errors import ApiError, RateLimited, ServerError, SlackError, UnreadableResponse
from rxslack.web.client import Response, WebClient as RxWebClient
from rxslack.web.protocol import api_error, retry_after

__all__ = ["Connector", "in_slack_sdks_words"]

METHOD = "rtm.connect"


class Connector(RxWebClient):
    """
    What `rxslack.rtm` asks for a URL: one connection's, with a `WebClient` of ours behind it.

    Args:
        client: whose token, address and transport it is.
        ask: calls rtm.connect, or rtm.start, in slack_sdk's shape.

    Attributes:
        answer: what Slack said to it; empty before.
    """

    def __init__(self, client: WebClient, ask: Callable[[], SlackResponse]) -> None:
        super().__init__(
            client.token or "none", base_url=client.base_url, transport=client.transport
        )
        self.answer: dict[str, Any] = {}
        self._ask = ask

    def call(self, _method: str, /, **_arguments: Any) -> Response:
        """Ask, whatever the method is called here; errors are rxslack's."""
        try:
            answer = self._ask()
        except SlackApiError as error:
            raise _in_rxslacks_words(error) from error
        except SlackConnectionError as error:
            raise error.__cause__ or error from error
        self.answer = answer.data
        return Response(answer.data, status=answer.status_code, headers=answer.headers)


def _in_rxslacks_words(error: SlackApiError) -> SlackError:
    response = error.response
    data: dict[str, Any] = response.data if isinstance(response, SlackResponse) else {}
    status = int(getattr(response, "status_code", 200))
    wait = retry_after(getattr(response, "headers", {}))
    if status == 429:
        return RateLimited(METHOD, wait, str(data.get("error") or "ratelimited"), data)
    if status >= 500:
        return ServerError(METHOD, status, str(data.get("error")))
    if status != 200 or " " in str(data.get("error")):
        return UnreadableResponse(METHOD, status, str(data.get("error")))
    return api_error(METHOD, data, wait)


def in_slack_sdks_words(error: BaseException) -> BaseException:
    """
    What slack_sdk would have raised in this one's place.

    >>> in_slack_sdks_words(RateLimited("rtm.connect", 3.0))
    SlackApiError(...)
    """
    if isinstance(error.__cause__, SlackClientError):
        return error.__cause__
    if isinstance(error, ApiError):
        answer = error.response or {"ok": False, "error": error.error}
        renamed: SlackClientError = SlackApiError(str(error), answer)
    elif isinstance(error, SlackError):
        renamed = SlackConnectionError(str(error))
    else:
        return error
    renamed.__cause__ = error
    return renamed
