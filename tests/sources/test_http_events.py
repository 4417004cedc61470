from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import pytest
from reactivex import Observable, operators as ops
from slack_sdk.signature import SignatureVerifier

from rxslack import (
    ConfigurationError,
    HttpEvents,
    MessageEvent,
    events_api,
    http_events,
    interactions,
    of_type,
    post_message,
    reply,
    respond,
    response,
    rtm,
    slash_commands,
    socket_mode,
)
from rxslack.simulator import Clock, Workspace
from rxslack.web.signatures import sign
from tests.reports import reports

NOW = 1_700_000_000.0
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


def request(
    events: HttpEvents,
    payload: Any = None,
    *,
    secret: str = SECRET,
    at: float = NOW,
    body: bytes | None = None,
    **environ: str,
) -> tuple[int, str]:
    """The status and the text that a request is answered with."""
    raw = json.dumps(payload).encode() if body is None else body
    timestamp, seen = str(int(at)), list[str]()
    answer = events(
        {
            "REQUEST_METHOD": "POST",
            "CONTENT_LENGTH": str(len(raw)),
            "wsgi.input": io.BytesIO(raw),
            "HTTP_X_SLACK_REQUEST_TIMESTAMP": timestamp,
            "HTTP_X_SLACK_SIGNATURE": sign(secret, timestamp, raw),
            **environ,
        },
        lambda status, _: seen.append(status),
    )
    return int(seen[0].split()[0]), b"".join(answer).decode()


def event(number: int = 1) -> dict[str, Any]:
    inner = {"type": "message", "text": f"{number}"}
    return {"type": "event_callback", "event_id": f"Ev{number}", "event": inner}


@pytest.fixture
def events() -> HttpEvents:
    return http_events(SECRET, clock=lambda: NOW)


@contextmanager
def subscribed(events: Observable[Any], count: int) -> Generator[list[Any]]:
    """What is emitted, waited for at the end until there are so many."""
    items: list[Any] = []
    full = threading.Event()

    def keep(item: Any) -> None:
        items.append(item)
        if len(items) == count:
            full.set()

    subscription = events.subscribe(keep)
    try:
        yield items
        assert full.wait(10.0)
    finally:
        subscription.dispose()


def test_it_answers_the_challenge(events: HttpEvents) -> None:
    challenge = {"type": "url_verification", "challenge": "3eZbrw1aB"}

    assert request(events, challenge) == (200, "3eZbrw1aB")


def test_it_says_hello_and_emits_what_slack_sends(events: HttpEvents) -> None:
    with subscribed(events, 2) as items:
        assert request(events, event()) == (200, "")

    assert items == [{"type": "hello"}, {"type": "events_api", "payload": event()}]


def test_it_signs_as_slack_does() -> None:
    verifier = SignatureVerifier(SECRET)

    assert verifier.is_valid(
        b"{}", str(int(time.time())), sign(SECRET, str(int(time.time())), b"{}")
    )


@pytest.mark.parametrize(
    "options",
    [
        {"secret": "another"},
        {"at": NOW - 301},
        {"at": NOW + 301},
        {"HTTP_X_SLACK_SIGNATURE": ""},
        {"HTTP_X_SLACK_SIGNATURE": "v0=é"},
        {"HTTP_X_SLACK_SIGNATURE": "v0=\udce9"},  # as some servers pass on what is no text
        {"HTTP_X_SLACK_REQUEST_TIMESTAMP": "tomorrow"},
        {"HTTP_X_SLACK_REQUEST_TIMESTAMP": str(int(NOW) + 1)},
    ],
)
def test_it_refuses_what_slack_did_not_sign_within_five_minutes(
    events: HttpEvents, options: dict[str, Any]
) -> None:
    with subscribed(events, 1) as items:
        assert request(events, event(), **options)[0] == 401

    assert items == [{"type": "hello"}]


