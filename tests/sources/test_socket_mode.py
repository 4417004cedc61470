from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any, cast

import pytest
import websocket
from hypothesis import HealthCheck, given, settings, strategies as st
from reactivex import Observable, Subject, abc, operators as ops

from rxslack import (
    AuthenticationError,
    ConfigurationError,
    ConnectionClosed,
    ConnectionRefused,
    ItemHold,
    MessageEvent,
    SlashCommand,
    SocketModeDisabled,
    Status,
    UnreadableResponse,
    WebClient,
    acknowledgement,
    concurrent,
    events_api,
    hold,
    interactions,
    is_retryable,
    of_type,
    reconnect,
    select,
    shared,
    slash_commands,
    socket_mode,
)
from rxslack.simulator import Clock, SocketModeOptions, Workspace


@pytest.fixture
def slack() -> Generator[Workspace]:
    with Workspace() as workspace:
        yield workspace


class Watcher:
    """Subscribes, and keeps what comes."""

    def __init__(self, slack: Workspace, stream: Observable[Any], *, open: int = 1) -> None:  # noqa: A002 reads best
        self.items: list[Any] = []
        self.errors: list[Exception] = []
        self._slack = slack
        self.subscription = stream.subscribe(self.items.append, self.errors.append)
        slack.wait_until(lambda: self.errors or len(slack.connections) == open)

    def wait(self, count: int) -> list[Any]:
        """The items, as soon as there are so many."""
        self._slack.wait_until(lambda: len(self.items) >= count)
        return self.items

    def wait_for_error(self) -> Exception:
        self._slack.wait_until(lambda: self.errors)
        return self.errors[0]

    def hellos(self) -> list[Any]:
        return [item for item in self.items if item["type"] == "hello"]

    def types(self) -> list[str]:
        return [item["type"] for item in self.items]


@pytest.fixture
def watch(slack: Workspace) -> Generator[Callable[..., Watcher]]:
    watchers: list[Watcher] = []

    def start(stream: Observable[Any], **options: Any) -> Watcher:
        watchers.append(Watcher(slack, stream, **options))
        return watchers[-1]

    yield start
    for watcher in watchers:
        watcher.subscription.dispose()


def is_acknowledged(slack: Workspace) -> bool:
    deliveries = slack.socket_mode.delivered
    return bool(deliveries) and all(one.acknowledged_at is not None for one in deliveries)


def open_numbers(slack: Workspace) -> list[int]:
    """Which connections are open: an old one may be yet, or a new one have no hello, when there are enough."""
    return sorted(one.number for one in slack.connections)


def test_it_says_hello_and_brings_envelopes(slack: Workspace, watch: Any) -> None:
    watcher = watch(socket_mode(slack.app))
    slack.say("general", "alice", "Hello")
    hello, envelope = watcher.wait(2)

    assert hello["type"] == "hello"
    assert envelope["type"] == "events_api"
    assert envelope["payload"]["event"]["text"] == "Hello"
    slack.wait_until(lambda: is_acknowledged(slack))


def test_it_takes_the_place_of_rtm(slack: Workspace, watch: Any) -> None:
    watcher = watch(socket_mode(slack.app).pipe(events_api(), of_type(MessageEvent)))
    slack.say("general", "alice", "Hello")

    assert watcher.wait(1)[0]["text"] == "Hello"


def test_it_opens_nothing_before_it_is_subscribed(slack: Workspace) -> None:
    socket_mode(slack.app)

    assert slack.calls("apps.connections.open") == []


def test_it_acknowledges_while_the_subscriber_is_busy(slack: Workspace) -> None:
    busy, go_on = threading.Event(), threading.Event()

    def work(item: Mapping[str, Any]) -> None:
        if item["type"] == "events_api":
            busy.set()
            go_on.wait(30.0)

    subscription = socket_mode(slack.app).subscribe(work)
    slack.wait_until(lambda: slack.connections)
    slack.say("general", "alice", "first")
    assert busy.wait(10.0)
    for number in range(20):
        slack.say("general", "alice", f"{number}")
    slack.wait_until(lambda: len(slack.socket_mode.delivered) == 21 and is_acknowledged(slack))

    assert not go_on.is_set()
    go_on.set()
    subscription.dispose()


