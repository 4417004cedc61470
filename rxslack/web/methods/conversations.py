"""Channels, and what was said in them. Source: docs.slack.dev/reference/methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rxslack.web.answers import Response
    from rxslack.web.methods.kinds import Words

__all__ = ["ConversationsMethods"]

# The names are Slack's, and Slack's pages describe them; the bodies are never run.
# mypy: disable-error-code="empty-body"


class ConversationsMethods:
    """Their arguments, as type checkers and editors see them."""

    def conversations_list(
        self,
        *,
        cursor: str | None = None,
        exclude_archived: bool | None = None,
        limit: int | None = None,
        team_id: str | None = None,
        types: Words | None = None,
    ) -> Response: ...

    def conversations_info(
        self,
        *,
        channel: str,
        include_locale: bool | None = None,
        include_num_members: bool | None = None,
    ) -> Response: ...

    def conversations_history(
        self,
        *,
        channel: str,
        cursor: str | None = None,
        inclusive: bool | None = None,
        include_all_metadata: bool | None = None,
        latest: str | None = None,
        limit: int | None = None,
        oldest: str | None = None,
    ) -> Response: ...

    def conversations_replies(
        self,
        *,
        channel: str,
        ts: str,
        cursor: str | None = None,
        inclusive: bool | None = None,
        include_all_metadata: bool | None = None,
        latest: str | None = None,
        limit: int | None = None,
        oldest: str | None = None,
    ) -> Response: ...

    def conversations_members(
        self, *, channel: str, cursor: str | None = None, limit: int | None = None
    ) -> Response: ...

    def conversations_open(
        self,
        *,
        channel: str | None = None,
        return_im: bool | None = None,
        users: Words | None = None,
    ) -> Response: ...

    def conversations_join(self, *, channel: str) -> Response: ...

    def conversations_invite(
        self, *, channel: str, users: Words, force: bool | None = None
    ) -> Response: ...

    def conversations_create(
        self, *, name: str, is_private: bool | None = None, team_id: str | None = None
    ) -> Response: ...

    def conversations_archive(self, *, channel: str) -> Response: ...

    def conversations_unarchive(self, *, channel: str) -> Response: ...

    def conversations_kick(self, *, channel: str, user: str) -> Response: ...

    def conversations_leave(self, *, channel: str) -> Response: ...

    def conversations_rename(self, *, channel: str, name: str) -> Response: ...

    def conversations_setTopic(self, *, channel: str, topic: str) -> Response: ...

    def conversations_setPurpose(self, *, channel: str, purpose: str) -> Response: ...

    def conversations_mark(self, *, channel: str, ts: str) -> Response: ...