@pytest.mark.parametrize("age", [0, 300, -300])
def test_it_takes_what_is_five_minutes_old(events: HttpEvents, age: int) -> None:
    challenge = {"type": "url_verification", "challenge": "x"}

    assert request(events, challenge, at=NOW - age)[0] == 200


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"REQUEST_METHOD": "GET"}, 405),
        ({"CONTENT_LENGTH": "1048577"}, 413),
        ({"CONTENT_LENGTH": "9" * 5000}, 413),
        ({"CONTENT_LENGTH": ""}, 411),
        *[
            ({"CONTENT_LENGTH": said}, 400)
            for said in ("much", "-1", "+1", "1_0", "²", "٣", "1.0", " ")
        ],
        ({"CONTENT_LENGTH": "10"}, 401),  # of what is longer
        ({"CONTENT_LENGTH": "900"}, 200),  # of what is shorter: a server waits for the rest
        ({"CONTENT_LENGTH": "0" * 5000 + "900"}, 200),
        ({"body": b"nonsense"}, 400),
        ({"body": b"[]"}, 400),
        ({"body": b"[" * 500_000}, 400),
        ({"body": b'{"a":' + b"9" * 100_000 + b"}"}, 400),
        ({"body": b'{"a":"\xff"}'}, 400),
    ],
)
def test_it_refuses_what_is_no_event(
    events: HttpEvents, options: dict[str, Any], status: int
) -> None:
    subscription = events.subscribe()
    assert request(events, event(), **options)[0] == status
    subscription.dispose()


class Unread(io.BytesIO):
    """A body that nobody may look into."""

    def read(self, _: int | None = -1, /) -> bytes:
        raise AssertionError("it was read")


@pytest.mark.parametrize("length", ["1048577", "9" * 5000, "-1", ""])
def test_it_reads_nothing_of_a_body_that_it_refuses(events: HttpEvents, length: str) -> None:
    body: Any = Unread()
    assert request(events, event(), CONTENT_LENGTH=length, **{"wsgi.input": body})[0] in (
        400,
        411,
        413,
    )


def test_it_parses_nothing_that_is_not_signed(
    events: HttpEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: object, **__: object) -> Any:
        raise AssertionError("it was parsed")

    monkeypatch.setattr(import_module("rxslack.sources.http_events"), "parse_qsl", parse)
    monkeypatch.setattr("json.loads", parse)
    form_of_a_megabyte = b"a=b&" * (1024 * 256)
    assert request(events, event(), secret="another")[0] == 401
    for kind in ("application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded"):
        assert (
            request(events, body=form_of_a_megabyte, secret="another", CONTENT_TYPE=kind)[0] == 401
        )


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "²"])
def test_it_ignores_a_number_of_a_retry_that_is_none(events: HttpEvents, number: str) -> None:
    with subscribed(events, 2) as items:
        assert request(events, event(), HTTP_X_SLACK_RETRY_NUM=number)[0] == 200

    assert "retry_attempt" not in items[1]


def test_it_answers_a_challenge_that_cannot_be_encoded(events: HttpEvents) -> None:
    body = b'{"type": "url_verification", "challenge": "\\ud800"}'

    assert request(events, body=body) == (200, "?")


def test_it_lets_slack_try_again_while_nobody_is_subscribed(events: HttpEvents) -> None:
    assert request(events, event())[0] == 503
    with subscribed(events, 2) as items:
        retry: Any = {"HTTP_X_SLACK_RETRY_NUM": "1", "HTTP_X_SLACK_RETRY_REASON": "http_error"}
        assert request(events, event(), **retry)[0] == 200

    assert items[1]["retry_attempt"] == 1
    assert items[1]["retry_reason"] == "http_error"


def test_it_emits_a_retry_of_what_it_has_seen_no_second_time(events: HttpEvents) -> None:
    with subscribed(events, 3) as items:
        for number in (1, 1, 2):
            assert request(events, event(number))[0] == 200

    assert [item["payload"]["event_id"] for item in items[1:]] == ["Ev1", "Ev2"]


