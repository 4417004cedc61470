"""
Changes that no test can notice, because they change nothing: the reason for each.

The keys are what `python -m tests.mutants` prints for a survivor, without the number, which moves: the
function and the line that came in. They are subtracted in its account.
"""

from __future__ import annotations

from typing import Final

__all__ = ["EQUIVALENT"]

_REPLACED: Final = "`_open` replaces it before anybody looks at it"
_FALSY: Final = "it is only asked whether it is true"
_OTHER: Final = 'only "failed" and "completed" are asked for'

EQUIVALENT: Final = {
    ("isolate", "Isolation.__init__", "self._subject: Subject[Any] = None"): _REPLACED,
    (
        "isolate",
        "Isolation.__init__",
        'self._working: tuple[int, Any] | None = ""  # thread, and the item that it works on',
    ): _FALSY,
    (
        "isolate",
        "Isolation.__init__",
        'self._escaped: Exception | None = ""  # the subscriber\'s own, on its way up',
    ): "it is only asked for what is raised, and each item replaces it",
    ("isolate", "Isolation.__init__", "self._opening = None"): _FALSY,
    ("isolate", "Isolation.__init__", "self._opening = True"): _REPLACED,
    ("isolate", "Isolation._open", "self._opening = None"): _FALSY,
    **{
        (
            "isolate",
            "Isolation.__init__",
            f'self._source: Literal["alive", "failed", "completed"] = {value}',
        ): _OTHER
        for value in ("None", '"ALIVE"', '"XXaliveXX"')
    },
}
