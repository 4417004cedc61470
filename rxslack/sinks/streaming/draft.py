"""What a stream has to say, what of it was said, and where one message ends and the next begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rxslack.sinks.delivery.rules import BLOCKS, MARKDOWN
from rxslack.sinks.streaming.chunks import (
    Content,
    Pending,
    cost_of,
    is_text,
    text_chunk,
    text_of,
)
from rxslack.sinks.streaming.markdown import Margin, MarkdownState, after, cut_at, last_line

__all__ = ["Batch", "Draft"]

RESERVE: Final = 100  # characters that are kept for what closes a block of code


@dataclass(frozen=True)
class Batch:
    """
    What one call sends.

    Attributes:
        chunks: as Slack gets them.
        taken: the producer's, of which they are made.
        rest: the producer's that wait further on.
        place: where the text stands behind it.
        margin: of the lines that follow in the same message.
        closes: nothing more fits into the message, or is to go into it.
        carried: with which the next one begins then.
    """

    chunks: list[dict[str, Any]] = field(default_factory=lambda: list[dict[str, Any]]())
    taken: list[dict[str, Any]] = field(default_factory=lambda: list[dict[str, Any]]())
    rest: list[dict[str, Any]] = field(default_factory=lambda: list[dict[str, Any]]())
    place: MarkdownState = field(default_factory=MarkdownState)
    margin: Margin = field(default_factory=Margin)
    closes: bool = False
    carried: list[dict[str, Any]] = field(default_factory=lambda: list[dict[str, Any]]())


class Draft:
    """
    The text of one stream on its way into messages.

    >>> draft = Draft()
    >>> draft.pending.add(text_chunk("Hello"))
    >>> batch = draft.batch()
    >>> draft.take(batch)
    >>> draft.commit(batch)
    >>> draft.said, draft.content.text, bool(draft.pending)
    ('Hello', 'Hello', False)

    `batch` changes nothing. What was taken is committed when Slack has it, or undone.

    Attributes:
        pending: what waits to be sent.
        ended: nothing more will come.
        content: of the message that is open.
        said: the producer's text that Slack has.
        closed: whether the message takes no more.
    """

    def __init__(self) -> None:
        self.pending = Pending()
        self.ended = False
        self.content = Content()
        self.said = ""
        self.closed = False
        self._place = MarkdownState()
        self._margin = Margin()
        self._opening = ""  # what the message begins with: the fence of an open block of code
        self._carried: list[dict[str, Any]] = []  # and the tasks that go on

    def batch(self) -> Batch:
        """As much of what waits as the message still takes; of one that is closed, nothing."""
        if self.closed:
            return Batch(
                [], [], self.pending.chunks, self._place, self._margin, True, self._carried
            )
        everything, room = self.pending.chunks, MARKDOWN - self.content.length - len(self._opening)
        cost = sum(cost_of(chunk, self.content.tasks) for chunk in [*self._carried, *everything])
        blocks = sum(len(chunk.get("blocks", ())) for chunk in everything)
        if self.content.blocks + blocks <= BLOCKS and cost <= room - (0 if self.ended else RESERVE):
            return self._made([*everything], [], closes=False)
        return self._made(*self._fitting(room - RESERVE), closes=True)

    def last_lines(self) -> Batch | None:
        """
        What waits, up to where its last paragraph or line ends, as the end of the message.

        None when no line ends in it, and none did where the message stands.
        """
        taken, rest = self._fitting(MARKDOWN - RESERVE - self.content.length - len(self._opening))
        for number, place in reversed([*enumerate(self._places(taken))]):
            chunk = taken[number]
            if is_text(chunk) and (at := last_line(chunk["text"], place)):
                head, tail = halves(chunk, at)
                return self._made(
                    [*taken[:number], *head], [*tail, *taken[number + 1 :], *rest], closes=True
                )
        if self._place.line:
            return None
        texts = [number for number, chunk in enumerate(taken) if is_text(chunk)]
        at = texts[0] if texts else len(taken)
        return self._made(taken[:at], [*taken[at:], *rest], closes=True)

    def nothing(self) -> Batch:
        """The end of the message, where it stands."""
        return self._made([], self.pending.chunks, closes=True)

    def everything(self) -> Batch:
        """As much of what waits as fits, as the end of the message, wherever that is."""
        taken, rest = self._fitting(MARKDOWN - RESERVE - self.content.length - len(self._opening))
        return self._made(taken, rest, closes=True)

    def take(self, batch: Batch) -> None:
        """It is being sent."""
        self.pending = Pending(batch.rest)

    def undo(self, batch: Batch) -> None:
        """It was not sent, or it will be once more."""
        self.pending = Pending([*batch.taken, *self.pending.chunks])

    def commit(self, batch: Batch) -> None:
        """Slack has it."""
        self.content.add(batch.chunks)
        self.said += text_of(batch.taken)
        self._place, self._margin = batch.place, batch.margin
        self.closed = batch.closes
        if batch.closes:
            self._carried = batch.carried
        elif batch.chunks:
            self._carried = []
        if text_of(batch.chunks):
            self._opening = ""

    def turn(self) -> None:
        """The message is over: what follows goes into another one."""
        if not self.closed:
            self._carried = [*self.content.carried, *self._carried]
        self.closed = False
        self._opening = self._place.fence.opening if self._place.fence else ""
        self.content = Content()

    def shown(self, batch: Batch) -> dict[str, Any]:
        """The message with the batch, for chat.postMessage and chat.update."""
        content = self.content.copy()
        content.add(batch.chunks)
        return content.shown()

    def _fitting(self, room: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        taken: list[dict[str, Any]] = []
        content, place = self.content.copy(), self._place
        content.add(self._carried)
        for number, chunk in enumerate(self.pending.chunks):
            left = room - (content.length - self.content.length)
            following = self.pending.chunks[number + 1 :]
            if is_text(chunk) and len(chunk["text"]) > left:
                at = cut_at(chunk["text"], left, place) if left > 0 else 0
                head, tail = halves(chunk, at)
                return [*taken, *head], [*tail, *following]
            blocks = content.blocks + len(chunk.get("blocks", ()))
            too_long = cost_of(chunk, content.tasks) > left and content.length > 0
            if blocks > BLOCKS or too_long:
                return taken, [chunk, *following]
            taken.append(chunk)
            content.add([chunk])
            place = after(place, text_of([chunk]))
        return taken, []

    def _places(self, chunks: list[dict[str, Any]]) -> list[MarkdownState]:
        """Where each of them begins."""
        place, found = self._place, list[MarkdownState]()
        for chunk in chunks:
            found.append(place)
            place = after(place, text_of([chunk]))
        return found

    def _made(
        self, taken: list[dict[str, Any]], rest: list[dict[str, Any]], *, closes: bool
    ) -> Batch:
        text = text_of(taken)
        place, margin, opening = after(self._place, text), self._margin, self._opening
        if text and not self.content.text:
            margin = Margin.of(text, self._place)
        chunks = [*self._carried]
        for chunk in taken:
            if is_text(chunk):
                moved, margin = margin.moved(chunk["text"])
                chunks.append(text_chunk(opening + moved))
                opening = ""
            else:
                chunks.append(chunk)
        if not closes:
            return Batch(Pending(chunks).chunks, taken, rest, place, margin)
        content = self.content.copy()
        content.add(chunks)
        fence = place.fence if content.text else None
        closing = [text_chunk(fence.closing(fresh=not place.line))] if fence else []
        everything = Pending([*chunks, *closing, *content.closing]).chunks
        return Batch(everything, taken, rest, place, margin, True, content.carried)


def halves(chunk: Mapping[str, Any], at: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A text cut in two; what is empty is left out."""
    text = chunk["text"]
    return (
        [text_chunk(part) for part in (text[:at],) if part],
        [text_chunk(part) for part in (text[at:],) if part],
    )
