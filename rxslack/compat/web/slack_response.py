"""Slack's answer, as slack_sdk hands it out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rxslack.compat.errors import SlackApiError, SlackClientError
from rxslack.errors import RepeatedCursor
from rxslack.web.protocol import Cursors

__all__ = ["SlackResponse"]

BINARY = "As the response.data is binary data, this operation is unsupported"
EMPTY = "As the response.data is empty, this operation is unsupported"


class SlackResponse:
    """
    An answer that reads like a dict and iterates over its pages.

    >>> answer = SlackResponse(
    ...     client=None, http_verb="POST", api_url="https://slack.com/api/api.test", req_args={},
    ...     data={"ok": True}, headers={}, status_code=200)
    >>> answer["ok"], answer["missing"], answer.get("missing", 1), "ok" in answer
    (True, None, 1, True)

    Iterating yields this same object, once for each page, with the page as its `data`.

    Args:
        client: asks for the next page.
        http_verb: "POST".
        api_url: where it came from.
        req_args: what was sent; `params` among it, without the token.
        data: the JSON object, or bytes.
        headers: of HTTP.
        status_code: of HTTP.
    """

    def __init__(
        self,
        *,
        client: Any,
        http_verb: str,
        api_url: str,
        req_args: dict[str, Any],
        data: Any,
        headers: Mapping[str, str],
        status_code: int,
    ) -> None:
        self.http_verb = http_verb
        self.api_url = api_url
        self.req_args = req_args
        self.data = data
        self.headers = headers
        self.status_code = status_code
        self._first = data
        self._page = 0
        self._client = client

    def __str__(self) -> str:
        self._refuse_binary()
        return f"{self.data}"

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def __getitem__(self, key: str) -> Any:
        self._refuse_binary()
        if self.data is None:
            raise ValueError(EMPTY)
        return self.data.get(key)

    def __iter__(self) -> SlackResponse:
        self._page = 0
        self._cursors = Cursors(self.api_url.rpartition("/")[2])
        self.data = self._first
        return self

    def __next__(self) -> SlackResponse:
        self._refuse_binary()
        self._page += 1
        if self._page == 1:
            return self
        try:
            cursor = self._cursors.after(self.data)
        except RepeatedCursor as error:
            raise SlackClientError(str(error)) from error
        if not cursor:
            raise StopIteration
        self.req_args["params"] = {**(self.req_args.get("params") or {}), "cursor": cursor}
        page = self._client._request_for_pagination(api_url=self.api_url, req_args=self.req_args)
        self.data, self.headers = page["data"], page["headers"]
        self.status_code = page["status_code"]
        return self.validate()

    def get(self, key: str, default: Any = None) -> Any:
        """A field of the answer, or the default."""
        self._refuse_binary()
        return None if self.data is None else self.data.get(key, default)

    def validate(self) -> SlackResponse:
        """The answer itself, when Slack said `ok: true`. Raises: SlackApiError."""
        good = isinstance(self.data, bytes) or (self.data and self.data.get("ok", False))
        if self.status_code == 200 and self.data and good:
            return self
        raise SlackApiError(f"The request to the Slack API failed. (url: {self.api_url})", self)

    def _refuse_binary(self) -> None:
        if isinstance(self.data, bytes):
            raise ValueError(BINARY)