def test_it_acknowledges_when_the_subscriber_is_done(slack: Workspace) -> None:
    acknowledged: list[bool] = []

    def work(item: Mapping[str, Any]) -> None:
        if item["type"] == "events_api":
            acknowledged.append(is_acknowledged(slack))

    subscription = socket_mode(slack.app, acknowledge="when_done").subscribe(work)
    slack.wait_until(lambda: slack.connections)
    slack.say("general", "alice", "Hello")
    slack.wait_until(lambda: is_acknowledged(slack))

    assert acknowledged == [False]
    subscription.dispose()


def test_it_acknowledges_at_the_deadline_what_is_not_done(slack: Workspace) -> None:
    go_on = threading.Event()

    def work(item: Mapping[str, Any]) -> None:
        if item["type"] == "events_api":
            go_on.wait(30.0)

    stream = socket_mode(slack.app, acknowledge="when_done", deadline=0.3)
    subscription = stream.subscribe(work)
    slack.wait_until(lambda: slack.connections)
    slack.say("general", "alice", "Hello")
    slack.say("general", "alice", "behind it")
    slack.wait_until(lambda: is_acknowledged(slack))
    waited = [(one.acknowledged_at or 0.0) - one.sent_at[0] for one in slack.socket_mode.delivered]

    assert min(waited) >= 0.3
    assert not go_on.is_set()
    go_on.set()
    subscription.dispose()


def test_it_does_not_acknowledge_what_the_subscriber_failed_at(slack: Workspace) -> None:
    def fail(item: Mapping[str, Any]) -> None:
        if item["type"] == "events_api":
            raise LookupError("a bug")

    errors: list[Exception] = []
    stream = socket_mode(slack.app, acknowledge="when_done")
    stream.pipe(ops.do_action(fail)).subscribe(on_error=errors.append)
    slack.wait_until(lambda: slack.connections)
    slack.say("general", "alice", "Hello")
    slack.wait_until(lambda: errors and not slack.connections)

    assert isinstance(errors[0], LookupError)
    assert not is_acknowledged(slack)


@pytest.mark.parametrize("way", ["raises", "leaves"])
def test_no_other_connection_acknowledges_what_a_subscriber_failed_at(
    slack: Workspace, way: str
) -> None:
    """The second envelope is acknowledged at its deadline, which is later than the first one's."""
    go_on = threading.Event()
    events: list[Any] = []
    subscriptions: dict[int, abc.DisposableBase] = {}

    def work(number: int, item: Mapping[str, Any]) -> None:
        if item["type"] == "events_api":
            events.append(item)
            if len(events) > 1:
                go_on.wait(30.0)
            elif way == "raises":
                raise LookupError("a bug")
            else:
                subscriptions[number].dispose()

    stream = socket_mode(slack.app, acknowledge="when_done", deadline=0.3)
    for number in range(2):
        subscriptions[number] = stream.subscribe(partial(work, number), events.append)
    slack.wait_until(lambda: len(slack.connections) == 2)
    slack.say("general", "alice", "Hello")
    slack.wait_until(lambda: len(slack.connections) == 1)
    slack.say("general", "alice", "behind it")
    slack.wait_until(lambda: len(slack.socket_mode.delivered) == 2)
    first, second = slack.socket_mode.delivered
    slack.wait_until(lambda: second.acknowledged_at is not None)

    assert not go_on.is_set()
    assert first.acknowledged_at is None
    go_on.set()
    subscriptions[0].dispose()
    subscriptions[1].dispose()


def test_it_brings_again_what_the_subscriber_failed_at(watch: Any) -> None:
    clock = Clock(lambda: 1_700_000_000.0)
    with Workspace(clock=clock) as slack:
        texts: list[str] = []

        def fail_once(event: Mapping[str, Any]) -> None:
            if event["type"] == "message":
                texts.append(event["text"])
                if len(texts) == 1:
                    raise LookupError("a bug")

        stream = socket_mode(slack.app, acknowledge="when_done").pipe(
            events_api(), ops.do_action(fail_once), ops.retry(2)
        )
        subscription = stream.subscribe()
        slack.wait_until(lambda: slack.connections)
        slack.say("general", "alice", "Hello")
        slack.wait_until(lambda: open_numbers(slack) == [2])
        slack.clock.advance(3.0)
        slack.wait_until(lambda: len(texts) == 2 and is_acknowledged(slack))
        subscription.dispose()


class ByHand:
    """A stream that is answered by hand."""

    def __init__(self, slack: Workspace, watch: Any) -> None:
        self.answers = Subject[Any]()
        stream = socket_mode(slack.app, acknowledge="by_hand", answers=self.answers)
        self.stream = shared(stream, linger=5.0)
        self.watcher = watch(self.stream)
        self.watcher.wait(1)


