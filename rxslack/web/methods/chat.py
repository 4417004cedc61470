"""Messages. Source: docs.slack.dev/reference/methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rxslack.web.answers import Response
    from rxslack.web.methods.kinds import Object, Objects, Words

__all__ = ["ChatMethods"]

# The names are Slack's, and Slack's pages describe them; the bodies are never run.
# mypy: disable-error-code="empty-body"


class ChatMethods:
    """Their arguments, as type checkers and editors see them."""

    def chat_postMessage(
        self,
        *,
        channel: str,
        text: str | None = None,
        as_user: bool | None = None,
        attachments: Objects | None = None,
        blocks: Objects | None = None,
        thread_ts: str | None = None,
        reply_broadcast: bool | None = None,
        unfurl_links: bool | None = None,
        unfurl_media: bool | None = None,
        icon_emoji: str | None = None,
        icon_url: str | None = None,
        mrkdwn: bool | None = None,
        link_names: bool | None = None,
        username: str | None = None,
        parse: str | None = None,
        metadata: Object | None = None,
        markdown_text: str | None = None,
    ) -> Response: ...

    def chat_postEphemeral(
        self,
        *,
        channel: str,
        user: str,
        text: str | None = None,
        as_user: bool | None = None,
        attachments: Objects | None = None,
        blocks: Objects | None = None,
        thread_ts: str | None = None,
        icon_emoji: str | None = None,
        icon_url: str | None = None,
        link_names: bool | None = None,
        username: str | None = None,
        parse: str | None = None,
        markdown_text: str | None = None,
    ) -> Response: ...

    def chat_update(
        self,
        *,
        channel: str,
        ts: str,
        text: str | None = None,
        attachments: Objects | None = None,
        blocks: Objects | None = None,
        as_user: bool | None = None,
        file_ids: Words | None = None,
        link_names: bool | None = None,
        parse: str | None = None,
        reply_broadcast: bool | None = None,
        metadata: Object | None = None,
        markdown_text: str | None = None,
    ) -> Response: ...

    def chat_delete(self, *, channel: str, ts: str, as_user: bool | None = None) -> Response: ...

    def chat_getPermalink(self, *, channel: str, message_ts: str) -> Response: ...

    def chat_scheduleMessage(
        self,
        *,
        channel: str,
        post_at: int | str,
        text: str | None = None,
        as_user: bool | None = None,
        attachments: Objects | None = None,
        blocks: Objects | None = None,
        thread_ts: str | None = None,
        parse: str | None = None,
        reply_broadcast: bool | None = None,
        unfurl_links: bool | None = None,
        unfurl_media: bool | None = None,
        link_names: bool | None = None,
        metadata: Object | None = None,
        markdown_text: str | None = None,
    ) -> Response: ...

    def chat_deleteScheduledMessage(
        self, *, channel: str, scheduled_message_id: str, as_user: bool | None = None
    ) -> Response: ...

    def chat_scheduledMessages_list(
        self,
        *,
        channel: str | None = None,
        cursor: str | None = None,
        latest: str | None = None,
        limit: int | None = None,
        oldest: str | None = None,
        team_id: str | None = None,
    ) -> Response: ...

    def chat_meMessage(self, *, channel: str, text: str) -> Response: ...

    def chat_unfurl(
        self,
        *,
        channel: str | None = None,
        ts: str | None = None,
        source: str | None = None,
        unfurl_id: str | None = None,
        unfurls: Object | None = None,
        metadata: Object | None = None,
        user_auth_blocks: Objects | None = None,
        user_auth_message: str | None = None,
        user_auth_required: bool | None = None,
        user_auth_url: str | None = None,
    ) -> Response: ...

    def chat_startStream(
        self,
        *,
        channel: str,
        thread_ts: str,
        markdown_text: str | None = None,
        recipient_team_id: str | None = None,
        recipient_user_id: str | None = None,
        chunks: Objects | None = None,
        task_display_mode: str | None = None,
        icon_emoji: str | None = None,
        icon_url: str | None = None,
        username: str | None = None,
    ) -> Response: ...

    def chat_appendStream(
        self,
        *,
        channel: str,
        ts: str,
        markdown_text: str | None = None,
        chunks: Objects | None = None,
    ) -> Response: ...

    def chat_stopStream(
        self,
        *,
        channel: str,
        ts: str,
        markdown_text: str | None = None,
        blocks: Objects | None = None,
        metadata: Object | None = None,
        chunks: Objects | None = None,
        session_status: str | None = None,
    ) -> Response: ...
