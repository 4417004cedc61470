"""From ids to the names that people know."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from queue import Empty, SimpleQueue
from typing import Any, Final, cast

from rxslack.errors import SlackError
from rxslack.web.client import Caller

__all__ = ["Names"]

KINDS: Final = ("C", "G", "D", "U", "W")  # of ids that have a name
IDLE: Final = 1.0  # seconds that the asking thread stays without a question


class Names:
    """
    The names of channels and users, as far as they are known.

    They come from events that tell them (`channel_rename`, `team_join`, a message's profile), and
    from Slack, which is asked once for each id, on a thread of its own; until the answer, and
    where it is no, an id is its own name.

    Args:
        web: asked for what no event has told; None: nobody is.
    """

    def __init__(self, web: Caller | None = None) -> None:
        self._web = web
        self._names: dict[str, str] = {}
        self._asked: set[str] = set()
        self._questions = SimpleQueue[str]()
        self._lock = threading.Lock()
        self._asking = False

    def of(self, id: str) -> str:  # noqa: A002 - Slack's word
        """The name, "#general" or "alice"; else the id, and Slack is asked."""
        name = self._names.get(id)
        if name is None and self._web is not None and id[:1] in KINDS:
            self._ask(id)
        return name or id

    def known(self, id: str) -> str:  # noqa: A002 - Slack's word
        """The name, as far as it is known; nobody is asked."""
        return self._names.get(id, id)

    def look_up_all(self, ids: Iterable[str]) -> None:
        """Ask Slack for those that are not known, and wait for the answers."""
        for one in ids:
            if self._web is not None and one not in self._names and one[:1] in KINDS:
                try:
                    self._names[one] = self._look_up(one)
                except (SlackError, AttributeError, LookupError, TypeError):
                    continue  # as in `_answer`

    def learn(self, event: Mapping[str, Any]) -> None:
        """Take names from an event, if it has any."""
        for key, mark in (("channel", "#"), ("user", "")):
            told = event.get(key)
            if isinstance(told, dict):
                thing = cast("dict[str, Any]", told)
                if isinstance(thing.get("id"), str) and isinstance(thing.get("name"), str):
                    self._names[thing["id"]] = mark + thing["name"]
        profile, user = event.get("user_profile"), event.get("user")
        if isinstance(profile, dict) and isinstance(user, str):
            name = name_of_profile(cast("dict[str, Any]", profile))
            if name:
                self._names.setdefault(user, name)

    def _ask(self, id: str) -> None:  # noqa: A002 - Slack's word
        with self._lock:
            if id in self._asked:
                return
            self._asked.add(id)
            self._questions.put(id)
            if not self._asking:
                self._asking = True
                threading.Thread(target=self._answer, name="rxslack-names", daemon=True).start()

    def _answer(self) -> None:
        while True:
            try:
                question = self._questions.get(timeout=IDLE)
            except Empty:
                with self._lock:
                    if self._questions.empty():
                        self._asking = False
                        return
                continue
            try:
                self._names[question] = self._look_up(question)
            except (SlackError, AttributeError, LookupError, TypeError):
                continue  # no scope, no such user, no network, an odd answer: the id has to do

    def _look_up(self, id: str) -> str:  # noqa: A002 - Slack's word
        assert self._web is not None  # nobody is asked otherwise
        if id[0] in "UW":
            user: dict[str, Any] = self._web.call("users.info", user=id)["user"]
            return name_of_profile(user.get("profile") or {}) or str(user.get("name") or id)
        channel: dict[str, Any] = self._web.call("conversations.info", channel=id)["channel"]
        if channel.get("is_im"):
            return f"@{self.of(str(channel.get('user')))}"
        return f"#{channel.get('name') or id}"


def name_of_profile(profile: Mapping[str, Any]) -> str:
    """What Slack shows of a person. Source: docs.slack.dev/reference/objects/user-object."""
    names = (profile.get(key) for key in ("display_name", "real_name", "name"))
    return next((name for name in names if isinstance(name, str) and name), "")
