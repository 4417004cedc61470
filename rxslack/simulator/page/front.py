"""The page, for the server: what a browser may ask for, and who may ask."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Generator, Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from rxslack.simulator.faults import Answer
from rxslack.simulator.http.page_front import PageAnswer, PageRequest
from rxslack.simulator.interactions import Interactions
from rxslack.simulator.odd_events import ODD_EVENTS
from rxslack.simulator.page.acts import ACTS, Doer, Given
from rxslack.simulator.page.assets import asset
from rxslack.simulator.page.shown import parts_of
from rxslack.simulator.page.switches import Switches
from rxslack.simulator.page.updates import Updates
from rxslack.simulator.page.uploads import share
from rxslack.simulator.page.windows import window
from rxslack.simulator.state import State
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.clock import Clock
from rxslack.simulator.team.ids import IdMaker
from rxslack.simulator.team.team import SLACKBOT, Team
from rxslack.simulator.team.text import Json, as_frame_text, read_object

__all__ = ["Page"]

LARGEST_FILE: Final = 32 * 1024 * 1024  # bytes that somebody may drop on the page

_PREFIX: Final = "/page/"
_JSON: Final = {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class Page:
    """
    What `rxslack simulate` shows a browser.

    Its files are for everybody. All else needs the key that is in the fragment of the page's address,
    which a browser tells nobody, and comes from the page itself, or from a client that is no browser.

    Args:
        state: the workspace's.
        interactions: of people with the app.
        clock: of the workspace.
        seed: makes the key the same in every run.

    Attributes:
        key: the secret.
    """

    def __init__(
        self, state: State, interactions: Interactions, clock: Clock, *, seed: int | str | None
    ) -> None:
        self.key = IdMaker(None if seed is None else f"page {seed}").letters(24)
        self._state = state
        self._switches = Switches(state.faults)
        self._doer = Doer(
            state=state, interactions=interactions, clock=clock, switches=self._switches
        )
        self._updates = Updates(state, parts_of(state, self._switches))

    @property
    def team(self) -> Team:
        """People and channels, for who shows them by name."""
        return self._state.team

    @staticmethod
    def faults() -> list[Json]:
        """The faults that can be switched on: `name`, what it `does`, its `fields`."""
        return Switches.table()

    def close(self) -> None:
        """End what goes on in browsers."""
        self._updates.close()

    @property
    def path(self) -> str:
        """The page's address after the workspace's."""
        return f"/#{self.key}"

    def news(self, who: Callable[[], str]) -> Generator[tuple[str, Any]]:
        """
        What happens, as a browser is told it: the name of each part, and JSON.

        Args:
            who: name or id of the person who looks; asked each time, as that may change.
        """
        return self._updates.news(lambda: self._state.team.person(who()).id)

    def act(self, what: str, who: str, **fields: Any) -> Any:
        """
        Do what somebody does on the page.

        Args:
            what: one of `acts`.
            who: name or id of the person.
            fields: of the act.

        Returns: JSON. Raises: LookupError and ValueError, which say what is wrong; Refused.
        """
        act = ACTS.get(what)
        if act is None:
            raise LookupError(f"nothing is called {what!r}; there are {', '.join(sorted(ACTS))}")
        return act(self._doer, self._state.team.person(who).id, Given(fields))

    def most(self, path: str, key: str) -> int:
        """Bytes that a body may have that is sent there; 0 for no more than elsewhere."""
        return LARGEST_FILE if path == f"{_PREFIX}upload" and self._knows(key) else 0

    def answer(self, request: PageRequest) -> PageAnswer | None:
        """What to say; None when the page has nothing at this path."""
        if request.path == "/" and request.method == "GET":
            return asset("index.html")
        if not request.path.startswith(_PREFIX):
            return None
        name = request.path.removeprefix(_PREFIX)
        if request.method == "GET" and (found := asset(name)) is not None:
            return found
        if refusal := self._refusal(request):
            return _error(403, refusal)
        try:
            return self._answer(name, request)
        except Refused as refused:
            return _error(400, refused.error)
        except (LookupError, ValueError, TypeError, TimeoutError) as error:
            return _error(400, str(error.args[0]) if error.args else str(error))

    def _answer(self, name: str, request: PageRequest) -> PageAnswer:
        fields = {key: values[0] for key, values in parse_qs(request.query).items()}
        what = (request.method, name)
        if what == ("GET", "stream"):
            return self._updates.stream(self._who(fields))
        if what == ("GET", "messages"):
            return self._messages(fields)
        if what == ("GET", "table"):
            return _said({"faults": Switches.table(), "odd_events": sorted(ODD_EVENTS)})
        if what == ("GET", "file"):
            return self._file(fields.get("id", ""))
        if what == ("POST", "do"):
            return self._do(request)
        if what == ("POST", "upload"):
            return _said(share(self._state, self._who(fields), fields, request.body))
        return _error(404, "there is nothing of that name")

    def _refusal(self, request: PageRequest) -> str:
        """Why a request is none of the page's own; "" when it is."""
        if request.origin and request.origin.partition("://")[2] != request.host:
            return "the Origin is not this page"
        if request.site not in ("", "same-origin"):
            return "another page asks"
        if not self._knows(request.key):
            return "the key is not this workspace's; open the address that rxslack simulate printed"
        return ""

    def _knows(self, key: str) -> bool:
        return hmac.compare_digest(key.encode(), self.key.encode())

    def _who(self, fields: Mapping[str, Any]) -> str:
        """
        The id of the user whom a browser is; the first person when it says none.

        Raises: LookupError, naming those who are there.
        """
        team, name = self._state.team, str(fields.get("as", ""))
        people = [one for one in team.people.values() if not one.is_bot and one.id != SLACKBOT]
        if not people:
            raise LookupError("nobody is in this workspace; Workspace(users=...) brings them")
        return team.person(name).id if name else people[0].id

    def _messages(self, fields: Mapping[str, str]) -> Answer:
        team, viewer = self._state.team, self._who(fields)
        wanted = ("thread", "before", "after")
        with team.lock:
            channel = team.channel(fields.get("channel", ""))
            if not channel.is_visible_to(viewer):
                raise LookupError("that conversation is not yours")
            found = window(
                self._state,
                channel,
                viewer,
                limit=int(fields.get("limit", "50")),
                **{name: fields.get(name, "") for name in wanted},
            )
            return _said(found)

    def _file(self, id: str) -> Answer:  # noqa: A002 - Slack's word
        found = self._state.files.find(id)
        if found is None or found.content is None:
            raise LookupError(f"there is no file {id!r}")
        # Never as what it says it is: a browser would run HTML of an app's as the page's own.
        headers = {**_JSON, "Content-Type": "application/octet-stream"}
        return Answer(found.content, 200, headers)

    def _do(self, request: PageRequest) -> Answer:
        kind = request.content_type.partition(";")[0].strip()
        said = read_object(request.body) if kind == "application/json" else None
        if said is None:
            raise ValueError("what is done has to be told as a JSON object")
        fields = {name: value for name, value in said.items() if name not in ("do", "as")}
        return _said(self.act(str(said.get("do")), self._who(said), **fields))


def _said(value: Any) -> Answer:
    return Answer(as_frame_text(value), 200, _JSON)


def _error(status: int, why: str) -> Answer:
    return Answer(as_frame_text({"error": why}), status, _JSON)
