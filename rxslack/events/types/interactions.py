"""What people do with an app's buttons, menus, shortcuts and dialogs."""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

__all__ = [
    "BlockAction",
    "BlockActions",
    "BlockSuggestion",
    "ChannelReference",
    "DialogCancellation",
    "DialogSubmission",
    "DialogSuggestion",
    "GlobalShortcut",
    "Interaction",
    "InteractionKeys",
    "InteractionTeam",
    "InteractionUser",
    "InteractiveMessage",
    "MessageShortcut",
    "View",
    "ViewClosed",
    "ViewState",
    "ViewSubmission",
]


class InteractionTeam(TypedDict, total=False):
    """Where. Source: docs.slack.dev/reference/interaction-payloads."""

    id: str
    domain: str
    name: str
    enterprise_id: str
    enterprise_name: str


class InteractionUser(TypedDict):
    """Who did it. Source: docs.slack.dev/reference/interaction-payloads."""

    id: str
    username: NotRequired[str]
    name: NotRequired[str]
    team_id: NotRequired[str]


class ChannelReference(TypedDict):
    """In which conversation. Source: docs.slack.dev/reference/interaction-payloads."""

    id: str
    name: NotRequired[str]


class InteractionKeys(TypedDict):
    """What every interaction has. Source: docs.slack.dev/reference/interaction-payloads."""

    user: InteractionUser
    team: NotRequired[InteractionTeam | None]
    enterprise: NotRequired[dict[str, Any] | None]
    is_enterprise_install: NotRequired[bool]
    token: NotRequired[str]
    api_app_id: NotRequired[str]
    action_ts: NotRequired[str]
    bot_access_token: NotRequired[str]
    function_data: NotRequired[dict[str, Any]]
    interactivity: NotRequired[dict[str, Any]]
    envelope_id: NotRequired[str]  # of the envelope it came in


class ViewState(TypedDict):
    """What is filled in. Source: docs.slack.dev/reference/objects/view-object."""

    values: dict[str, dict[str, dict[str, Any]]]  # by block_id, then action_id


class View(TypedDict):
    """A dialog or a home tab. Source: docs.slack.dev/reference/objects/view-object."""

    id: str
    type: str  # "modal" or "home"
    blocks: list[dict[str, Any]]
    private_metadata: str  # "" when the app gave none
    callback_id: str  # "" when the app gave none
    state: ViewState
    hash: str
    team_id: NotRequired[str]
    title: NotRequired[dict[str, Any] | None]
    submit: NotRequired[dict[str, Any] | None]
    close: NotRequired[dict[str, Any] | None]
    external_id: NotRequired[str]
    clear_on_close: NotRequired[bool]
    notify_on_close: NotRequired[bool]
    submit_disabled: NotRequired[bool]
    root_view_id: NotRequired[str | None]
    previous_view_id: NotRequired[str | None]
    app_id: NotRequired[str | None]
    app_installed_team_id: NotRequired[str]
    bot_id: NotRequired[str]


class BlockAction(TypedDict):
    """
    What was done with one element; more keys by its type.

    Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload.
    """

    type: str  # "button", "static_select" and so on
    action_id: str
    block_id: str
    action_ts: NotRequired[str]
    value: NotRequired[str]
    text: NotRequired[dict[str, Any]]
    selected_option: NotRequired[dict[str, Any] | None]
    selected_options: NotRequired[list[dict[str, Any]]]
    selected_user: NotRequired[str]
    selected_users: NotRequired[list[str]]
    selected_channel: NotRequired[str]
    selected_channels: NotRequired[list[str]]
    selected_conversation: NotRequired[str]
    selected_conversations: NotRequired[list[str]]
    selected_date: NotRequired[str | None]
    selected_time: NotRequired[str | None]
    selected_date_time: NotRequired[int | None]
    rich_text_value: NotRequired[dict[str, Any]]
    placeholder: NotRequired[dict[str, Any]]
    initial_option: NotRequired[dict[str, Any]]
    initial_user: NotRequired[str]
    initial_channel: NotRequired[str]
    initial_conversation: NotRequired[str]
    initial_date: NotRequired[str]
    initial_time: NotRequired[str]
    min_query_length: NotRequired[int]
    style: NotRequired[str]
    url: NotRequired[str]
    confirm: NotRequired[dict[str, Any]]