def test_it_lets_slack_try_again_when_the_subscriber_is_too_slow() -> None:
    events = http_events(SECRET, max_waiting=1, clock=lambda: NOW)
    busy, go_on = threading.Event(), threading.Event()

    def work(item: Any) -> None:
        busy.set()
        go_on.wait(10.0)

    subscription = events.subscribe(work)
    assert busy.wait(10.0)
    assert [request(events, event(number))[0] for number in (1, 2)] == [200, 503]
    go_on.set()
    subscription.dispose()


def test_it_tells_a_subscriber_of_its_own_exception(events: HttpEvents) -> None:
    failed = threading.Event()
    errors: list[Exception] = []

    def keep(error: Exception) -> None:
        errors.append(error)
        failed.set()

    def text_of(item: dict[str, Any]) -> str:
        return str(item["text"])

    events.pipe(events_api(), ops.map(text_of)).subscribe(on_error=keep)
    assert failed.wait(10.0)

    assert isinstance(errors[0], KeyError)  # hello has no text
    assert request(events, event())[0] == 503


@pytest.mark.parametrize("error", [KeyError(), SystemExit(3)])
@pytest.mark.parametrize("behind", ["an operator", "nothing"])
def test_it_logs_an_exception_that_nobody_takes(
    events: HttpEvents, caplog: pytest.LogCaptureFixture, error: BaseException, behind: str
) -> None:
    def fail(_: object) -> None:
        raise error

    if behind == "nothing":
        events.subscribe(fail)
    else:
        events.pipe(ops.map(fail)).subscribe()
    for thread in threading.enumerate():
        if thread.name == "rxslack-http-events":
            thread.join(10.0)
    assert reports(caplog) == [("rxslack.http_events", error)]


