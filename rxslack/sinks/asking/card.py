"""How a question looks: a message with buttons, which are gone when it is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias
from uuid import uuid4

from rxslack.errors import ConfigurationError
from rxslack.events.items import as_mapping, is_mapping
from rxslack.sinks.asking.store import Ask
from rxslack.sinks.delivery.calls import needed, pieces
from rxslack.sinks.delivery.look_up import parsed
from rxslack.sinks.keeping.places import Slot
from rxslack.sinks.post_message import CONTENTS

__all__ = [
    "Buttons",
    "Card",
    "Pressed",
    "ask_of",
    "escalation_slot",
    "key_for",
    "presses",
    "slot_for",
    "state_of",
]

PREFIX: Final = "rxslack_ask."
SECTION: Final = 3000  # characters. docs.slack.dev/reference/block-kit/blocks/section-block
ID: Final = 200  # characters; 255 are allowed of a block_id
BUTTONS: Final = 25  # of a block. docs.slack.dev/reference/block-kit/blocks/actions-block
ESCALATION: Final = "rxslack escalation of "

Buttons: TypeAlias = Mapping[str, str | Mapping[str, Any]]
"""By the name of a decision what its button says, or a button element's fields."""

Pressed: TypeAlias = tuple[str, str]
"""The id of a question, and the name of a button of it."""


class Card:
    """
    Draws questions.

    Args:
        buttons: See `ask`.
        expired: What is said where nobody decided in time.

    Errors: ``ConfigurationError`` for buttons that Slack does not take.
    """

    def __init__(self, buttons: Buttons, expired: str) -> None:
        if not 1 <= len(buttons) <= BUTTONS:
            raise ConfigurationError(f"{len(buttons)} buttons; give 1 to {BUTTONS}")
        self._buttons = {name: button(name, given) for name, given in buttons.items()}
        self._expired = expired

    @property
    def names(self) -> Iterable[str]:
        """Of the decisions that can be made."""
        return self._buttons.keys()

    def outcome(self, decision: str | None, user: str | None) -> str:
        """In words."""
        if decision is None:
            return self._expired
        element = as_mapping(self._buttons.get(decision))
        said = as_mapping(element.get("text")).get("text") or decision
        return f"{said}: <@{user}>" if user else str(said)

    def draw(self, ask: Ask) -> dict[str, Any]:
        """The arguments of `chat.postMessage` for a question as it stands."""
        item: dict[str, Any] = {name: value for name, value in ask.item.items() if name != "id"}
        text = str(item.get("text") or "")
        blocks = [*(item.get("blocks") or map(section, pieces(text, SECTION) if text else ()))]
        state = "open" if ask.is_open else "decided"
        if ask.is_open:
            elements = [{**element, "value": ask.id} for element in self._buttons.values()]
            blocks += [{"type": "actions", "block_id": PREFIX + ask.id, "elements": elements}]
        else:
            said = self.outcome(ask.decision, ask.user)
            blocks += [{"type": "context", "elements": [{"type": "mrkdwn", "text": said}]}]
            text = f"{text}\n{said}" if text else said
        return {
            **item,
            "text": text,
            "blocks": blocks,
            "metadata": with_state(item.get("metadata"), ask.id, state),
        }

    def draw_escalation(self, ask: Ask, people: Iterable[str]) -> dict[str, Any]:
        """What calls further people to a card, in its thread."""
        return {
            "channel": ask.channel,
            "thread_ts": ask.item.get("thread_ts") or ask.ts,
            "text": " ".join(f"<@{user}>" for user in people),
            "metadata": with_state(None, ask.id, "escalated"),
        }


def ask_of(item: object, now: float) -> Ask:
    """
    The question that an item asks.

    Errors: ``ConfigurationError`` for what no card can be made of.
    """
    if not is_mapping(item):
        raise ConfigurationError(
            f"an item for ask is a dict of a message's fields, not {type(item).__name__}"
        )
    fields = dict(item)
    id = fields.setdefault("id", uuid4().hex)  # noqa: A001 - Slack's and everybody's word
    if not (isinstance(id, str) and 0 < len(id) <= ID):
        raise ConfigurationError(f"the item's id is {id!r}; give a text of 1 to {ID} characters")
    channel = needed(fields, "channel", "C0123ABCD")
    if not any(fields.get(name) for name in CONTENTS[:2]):
        raise ConfigurationError("the item to ask about is empty; add text or blocks")
    if not isinstance(fields.get("blocks") or [], (list, tuple)):
        raise ConfigurationError("the item's blocks are no list; give them as such, not as JSON")
    return Ask(id, fields, now, channel)


def key_for(item: Mapping[str, Any]) -> str:
    """The key by which a message of a question is found again."""
    id, state = state_of(item)  # noqa: A001 - what it is
    return ESCALATION + id if state == "escalated" else id


def slot_for(ask: Ask) -> Slot:
    """Where the card of a question is kept."""
    return Slot(ask.item["channel"], ask.item.get("thread_ts") or "", ask.id)


def escalation_slot(ask: Ask) -> Slot:
    """Where that is kept which calls further people."""
    return Slot(ask.channel, ask.item.get("thread_ts") or ask.ts, ESCALATION + ask.id)


def state_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """
    The id of the question that a message is about, and what it shows.

    >>> state_of({"metadata": with_state(None, "order 7", "open")})
    ('order 7', 'open')
    """
    payload = as_mapping(parsed(item.get("metadata")).get("event_payload"))
    return str(payload.get("rxslack_ask") or ""), str(payload.get("rxslack_state") or "")


def presses(interaction: Mapping[str, Any]) -> list[Pressed]:
    """
    The buttons of questions that somebody has pressed.

    >>> action = {"action_id": "rxslack_ask.approve", "value": "order 7"}
    >>> presses({"type": "block_actions", "actions": [action]})
    [('order 7', 'approve')]
    """
    found: list[Pressed] = []
    if interaction.get("type") == "block_actions":
        for action in map(as_mapping, interaction.get("actions") or ()):
            name, value = action.get("action_id"), action.get("value")
            if isinstance(name, str) and name.startswith(PREFIX) and isinstance(value, str):
                found.append((value, name.removeprefix(PREFIX)))
    return found


def with_state(given: object, id: str, state: str) -> dict[str, Any]:  # noqa: A002 - what it is
    """Metadata that says what a message is about."""
    own = parsed(given)
    payload = {**as_mapping(own.get("event_payload")), "rxslack_ask": id, "rxslack_state": state}
    return {"event_type": "rxslack_ask", **own, "event_payload": payload}


def button(name: str, given: str | Mapping[str, Any]) -> dict[str, Any]:
    """
    The element for a decision.

    >>> button("approve", "Approve")["text"]
    {'type': 'plain_text', 'text': 'Approve'}
    """
    if not (name and len(name) <= ID):
        raise ConfigurationError(f"a button's name is {name!r}; give 1 to {ID} characters")
    fields: dict[str, Any] = {"text": given} if isinstance(given, str) else dict(given)
    if isinstance(fields.get("text"), str):
        fields["text"] = {"type": "plain_text", "text": fields["text"]}
    if not as_mapping(fields.get("text")).get("text"):
        raise ConfigurationError(f'the button "{name}" has no text')
    return {"type": "button", **fields, "action_id": PREFIX + name}


def section(text: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}
