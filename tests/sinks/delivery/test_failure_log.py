import logging

import pytest

from rxslack.core.printable import printable
from rxslack.errors import ApiError, AuthenticationError, ServerError, SlackError
from rxslack.events.items import failure
from rxslack.sinks.delivery.receivers import FailureLog, code_of
from tests.odd import HOSTILE

ITEM = {"channel": "C1", "text": "a private word"}


def told(caplog: pytest.LogCaptureFixture, *events: tuple[object, Exception]) -> list[str]:
    log = FailureLog(logging.getLogger("rxslack.test"))
    for item, error in events:
        log.tell(failure(item, error))
    return [f"{record.levelname} {record.getMessage()}" for record in caplog.records]


@pytest.mark.parametrize(
    ("item", "line"),
    [
        (ITEM, "ERROR C1: failed: is_archived"),
        ({"text": "a private word"}, "ERROR no channel: failed: is_archived"),
        ("a private word", "ERROR no channel: failed: is_archived"),
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
        "ERROR the token is refused: chat.postMessage: invalid_auth; copy it again",
        "ERROR the token is refused: chat.postMessage: token_revoked",
    ]


def test_it_says_what_was_perhaps_done(caplog: pytest.LogCaptureFixture) -> None:
    log = FailureLog(logging.getLogger("rxslack.test"))
    log.tell(failure(ITEM, ServerError("chat.postMessage", 500), uncertain=True))
    assert caplog.messages == ["C1: perhaps done: HTTP 500"]


def test_it_writes_lines_that_drive_no_terminal(caplog: pytest.LogCaptureFixture) -> None:
    errors = ApiError("m", HOSTILE), AuthenticationError("m", HOSTILE), SlackError(HOSTILE)
    lines = told(caplog, *(({"channel": HOSTILE}, error) for error in errors))
    assert len(lines) == 3
    assert [printable(line) for line in lines] == lines
