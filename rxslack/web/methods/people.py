"""Who is there, and the team. Source: docs.slack.dev/reference/methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rxslack.web.answers import Response
    from rxslack.web.methods.kinds import Words

__all__ = ["PeopleMethods"]

# The names are Slack's, and Slack's pages describe them; the bodies are never run.
# mypy: disable-error-code="empty-body"


class PeopleMethods:
    """Their arguments, as type checkers and editors see them."""

    def auth_test(
        self,
    ) -> Response: ...

    def team_info(
        self,
        *,
        team: str | None = None,
        domain: str | None = None,
        include_slackbot_availability: bool | None = None,
    ) -> Response: ...

    def emoji_list(self, *, include_categories: bool | None = None) -> Response: ...

    def users_info(self, *, user: str, include_locale: bool | None = None) -> Response: ...

    def users_list(
        self,
        *,
        cursor: str | None = None,
        include_locale: bool | None = None,
        limit: int | None = None,
        team_id: str | None = None,
    ) -> Response: ...

    def users_lookupByEmail(self, *, email: str) -> Response: ...

    def users_conversations(
        self,
        *,
        cursor: str | None = None,
        exclude_archived: bool | None = None,
        limit: int | None = None,
        team_id: str | None = None,
        types: Words | None = None,
        user: str | None = None,
    ) -> Response: ...

    def users_getPresence(self, *, user: str) -> Response: ...

    def users_profile_get(
        self, *, user: str | None = None, include_labels: bool | None = None
    ) -> Response: ...

    def usergroups_list(
        self,
        *,
        include_count: bool | None = None,
        include_disabled: bool | None = None,
        include_users: bool | None = None,
        team_id: str | None = None,
    ) -> Response: ...
