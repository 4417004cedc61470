"""People who talk by themselves, for demos and for trying a bot out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rxslack.simulator.workspace import Workspace

__all__ = ["Act", "Chatter", "morning", "small_talk"]

Act: TypeAlias = "Callable[[Workspace], object]"
"""One thing that somebody does."""

TEXTS = (
    "Hello everybody",
    "Hello! Is the build green again?",
    "Lunch at twelve?",
    "I have put the notes into the wiki",
    "Who knows <https://docs.slack.dev|the docs> well?",
    "Hello from the train",
    "Reviewed &amp; merged",
)
EMOJI = ("wave", "thumbsup", "eyes", "tada")


def morning() -> Iterator[Act]:
    """A short scene with three greetings: what `rxslack demo` plays."""
    yield lambda slack: slack.type("general", "alice")
    yield lambda slack: slack.say("general", "alice", "Hello everybody")
    yield lambda slack: slack.say("random", "bob", "Coffee is ready")
    yield lambda slack: slack.say("random", "carol", "Hello Bob, I am on my way")
    yield _react_to_last
    yield lambda slack: slack.say("general", "bob", "Hello! How was the weekend?")


def small_talk(seed: int | None = None) -> Iterator[Act]:
    """Talk without end; the same seed makes the same talk."""
    chance = random.Random(seed)  # for looks, not for secrecy
    while True:
        user, channel = (
            chance.choice(("alice", "bob", "carol")),
            chance.choice(("general", "random")),
        )
        yield _typing(channel, user)
        yield _saying(channel, user, chance.choice(TEXTS))
        if chance.random() < 0.3:
            yield _react_to_last


def _typing(channel: str, user: str) -> Act:
    return lambda slack: slack.type(channel, user)


def _saying(channel: str, user: str, text: str) -> Act:
    return lambda slack: slack.say(channel, user, text)


def _react_to_last(slack: Workspace) -> None:
    said = [m for m in slack.messages("general") if m.get("client_msg_id")]
    if said and not said[-1].get("reactions"):
        slack.react("general", said[-1]["ts"], "carol", EMOJI[len(said) % len(EMOJI)])


class Chatter:
    """
    Plays acts on a thread of its own, from `start` to their end, or to the end of its `with`.

    Args:
        slack: where; it has alice, bob, carol, #general and #random.
        acts: what is done.
        pace: seconds before each act.
        done: called after the last one.
    """

    def __init__(
        self,
        slack: Workspace,
        acts: Iterable[Act],
        *,
        pace: float,
        done: Callable[[], object] = bool,
    ) -> None:
        self._slack = slack
        self._acts = acts
        self._pace = pace
        self._done = done
        self._stopped = Event()
        self._thread = Thread(target=self._play, name="simulated-slack-chatter", daemon=True)

    def start(self) -> None:
        """Begin; again does nothing."""
        if self._thread.ident is None:
            self._thread.start()

    def __enter__(self) -> Chatter:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _play(self) -> None:
        for act in self._acts:
            if self._stopped.wait(self._pace):
                return
            act(self._slack)
        if not self._stopped.wait(self._pace):
            self._done()