def test_it_answers_a_command_in_the_acknowledgement(slack: Workspace, watch: Any) -> None:
    by_hand = ByHand(slack, watch)

    def answer(command: SlashCommand) -> Any:
        return acknowledgement(f"It rains in {command['text']}")(command)

    by_hand.stream.pipe(slash_commands("/weather"), ops.map(answer)).subscribe(
        by_hand.answers.on_next
    )
    done = slack.interactions.command("general", "alice", "/weather", "Bern")

    assert done.wait() == {"text": "It rains in Bern"}
    assert done.replies == [{"text": "It rains in Bern"}]


def test_it_answers_a_dialog_with_errors_and_then_without(slack: Workspace, watch: Any) -> None:
    def judge(submission: Any) -> Mapping[str, Any] | None:
        if submission["view"]["state"]["values"]["size"]["pick"]["value"]:
            return None
        return {"response_action": "errors", "errors": {"size": "Say how large"}}

    by_hand = ByHand(slack, watch)
    by_hand.stream.pipe(interactions(), ops.map(acknowledgement(judge))).subscribe(
        by_hand.answers.on_next
    )
    size: Any = {
        "type": "input",
        "block_id": "size",
        "optional": True,
        "label": {"type": "plain_text", "text": "Size"},
        "element": {"type": "plain_text_input", "action_id": "pick"},
    }
    order: Any = {"type": "plain_text", "text": "Order"}
    view = {"type": "modal", "title": order, "submit": order, "blocks": [size]}
    slack.web.call("views.open", trigger_id=slack.trigger("alice"), view=view)

    assert slack.interactions.submit("alice").wait() is not None
    assert slack.interactions.view("alice") is not None
    assert slack.interactions.submit("alice", {"size": {"pick": {"value": "small"}}}).wait() is None
    slack.wait_until(lambda: slack.interactions.view("alice") is None)


def test_it_acknowledges_what_no_pipeline_answers_and_says_so(
    slack: Workspace, watch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answers, status = Subject[Any](), Status()
    options: Any = {"acknowledge": "by_hand", "answers": answers, "status": status}
    watcher = watch(socket_mode(slack.app, deadline=0.2, **options))
    done = slack.interactions.command("general", "alice", "/other")
    envelope = watcher.wait(2)[1]

    assert done.wait() is None
    slack.wait_until(lambda: status.now.unanswered == 1)
    answers.on_next(acknowledgement("too late")(envelope))
    unsent = watcher.wait(3)[2]
    assert unsent["type"] == "rxslack.unsent"
    assert "acknowledged without an answer 0.2 s after it came" in unsent["error"]
    assert [m for m in caplog.messages if "slash_commands (1); 1 so far" in m]


def test_it_knows_again_what_it_had_to_acknowledge_before_it_was_delivered(
    slack: Workspace,
) -> None:
    seen: list[str] = []
    sleeper = Sleeper(lambda item: seen.append(item["payload"]["event_id"]))
    stream = socket_mode(slack.app, acknowledge="by_hand", deadline=0.1)
    subscription = stream.subscribe(sleeper.on_next)
    assert sleeper.asleep.wait(10.0)
    slack.socket_mode.send_event(event(1))
    sleeper.wake(slack)
    slack.wait_until(lambda: seen)
    for number in (1, 2):
        slack.socket_mode.send_event(event(number))
    slack.wait_until(lambda: "Ev2" in seen)
    subscription.dispose()

    assert seen == ["Ev1", "Ev2"]


def test_it_leaves_no_thread_behind_an_envelope_that_nobody_answers(
    slack: Workspace, watch: Any
) -> None:
    modes: Any = {"events_api": "when_done", "slash_commands": "by_hand"}
    watcher = watch(socket_mode(slack.app, acknowledge=modes))
    slack.interactions.command("general", "alice", "/other")
    watcher.wait(2)
    watcher.subscription.dispose()

    slack.wait_until(lambda: not [t for t in threading.enumerate() if "deadlines" in t.name], 2.0)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"envelope_id": "unknown"}, "is not open"),
        ({"text": "Hi"}, "a dict with an envelope_id"),
        ("Hi", "a dict with an envelope_id"),
    ],
)
def test_it_says_why_an_answer_cannot_be_sent(
    slack: Workspace, watch: Any, answer: Any, why: str
) -> None:
    by_hand = ByHand(slack, watch)
    by_hand.answers.on_next(answer)
    unsent = by_hand.watcher.wait(2)[1]

    assert unsent["type"] == "rxslack.unsent"
    assert unsent["message"] == answer
    assert why in unsent["error"]