@pytest.mark.parametrize(
    ("secret", "options"), [("", {}), (SECRET, {"max_waiting": 0}), (SECRET, {"remember": 0})]
)
def test_it_refuses_what_cannot_work(secret: str, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        http_events(secret, **options)


# Commands and interactions


def form(events: HttpEvents, *, secret: str = SECRET, **fields: str) -> tuple[int, str]:
    """As `request`, with the fields of a form."""
    kind = "application/x-www-form-urlencoded; charset=utf-8"
    return request(events, body=urlencode(fields).encode(), secret=secret, CONTENT_TYPE=kind)


def test_it_emits_commands(events: HttpEvents) -> None:
    with subscribed(events.pipe(slash_commands("/weather")), 1) as items:
        assert form(events, command="/other", text="") == (200, "")
        assert form(events, command="/weather", text="Zürich & Bern") == (200, "")

    assert items == [{"type": "slash_command", "command": "/weather", "text": "Zürich & Bern"}]


def test_it_emits_interactions_every_one(events: HttpEvents) -> None:
    presses = [
        {"type": "block_actions", "user": {"id": "U1"}, "trigger_id": f"1.{number}"}
        for number in range(2)  # twice the same is pressed twice
    ]
    with subscribed(events.pipe(interactions()), 2) as items:
        for press in presses:
            assert form(events, payload=json.dumps(press)) == (200, "")

    assert items == presses


PRESS = {"payload": json.dumps({"type": "block_actions", "trigger_id": "1.2"})}
COMMAND = {"command": "/deploy", "text": "prod", "trigger_id": "1.3"}


@pytest.mark.parametrize("fields", [PRESS, COMMAND])
def test_it_emits_a_request_that_somebody_repeats_no_second_time(
    events: HttpEvents, fields: dict[str, str]
) -> None:
    with subscribed(events, 3) as items:
        for _ in range(20):
            assert form(events, **fields) == (200, "")
        assert form(events, command="/other") == (200, "")

    assert len(items) == 3


def test_it_emits_an_event_that_somebody_repeats_no_second_time_however_short_it_remembers() -> (
    None
):
    events = http_events(SECRET, clock=lambda: NOW, remember=1e-9)
    with subscribed(events, 3) as items:
        for number in (1, 1, 2):
            assert request(events, event(number))[0] == 200

    assert [item["payload"]["event_id"] for item in items[1:]] == ["Ev1", "Ev2"]


def test_it_takes_what_comes_again_when_nobody_took_it(events: HttpEvents) -> None:
    assert form(events, **COMMAND)[0] == 503
    with subscribed(events, 2):
        assert form(events, **COMMAND)[0] == 200


@pytest.mark.parametrize("fields", [{}, {"text": "Bern"}, {"payload": "[]"}, {"payload": "{"}])
def test_it_refuses_a_form_with_neither(events: HttpEvents, fields: dict[str, str]) -> None:
    assert form(events, **fields)[0] == 400


def test_it_answers_a_look_at_the_certificate_and_refuses_other_unsigned_forms(
    events: HttpEvents,
) -> None:
    with subscribed(events, 1) as items:
        assert form(events, secret="another", ssl_check="1", token="x") == (200, "")
        assert form(events, secret="another", command="/weather")[0] == 401

    assert items == [{"type": "hello"}]


def test_it_lets_a_command_be_answered_later(events: HttpEvents) -> None:
    with Workspace() as slack:
        command = slack.interactions.command("general", "alice", "/weather", "Bern")
        answers = events.pipe(slash_commands(), ops.map(response("It rains")))
        subscription = answers.subscribe(respond(slack.web))
        assert form(events, **command.payload) == (200, "")
        slack.wait_until(lambda: command.replies)
        subscription.dispose()

        assert command.replies[0]["text"] == "It rains"


# Its server


@contextmanager
def listening(events: HttpEvents, **options: Any) -> Generator[int]:
    """The port of the application's own server."""
    with events.server(0, **options) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def head(length: int, **more: str) -> bytes:
    """What comes before a body."""
    lines = [f"{name}: {value}\r\n" for name, value in more.items()]
    return f"POST / HTTP/1.1\r\nContent-Length: {length}\r\n{''.join(lines)}\r\n".encode()


def signed(payload: Any) -> bytes:
    """A request of Slack's."""
    body, timestamp = json.dumps(payload).encode(), str(int(NOW))
    signature = sign(SECRET, timestamp, body)
    headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
    return head(len(body), **headers) + body


def answer_of(client: socket.socket) -> str:
    """All that comes until the end."""
    with client, client.makefile("rb") as lines:
        return lines.read().decode()


def connected(port: int, words: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=10.0)
    client.sendall(words)
    return client


CHALLENGE = {"type": "url_verification", "challenge": "3eZbrw1aB"}


def test_it_answers_slack_while_others_are_slow(events: HttpEvents) -> None:
    with listening(events) as port:
        slow = [
            connected(port),
            connected(port, b"POST / HT"),
            connected(port, b"POST / HTTP/1.1\r\nHost: x\r\n"),
            connected(port, head(900) + b"{"),
        ]
        assert answer_of(connected(port, signed(CHALLENGE))).endswith("3eZbrw1aB")
        for client in slow:
            client.close()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (b"", ""),
        (b"POST / HT", ""),
        (b"POST / HTTP/1.1\r\nHost: x\r\n", ""),
        (head(900) + b"{", "HTTP/1.0 408 Request Timeout"),
    ],
)
def test_it_leaves_those_that_are_slow(
    events: HttpEvents, capfd: pytest.CaptureFixture[str], words: bytes, answer: str
) -> None:
    with listening(events, timeout=0.05) as port:
        assert answer_of(connected(port, words)).partition("\r\n")[0] == answer

    assert capfd.readouterr().err == ""


def test_it_leaves_those_that_drip(events: HttpEvents) -> None:
    with listening(events, timeout=0.1) as port, connected(port, head(900)) as client:
        client.settimeout(0.01)
        answer = b""
        while not answer:  # a byte at a time, and each in time
            client.sendall(b"x")
            with suppress(TimeoutError):
                answer = client.recv(100)

    assert answer.startswith(b"HTTP/1.0 408 ")


