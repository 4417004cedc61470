"""
slack_sdk's errors, under its names and with its texts.

What rxslack itself would have raised is the `__cause__` of what is raised here.
"""

from __future__ import annotations

from typing import Any
from urllib.error import URLError

from rxslack.core.masking import masked

__all__ = [
    "BotUserAccessError",
    "SlackApiError",
    "SlackClientConfigurationError",
    "SlackClientError",
    "SlackClientNotConnectedError",
    "SlackConnectionError",
    "SlackObjectFormationError",
    "SlackRequestError",
    "SlackTokenRotationError",
]


class SlackClientError(Exception):
    """What all the others are."""


class BotUserAccessError(SlackClientError):
    """A bot's token was used where only a user's will do."""


class SlackRequestError(SlackClientError):
    """The request itself is wrong, and was not sent."""


class SlackApiError(SlackClientError):
    r"""
    Slack did not answer `ok: true`. Secrets in what it did answer are stars in the text.

    >>> str(SlackApiError("The request to the Slack API failed.", {"ok": False}))
    "The request to the Slack API failed.\nThe server responded with: {'ok': False}"

    Args:
        message: what is said about it.
        response: the `SlackResponse`, or a dict.
    """

    def __init__(self, message: str, response: Any) -> None:
        super().__init__(masked(f"{message}\nThe server responded with: {response}"))
        self.response = response


class SlackConnectionError(SlackClientError, URLError):
    """
    Slack was not reached, or did not answer in time.

    slack_sdk lets through what urllib raises, which is mostly an `URLError`; so this is one.
    """

    def __str__(self) -> str:
        return str(self.reason)


class SlackTokenRotationError(SlackClientError):
    """A token that expires could not be exchanged for its successor."""

    def __init__(self, api_error: SlackApiError) -> None:
        super().__init__(api_error)
        self.api_error = api_error


class SlackClientNotConnectedError(SlackClientError):
    """There is no websocket to send over."""


class SlackObjectFormationError(SlackClientError):
    """An object of Slack's was put together wrongly."""


class SlackClientConfigurationError(SlackClientError):
    """The client was set up in a way that cannot work."""
