import logging
from typing import Any

import pytest

from rxslack.errors import ApiError, AuthenticationError, ServerError, SlackError
from rxslack.sinks.failures import FailureLog, code_of, failure, is_failure

ITEM = {"channel": "C1", "text": "a private word"}


def told(caplog: pytest.LogCaptureFixture, *events: tuple[object, Exception]) -> list[str]:
    log = FailureLog(logging.getLogger("rxslack.test"))
    for item, error in events:
        log.tell(failure(item, error))
    return [f"{record.levelname} {record.getMessage()}" for record in caplog.records]


@pytest.mark.parametrize(
    ("item", "line"),
    [
        (ITEM, "ERROR C1: not posted: is_archived"),
        ({"text": "a private word"}, "ERROR no channel: not posted: is_archived"),
        ("a private word", "ERROR no channel: not posted: is_archived"),
    ],
)
def test_it_writes_channel_and_code_and_never_the_text(
    caplog: pytest.LogCaptureFixture, item: object, line: str
) -> None:
    assert told(caplog, (item, ApiError("chat.postMessage", "is_archived"))) == [line]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ServerError("chat.postMessage", 502, "<html>a private word"), "HTTP 502"),
        (ValueError("a private word"), "ValueError"),
        (SlackError("the sink is closed"), "the sink is closed"),
    ],
)
def test_it_names_an_error_without_quoting_it(error: Exception, code: str) -> None:
    assert code_of(error) == code


def test_it_writes_a_refused_token_once_a_code(caplog: pytest.LogCaptureFixture) -> None:
    refused = AuthenticationError("chat.postMessage", "invalid_auth", remedy="copy it again")
    revoked = AuthenticationError("chat.postMessage", "token_revoked")
    assert told(caplog, (ITEM, refused), (ITEM, refused), (ITEM, revoked)) == [
        "ERROR nothing can be posted: chat.postMessage: invalid_auth; copy it again",
        "ERROR nothing can be posted: chat.postMessage: token_revoked",
    ]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (failure(None, KeyError("text")), True),
        ({"type": "rxslack.failure"}, False),
        ({"type": "message"}, False),
        ("rxslack.failure", False),
        (None, False),
    ],
)
def test_it_knows_a_failure_when_it_sees_one(item: Any, expected: bool) -> None:
    assert is_failure(item) is expected
