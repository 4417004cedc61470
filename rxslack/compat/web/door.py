"""How the Web API is called for slack_sdk's shapes: over rxslack's own connections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from rxslack.web.client import WebClient
from rxslack.web.settings import Transport

__all__ = ["PerCallClient"]

NOBODY = "none"  # a client without a token, as for oauth.v2.access; it is never sent


class PerCallClient(WebClient):
    """
    rxslack's client, for calls whose token and headers differ from one to the next.

    Args:
        token: of the client that calls; each call brings its own.
        base_url: where the methods live.
        transport: proxy, certificates and timeouts.
    """

    def __init__(self, token: str | None, *, base_url: str, transport: Transport) -> None:
        super().__init__(token or NOBODY, base_url=base_url, transport=transport)

    def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        fields: Mapping[str, str],
        files: Mapping[str, Any] | None = None,
    ) -> requests.Response:
        """
        Send a form and return whatever comes.

        Args:
            url: of a method.
            headers: of HTTP.
            fields: of the form.
            files: names and open files, or bytes; they make it a multipart form.

        Raises: TransportError, TimedOut or ConfigurationError.
        """
        request = requests.Request("POST", url, headers=dict(headers), data=fields, files=files)
        return self._deliver(url.removeprefix(self.base_url), request)
