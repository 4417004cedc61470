"""What users meet first: names, signatures, and what a slip is told as."""

from __future__ import annotations

import inspect
import pydoc
import re
from typing import Any

import pytest
import reactivex

import rxslack
import rxslack.operators
import rxslack.recovery
import rxslack.sinks

NEVER = reactivex.never()

# What the rooms of operators and sinks have that `pipe` does not take.
OTHERS = {
    "ask": "has a second argument that is needed, and Python says so",
    "backoff": "makes pauses",
    "call": "has a second argument that is needed, and Python says so",
    "keep_posted": "has a second argument that is needed, and Python says so",
    "pipe": "takes the stream itself",
    "stream_reply": "makes an item of an event, and has a second argument that is needed",
    "shared": "takes a stream, so that it may stand in `pipe` as it is",
}


def functions_of(room: Any) -> list[str]:
    """The public functions that are no question (`is_…`) and not one of the `OTHERS`."""
    named = ((name, getattr(rxslack, name)) for name in room.__all__)
    return [
        name
        for name, value in named
        if not (inspect.isclass(value) or name.startswith("is_") or name in OTHERS)
    ]


OPERATORS = sorted({*functions_of(rxslack.operators), *functions_of(rxslack.recovery)})
SINKS = functions_of(rxslack.sinks)
FOR_MAP = {"acknowledgement", "chart", "reply", "response", "table"}


def told(function: Any, argument: object) -> str:
    with pytest.raises(TypeError) as caught:
        function(argument)
    return str(caught.value)


def bare(text: str) -> str:
    """Without what Pythons print differently: from 3.14 on, lines are broken, and types are not quoted."""
    return re.sub(r"[\s'\"]", "", text)


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_without_its_parentheses_says_what_to_write(name: str) -> None:
    right = f"ops.map({name}(…))" if name in FOR_MAP else f"{name}(…)"
    assert told(NEVER.pipe, getattr(rxslack, name)) == (
        f"{name} was given a stream for an option: in pipe, write {right}"
    )


@pytest.mark.parametrize("name", SINKS)
def test_a_sink_without_its_client_says_what_to_write(name: str) -> None:
    sink = getattr(rxslack, name)
    assert told(NEVER.pipe, sink) == (
        f"{name} was given a stream for its client: in pipe, write {name}(web)"
    )
    assert told(sink, {"text": "Hello"}) == f"{name} takes a client, not dict: write {name}(web)"


@pytest.mark.parametrize("name", [*OPERATORS, *SINKS])
def test_help_begins_with_the_signature_that_users_call(name: str) -> None:
    function = getattr(rxslack, name)
    signature = inspect.signature(function)
    assert not {"args", "kwargs", "source"} & signature.parameters.keys()
    assert bare(f"{name}{signature}") in bare(pydoc.plain(pydoc.render_doc(function)))


@pytest.mark.parametrize("name", ["shared", "pipe"])
def test_what_takes_a_stream_says_that_there_is_none(name: str) -> None:
    assert f"write {name}(stream" in told(getattr(rxslack, name), 3.0)


def test_operators_are_where_users_of_reactivex_look_for_them() -> None:
    from rxslack.operators import backfill, reconnect, record

    assert (reconnect, backfill, record) == (rxslack.reconnect, rxslack.backfill, rxslack.record)


@pytest.mark.parametrize(
    "name",
    ["rtm", "socket_mode", "backfill", "history", "Directory", "not_from_me", "mentioning_me"],
)
def test_a_token_in_place_of_a_client_is_told_at_once(name: str) -> None:
    function = getattr(rxslack, name)
    arguments = ("xoxb-canary", "C1") if name == "history" else ("xoxb-canary",)
    with pytest.raises(TypeError) as caught:
        function(*arguments)
    assert str(caught.value) == f"{name} takes a client, not str: write {name}(WebClient(…))"


@pytest.mark.parametrize("token", ["hello", "xoxb", "Bearer"])
def test_what_is_no_token_is_told_at_once(token: str) -> None:
    with pytest.raises(rxslack.ConfigurationError, match="begins with xoxb-, xoxp- or xapp-"):
        rxslack.WebClient(token)


def test_what_is_no_stream_is_told_at_once() -> None:
    with pytest.raises(rxslack.ConfigurationError) as caught:
        rxslack.run(rxslack.WebClient("xoxb-test"), print)  # type: ignore[arg-type]  # the mistake
    assert str(caught.value) == "WebClient is no stream; give run a source such as rtm(web)"