def test_it_refuses_an_answer_that_is_too_long_and_takes_a_shorter_one(
    slack: Workspace, watch: Any
) -> None:
    by_hand = ByHand(slack, watch)
    done = slack.interactions.command("general", "alice", "/weather")
    envelope = by_hand.watcher.wait(2)[1]
    by_hand.answers.on_next(acknowledgement("x" * 20_480)(envelope))

    assert "20480" in by_hand.watcher.wait(3)[2]["error"]
    assert not done.acknowledged
    by_hand.answers.on_next(acknowledgement("short")(envelope))
    assert done.wait() == {"text": "short"}


def test_it_answers_once(slack: Workspace, watch: Any) -> None:
    by_hand = ByHand(slack, watch)
    slack.interactions.command("general", "alice", "/weather")
    envelope = by_hand.watcher.wait(2)[1]
    for _ in range(2):
        by_hand.answers.on_next(acknowledgement("Sun")(envelope))

    assert "answered already" in by_hand.watcher.wait(3)[2]["error"]


def test_it_gives_no_payload_to_an_event(slack: Workspace, watch: Any) -> None:
    by_hand = ByHand(slack, watch)
    slack.say("general", "alice", "Hello")
    envelope = by_hand.watcher.wait(2)[1]
    by_hand.answers.on_next(acknowledgement("Sun")(envelope))

    assert "takes no payload" in by_hand.watcher.wait(3)[2]["error"]
    by_hand.answers.on_next(acknowledgement()(envelope))
    slack.wait_until(lambda: is_acknowledged(slack))


def test_it_says_that_an_envelope_was_acknowledged_on_receipt(slack: Workspace, watch: Any) -> None:
    answers = Subject[Any]()
    mode: Any = {"slash_commands": "by_hand"}
    watcher = watch(socket_mode(slack.app, acknowledge=mode, answers=answers))
    slack.say("general", "alice", "Hello")
    answers.on_next(acknowledgement()(watcher.wait(2)[1]))

    assert "on receipt" in watcher.wait(3)[2]["error"]


@pytest.mark.parametrize("kind", ["slash_commands", r"slash\u005fcommands"])
def test_it_waits_for_an_answer_however_the_type_is_written(
    slack: Workspace, watch: Any, kind: str
) -> None:
    answers = Subject[Any]()
    mode: Any = {"slash_commands": "by_hand"}
    watcher = watch(socket_mode(slack.app, acknowledge=mode, answers=answers))
    fields = '"accepts_response_payload":true,"payload":{"command":"/weather"}'
    slack.socket_mode.send_text(f'{{"envelope_id":"a-1","type":"{kind}",{fields}}}')
    envelope = watcher.wait(2)[1]
    assert not [entry for entry in incoming(slack) if b"a-1" in entry.data]
    answers.on_next(acknowledgement("Sun")(envelope))

    slack.wait_until(lambda: [entry for entry in incoming(slack) if b"Sun" in entry.data])


def test_it_does_not_wait_for_an_event_that_speaks_of_commands(
    slack: Workspace, watch: Any
) -> None:
    mode: Any = {"slash_commands": "by_hand"}
    watch(socket_mode(slack.app, acknowledge=mode))
    slack.socket_mode.send_event({**event(1), "about": ["slash_commands", "é"]})

    slack.wait_until(lambda: is_acknowledged(slack))


def test_it_brings_a_retry_whose_first_delivery_it_has_not_seen(watch: Any) -> None:
    with Workspace(clock=Clock(lambda: 1_700_000_000.0)) as slack:
        slack.app.call("apps.connections.open")  # from now on Slack delivers
        slack.say("general", "alice", "while nobody listened")
        (delivery,) = slack.socket_mode.delivered
        slack.wait_until(lambda: delivery.attempts == 2)  # in vain; the next one is a minute later
        watcher = Watcher(slack, socket_mode(slack.app))
        watcher.wait(1)  # hello
        slack.clock.advance(60.0)
        envelope = watcher.wait(2)[1]

        assert envelope["retry_attempt"] == 2
        watcher.subscription.dispose()


