"""One post for an event, whichever processes begin with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Subject, operators as ops

from rxslack import TimedOut, from_log, is_failure, post_message, reply
from rxslack.log.where import marks_at
from tests.background import until
from tests.log.programs import append, event

Item = dict[str, Any]


class Web:
    """A Slack with a history, where a call may be cut off before or after it is carried out."""

    def __init__(self) -> None:
        self.messages: list[Item] = []
        self.calls: list[str] = []
        self.trouble: list[Callable[[Item], None]] = []

    def call(self, method: str, /, **arguments: Any) -> Item:
        self.calls.append(method)
        if method != "chat.postMessage":
            return {"ok": True, "messages": self.messages[::-1], "has_more": False}
        if self.trouble:
            self.trouble.pop(0)(arguments)
        message = {**arguments, "ts": f"{len(self.messages) + 1}.000100"}
        self.messages.append(message)
        return {"ok": True, "channel": arguments["channel"], "ts": message["ts"]}


def repeated(event: Any) -> str:
    return f"re {event['text']}"


def answering(where: str, web: Web, **options: Any) -> tuple[list[Any], Any]:
    outcomes: list[Any] = []
    stream = from_log(where, group="g", lease=1.0).pipe(
        ops.map(reply(repeated)),
        post_message(web, outbox=where, look_up=(0.05, 0.1), **options),
    )
    return outcomes, stream.subscribe(outcomes.append, outcomes.append)


def test_it_posts_an_answer_to_each_event(where: str) -> None:
    web = Web()
    append(where, *(event(number) for number in range(4)))
    outcomes, subscription = answering(where, web)
    until(lambda: len(outcomes) == 4)
    subscription.dispose()
    assert [one["text"] for one in web.messages] == ["re 0", "re 1", "re 2", "re 3"]
    marks = {one["metadata"]["event_payload"]["rxslack_id"] for one in web.messages}
    assert len(marks) == 4


@pytest.mark.parametrize("was_posted", [True, False])
def test_it_posts_once_what_a_killed_process_has_begun(
    where: str,
    was_posted: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    web = Web()
    append(where, event(1), event(2))
    kind: Any = type(marks_at(where))
    begin, begun = kind.begin, list[str]()

    def begin_second(self: Any, mark: str, note: str, fence: Any) -> Any:
        """Another process has begun with the first event, and ended there."""
        if not begun:
            begun.append(mark)
            assert begin(self, mark, note, None) is True
            if was_posted:
                metadata = {"event_payload": {"rxslack_id": mark}}
                web.messages.append({"text": "re 1", "ts": "1.000100", "metadata": metadata})
        return begin(self, mark, note, fence)

    monkeypatch.setattr(kind, "begin", begin_second)
    outcomes, subscription = answering(where, web)
    until(lambda: len(outcomes) == 2)
    subscription.dispose()
    assert [one["text"] for one in web.messages] == ["re 1", "re 2"]
    assert "conversations.replies" in web.calls
    assert all(outcome["ok"] for outcome in outcomes)


def test_what_was_answered_is_not_answered_again(where: str) -> None:
    """The process ended between Slack's answer and telling the log: the reply goes on, from the mark."""
    web, source = Web(), Subject[Any]()
    append(where, event(1))
    first = from_log(where, group="g").pipe(
        ops.map(reply("re")),
        post_message(web, outbox=where),
        ops.do_action(lambda _: raising()),
    )
    errors: list[Any] = []
    first.subscribe(source.on_next, errors.append)
    until(lambda: errors)
    outcomes, subscription = answering(where, web)
    until(lambda: outcomes)
    subscription.dispose()
    assert outcomes == [{"ok": True, "channel": "C1", "ts": "1.000100"}]
    assert len(web.messages) == 1


def raising() -> None:
    raise LookupError("a bug")


def test_an_answer_that_was_lost_is_looked_for_in_the_same_process(where: str) -> None:
    web = Web()

    def lose(arguments: Item) -> None:
        web.messages.append({**arguments, "ts": "1.000100"})
        raise TimedOut("chat.postMessage", 30.0, maybe_done=True)

    web.trouble.append(lose)
    append(where, event(1))
    outcomes, subscription = answering(where, web)
    until(lambda: outcomes)
    subscription.dispose()
    assert (len(web.messages), outcomes[0]["ok"]) == (1, True)


def test_an_item_from_elsewhere_is_a_failure(where: str) -> None:
    append(where, event(1))
    outcomes: list[Any] = []
    source = Subject[Any]()
    source.pipe(post_message(Web(), outbox=where)).subscribe(outcomes.append)
    source.on_next({"channel": "C1", "text": "Hello"})
    until(lambda: outcomes)
    assert is_failure(outcomes[0])
    assert "from_log" in str(outcomes[0]["error"])


def test_several_answers_to_one_event_are_each_posted_once(where: str) -> None:
    web = Web()
    append(where, event(1))
    outcomes: list[Any] = []
    stream = from_log(where, group="g").pipe(ops.flat_map(twice), post_message(web, outbox=where))
    subscription = stream.subscribe(outcomes.append)
    until(lambda: len(outcomes) == 2)
    subscription.dispose()
    assert [one["text"] for one in web.messages] == ["a", "b"]


def twice(item: Any) -> Any:
    return reactivex.of(*({"channel": item["channel"], "text": text} for text in "ab"))
