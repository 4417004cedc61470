"""Errors as values: what can be caught in one process and read in another."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

import rxslack.compat.session
from rxslack import errors
from rxslack.core.printable import printable
from rxslack.errors import RateLimited, SlackError, TransportError
from rxslack.log.engine import GroupMissing, LogFull, LogUnavailable
from rxslack.web.client import Response
from rxslack.web.protocol import api_error
from tests.odd import HOSTILE

MISSING = {"ok": False, "error": "missing_scope", "needed": "chat:write", "provided": "rtm:stream"}
POST = "chat.postMessage"

SAMPLES: list[SlackError] = [
    SlackError("anything"),
    errors.ConfigurationError("the token is empty"),
    errors.TooLong(POST, "text", 41000, 40000),
    TransportError("the websocket", "reset", maybe_done=True),
    errors.TimedOut(POST, 30.0, maybe_done=True),
    errors.TimedOut("rtm.connect", None),
    errors.HandshakeRefused(404),
    errors.ConnectionClosed(1008, "policy"),
    errors.Silent(3.0, "hello"),
    errors.FrameError(1002, "a reserved bit"),
    errors.StaleUrl(),
    errors.StaleUrl("Socket URL has expired at last"),
    errors.ConnectionRefused(7, "not you"),
    errors.BufferFull(1 << 20),
    errors.SocketModeDisabled(),
    errors.ServerError(POST, 503, "<html>"),
    errors.ServerError(POST, 500),
    errors.UnreadableResponse(POST, 200, "<html>"),
    errors.RepeatedCursor("users.list"),
    errors.ApiError(
        POST, "fatal_error", {"ok": False}, retryable=True, maybe_done=True, remedy="x"
    ),
    errors.AuthenticationError("auth.test", "invalid_auth"),
    errors.MissingScope(POST, "missing_scope", MISSING),
    RateLimited(POST, 3.0, "rate_limited", {"ok": False}),
    api_error(POST, Response(MISSING)),
    api_error(POST, Response(MISSING, headers={"x-oauth-scopes": "rtm:stream"})),
    rxslack.compat.session.Dropped(),
    LogUnavailable("events.db", "the disk is gone"),
    LogFull("events.db", "100 entries are in it"),
    GroupMissing("events.db", "it knows no group 'g'"),
]


def kinds_below(root: type[SlackError]) -> set[type[SlackError]]:
    found = {kind for below in root.__subclasses__() for kind in kinds_below(below)} | {root}
    return {kind for kind in found if kind.__module__.startswith("rxslack.")}


def test_it_looks_at_every_class() -> None:
    assert {type(sample) for sample in SAMPLES} == kinds_below(SlackError)


def pickled(error: SlackError) -> Any:
    return pickle.loads(pickle.dumps(error))


def from_another_process(error: SlackError) -> Any:
    program = (
        "import pickle, sys; e = pickle.load(sys.stdin.buffer); pickle.dump(e, sys.stdout.buffer)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(error), capture_output=True, check=True
    )
    return pickle.loads(done.stdout)


def same(first: SlackError, second: Any) -> bool:
    return (type(first), first.args, vars(first), str(first), repr(first)) == (
        type(second),
        second.args,
        vars(second),
        str(second),
        repr(second),
    )


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize("error", SAMPLES, ids=(f"{n}" for n in range(len(SAMPLES))))
def test_it_comes_back_as_it_was(error: SlackError, again: Callable[[SlackError], Any]) -> None:
    assert same(error, again(error))


@pytest.mark.parametrize(
    "error",
    [
        SlackError(HOSTILE),
        errors.ConfigurationError(HOSTILE),
        TransportError(HOSTILE, HOSTILE),
        errors.ConnectionClosed(1000, HOSTILE),
        errors.ConnectionRefused([HOSTILE], {HOSTILE: 1}),
        errors.StaleUrl(HOSTILE),
        errors.UnreadableResponse(POST, 200, HOSTILE),
        errors.ApiError(POST, HOSTILE),
        errors.MissingScope(POST, "missing_scope", {"needed": HOSTILE, "provided": HOSTILE}),
        RateLimited(POST, 1.0, HOSTILE),
    ],
    ids=lambda error: type(error).__name__,
)
def test_it_drives_no_terminal(error: SlackError) -> None:
    assert printable(str(error)) == str(error)
    assert printable(repr(error)) == repr(error)


def test_it_comes_back_with_what_was_added_to_it() -> None:
    error = errors.Silent(3.0)
    vars(error)["added"] = 1764000000.0
    error.add_note("in the night")
    again = pickled(error)
    assert (vars(again)["added"], again.__notes__) == (1764000000.0, ["in the night"])


def test_it_comes_back_with_slacks_whole_answer() -> None:
    headers = CaseInsensitiveDict({"X-OAuth-Scopes": "rtm:stream"})
    again = pickled(api_error(POST, Response(MISSING, status=403, headers=headers))).response
    assert (again, again.status, again.headers["x-oauth-scopes"]) == (MISSING, 403, "rtm:stream")


def test_it_comes_back_from_another_process() -> None:
    for error in SAMPLES[:3] + SAMPLES[-3:-1]:
        assert same(error, from_another_process(error))


def test_it_comes_back_when_a_program_made_a_class_of_its_own() -> None:
    assert same(OfAProgram(7), pickled(OfAProgram(7)))


class OfAProgram(SlackError):
    """With arguments that are none of its `args`."""

    def __init__(self, number: int) -> None:
        super().__init__(f"number {number}", "and more")
        self.number = number


@pytest.mark.parametrize(("asked", "seconds"), [(None, 30.0), (7.0, 7.0), (0.0, 0.0), (-1.0, 0.0)])
def test_it_knows_how_long_slack_wants_to_be_left_alone(
    asked: float | None, seconds: float
) -> None:
    assert seconds == RateLimited(POST, asked).pause
