"""From envelopes to the interactions inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from reactivex import Observable
from reactivex import operators as ops

from rxslack.envelopes import id_of, is_envelope
from rxslack.events.interactions import Interaction
from rxslack.operators._operator import operator

__all__ = ["interactions"]


@operator
def interactions(source: Observable[Any]) -> Observable[Interaction]:
    """
    Take out of envelopes what people do with buttons, menus, shortcuts and dialogs.

    >>> from rxslack.testing import diagram
    >>> payload = {"type": "view_submission", "view": {"callback_id": "order"}}
    >>> envelope = {"type": "interactive", "envelope_id": "a-1", "payload": payload}
    >>> inside = {**payload, "envelope_id": "a-1"}
    >>> diagram("h-e-|", interactions(), h={"type": "hello"}, e=envelope, i=inside)
    '--i-|'

    `of_type(BlockActions)` behind it keeps one kind. An interaction is answered in its
    acknowledgement, see `acknowledgement`; or later, see `response`.

    Args:
        source: What `socket_mode` or `http_events` emits.

    Emits: the interactions, in order, each with its `envelope_id`, but over HTTP. Nothing else.
    Errors: the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/reference/interaction-payloads.
    """
    return source.pipe(ops.filter(is_interactive), ops.map(interaction_of))


def is_interactive(item: Mapping[str, Any]) -> bool:
    """Whether an item is the envelope of an interaction."""
    return item.get("type") == "interactive" and is_envelope(item)


def interaction_of(envelope: Mapping[str, Any]) -> Interaction:
    """The interaction that an envelope brings."""
    fields = {**envelope["payload"], **id_of(envelope)}
    return cast("Interaction", fields)
