"""Reactions, pins, views, files and bookmarks. Source: docs.slack.dev/reference/methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rxslack.web.answers import Response
    from rxslack.web.methods.kinds import Object, Words

__all__ = ["ThingsMethods"]

# The names are Slack's, and Slack's pages describe them; the bodies are never run.
# mypy: disable-error-code="empty-body"


class ThingsMethods:
    """Their arguments, as type checkers and editors see them."""

    def reactions_add(self, *, channel: str, name: str, timestamp: str) -> Response: ...

    def reactions_remove(
        self,
        *,
        name: str,
        channel: str | None = None,
        file: str | None = None,
        file_comment: str | None = None,
        timestamp: str | None = None,
    ) -> Response: ...

    def reactions_get(
        self,
        *,
        channel: str | None = None,
        file: str | None = None,
        file_comment: str | None = None,
        full: bool | None = None,
        timestamp: str | None = None,
    ) -> Response: ...

    def pins_add(self, *, channel: str, timestamp: str | None = None) -> Response: ...

    def pins_remove(self, *, channel: str, timestamp: str | None = None) -> Response: ...

    def pins_list(self, *, channel: str) -> Response: ...

    def views_open(
        self,
        *,
        view: Object,
        trigger_id: str | None = None,
        interactivity_pointer: str | None = None,
    ) -> Response: ...

    def views_push(
        self,
        *,
        view: Object,
        trigger_id: str | None = None,
        interactivity_pointer: str | None = None,
    ) -> Response: ...

    def views_update(
        self,
        *,
        view: Object,
        external_id: str | None = None,
        view_id: str | None = None,
        hash: str | None = None,
    ) -> Response: ...

    def views_publish(self, *, user_id: str, view: Object, hash: str | None = None) -> Response: ...

    def files_info(
        self,
        *,
        file: str,
        count: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        page: int | None = None,
    ) -> Response: ...

    def files_list(
        self,
        *,
        channel: str | None = None,
        count: int | None = None,
        page: int | None = None,
        show_files_hidden_by_limit: bool | None = None,
        team_id: str | None = None,
        ts_from: str | None = None,
        ts_to: str | None = None,
        types: Words | None = None,
        user: str | None = None,
    ) -> Response: ...

    def files_delete(self, *, file: str) -> Response: ...

    def bookmarks_add(
        self,
        *,
        channel_id: str,
        title: str,
        type: str,
        emoji: str | None = None,
        entity_id: str | None = None,
        link: str | None = None,
        parent_id: str | None = None,
    ) -> Response: ...

    def bookmarks_list(self, *, channel_id: str) -> Response: ...
