"""What can go wrong with the Web API."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from rxslack.simulator.faults.fault import ActiveFaults, Answer, Hold, Script, Switch
from rxslack.simulator.team.text import Json, as_body

__all__ = ["WebFaults"]

_Edit: TypeAlias = "Callable[[Answer], Answer]"

_ERROR_PAGE = "<!DOCTYPE html><html><body><h1>Server Error</h1></body></html>"


class WebFaults(ActiveFaults):
    """
    Faults of HTTP. A method of "*" means all of them.

    All but `hold` take `after`, the calls that go well first, and `times`, how many go wrong then;
    the default is "all, until the end of the `with`".
    """

    def hold(self, method: str) -> Hold:
        """Do what a Web API method asks for, and keep the answer back."""
        return self._hold(f"hold {method}")

    def answer(
        self,
        method: str,
        *,
        status: int = 200,
        body: str | bytes | Mapping[str, Any] = "",
        headers: Mapping[str, str] | None = None,
        after: int = 0,
        times: int | None = None,
    ) -> Script:
        """
        Give a Web API method a fixed answer; nothing of what it asks for is done.

        Args:
            method: such as "rtm.connect".
            status: of HTTP.
            body: sent as it is; a mapping becomes JSON with Slack's content type, and any other
                body is called HTML. The default is an empty one.
            headers: replace those.
            after: calls that are really answered first.
            times: how many answers.
        """
        made = _scripted(status, body, headers)
        script = Script(method, made, self._end, after=after, times=times)
        return self._begin(script, f"answer {method}")

    def fail(
        self, method: str, error: str, *, after: int = 0, times: int | None = None, **fields: Any
    ) -> Script:
        """Answer a Web API method with `ok: false` and an error of Slack's; see `answer`."""
        body = {"ok": False, "error": error, **fields}
        return self.answer(method, body=body, after=after, times=times)

    def rate_limit(
        self,
        method: str,
        *,
        retry_after: int | str | None = 1,
        error: str = "ratelimited",
        status: int = 429,
        after: int = 0,
        times: int | None = None,
    ) -> Script:
        """
        Say "slower".

        Args:
            method: of the Web API.
            retry_after: seconds in the header of that name; None: no such header.
            error: "ratelimited", or Slack's other spelling "rate_limited".
            status: 429; 200 makes of it an answer like any refusal.
            after: calls that go well first.
            times: how many do not.

        Source: docs.slack.dev/apis/web-api/rate-limits; slackapi/node-slack-sdk#1421 (without the
        header).
        """
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        body = as_body({"ok": False, "error": error})
        return self.answer(
            method, status=status, body=body, headers=headers, after=after, times=times
        )

    def server_error(
        self, method: str = "*", *, status: int = 503, after: int = 0, times: int | None = None
    ) -> Script:
        """Answer with a 5xx and a page of HTML."""
        return self.answer(method, status=status, body=_ERROR_PAGE, after=after, times=times)

    def truncate(
        self,
        method: str,
        *,
        keep: float = 0.5,
        says_so: bool = False,
        after: int = 0,
        times: int | None = None,
    ) -> Switch[_Edit]:
        """
        Do what is asked for, and break the answer off.

        Args:
            method: of the Web API.
            keep: the share of the body that is sent; 0.0 sends an empty one.
            says_so: whether Content-Length has the shorter length, so that HTTP sees nothing amiss.
            after: calls that go well first.
            times: how many do not.
        """

        def edit(answer: Answer) -> Answer:
            body = answer.body[: int(len(answer.body) * keep)]
            length = len(body) if says_so else len(answer.body)
            return replace(
                answer, body=body, headers={**answer.headers, "Content-Length": str(length)}
            )

        return self._edit(method, edit, after=after, times=times)

    def lose_answer(
        self,
        method: str,
        *,
        how: Literal["FIN", "RST"] = "RST",
        after: int = 0,
        times: int | None = None,
    ) -> Switch[_Edit]:
        """
        Do what is asked for, and end the connection in place of an answer.

        A client that repeats a chat.postMessage after it says the message twice.
        """
        return self._edit(
            method, lambda answer: replace(answer, ending=how), after=after, times=times
        )

    def alter(
        self,
        method: str,
        change: Callable[[Json], Json],
        *,
        after: int = 0,
        times: int | None = None,
    ) -> Switch[_Edit]:
        """
        Change the answer; one that is not JSON stays as it is.

        Args:
            method: of the Web API.
            change: makes of the JSON object of the answer the one that is sent.
            after: calls that go well first.
            times: how many do not.
        """

        def edit(answer: Answer) -> Answer:
            try:
                found: Json = json.loads(answer.body)
            except ValueError:
                return answer
            return replace(answer, body=as_body(change(found)))

        return self._edit(method, edit, after=after, times=times)

    def no_url(
        self, method: str = "rtm.connect", *, after: int = 0, times: int | None = None
    ) -> Switch[_Edit]:
        """Say `ok: true`, and leave the `url` out."""
        return self.alter(method, _without_url, after=after, times=times)

    def dead_url(
        self,
        method: str = "rtm.connect",
        *,
        unknown_host: bool = False,
        after: int = 0,
        times: int | None = None,
    ) -> Switch[_Edit]:
        """Give a `url` that refuses connections, or whose host nobody knows."""
        # "invalid" is a name that never resolves: RFC 6761 section 6.4.
        place = "no-such-host.invalid" if unknown_host else f"127.0.0.1:{_unused_port()}"
        return self.alter(
            method,
            lambda answer: answer | {"url": f"ws://{place}/websocket/nowhere"},
            after=after,
            times=times,
        )

    def migrating(self, *, times: int = 3) -> Script:
        """Answer rtm.connect as during a migration; see `Workspace.migrate`."""
        return self.fail("rtm.connect", "migration_in_progress", times=times)

    # Pages

    def short_pages(self, method: str = "*") -> Switch[str]:
        """Give pages of any size up to the one asked for, though there is more."""
        return self._switch(f"page {method}", "short")

    def empty_pages(self, method: str = "*") -> Switch[str]:
        """Give an empty page with a cursor before each page with something on it."""
        return self._switch(f"page {method}", "empty")

    def expire_cursors(
        self, method: str = "*", *, after: int = 0, times: int | None = None
    ) -> Switch[bool]:
        """Find every cursor too old: `invalid_cursor`."""
        return self._switch(f"cursor {method}", True, after=after, times=times)

    def last_cursor(self, method: str, cursor: Literal["", "absent"] | None) -> Switch[_Edit]:
        """Say "no more" in one of Slack's three ways: `""`, `null`, or no `next_cursor` at all."""

        def change(answer: Json) -> Json:
            metadata: Json = answer.get("response_metadata", {})
            if metadata.get("next_cursor") or not answer.get("ok"):
                return answer
            metadata = {**metadata, "next_cursor": cursor}
            if cursor == "absent":
                del metadata["next_cursor"]
            return answer | {"response_metadata": metadata}

        return self.alter(method, change)

    # Where the server asks

    def around(self, method: str, proceed: Callable[[], Answer]) -> Answer:
        """
        The seam in every HTTP answer.

        Args:
            method: of the Web API.
            proceed: does the work and makes the answer.
        """
        answer: Answer = self._strike(f"answer {method}", "answer *") or proceed()
        for switch in self._switches(f"edit {method}", "edit *"):
            edit = switch.strike()
            answer = answer if edit is None else edit(answer)
        for hold in self._at(Hold, f"hold {method}", "hold *"):
            hold.wait()
        return answer

    def page_size(self, method: str, limit: int) -> int:
        """
        How many items a page gets.

        Args:
            method: of the Web API.
            limit: how many there would be.
        """
        for switch in self._switches(f"page {method}", "page *"):
            kind = switch.strike()
            if kind == "empty" and switch.given % 2:
                return 0
            if kind == "short" and limit > 1:
                return self.chance.randint(1, limit - 1)
        return limit

    def cursor_is_expired(self, method: str) -> bool:
        """Whether a cursor that came is too old."""
        return self._strike(f"cursor {method}", "cursor *") is not None

    def _edit(self, method: str, edit: _Edit, *, after: int, times: int | None) -> Switch[_Edit]:
        return self._switch(f"edit {method}", edit, after=after, times=times)


def _without_url(answer: Json) -> Json:
    return {name: value for name, value in answer.items() if name != "url"}


def _unused_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as unused:
        port: int = unused.getsockname()[1]
    return port


def _scripted(
    status: int, body: str | bytes | Mapping[str, Any], headers: Mapping[str, str] | None
) -> Answer:
    kind = "text/html; charset=utf-8"
    if isinstance(body, Mapping):
        body, kind = as_body(body), "application/json; charset=utf-8"
    raw = body.encode() if isinstance(body, str) else body
    return Answer(raw, status, {"Content-Type": kind} if headers is None else headers)
