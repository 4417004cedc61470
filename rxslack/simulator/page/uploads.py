"""Files that somebody drops on the page."""

from __future__ import annotations

from collections.abc import Mapping

from rxslack.simulator.page.typed import as_typed
from rxslack.simulator.state import State
from rxslack.simulator.team import files
from rxslack.simulator.team.file_objects import File
from rxslack.simulator.team.rich_text import rich_text
from rxslack.simulator.team.text import Json

__all__ = ["share"]


def share(state: State, who: str, fields: Mapping[str, str], content: bytes) -> Json:
    """
    Share a file as a person does.

    Args:
        state: the workspace's.
        who: the id of the user.
        fields: `channel`, `name`, and perhaps `text` and `thread_ts`.
        content: the file's bytes.

    Returns: the `ts` of the message.
    Raises: LookupError for an unknown channel, ValueError without a name.
    """
    team, name = state.team, fields.get("name", "")
    if not name:
        raise ValueError("a file needs a name")
    channel = team.channel(fields.get("channel", ""))
    text = as_typed(team, fields.get("text", ""))
    with team.lock:
        made, ticket = team.identity.new("F"), team.identity.letters(40)
        file = File(made, ticket, name, len(content), who, int(team.clock()))
        file.content, file.title, file.done = content, name, True
        state.files.add(file)
        draft: Json = {"user": who, "text": text, "client_msg_id": team.identity.uuid()}
        if text:
            draft["blocks"] = rich_text(text, team.identity.letters(5))
        thread_ts = fields.get("thread_ts") or None
        return {"ts": files.share(team, channel, [file], draft, thread_ts=thread_ts)["ts"]}
