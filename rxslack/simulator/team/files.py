"""Files: asked for, sent, and then shared."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from threading import Lock

from rxslack.simulator.team.text import Json

__all__ = ["File", "Files", "file_object"]


@dataclass
class File:
    """
    A file, from the asking for an address on.

    Args:
        id: "F…".
        ticket: the last part of the address that its bytes go to.
        name: as the client called it.
        length: bytes that were announced.
        owner: the id of the user who asked.
        created: unix seconds.
        alt_txt: what the picture shows; "" for none.
        content: what came; None before.
        title: "" until it is shared.
        channels: the ids of the channels where it is shared.
        done: whether the upload was completed.
    """

    id: str
    ticket: str
    name: str
    length: int
    owner: str
    created: int
    alt_txt: str = ""
    content: bytes | None = None
    title: str = ""
    channels: list[str] = field(default_factory=list[str])
    done: bool = False


class Files:
    """All files of a workspace; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._files: dict[str, File] = {}

    def add(self, file: File) -> None:
        """Know a file from now on."""
        with self._lock:
            self._files[file.id] = file

    def find(self, id: str) -> File | None:  # noqa: A002 - Slack's word
        """The file, if it is known."""
        return self._files.get(id)

    def announced(self, ticket: str) -> int:
        """How many bytes may come for a ticket; 0 when there is no such address."""
        with self._lock:
            found = (f.length for f in self._files.values() if f.ticket == ticket and not f.done)
            return next(found, 0)

    def receive(self, ticket: str, content: bytes) -> File | None:
        """Keep the bytes that came for a ticket; None when there is no such address."""
        with self._lock:
            for file in self._files.values():
                if file.ticket == ticket and not file.done:
                    file.content = content
                    return file
        return None


def file_object(file: File, domain: str) -> Json:
    """
    A file as the Web API and messages show it.

    Source: docs.slack.dev/reference/objects/file-object.
    """
    kind = mimetypes.guess_type(file.name)[0] or "text/plain"
    ending = file.name.rpartition(".")[2] if "." in file.name else "text"
    shown: Json = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": kind,
        "filetype": ending,
        "pretty_type": ending.upper(),
        "user": file.owner,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(file.channels),
        "channels": list(file.channels),
        "groups": [],
        "ims": [],
        "permalink": f"https://{domain}.slack.com/files/{file.owner}/{file.id}/{file.name}",
    }
    return shown | ({"alt_txt": file.alt_txt} if file.alt_txt else {})
