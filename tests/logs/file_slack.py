"""A Slack of files, which outlives whoever posts: one for each channel, a line for each message."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

__all__ = ["FileSlack"]

Item = dict[str, Any]


class FileSlack:
    """
    Posts by appending to a file, in one piece; history is what is in it.

    Args:
        folder: Where the files are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def call(self, method: str, /, **arguments: Any) -> Item:
        """Post, or read history."""
        path = self._folder / arguments["channel"]
        if method == "chat.postMessage":
            message = {key: arguments[key] for key in ("text", "metadata") if key in arguments}
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            try:
                os.write(file, json.dumps(message).encode() + b"\n")
            finally:
                os.close(file)
            return {"ok": True, "channel": arguments["channel"], "ts": "1.000100"}
        return {"ok": True, "messages": self.messages(path)[::-1], "has_more": False}

    def messages(self, path: Path) -> list[Item]:
        """Those of a channel, the oldest first."""
        if not path.exists():
            return []
        lines = path.read_text().splitlines()
        return [{**json.loads(line), "ts": f"{2**31 + n}.0"} for n, line in enumerate(lines)]

    def texts(self) -> dict[str, list[str]]:
        """What was posted in each channel."""
        found = sorted(self._folder.iterdir())
        return {path.name: [one["text"] for one in self.messages(path)] for path in found}
