"""What a fuzzer finds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from random import Random
from typing import TypeAlias

__all__ = ["Finding", "Fuzzer", "Step"]

Step: TypeAlias = Callable[[Random], object]
"""Tries one input, made of a source of randomness; raises when that shows a defect."""

Fuzzer: TypeAlias = Callable[[], AbstractContextManager[Step]]
"""Sets up what the steps need, and takes it down; steps do not depend on each other."""


class Finding(AssertionError):
    """
    A defect, and the input that shows it.

    Args:
        what: is wrong.
        shown_by: the input, whose `repr` can be pasted into a test.
    """

    def __init__(self, what: str, shown_by: object) -> None:
        super().__init__(f"{what}\n  shown by {shown_by!r}")
        self.what = what
        self.shown_by = shown_by