def test_it_drops_what_comes_again_and_acknowledges_it(watch: Any) -> None:
    with Workspace(socket_mode=SocketModeOptions(redelivers_every=1)) as slack:
        watcher = Watcher(slack, socket_mode(slack.app))
        for text in ("one", "two"):
            slack.say("general", "alice", text)
        slack.wait_until(lambda: all(len(one.sent_at) == 2 for one in slack.socket_mode.delivered))
        slack.say("general", "alice", "three")
        slack.wait_until(lambda: len(watcher.items) == 4)
        texts = [item["payload"]["event"]["text"] for item in watcher.items[1:]]

        assert texts == ["one", "two", "three"]
        watcher.subscription.dispose()


def event(number: int) -> dict[str, Any]:
    message = {"type": "message", "channel": "C1", "user": "U1", "ts": f"{number}.1", "text": ""}
    return {"event_id": f"Ev{number}", "event": message}


class Sleeper:
    """Says at the first item that it sleeps, and works when it is woken."""

    def __init__(self, work: Callable[[dict[str, Any]], object]) -> None:
        self._work = work
        self._woken = threading.Event()
        self.asleep = threading.Event()

    def on_next(self, item: dict[str, Any]) -> None:
        if item["type"] == "hello":
            self.asleep.set()
            assert self._woken.wait(30.0)
        else:
            self._work(item)

    def wake(self, slack: Workspace) -> None:
        """As soon as all that was sent is read, and waits."""
        slack.wait_until(lambda: is_acknowledged(slack))
        self._woken.set()


def test_it_brings_each_of_a_burst_once(slack: Workspace) -> None:
    seen: list[str] = []
    sleeper = Sleeper(lambda item: seen.append(item["payload"]["event_id"]))
    subscription = socket_mode(slack.app).subscribe(sleeper.on_next)
    assert sleeper.asleep.wait(10.0)
    for number in range(60):
        slack.socket_mode.send_event(event(number))
        slack.socket_mode.send_event(event(number // 7 * 7))
    sleeper.wake(slack)
    slack.wait_until(lambda: "Ev59" in seen)
    subscription.dispose()

    assert seen == [f"Ev{number}" for number in range(60)]


def test_it_takes_for_new_what_comes_again_when_the_subscriber_failed_before_it(
    slack: Workspace,
) -> None:
    seen: list[str] = []
    errors: list[Exception] = []

    def work(item: dict[str, Any]) -> None:
        seen.append(item["payload"]["event_id"])
        if seen == ["Ev0", "Ev1", "Ev2"]:
            raise LookupError("a bug")

    sleeper = Sleeper(work)
    stream = socket_mode(slack.app)
    stream.subscribe(sleeper.on_next, errors.append)
    assert sleeper.asleep.wait(10.0)
    for number in range(5):
        slack.socket_mode.send_event(event(number))
    sleeper.wake(slack)
    slack.wait_until(lambda: errors and not slack.connections)
    subscription = stream.subscribe(sleeper.on_next)
    slack.wait_until(lambda: slack.connections)
    for number in range(2, 6):
        slack.socket_mode.send_event(event(number))
    slack.wait_until(lambda: "Ev5" in seen)
    subscription.dispose()

    assert [type(error) for error in errors] == [LookupError]
    assert seen == ["Ev0", "Ev1", "Ev2", "Ev2", "Ev3", "Ev4", "Ev5"]


def test_it_remembers_across_connections(slack: Workspace, watch: Any) -> None:
    watcher = watch(socket_mode(slack.app).pipe(reconnect(lambda: [0.0] * 9)))
    slack.say("general", "alice", "Hello")
    payload = watcher.wait(2)[1]["payload"]
    slack.connections[0].cut()
    slack.wait_until(lambda: open_numbers(slack) == [2])
    again = slack.socket_mode.send_event(payload)
    slack.wait_until(lambda: again.acknowledged_at is not None)
    slack.say("general", "alice", "after")
    slack.wait_until(lambda: watcher.types().count("events_api") == 2)

    assert watcher.items[-1]["payload"]["event"]["text"] == "after"


@pytest.mark.parametrize(
    "frame",
    [
        '{"envelope_id":"a-1","type":"events_api","payload":{"text":',
        '{"type":"events_api","envelope_id":"a-1"}',
        '{"type":"events_api","payload":[],"envelope_id":"a-1"}',
        '{"type":["events_api"],"envelope_id":"a-1","payload":{}}',
        '{"type":{"events_api":1},"envelope_id":"a-1","payload":{}}',
        '{"type":5,"envelope_id":"a-1","payload":{}}',
        '{"type":null,"envelope_id":"a-1","payload":{}}',
        '{"envelope_id":"a-1","payload":{}}',
    ],
)
@pytest.mark.parametrize("mode", ["on_receipt", "when_done", "by_hand"])
def test_it_acknowledges_what_it_cannot_understand(
    slack: Workspace, watch: Any, frame: str, mode: Any
) -> None:
    watcher = watch(socket_mode(slack.app, acknowledge=mode))
    slack.socket_mode.send_text(frame)
    item = watcher.wait(2)[1]
    slack.wait_until(lambda: any(b'"a-1"' in entry.data for entry in incoming(slack)))

    assert item["type"] == "rxslack.unreadable"
    assert item["data"] == frame
    assert watcher.errors == []


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(st.text(max_size=5), inside),
    max_leaves=4,
)
EVENT = st.fixed_dictionaries({}, optional={"type": st.just("message") | ODD, "ts": ODD})
PAYLOAD = st.fixed_dictionaries(
    {}, optional={"event": EVENT | ODD, "event_id": ODD, "type": ODD, "command": ODD}
)
FRAME = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["hello", "events_api", "slash_commands", "interactive"]) | ODD,
        "payload": PAYLOAD | ODD,
        "accepts_response_payload": ODD,
        "retry_attempt": ODD,
        "num_connections": ODD,
        "reason": ODD,
    },
)
FUZZ = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("mode", ["on_receipt", "when_done", "by_hand"])
def test_it_goes_on_whatever_json_comes_and_acknowledges_it_by_its_id(
    slack: Workspace, watch: Any, mode: Any
) -> None:
    envelopes = shared(socket_mode(slack.app, acknowledge=mode, deadline=0.02))
    watcher = watch(envelopes)
    watcher.wait(1)
    for opened in (events_api(), slash_commands("/weather"), interactions()):
        watch(envelopes.pipe(opened))
    numbers = count()

    @FUZZ
    @given(FRAME | ODD, st.booleans())
    def fuzz(frame: Any, with_id: bool) -> None:
        fields: dict[str, Any] | None = None
        if with_id and isinstance(frame, dict):
            frame = fields = {**cast("Any", frame), "envelope_id": f"odd-{next(numbers)}"}
        before, after = len(watcher.items), {"type": f"after-{next(numbers)}"}
        slack.socket_mode.send_text(json.dumps(frame))
        slack.socket_mode.send_text(json.dumps(after))
        slack.wait_until(lambda: watcher.errors or watcher.items[-1] == after)
        assert watcher.errors == []
        found = watcher.items[before:-1]
        assert all(isinstance(item["type"], str) for item in found)
        if fields is not None:
            said = json.dumps(fields["envelope_id"]).encode()
            slack.wait_until(lambda: any(said in entry.data for entry in incoming(slack)))
            sound = isinstance(fields.get("type"), str) and isinstance(fields.get("payload"), dict)
            assert sound or found[0]["type"] == "rxslack.unreadable"

    fuzz()


