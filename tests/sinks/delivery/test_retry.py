import pytest

from rxslack.errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    MissingScope,
    RateLimited,
    ServerError,
    TimedOut,
    TransportError,
    UnreadableResponse,
)
from rxslack.sinks.delivery.rules import pause_before_retry

POST = "chat.postMessage"

TABLE: list[tuple[Exception, float | None]] = [
    # surely not done
    (RateLimited(POST, 3.0), 3.0),
    (RateLimited(POST, 120.0, "rate_limited"), 120.0),
    (RateLimited(POST, None), 30.0),
    (RateLimited(POST, -1.0), 0.0),
    (TransportError(POST, "connection refused"), 0.5),
    (TimedOut(POST, 5.0), 0.5),
    (ServerError(POST, 503), 0.5),
    # perhaps done
    (TransportError(POST, "connection reset", maybe_done=True), None),
    (TimedOut(POST, 30.0, maybe_done=True), None),
    (ServerError(POST, 500), None),
    (ServerError(POST, 502), None),
    (ServerError(POST, 504), None),
    (UnreadableResponse(POST, 200), None),
    (ApiError(POST, "fatal_error", retryable=True, maybe_done=True), None),
    (ApiError(POST, "internal_error", retryable=True, maybe_done=True), None),
    # no use
    (ApiError(POST, "channel_not_found"), None),
    (ApiError(POST, "service_unavailable", retryable=True), None),
    (AuthenticationError(POST, "invalid_auth"), None),
    (MissingScope(POST, "missing_scope"), None),
    (ConfigurationError("no channel"), None),
    (KeyError("text"), None),
]


@pytest.mark.parametrize(("error", "pause"), TABLE, ids=lambda value: repr(value)[:60])
def test_it_repeats_only_what_surely_was_not_done(error: Exception, pause: float | None) -> None:
    assert pause_before_retry(error, attempt=1) == pause


def test_it_doubles_up_to_half_a_minute() -> None:
    refused = TransportError(POST, "connection refused")
    pauses = [pause_before_retry(refused, attempt) for attempt in range(1, 10)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert pause_before_retry(refused, attempt=10_000) == 30.0