def test_it_ends_the_connection_that_is_open_longest_when_there_are_too_many(
    events: HttpEvents,
) -> None:
    with listening(events, max_connections=2) as port:
        first, second = connected(port), connected(port)
        assert answer_of(connected(port, signed(CHALLENGE))).endswith("3eZbrw1aB")
        assert answer_of(first) == ""
        second.sendall(signed(CHALLENGE))
        assert answer_of(second).endswith("3eZbrw1aB")


def test_it_ends_what_is_open_with_its_server(events: HttpEvents) -> None:
    with listening(events) as port:
        client = connected(port, b"POST")
        assert answer_of(connected(port, signed(CHALLENGE)))  # so that both were accepted
    assert answer_of(client) == ""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"a" * 70_000, "414"),
        (b"POST / HTTP/1.1\r\na: " + b"b" * 70_000, "431"),
        (b"POST / HTTP/1.1" + (b"\r\na: " + b"b" * 30_000) * 3, "431"),
    ],
)
def test_it_reads_no_head_without_end(events: HttpEvents, line: bytes, status: str) -> None:
    with listening(events) as port, connected(port, line) as client:
        assert client.recv(100).split()[1].decode() == status


@pytest.mark.parametrize("options", [{"timeout": 0}, {"max_connections": 0}])
def test_it_refuses_a_server_that_cannot_work(events: HttpEvents, options: Any) -> None:
    with pytest.raises(ConfigurationError):
        events.server(0, **options)


# One pipeline, three sources


@contextmanager
def over_rtm(slack: Workspace) -> Generator[Observable[Any]]:
    yield rtm(slack.web)


@contextmanager
def over_socket_mode(slack: Workspace) -> Generator[Observable[Any]]:
    yield socket_mode(slack.app).pipe(events_api())


@contextmanager
def over_http(slack: Workspace) -> Generator[Observable[Any]]:
    events = http_events(slack.http_events.signing_secret, clock=slack.clock)
    with listening(events) as port:
        slack.http_events.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        yield events.pipe(events_api())


Source = Callable[[Workspace], AbstractContextManager[Observable[Any]]]


def has_hello(event: MessageEvent) -> bool:
    return "Hello" in event["text"]


def greet(event: MessageEvent) -> str:
    return f"Hi <@{event['user']}>!"


@pytest.mark.parametrize("source", [over_rtm, over_socket_mode, over_http])
def test_it_runs_the_same_pipeline_over_every_source(source: Source) -> None:
    with Workspace() as slack, source(slack) as stream:
        connected = threading.Event()

        def note(item: dict[str, Any]) -> None:
            if item["type"] == "hello":
                connected.set()

        greetings = stream.pipe(
            ops.do_action(note),
            of_type(MessageEvent, has_hello),
            ops.map(reply(greet)),
        )
        with post_message(slack.web) as sink:
            subscription = greetings.subscribe(sink)
            assert connected.wait(10.0)
            if source is over_socket_mode:
                slack.wait_until(lambda: slack.connections)
            message = slack.say("general", "alice", "Hello")
            slack.say("general", "bob", "Goodbye")
            slack.wait_until(lambda: len(slack.messages("general")) == 3)
            subscription.dispose()
        answer = next(m for m in slack.messages("general") if m.get("bot_id"))

        assert answer["text"] == f"Hi <@{slack.user_id('alice')}>!"
        assert answer["thread_ts"] == message["ts"]


def test_it_gets_again_over_http_what_failed(events: HttpEvents) -> None:
    with Workspace(clock=Clock(lambda: NOW)) as slack, over_http(slack) as stream:
        slack.say("general", "alice", "Hello")  # nobody is subscribed
        slack.wait_until(lambda: slack.http_events.delivered[0].attempts == 2)
        with subscribed(stream, 2) as items:
            slack.clock.advance(60.0)

        assert items[1]["text"] == "Hello"
        assert not slack.http_events.delivered[0].lost
