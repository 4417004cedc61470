"""Handlers for `WebClient.retry_handlers`, as `slack_sdk.http_retry` offers them."""

from rxslack.compat.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    RetryHandler,
    ServerErrorRetryHandler,
)

__all__ = [
    "ConnectionErrorRetryHandler",
    "RateLimitErrorRetryHandler",
    "RetryHandler",
    "ServerErrorRetryHandler",
    "all_builtin_retry_handlers",
    "default_retry_handlers",
]


def default_retry_handlers() -> list[RetryHandler]:
    """What a client has unless told otherwise."""
    return [ConnectionErrorRetryHandler()]


def all_builtin_retry_handlers() -> list[RetryHandler]:
    """That, and a second attempt when it was too often."""
    return [*default_retry_handlers(), RateLimitErrorRetryHandler()]
