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


class InteractionUser(TypedDict, total=False):
    """Who did it. Source: docs.slack.dev/reference/interaction-payloads."""

    id: str
    username: str
    name: str
    team_id: str


class ChannelReference(TypedDict, total=False):
    """In which conversation. Source: docs.slack.dev/reference/interaction-payloads."""

    id: str
    name: str


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


class ViewState(TypedDict, total=False):
    """What is filled in. Source: docs.slack.dev/reference/objects/view-object."""

    values: dict[str, dict[str, dict[str, Any]]]  # by block_id, then action_id


class View(TypedDict, total=False):
    """A dialog or a home tab. Source: docs.slack.dev/reference/objects/view-object."""

    id: str
    team_id: str
    type: str  # "modal" or "home"
    title: dict[str, Any] | None
    submit: dict[str, Any] | None
    close: dict[str, Any] | None
    blocks: list[dict[str, Any]]
    private_metadata: str
    callback_id: str
    external_id: str
    state: ViewState
    hash: str
    clear_on_close: bool
    notify_on_close: bool
    submit_disabled: bool
    root_view_id: str | None
    previous_view_id: str | None
    app_id: str | None
    app_installed_team_id: str
    bot_id: str


class BlockAction(TypedDict, total=False):
    """
    What was done with one element; more keys by its type.

    Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload.
    """

    type: str  # "button", "static_select" and so on
    action_id: str
    block_id: str
    action_ts: str
    value: str
    text: dict[str, Any]
    selected_option: dict[str, Any] | None
    selected_options: list[dict[str, Any]]
    selected_user: str
    selected_users: list[str]
    selected_channel: str
    selected_channels: list[str]
    selected_conversation: str
    selected_conversations: list[str]
    selected_date: str | None
    selected_time: str | None
    selected_date_time: int | None
    rich_text_value: dict[str, Any]
    placeholder: dict[str, Any]
    initial_option: dict[str, Any]
    initial_user: str
    initial_channel: str
    initial_conversation: str
    initial_date: str
    initial_time: str
    min_query_length: int
    style: str
    url: str
    confirm: dict[str, Any]


class BlockActions(InteractionKeys):
    """
    Somebody used elements of a message or a view.

    Source: docs.slack.dev/reference/interaction-payloads/block_actions-payload.
    """

    type: Literal["block_actions"]
    actions: list[BlockAction]
    trigger_id: NotRequired[str]
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
