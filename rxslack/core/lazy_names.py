"""A room's public names, each from its own file, which is imported when the name is first asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(room: str, names: Mapping[str, str]) -> None:
    """
    Give a package its `__all__`, `__getattr__` and `__dir__` (PEP 562).

    What a program does not use is then not imported: neither the file, nor what it imports in its turn.
    The package imports the same names below `if TYPE_CHECKING`, where type checkers, editors and pdoc read
    them; tests/test_rooms.py holds the two lists against each other.

    Args:
        room: The package's `__name__`. It calls this as the last thing.
        names: For each module the public names that are in it, separated by spaces.
    """
    package = sys.modules[room]
    module_of = {name: module for module, found in names.items() for name in found.split()}

    def get(name: str) -> Any:
        if name in module_of:
            value = getattr(import_module(module_of[name]), name)
            setattr(package, name, value)
            return value
        if f"{room}.{name}" in names:  # as after an import of them all
            return import_module(f"{room}.{name}")
        raise AttributeError(f"module {room!r} has no attribute {name!r}", name=name, obj=package)

    def list_all() -> list[str]:
        return sorted({*vars(package), *module_of})

    vars(package).update(__all__=sorted(module_of), __getattr__=get, __dir__=list_all)
    package.__class__ = _Room


class _Room(ModuleType):
    """
    A package in which a public name is never its module.

    Python binds each module of a package, once imported, to its name in the package, and many a file is
    named as the one function in it.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, ModuleType) and name in self.__all__:
            value = getattr(value, name)
        super().__setattr__(name, value)
