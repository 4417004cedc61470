"""What arguments are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

__all__ = ["Object", "Objects", "Words"]

Object: TypeAlias = Mapping[str, Any] | str
"""A JSON object, such as a view, or its text."""

Objects: TypeAlias = Sequence[Mapping[str, Any]] | str
"""Several, such as blocks, or their text."""

Words: TypeAlias = Sequence[str] | str
"""Several ids, or other words, or these with commas between."""
