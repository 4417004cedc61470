"""What people share: files, canvases, and each other's voices."""

from __future__ import annotations

from rxslack.simulator.actions.administration import Administration
from rxslack.simulator.team import huddles
from rxslack.simulator.team.documents import new_canvas
from rxslack.simulator.team.file_objects import File
from rxslack.simulator.team.files import change, create, share
from rxslack.simulator.team.rich_text import rich_text
from rxslack.simulator.team.team import SLACKBOT
from rxslack.simulator.team.text import Json

__all__ = ["FileSharing"]


class FileSharing(Administration):
    """What people share."""

    def upload(
        self,
        channel: str,
        user: str,
        name: str,
        content: bytes | str,
        *,
        text: str = "",
        title: str = "",
        thread_ts: str | None = None,
        is_clip: bool = False,
    ) -> Json:
        """
        Somebody shares a file.

        Args:
            channel: name or id.
            user: name or id.
            name: of the file, whose ending says what it is: "a.mp4", "a.pdf", "a.eml".
            content: its bytes.
            text: what is said with it, as `say` has it.
            title: of the file. Default: its name.
            thread_ts: of the message that it answers.
            is_clip: whether it was recorded in Slack.

        Returns: the message, and its `channel`.
        """
        team, place = self._team, self._team.channel(channel)
        owner, data = self.user_id(user), content.encode() if isinstance(content, str) else content
        with team.lock:
            made = team.identity.new("F"), team.identity.letters(40)
            file = File(*made, name, len(data), owner, int(team.clock()))
            file.content, file.title = data, title or name
            file.is_clip = is_clip
            draft: Json = {"user": owner, "text": text}
            if text:
                draft["blocks"] = rich_text(text, team.identity.letters(5))
            create(team, self._state.files, file)
            message = share(team, place, [file], draft, thread_ts=thread_ts)
        return {**message, "channel": place.id}

    def write_canvas(self, user: str, title: str, markdown: str = "") -> str:
        """Somebody makes a canvas; returns its id."""
        owner = self.user_id(user)
        return new_canvas(self._team, self._state.files, owner, title, markdown).id

    def make_template(
        self, canvas: str, user: str, *, name: str, description: str = "", icon: str = ""
    ) -> None:
        """
        Somebody makes a template of a canvas.

        Args:
            canvas: its id.
            user: name or id.
            name: of the template.
            description: of what it is for.
            icon: an emoji's name.

        Raises: LookupError when there is no such canvas.
        """
        file = self._file(canvas)
        with self._team.lock:
            file.document["template"] = {
                "name": name,
                "title": file.title,
                "description": description,
                "icon": icon,
                "conversion_ts": int(self._team.clock()),
            }
            change(self._team, file, self.user_id(user))

    def share_file(self, channel: str, user: str, file: str, text: str = "") -> Json:
        """
        Somebody shows a file, a canvas or a list that is there already.

        Args:
            channel: name or id; who is there may read it from now on.
            user: name or id.
            file: its id.
            text: what is said with it, as `say` has it.

        Returns: the message, and its `channel`.
        Raises: LookupError when there is no such file.
        """
        place, found = self._team.channel(channel), self._file(file)
        with self._team.lock:
            found.access.setdefault(place.id, "read")
            draft: Json = {"user": self.user_id(user), "text": text}
            if text:
                draft["blocks"] = rich_text(text, self._team.identity.letters(5))
            message = share(self._team, place, [found], draft, upload=False)
        return {**message, "channel": place.id}

    def transcribe(self, file: str, transcript: str) -> None:
        """
        Slack has heard what is said in a video or a recording, and tells `file_change`.

        Raises: LookupError when there is no such file.
        """
        found = self._file(file)
        with self._team.lock:
            found.transcript = transcript
            change(self._team, found, found.owner)

    def begin_huddle(self, channel: str, user: str, *, takes_notes: bool = False) -> Json:
        """
        Somebody begins a huddle.

        Tells the message `huddle_thread`, and `user_huddle_changed`; over RTM `sh_room_join`, too.

        Args:
            channel: name or id.
            user: name or id.
            takes_notes: whether Slack writes down what is said, in a canvas of the channel.

        Returns: its message, under which its thread is.
        Raises: ValueError when there is one already, or none may be.
        """
        place, begins = self._team.channel(channel), self.user_id(user)
        return dict(huddles.begin(self._team, place, begins, takes_notes=takes_notes))

    def enter_huddle(self, channel: str, user: str) -> None:
        """Somebody enters it. Raises ValueError when there is none."""
        place = self._team.channel(channel)
        if not place.huddle:
            raise ValueError(f"there is no huddle in {channel!r}; begin_huddle begins one")
        huddles.enter(self._team, place, self.user_id(user))

    def leave_huddle(self, channel: str, user: str) -> None:
        """Somebody leaves it, and the last one ends it. Raises ValueError for who is not there."""
        place = self._team.channel(channel)
        if huddles.go(self._team, place, self.user_id(user)):
            place.notes = self.write_canvas(SLACKBOT, "Huddle notes")

    def _file(self, wanted: str) -> File:
        found = self._state.files.find(wanted)
        if found is None:
            raise LookupError(f"there is no file {wanted!r}")
        return found
