"""From an item of a stream to an entry of a log, and back."""

from __future__ import annotations

import json
from binascii import crc32
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, Final

from rxslack.errors import ConfigurationError
from rxslack.events.items import as_mapping
from rxslack.events.messages import channel_of, delivery_key
from rxslack.log.engine import PARTITIONS, LogEntry

__all__ = ["entry_of", "is_logged", "item_of", "key_of", "place_of"]

SHORT: Final = 64  # letters of a key that is kept as it is
LOOSE: Final = 30.0  # seconds for which what has no time stamp is known by what is in it

_NOT_LOGGED: Final = frozenset(
    {
        "hello",
        "goodbye",
        "disconnect",
        "pong",
        "error",
        "reconnect_url",
        "user_typing",
        "presence_change",
        "manual_presence_change",
    }
)
"""What belongs to its connection, and what is of the moment."""


def _orjson() -> tuple[Callable[[Any], bytes], Callable[[bytes], Any]] | None:
    try:
        import orjson
    except ImportError:
        return None
    return orjson.dumps, orjson.loads


_FAST: Final = _orjson()


def is_logged(item: object) -> bool:
    """
    Whether an item is an event, and not what belongs to a connection, or to the moment.

    >>> is_logged({"type": "message"}), is_logged({"type": "user_typing"}), is_logged({"type": "hello"})
    (True, False, False)
    """
    kind = as_mapping(item).get("type")
    return isinstance(kind, str) and not (kind in _NOT_LOGGED or kind.startswith("rxslack."))


def entry_of(item: Mapping[str, Any], remember: float) -> LogEntry:
    """
    The entry for an item that is logged.

    Args:
        item: An event, or an envelope of Socket Mode.
        remember: Seconds for which its key is known.

    Raises: ConfigurationError when JSON cannot hold it.
    """
    text, place = _as_json(item), place_of(item)
    key, loose = key_of(item, place)
    partition = crc32(place.encode("utf-8", "surrogatepass")) % PARTITIONS
    return LogEntry(partition, key, min(remember, LOOSE) if loose else remember, text)


def item_of(text: bytes) -> Any:
    """The item that an entry was made of."""
    if _FAST is not None:
        try:
            return _FAST[1](text)
        except ValueError:  # orjson knows no lone surrogates
            pass
    return json.loads(text)


def key_of(item: Mapping[str, Any], place: str) -> tuple[str, bool]:
    """
    What all deliveries of an event have in common; and whether it is only what is in it.

    An event that Slack gives no time, nor an id, may truly happen again and look the same.
    """
    key = delivery_key(item)
    if key is None:
        command = as_mapping(item.get("payload")).get("trigger_id") or item.get("envelope_id")
        key = (str(command),) if command else None
    if key is None:
        plain = {name: item[name] for name in sorted(item) if not name.startswith("rxslack_")}
        named = json.dumps(plain, sort_keys=True, default=repr)
    else:
        named = " ".join(key)
    whole = f"{place} {named}"
    if len(whole) <= SHORT and whole.isascii() and whole.isprintable():
        return whole, key is None
    digest = blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16)
    return digest.hexdigest(), key is None


def place_of(item: Mapping[str, Any]) -> str:
    """
    What the order is kept for: the channel of an event; of one without, its team.

    Channels have ids that no other team's has, and what `backfill` brings names no team.

    >>> place_of({"type": "message", "channel": "C1", "rxslack_team": "T1"})
    'C1'
    """
    event: Mapping[str, Any] = item
    channel, payload = item.get("channel"), as_mapping(item.get("payload"))
    if type(channel) is str and channel and not payload:
        return channel  # nearly every event
    if payload:
        event = as_mapping(payload.get("event")) or payload
    return channel_of(event) or _team_of(item)


def _team_of(item: Mapping[str, Any]) -> str:
    payload = as_mapping(item.get("payload"))
    team = as_mapping(payload.get("team")).get("id") or payload.get("team_id")
    return str(item.get("rxslack_team") or team or "")


def _as_json(item: Mapping[str, Any]) -> bytes:
    if _FAST is not None:
        try:
            return _FAST[0](item)
        except TypeError:  # lone surrogates, long numbers: json knows them
            pass
    try:
        return json.dumps(item, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"the item is no JSON, so no log holds it: {error}") from error
