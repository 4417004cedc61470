"""The sink that uploads files."""

from __future__ import annotations

import io
from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, Unpack

from rxslack.errors import ConfigurationError, SlackError
from rxslack.lanes.coroutines import result_of, running_loop
from rxslack.sinks.delivery.calls import PendingCall, fields_of
from rxslack.sinks.delivery.delivery import Write
from rxslack.sinks.delivery.sink import Sink, SinkOptions
from rxslack.web.client import Caller
from rxslack.web.uploading import open_regular

__all__ = ["Progress", "Uploader", "upload_file"]

FIRST = "files.getUploadURLExternal"
LAST = "files.completeUploadExternal"
SHARING = ("initial_comment", "thread_ts", "blocks", "channels")
DESCRIBING = ("alt_txt", "snippet_type")


class Uploader(Caller, Protocol):
    """What `upload_file` needs of a `WebClient`."""

    def upload(
        self, url: str, file: BinaryIO, *, sent: Callable[[int], None] | None = None
    ) -> None:
        """Send a file's bytes to an address, or raise."""
        ...


@dataclass(frozen=True)
class Progress:
    """
    How far an upload has come.

    Attributes:
        item: what is being uploaded, as it was given.
        sent: bytes that have left.
        size: bytes in all.
    """

    item: Any
    sent: int
    size: int


def upload_file(
    web: Uploader,
    *,
    progress: Callable[[Progress], object] | None = None,
    **options: Unpack[SinkOptions],
) -> Sink:
    """
    Upload each item as a file, and share it, in order for each channel.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         print(method)
    ...         return {"ok": True, "file_id": "F1", "upload_url": "https://files.example/F1"}
    ...     def upload(self, url, file, *, sent=None):
    ...         sent(len(file.read()))
    >>> marbles = Marbles()
    >>> note = {"channel": "C1", "filename": "note.txt", "content": "Hello"}
    >>> sink = upload_file(
    ...     Web(), progress=lambda p: print(p.sent, "of", p.size), scheduler=marbles.scheduler
    ... )
    >>> marbles.run(marbles.cold("-a-|", a=note).pipe(sink)).marbles
    files.getUploadURLExternal
    5 of 5
    files.completeUploadExternal
    '-A-|'

    An item is a dict with `content`, bytes or text, or `file`, the path of a regular file that is read
    while it is sent; and, as Slack names them, `filename` (else the path's), `title`, `channel` (or
    `channel_id`, or `channels`; without one the file stays private), `thread_ts`,
    `initial_comment`, `blocks`, `alt_txt` and `snippet_type`.

    Slack takes three steps: an address is asked for, the bytes go there, and the file is shared.
    Only the last one is visible, so whatever fails before it begins anew with the first; a last
    step that was perhaps done is reported as uncertain.

    Args:
        web: A `WebClient`, or anything else with its `call` and `upload`.
        progress: Called with a `Progress` each time some bytes have left, on a thread of the sink,
            which waits for it where it is `async`; what it raises fails the item.
        options: See `SinkOptions`.

    Emits: as every `Sink`; replies to the last step, with the `files` and their ids.
    Errors, dispose: as every `Sink`.
    Source: docs.slack.dev/messaging/working-with-files, "Uploading files";
        docs.slack.dev/reference/methods/files.getUploadURLExternal.
    """
    return Sink(web, read, "upload_file", write=three_steps(web, progress), **options)


def read(item: object) -> list[PendingCall]:
    """
    The last call; the other two are made on the way to it.

    Errors: ``ConfigurationError`` for an item without a file, or without a name for it.
    """
    fields = fields_of(item, LAST)
    if ("content" in fields) == ("file" in fields):
        raise ConfigurationError("an item to upload has content, or file with a path, and not both")
    if not name_of(fields):
        raise ConfigurationError('the item to upload has no filename; add one, such as "note.txt"')
    channel = fields.get("channel") or fields.get("channel_id") or fields.get("channels") or ""
    return [PendingCall(LAST, str(channel), {**fields, "item": item})]


def three_steps(web: Uploader, progress: Callable[[Progress], object] | None) -> Write:
    """From a call of the last step all three."""
    loop = running_loop()

    def write(call: PendingCall) -> dict[str, Any]:
        fields = call.arguments
        try:
            found = sent_away(web, fields, progress, loop)
        except SlackError as error:
            error.maybe_done = False  # nobody has seen anything yet
            raise
        described = {"id": found, "title": fields.get("title") or name_of(fields)}
        shared = {name: fields[name] for name in SHARING if name in fields}
        channel = fields.get("channel") or fields.get("channel_id")
        return web.call(LAST, files=[described], channel_id=channel, **shared)

    return write


def sent_away(
    web: Uploader,
    fields: Mapping[str, Any],
    progress: Callable[[Progress], object] | None,
    loop: AbstractEventLoop | None,
) -> str:
    """The first two steps; the id of the file."""
    with opened(fields) as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        if not size:
            raise ConfigurationError("the file to upload is empty, and Slack takes no empty files")
        described = {name: fields[name] for name in DESCRIBING if name in fields}
        answer = web.call(FIRST, filename=name_of(fields), length=size, **described)

        def tell(sent: int) -> None:
            if progress is not None:
                result_of(progress(Progress(fields["item"], sent, size)), loop)

        web.upload(answer["upload_url"], file, sent=tell)
    return str(answer["file_id"])


def opened(fields: Mapping[str, Any]) -> BinaryIO:
    """What is to be sent."""
    content = fields.get("content")
    if isinstance(content, str):
        return io.BytesIO(content.encode())
    if isinstance(content, (bytes, bytearray)):
        return io.BytesIO(content)
    if content is not None:
        raise ConfigurationError(f"content is bytes or a text, not {type(content).__name__}")
    try:
        return open_regular(fields["file"])
    except OSError as error:
        raise ConfigurationError(f"the file cannot be read: {error}") from error


def name_of(fields: Mapping[str, Any]) -> str:
    """What the file is called."""
    return str(fields.get("filename") or Path(str(fields.get("file") or "")).name)
