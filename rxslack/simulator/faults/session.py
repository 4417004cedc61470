"""What can go wrong with a websocket, frame by frame, from its opening to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from rxslack.simulator.faults.fault import ActiveFaults, Answer, Hold, Switch
from rxslack.simulator.options import Ending, SpentUrl
from rxslack.simulator.team.text import Json

__all__ = ["Greeting", "Payload", "SessionFaults", "Swapper"]

T = TypeVar("T")


class Swapper(Generic[T]):
    """
    Passes things on, in pairs the wrong way round while it is told to.

    Args:
        hold: what keeps the first of two back, if anything does.
        pass_on: takes each thing.
    """

    def __init__(self, hold: Callable[[], Hold | None], pass_on: Callable[[T], None]) -> None:
        self._hold = hold
        self._pass_on = pass_on
        self._lock = Lock()
        self._kept: list[T] = []

    def take(self, thing: T) -> None:
        """Pass a thing on, or keep it for the next one."""
        hold = self._hold()
        with self._lock:
            keeps = hold is not None and not self._kept
            kept, self._kept = self._kept, [thing] if keeps else []
        if hold is not None and keeps:
            hold.then(self.flush)
            return
        for one in (thing, *kept) if hold is not None else (*kept, thing):
            self._pass_on(one)

    def flush(self) -> None:
        """Pass on what was kept."""
        with self._lock:
            kept, self._kept = self._kept, []
        for one in kept:
            self._pass_on(one)


Payload: TypeAlias = "Mapping[str, Any] | str | bytes"
"""What a frame says: an event, or the text of a text frame; bytes go on the wire as they are."""

_ReplyEdit: TypeAlias = "Callable[[Json], Json]"


@dataclass(frozen=True)
class Greeting:
    """
    How a websocket begins, when it does not begin as it should.

    Args:
        before: what is said first.
        hello: whether hello and the events follow.
        ending: how the connection then ends, if it does.
        code: of the CLOSE frame; None for one without.
    """

    before: tuple[Payload, ...] = ()
    hello: bool = True
    ending: Ending | None = None
    code: int | None = 1000


class SessionFaults(ActiveFaults):
    """
    Faults of websockets, for all of them unless said otherwise.

    `after` counts the times that nothing goes wrong first, `times` how often it goes wrong then; the
    default is "always, until the end of the `with`".
    """

    # Opening

    def hold_handshake(self) -> Hold:
        """Leave the upgrade request of a websocket without an answer."""
        return self._hold("handshake")

    def refuse_upgrade(
        self,
        *,
        status: int = 404,
        body: str = "<html>Not found</html>",
        after: int = 0,
        times: int | None = None,
    ) -> Switch[Answer]:
        """Answer the upgrade request with a page; a status of 200 is one of those seen."""
        answer = Answer(body.encode(), status, {"Content-Type": "text/html; charset=utf-8"})
        return self._switch("upgrade", answer, after=after, times=times)

    def expire_urls(
        self, how: SpentUrl = "error frame", *, after: int = 0, times: int | None = None
    ) -> Switch[SpentUrl]:
        """
        Find the URL of a websocket too old, however fresh it is.

        Args:
            how: see `RtmOptions.spent_url`.
            after: openings that succeed first.
            times: openings that do not.
        """
        return self._switch("url", how, after=after, times=times)

    # hello

    def hold_hello(self) -> Hold:
        """Open websockets and say nothing; after the release hello and the events come."""
        return self._hold("hello")

    def before_hello(
        self, *frames: Payload, after: int = 0, times: int | None = None
    ) -> Switch[Greeting]:
        """Say something else first; `{}` and `"UNAUTHENTICATED: cache_error"` have been seen."""
        return self._switch("greeting", Greeting(frames), after=after, times=times)

    def instead_of_hello(
        self,
        *frames: Payload,
        ending: Ending | None = None,
        after: int = 0,
        times: int | None = None,
    ) -> Switch[Greeting]:
        """Say these frames, or nothing, and then neither hello nor an event, or the end."""
        made = Greeting(frames, hello=False, ending=ending)
        return self._switch("greeting", made, after=after, times=times)

    def end_after_hello(
        self,
        ending: Ending = "close",
        *,
        code: int | None = 1000,
        after: int = 0,
        times: int | None = None,
    ) -> Switch[Greeting]:
        """Say hello, and part at once."""
        made = Greeting(ending=ending, code=code)
        return self._switch("greeting", made, after=after, times=times)

    def replay_own_message(self, **fields: Any) -> Switch[Json]:
        """
        Begin each websocket with a message that the client seems to have sent over an earlier one.

        Args:
            fields: of the message, such as `reply_to`, `channel`, `text`.

        Source: slackapi/node-slack-sdk#164.
        """
        made = {"reply_to": 1, "type": "message", "text": "said long ago", "ts": "1.000100"}
        return self._switch("replay", made | fields)

    # Answers to what a client says

    def hold_replies(self) -> Hold:
        """Take the messages that clients send, and keep the answers back."""
        return self._hold("reply")

    def drop_replies(self, *, after: int = 0, times: int | None = None) -> Switch[bool]:
        """Take the messages that clients send, and never answer."""
        return self._switch("no reply", True, after=after, times=times)

    def swap_replies(self) -> Hold:
        """Answer the second of two messages before the first; the release sends a single one."""
        return self._hold("swap replies")

    def alter_replies(self, change: _ReplyEdit) -> Switch[_ReplyEdit]:
        """Change the answers, as Slack does with the text when it finds a link in it."""
        return self._switch("edit reply", change)

    def fail_messages(
        self,
        code: int = 4,
        msg: str = "cannot process message",
        *,
        after: int = 0,
        times: int | None = None,
    ) -> Switch[Json]:
        """Take no message of a client's, and answer with this error of the websocket's."""
        return self._switch("message", {"code": code, "msg": msg}, after=after, times=times)

    # Life

    def ignore_pings(self, kind: Literal["json", "websocket"]) -> Hold:
        """Answer pings of one kind only; both switches together are two silences that look well."""
        return self._hold(f"ping {kind}")

    def stop_ponging(self) -> Hold:
        """
        Fall silent on every websocket: no pong of either kind, no event, no CLOSE.

        The connection stays up, as with a peer that lost its power. What would have been said is
        said after the release. Those that are opened meanwhile are as silent: not even hello.
        """
        return self._hold("write")

    # What is delivered

    def duplicate_events(self, share: float = 1.0) -> Switch[float]:
        """Deliver events twice; a share of 0.1 doubles one in ten, by seeded chance."""
        return self._switch("duplicate", share)

    def swap_events(self) -> Hold:
        """Deliver the second of two events before the first; the release sends a single one."""
        return self._hold("swap events")

    def reconnect_url_without_url(self) -> Switch[bool]:
        """Send `reconnect_url` as Slack's documentation shows it: with a type, and nothing else."""
        return self._switch("reconnect_url", True)

    # Where the server asks

    def upgrade(self) -> Answer | None:
        """What answers an upgrade request, when it is not an upgrade."""
        found: Answer | None = self._strike("upgrade")
        return found

    def spent_url(self) -> SpentUrl | None:
        """How a good URL is found too old, if it is."""
        found: SpentUrl | None = self._strike("url")
        return found

    def greeting(self) -> Greeting:
        """How a websocket begins."""
        return self._strike("greeting") or Greeting()

    def replayed(self) -> Json | None:
        """The message that an earlier websocket seems to have sent."""
        found: Json | None = self._strike("replay")
        return found

    def refusal(self) -> Json | None:
        """The error that answers a client's message."""
        found: Json | None = self._strike("message")
        return found

    def reply(self, answer: Json, say: Callable[[Json], None]) -> None:
        """Let an answer pass, late, changed, or not at all."""
        for switch in self._switches("edit reply"):
            edit = switch.strike()
            answer = answer if edit is None else edit(answer)
        if self._strike("no reply"):
            return
        self.after(lambda: say(answer), "reply")

    def ignores_ping(self, kind: Literal["json", "websocket"]) -> bool:
        """Whether a ping gets no pong."""
        return bool(self._at(Hold, f"ping {kind}"))

    def doubles(self) -> bool:
        """Whether this event is delivered twice."""
        share = self._strike("duplicate")
        return share is not None and self.chance.random() < share

    def swaps(self, what: Literal["events", "replies"]) -> Hold | None:
        """What keeps the first of two back, if anything does."""
        return next(iter(self._at(Hold, f"swap {what}")), None)

    def has_no_url(self) -> bool:
        """Whether a `reconnect_url` has none."""
        return self._strike("reconnect_url") is not None

    def pause(self, *stages: str) -> None:
        """The seam in a websocket's life, for what may wait on its own thread."""
        for hold in self._at(Hold, *stages):
            hold.wait()

    def after(self, go_on: Callable[[], None], *stages: str) -> None:
        """The same seam, for what may not wait: goes on at the release."""
        for hold in self._at(Hold, *stages):
            hold.then(lambda: self.after(go_on, *stages))
            return
        go_on()
