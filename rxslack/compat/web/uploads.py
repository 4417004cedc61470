"""The three steps of an upload, behind slack_sdk's one call."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from rxslack.compat.errors import SlackConnectionError, SlackRequestError
from rxslack.compat.web.slack_response import SlackResponse
from rxslack.errors import ServerError, SlackError
from rxslack.web.uploading import open_regular

__all__ = ["ApiCaller", "FileSender", "upload_all"]

OF_A_FILE = ("filename", "file", "content", "title", "alt_txt", "highlight_type", "snippet_type")
NOT_SLACKS = ("file_uploads", "request_file_info", "filetype", "channel")


class FileSender(Protocol):
    """What sends the bytes: a client of rxslack's."""

    def upload(self, url: str, file: BinaryIO) -> None:
        """Send a file to an address."""
        ...


class ApiCaller(Protocol):
    """What calls Slack."""

    def api_call(self, api_method: str, *, params: Mapping[str, Any] | None = None) -> Any:
        """Call a method by its name."""
        ...


def upload_all(
    client: ApiCaller, sender: FileSender, arguments: Mapping[str, Any]
) -> SlackResponse:
    """
    Upload and share what `files_upload_v2` was given.

    Args:
        client: calls the first and the last step.
        sender: takes the bytes.
        arguments: as slack_sdk names them.

    Returns: the answer to the last step, with `file` beside `files` when it is one.

    Raises: SlackRequestError when there is no file, or two; else as any call.
    """
    described = [_described(one) for one in _given(arguments)]
    token = {"token": arguments["token"]} if arguments.get("token") else {}
    for one in described:
        _hand_over(client, sender, one, token)
    shared = {k: v for k, v in arguments.items() if k not in (*OF_A_FILE, *NOT_SLACKS)}
    answer: SlackResponse = client.api_call(
        "files.completeUploadExternal",
        params={
            "channel_id": arguments.get("channel"),
            **shared,
            "files": [
                {k: one[k] for k in ("id", "title", "highlight_type") if one.get(k)}
                for one in described
            ],
        },
    )
    if len(answer.get("files") or ()) == 1:
        answer.data["file"] = answer["files"][0]
    return answer


def _given(arguments: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    file, content = arguments.get("file"), arguments.get("content")
    several = arguments.get("file_uploads")
    if file is None and content is None and several is None:
        raise SlackRequestError("Any of file, content, and file_uploads must be specified.")
    if file is not None and content is not None:
        raise SlackRequestError("You cannot specify both the file and the content argument.")
    return [arguments] if several is None else several


def _described(given: Mapping[str, Any]) -> dict[str, Any]:
    file = given.get("file")
    name = given.get("filename")
    if name is None:
        name = Path(os.fspath(file)).name if isinstance(file, (str, os.PathLike)) else None
    name = name or "Uploaded file"
    fields = {field: given.get(field) for field in ("alt_txt", "highlight_type", "snippet_type")}
    return {
        **fields,
        "filename": name,
        "title": given.get("title") or name,
        "content": _bytes(given, name),
    }


def _bytes(given: Mapping[str, Any], name: str) -> bytes:
    file, content = given.get("file"), given.get("content")
    source: Any = content if file is None else file
    if file is not None and isinstance(file, (str, os.PathLike)):
        with open_regular(Path(os.fspath(file))) as opened:
            source = opened.read()
    elif isinstance(file, io.IOBase):
        source = file.read()
    if isinstance(source, str):
        source = source.encode()
    if not isinstance(source, bytes):
        raise SlackRequestError(f"File content not found for filename: {name}")
    return source


def _hand_over(
    client: ApiCaller, sender: FileSender, one: dict[str, Any], token: Mapping[str, str]
) -> None:
    """The first two steps for one file, which gets its id."""
    fields = {field: one[field] for field in ("filename", "alt_txt", "snippet_type")}
    length = len(one["content"])
    answer = client.api_call(
        "files.getUploadURLExternal", params={**fields, "length": length, **token}
    )
    try:
        sender.upload(answer["upload_url"], io.BytesIO(one["content"]))
    except ServerError as error:
        raise SlackRequestError(f"Failed to upload a file ({error})") from error
    except SlackError as error:
        raise SlackConnectionError(str(error)) from error
    one["id"] = answer["file_id"]