def incoming(slack: Workspace) -> list[Any]:
    return [e for e in slack.transcript if e.direction == "in" and e.where.startswith("socket")]


def test_it_takes_a_payload_without_an_event_for_the_event(slack: Workspace, watch: Any) -> None:
    watcher = watch(socket_mode(slack.app).pipe(events_api()))
    slack.socket_mode.send_event({"type": "app_rate_limited", "minute_rate_limited": 1})

    assert watcher.wait(2)[1] == {"type": "app_rate_limited", "minute_rate_limited": 1}


def test_it_ends_for_good_when_socket_mode_is_switched_off(slack: Workspace, watch: Any) -> None:
    watcher = watch(socket_mode(slack.app).pipe(reconnect(lambda: [0.0] * 9)))
    slack.socket_mode.disable()
    error = watcher.wait_for_error()

    assert isinstance(error, SocketModeDisabled)
    assert not is_retryable(error)
    assert watcher.types() == ["hello", "disconnect"]


def test_it_tells_of_a_disconnect_in_place_of_hello(slack: Workspace, watch: Any) -> None:
    tickets = [slack.app.call("apps.connections.open")["url"] for _ in range(1)]
    assert tickets
    with Workspace(socket_mode=SocketModeOptions(max_connections=0)) as crowded:
        error = Watcher(crowded, socket_mode(crowded.app)).wait_for_error()

    assert isinstance(error, ConnectionRefused)
    assert error.message == "too_many_websockets"
    assert is_retryable(error)


def test_it_tells_of_words_in_place_of_hello(slack: Workspace, watch: Any) -> None:
    slack.socket_mode.say_instead_of_hello()
    error = watch(socket_mode(slack.app)).wait_for_error()

    assert isinstance(error, ConnectionRefused)
    assert "UNAUTHENTICATED: cache_error" in str(error)
    assert is_retryable(error)


