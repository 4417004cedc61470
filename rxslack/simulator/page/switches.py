"""Every fault as a switch with fields, made from the signature of its method."""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Callable, Mapping
from itertools import count
from threading import Lock, Timer
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

from rxslack.simulator.faults import Fault, Faults
from rxslack.simulator.faults.fault import ActiveFaults, Hold, Switch
from rxslack.simulator.team.text import Json

__all__ = ["GROUPS", "Switches"]

GROUPS: Final[Mapping[str, str]] = {
    "Web API": "fail rate_limit server_error answer hold truncate lose_answer alter no_url dead_url migrating",
    "Pages": "short_pages empty_pages expire_cursors last_cursor",
    "Opening": "refuse stall_tls hold_handshake refuse_upgrade expire_urls hold_hello before_hello "
    "instead_of_hello end_after_hello",
    "Life": "half_open stop_ponging ignore_pings reconnect_url_without_url replay_own_message",
    "Events": "duplicate_events swap_events",
    "What a client sends": "hold_replies drop_replies swap_replies alter_replies fail_messages",
    "Bytes": "break_inside_frame split_frames gather_frames fragment_messages no_close_notify close_notify_only",
}
"""The names of the methods of `Faults`, as the guide of the simulator groups them."""

_ENDS_BY_ITSELF: Final = ("refuse", "stall_tls")  # or nobody could reach the page to end them


class Switches:
    """
    The faults that a page has switched on; thread-safe.

    Args:
        faults: of the workspace.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._lock = Lock()
        self._numbers = count(1)
        self._on: dict[int, tuple[str, Json, Fault]] = {}

    @staticmethod
    def table() -> list[Json]:
        """All of them: `group`, `name`, what it does in a sentence, and its `fields`."""
        return [
            {"group": group, "name": name, "does": _sentence(name), "fields": _fields(name)}
            for group, names in GROUPS.items()
            for name in names.split()
        ]

    def begin(self, name: str, given: Mapping[str, Any]) -> int:
        """
        Switch one on.

        Args:
            name: of the method.
            given: values of its fields, as text or JSON; those that are missing keep their default.

        Returns: its number.
        Raises: LookupError for an unknown name, ValueError for a value that is none.
        """
        fields = {field["name"]: field for field in _fields(_known(name))}
        if unknown := given.keys() - fields.keys():
            raise ValueError(f"{name} has no field {sorted(unknown)[0]!r}; there are {[*fields]}")
        values = {
            key: _value(fields[key], value)
            for key, value in given.items()
            if value != "" or "" in fields[key].get("choices", ())
        }
        for key, field in fields.items():
            if field["needed"] and key not in values:
                raise ValueError(f"{name} needs {key}")
        seconds = values.pop("seconds", None)
        fault = _begun(self._faults, name, {**values})
        if name == "half_open" and not self._faults.is_active(fault):
            raise ValueError("no connection is open that could be left half open")
        with self._lock:
            number = next(self._numbers)
            self._on[number] = (name, values, fault)
        if seconds is not None:
            ending = Timer(seconds, self.end, [number])
            ending.daemon = True
            ending.start()
        return number

    def end(self, number: int) -> None:
        """Switch one off; nothing happens when it has ended by itself."""
        with self._lock:
            found = self._on.pop(number, None)
        if found is not None:
            found[2].release()

    def shown(self) -> list[Json]:
        """Those that are on, the oldest first; one that has ended by itself is forgotten."""
        with self._lock:
            self._on = {n: one for n, one in self._on.items() if self._faults.is_active(one[2])}
            return [
                {"number": number, "name": name, "fields": values, **_counted(fault)}
                for number, (name, values, fault) in self._on.items()
            ]


def _known(name: str) -> str:
    if name not in " ".join(GROUPS.values()).split():
        raise LookupError(f"no fault is called {name!r}")
    return name


def _counted(fault: Fault) -> Json:
    if isinstance(fault, Switch):
        return {"given": cast("Switch[object]", fault).given}
    return {"waiting": fault.waiting} if isinstance(fault, Hold) else {}


def _sentence(name: str) -> str:
    return (inspect.getdoc(getattr(Faults, name)) or "").split("\n\n")[0].replace("\n", " ")


def _begun(faults: ActiveFaults, name: str, values: Json) -> Fault:
    """Begin a fault; what takes a function in Python takes here the fields to be changed."""
    method: Callable[..., Fault] = getattr(faults, name)
    changed: Any = values.pop("fields", None)
    if name in ("alter", "alter_replies"):
        new = cast("Json", changed or {})

        def change(answer: Json) -> Json:
            return {**answer, **new}

        return method(change=change, **values)
    if name in ("before_hello", "instead_of_hello"):
        frames = [changed] if changed is not None else []
        return method(*frames, **values)
    return method(**values, **(changed or {}))


def _fields(name: str) -> list[Json]:
    method = getattr(Faults, name)
    hints = get_type_hints(method)
    fields: list[Json] = []
    for one in inspect.signature(method).parameters.values():
        if one.name == "self" or (one.name, name) == ("numbers", "half_open"):
            continue  # a page switches all connections at once; each has buttons of its own
        if one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL) or one.name == "change":
            needed = name not in ("replay_own_message", "fail", "instead_of_hello")
            default = "{}" if needed else ""
            fields.append({"name": "fields", "kind": "json", "default": default, "needed": needed})
        else:
            needed = one.default is one.empty
            about = {"name": one.name, "default": _default(one), "needed": needed}
            fields.append({**about, **_kind(hints[one.name])})
    if name in _ENDS_BY_ITSELF:
        about = {"name": "seconds", "kind": "number", "whole": False}
        fields.append({**about, "default": 10, "needed": True})
    return fields


def _default(one: inspect.Parameter) -> Any:
    given: Any = one.default
    return "" if given is one.empty or given is None or given == () else given


def _kind(hint: Any) -> Json:
    """How a value of a type is put in."""
    choices = [*_choices(hint)]
    if choices:
        return {"kind": "choice", "choices": choices}
    options = [
        one for one in (get_args(hint) if _is_union(hint) else (hint,)) if one is not type(None)
    ]
    if bool in options:
        return {"kind": "check"}
    if str in options:
        return {"kind": "text"}
    if int in options or float in options:
        return {"kind": "number", "whole": float not in options}
    return {"kind": "json"}


def _choices(hint: Any) -> list[str]:
    if get_origin(hint) is Literal:
        return [*get_args(hint)]
    if _is_union(hint):
        return [choice for one in get_args(hint) for choice in _choices(one)]
    return []


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


def _value(field: Json, given: Any) -> Any:
    """
    A value as the method takes it.

    Raises: ValueError.
    """
    kind, name = field["kind"], field["name"]
    if kind == "choice" and given not in field["choices"]:
        raise ValueError(f"{name} is one of {field['choices']}, not {given!r}")
    if kind == "check":
        return given in (True, "true", "on")
    if kind == "number":
        try:
            return int(given) if field["whole"] else float(given)
        except (TypeError, ValueError):
            raise ValueError(f"{name} is a number, not {given!r}") from None
    if kind == "json" and isinstance(given, str):
        try:
            return json.loads(given)
        except ValueError:
            if name == "fields":
                raise ValueError(f'{name} is JSON, such as {{"ok": false}}') from None
            return given
    return given