class BlockActions(InteractionKeys):
    """
    Somebody used elements of a message or a view.

    Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload.
    """

    type: Literal["block_actions"]
    actions: list[BlockAction]
    trigger_id: str  # opens a dialog, within three seconds
    response_url: NotRequired[str]  # of a message
    container: NotRequired[dict[str, Any]]
    channel: NotRequired[ChannelReference | None]
    message: NotRequired[dict[str, Any]]
    view: NotRequired[View]
    state: NotRequired[ViewState | None]
    app_unfurl: NotRequired[dict[str, Any]]


class BlockSuggestion(InteractionKeys):
    """
    Somebody types in a menu whose options the app supplies: answer with `options`.

    Source: docs.slack.dev/reference/interaction-payloads/block_suggestion-payload.
    """

    type: Literal["block_suggestion"]
    action_id: str
    block_id: str
    value: str  # what was typed
    container: NotRequired[dict[str, Any]]
    channel: NotRequired[ChannelReference | None]
    message: NotRequired[dict[str, Any]]
    view: NotRequired[View]


class GlobalShortcut(InteractionKeys):
    """
    Somebody used a shortcut.

    Source: docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload.
    """

    type: Literal["shortcut"]
    callback_id: str
    trigger_id: str


class MessageShortcut(InteractionKeys):
    """
    Somebody used a shortcut of a message.

    Source: docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload.
    """

    type: Literal["message_action"]
    callback_id: str
    trigger_id: str
    response_url: str
    channel: ChannelReference
    message: dict[str, Any]
    message_ts: NotRequired[str]


class ViewSubmission(InteractionKeys):
    """
    Somebody sent a dialog off: answer with `response_action`, or with nothing to close it.

    Source: docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
    """

    type: Literal["view_submission"]
    view: View
    trigger_id: NotRequired[str]
    response_urls: NotRequired[list[dict[str, Any]]]
    is_cleared: NotRequired[bool]  # among the fields of Slack's own model


class ViewClosed(InteractionKeys):
    """
    Somebody closed a dialog that had asked to be told.

    Source: docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
    """

    type: Literal["view_closed"]
    view: View
    is_cleared: NotRequired[bool]


class InteractiveMessage(InteractionKeys):
    """
    Somebody used a button of an attachment, as apps had them before blocks.

    Source: docs.slack.dev/legacy/legacy-messaging/legacy-making-messages-interactive.
    """

    type: Literal["interactive_message"]
    callback_id: str
    actions: NotRequired[list[dict[str, Any]]]  # of a menu with options: name and value instead
    channel: NotRequired[ChannelReference]
    response_url: NotRequired[str]
    trigger_id: NotRequired[str]
    message_ts: NotRequired[str]
    attachment_id: NotRequired[str]
    is_app_unfurl: NotRequired[bool]
    original_message: NotRequired[dict[str, Any]]


class DialogSubmission(InteractionKeys):
    """
    Somebody sent a dialog of the kind before modals.

    Source: docs.slack.dev/legacy/legacy-dialogs.
    """

    type: Literal["dialog_submission"]
    callback_id: str
    submission: NotRequired[dict[str, Any]]
    state: NotRequired[str]
    channel: NotRequired[ChannelReference]
    response_url: NotRequired[str]


class DialogCancellation(InteractionKeys):
    """Somebody closed such a dialog. Source: docs.slack.dev/legacy/legacy-dialogs."""

    type: Literal["dialog_cancellation"]
    callback_id: str
    state: NotRequired[str]
    channel: NotRequired[ChannelReference]
    response_url: NotRequired[str]


class DialogSuggestion(InteractionKeys):
    """Somebody types in a menu of such a dialog. Source: docs.slack.dev/legacy/legacy-dialogs."""

    type: Literal["dialog_suggestion"]
    callback_id: str
    name: str
    value: str
    state: NotRequired[str]
    channel: NotRequired[ChannelReference]


Interaction: TypeAlias = (
    BlockActions
    | BlockSuggestion
    | DialogCancellation
    | DialogSubmission
    | DialogSuggestion
    | GlobalShortcut
    | InteractiveMessage
    | MessageShortcut
    | ViewClosed
    | ViewSubmission
)
"""Any interaction, told apart by its `type`."""