def test_it_refuses_another_kind_of_token_without_asking(slack: Workspace, watch: Any) -> None:
    error = watch(socket_mode(slack.web)).wait_for_error()

    assert isinstance(error, AuthenticationError)
    assert slack.calls("apps.connections.open") == []


def test_it_wants_a_url(slack: Workspace, watch: Any) -> None:
    with slack.faults.answer("apps.connections.open", body={"ok": True}):
        assert isinstance(watch(socket_mode(slack.app)).wait_for_error(), UnreadableResponse)


def test_it_can_ask_for_early_reconnects(slack: Workspace, watch: Any) -> None:
    watcher = watch(socket_mode(slack.app, debug_reconnects=True))

    assert watcher.wait(1)[0]["debug_info"]["approximate_connection_time"] == 360


def test_it_ends_with_its_connection(slack: Workspace, watch: Any) -> None:
    watcher = watch(socket_mode(slack.app))
    slack.connections[0].close(1001)

    assert isinstance(watcher.wait_for_error(), ConnectionClosed)


def test_it_says_goodbye_when_disposed(slack: Workspace, watch: Any) -> None:
    watcher = watch(socket_mode(slack.app))
    watcher.wait(1)
    watcher.subscription.dispose()
    slack.wait_until(lambda: slack.past_connections[0].client_close is not None)

    assert slack.past_connections[0].client_close == 1000


@pytest.fixture
def patient() -> Generator[Workspace]:
    """A Slack that delivers nothing again, however late its acknowledgement comes."""
    with Workspace(socket_mode=SocketModeOptions(ack_deadline=60.0)) as workspace:
        yield workspace


def test_it_hands_over_without_losing_an_event(patient: Workspace) -> None:
    stream = socket_mode(patient.app).pipe(reconnect(lambda: [0.0] * 9), events_api())
    watcher = Watcher(patient, stream.pipe(select(MessageEvent, lambda e: e["text"])))
    for round_ in range(3):
        patient.say("general", "alice", f"{round_} before")
        (old,) = patient.connections
        # The old one ends when the new one has taken over, however long that takes.
        patient.socket_mode.disconnect("warning", notice=60.0)
        patient.say("general", "alice", f"{round_} between")
        patient.wait_until(lambda: len(patient.connections) == 2)
        for number in range(10):
            patient.say("general", "alice", f"{round_} during {number}")
        old.close()
        patient.wait_until(lambda: len(patient.connections) == 1)
        patient.say("general", "alice", f"{round_} after")
    watcher.wait(39)
    patient.wait_until(lambda: is_acknowledged(patient))
    watcher.subscription.dispose()

    assert len(set(watcher.items)) == len(watcher.items) == 39
    assert all(len(one.sent_at) == 1 for one in patient.socket_mode.delivered)


def test_it_is_one_stream_over_several_connections(slack: Workspace, watch: Any) -> None:
    watcher = watch(socket_mode(slack.app, connections=3).pipe(events_api()), open=3)
    for number in range(30):
        slack.say("general", "alice", f"{number}")
    watcher.wait(33)
    used = {number for one in slack.socket_mode.delivered for number in one.sockets}

    assert len(used) == 3
    assert watcher.types().count("hello") == 3
    assert {e["text"] for e in watcher.items if e["type"] == "message"} == {
        f"{number}" for number in range(30)
    }


def test_it_replaces_one_of_several_connections(slack: Workspace, watch: Any) -> None:
    watcher = watch(socket_mode(slack.app, connections=2), open=2)
    slack.connections[0].cut()
    slack.wait_until(lambda: len(slack.past_connections) == 3 and len(slack.connections) == 2)

    assert watcher.errors == []
    # A gap, too, when it was cut before it could show that it stood beside the other one.
    assert set(watcher.types()) - {"rxslack.gap"} == {"hello"}


@contextmanager
def ghost(slack: Workspace) -> Generator[None]:
    """A connection of the app that this process knows nothing about."""
    ws = websocket.create_connection(str(slack.app.call("apps.connections.open")["url"]))
    slack.wait_until(lambda: slack.connections)
    yield
    ws.close()


