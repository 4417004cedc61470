"""What can go wrong with a Slack, on the wire and at a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from types import TracebackType
from typing import Any, Literal, TypeVar

from rxslack.simulator.changes import Changes
from rxslack.simulator.wire import as_body

__all__ = ["Answer", "Fault", "Faults", "Hold", "Script", "Stage"]

Stage = Literal["handshake", "hello", "write"]
"""A moment in a websocket's life: before the upgrade is answered, before hello, before sending."""

F = TypeVar("F", bound="Fault")


@dataclass(frozen=True)
class Answer:
    """
    An HTTP answer.

    Args:
        body: as sent.
        status: of HTTP.
        headers: beside those that every answer has.
    """

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Fault:
    """
    Something that goes wrong from its making until the end of its `with`, or `release()`.

    Args:
        ended: called once, at the end.
    """

    def __init__(self, ended: Callable[[Fault], None]) -> None:
        self._ended = ended

    def release(self) -> None:
        """End the fault; again does nothing."""
        self._ended(self)

    def __enter__(self: F) -> F:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


class Hold(Fault):
    """
    Something that waits until it is released.

    Attributes:
        waiting: how many are waiting now.
    """

    def __init__(self, what: str, ended: Callable[[Fault], None], changes: Changes) -> None:
        super().__init__(ended)
        self.what = what
        self.waiting = 0
        self._changes = changes
        self._lock = Lock()
        self._open = Event()
        self._after: list[Callable[[], None]] = []

    def release(self) -> None:
        """Let everything go on, and nothing wait any more."""
        super().release()
        with self._lock:
            self._open.set()
            after, self._after = self._after, []
        for go_on in after:
            go_on()

    def wait(self) -> None:
        """Wait on this thread."""
        self._count(1)
        self._open.wait()
        self._count(-1)

    def then(self, go_on: Callable[[], None]) -> None:
        """Call a function at the release; at once when that was before."""
        with self._lock:
            if not self._open.is_set():
                self._after.append(go_on)
                self.waiting += 1
                return
        go_on()

    def _count(self, step: int) -> None:
        with self._lock:
            self.waiting += step
        self._changes.notify()


class Script(Fault):
    """
    Answers that were written beforehand.

    Attributes:
        method: whose answers they are.
        given: how often it was given.
    """

    def __init__(
        self, method: str, answer: Answer, times: int | None, ended: Callable[[Fault], None]
    ) -> None:
        super().__init__(ended)
        self.method = method
        self.given = 0
        self._answer = answer
        self._times = times

    def give(self) -> Answer:
        """The answer; the last time ends the script."""
        self.given += 1
        if self.given == self._times:
            self.release()
        return self._answer


class Faults:
    """
    The faults of a workspace, each begun by a call and ended by its `with` or `release()`.

    >>> from rxslack.simulator import Workspace
    >>> with Workspace() as slack:
    ...     with slack.faults.answer("api.test", status=503, body="<html>"):
    ...         pass

    Args:
        changes: notified when something begins or ends to wait.
    """

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._lock = Lock()
        self._holds: dict[str, list[Hold]] = {}
        self._scripts: dict[str, list[Script]] = {}
        self._closed = False

    # What a test asks for

    def hold(self, method: str) -> Hold:
        """Do what a Web API method asks for, and keep the answer back."""
        return self._hold(f"answer {method}")

    def hold_handshake(self) -> Hold:
        """Leave the upgrade request of a websocket without an answer."""
        return self._hold("handshake")

    def hold_hello(self) -> Hold:
        """Open websockets and say nothing; after the release hello and the events come."""
        return self._hold("hello")

    def stop_ponging(self) -> Hold:
        """
        Fall silent on every websocket: no pong of either kind, no event, no CLOSE.

        The connection stays up, as with a peer that lost its power. What would have been said is
        said after the release.
        """
        return self._hold("write")

    def answer(
        self,
        method: str,
        *,
        status: int = 200,
        body: str | bytes | Mapping[str, Any] = "",
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
    ) -> Script:
        """
        Answer a Web API method by rote; nothing of what it asks for is done.

        Args:
            method: such as "rtm.connect".
            status: of HTTP.
            body: sent as it is; a mapping becomes JSON with Slack's content type, and any other
                body is called HTML.
            headers: replace those.
            times: how many answers. Default: all, until the end of the `with`.
        """
        script = Script(method, _scripted(status, body, headers), times, self._end_script)
        with self._lock:
            self._scripts.setdefault(method, []).append(script)
        return script

    def fail(self, method: str, error: str, *, times: int | None = None, **fields: Any) -> Script:
        """Answer a Web API method with `ok: false` and an error of Slack's; see `answer`."""
        return self.answer(method, body={"ok": False, "error": error, **fields}, times=times)

    # Where the server asks

    def around(self, method: str, proceed: Callable[[], Answer]) -> Answer:
        """
        The seam in every HTTP answer.

        Args:
            method: of the Web API.
            proceed: does the work and makes the honest answer.
        """
        with self._lock:
            scripts = self._scripts.get(method)
            script = scripts[0] if scripts else None
        answer = proceed() if script is None else script.give()
        for hold in self._active(f"answer {method}"):
            hold.wait()
        return answer

    def pause(self, stage: Stage) -> None:
        """The seam in a websocket's life, for what may wait on its own thread."""
        for hold in self._active(stage):
            hold.wait()

    def after(self, stage: Stage, go_on: Callable[[], None]) -> None:
        """The same seam, for what may not wait: goes on at the release."""
        for hold in self._active(stage):
            hold.then(lambda: self.after(stage, go_on))
            return
        go_on()

    def close(self) -> None:
        """Release everything, now and from now on."""
        with self._lock:
            self._closed = True
            holds = [hold for several in self._holds.values() for hold in several]
        for hold in holds:
            hold.release()

    def _hold(self, what: str) -> Hold:
        hold = Hold(what, self._end_hold, self._changes)
        with self._lock:
            if not self._closed:
                self._holds.setdefault(what, []).append(hold)
        return hold

    def _active(self, what: str) -> list[Hold]:
        with self._lock:
            return [*self._holds.get(what, [])]

    def _end_hold(self, fault: Fault) -> None:
        with self._lock:
            for what, holds in self._holds.items():
                self._holds[what] = [hold for hold in holds if hold is not fault]

    def _end_script(self, fault: Fault) -> None:
        with self._lock:
            for method, scripts in self._scripts.items():
                self._scripts[method] = [script for script in scripts if script is not fault]


def _scripted(
    status: int, body: str | bytes | Mapping[str, Any], headers: Mapping[str, str] | None
) -> Answer:
    kind = "text/html; charset=utf-8"
    if isinstance(body, Mapping):
        body, kind = as_body(body), "application/json; charset=utf-8"
    raw = body.encode() if isinstance(body, str) else body
    return Answer(raw, status, {"Content-Type": kind} if headers is None else headers)