def test_it_reports_connections_that_are_not_its_own(
    slack: Workspace, watch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with ghost(slack), caplog.at_level(logging.WARNING, "rxslack.socket_mode"):
        hello, ghosts = watch(socket_mode(slack.app), open=2).wait(2)

    assert hello["num_connections"] == 2
    assert ghosts == {"type": "rxslack.ghosts", "connections": 2, "own": 1}
    assert "counts 2 connections of this app, and this process has 1" in caplog.messages[0]


def test_it_reports_them_for_several_connections_too(slack: Workspace, watch: Any) -> None:
    with ghost(slack):
        watcher = watch(socket_mode(slack.app, connections=2), open=3)
        slack.wait_until(lambda: "rxslack.ghosts" in watcher.types())


def test_it_takes_none_of_its_own_for_a_ghost(slack: Workspace, watch: Any) -> None:
    """Several, one that is being replaced, and one whose end Slack has not noticed yet."""
    stream = socket_mode(slack.app, ping_after=0.1, silence=0.3)
    watch(socket_mode(slack.app, connections=2), open=2)
    watcher = watch(stream.pipe(reconnect(lambda: [0.0] * 9)), open=3)
    slack.socket_mode.disconnect("warning", notice=0.3)
    slack.wait_until(lambda: open_numbers(slack) == [4, 5, 6])
    with slack.faults.half_open(*[one.number for one in slack.connections]):
        slack.wait_until(lambda: len(watcher.hellos()) == 3)

    assert watcher.hellos()[-1]["num_connections"] >= 4
    assert "rxslack.ghosts" not in watcher.types()


@pytest.mark.parametrize(
    "options",
    [
        {"connections": 0},
        {"connections": 11},
        {"deadline": 3.0},
        {"remember": 0.0},
        {"acknowledge": "never"},
        {"acknowledge": {"hello": "by_hand"}},
        {"ping_after": 60.0},
    ],
)
def test_it_refuses_what_cannot_work(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        socket_mode(WebClient("xapp-test"), **options)


def test_what_a_sink_has_taken_is_acknowledged_when_that_is_through_with_it(
    slack: Workspace,
) -> None:
    go_on, begun = threading.Event(), threading.Event()

    def work(_: Mapping[str, Any]) -> None:
        begun.set()
        go_on.wait(30.0)

    stream = socket_mode(slack.app, acknowledge="when_done", deadline=None)
    subscription = stream.pipe(events_api(), concurrent(lambda _: 1, work)).subscribe()
    slack.wait_until(lambda: slack.connections)
    slack.say("general", "alice", "Hello")
    assert begun.wait(30.0)
    assert not is_acknowledged(slack)
    go_on.set()
    slack.wait_until(lambda: is_acknowledged(slack))
    subscription.dispose()


def is_event(item: Mapping[str, Any]) -> bool:
    return bool(item["type"] == "events_api")


@pytest.fixture
def hasty() -> Generator[Workspace]:
    """A Slack that delivers again after 0.3 s."""
    options = SocketModeOptions(ack_deadline=0.3, retry_pauses=(0.0, 0.1, 60.0))
    with Workspace(socket_mode=options) as workspace:
        yield workspace


def test_without_a_deadline_a_repetition_waits_for_what_came_first(hasty: Workspace) -> None:
    """Slack delivers again what it waits for; that is acknowledged with the first, and not before."""
    held: list[ItemHold] = []
    stream = socket_mode(hasty.app, acknowledge="when_done", deadline=None)
    watcher = Watcher(
        hasty,
        stream.pipe(
            ops.filter(is_event),
            ops.do_action(lambda _: held.append(hold())),
        ),
    )
    hasty.say("general", "alice", "Hello")
    watcher.wait(1)
    (delivery,) = hasty.socket_mode.delivered
    hasty.wait_until(lambda: len(delivery.sent_at) > 1)

    assert not is_acknowledged(hasty)
    assert len(watcher.items) == 1
    held[0].let_go()
    hasty.wait_until(lambda: is_acknowledged(hasty))
    watcher.subscription.dispose()


def test_what_was_left_undone_is_delivered_again(hasty: Workspace) -> None:
    came: list[Any] = []

    def take(item: Mapping[str, Any]) -> None:
        if item["type"] == "events_api":
            came.append(item)
            held = hold()
            if len(came) == 1:
                held.give_back()
            else:
                held.let_go()

    stream = socket_mode(hasty.app, acknowledge="when_done", deadline=None)
    subscription = stream.subscribe(take)
    hasty.wait_until(lambda: hasty.connections)
    hasty.say("general", "alice", "Hello")
    hasty.wait_until(lambda: is_acknowledged(hasty))
    assert len(came) == 2
    subscription.dispose()
