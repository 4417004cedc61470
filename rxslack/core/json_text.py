"""
JSON, read and written by orjson where it is installed: the one place that chooses.

What is read is the same either way: of two equal keys the last one counts, half a surrogate pair stays
one, an integer beyond 64 bits becomes a float, and NaN, Infinity and numbers too large for a float are
not JSON. (What is nested some 900 deep is the exception; which of the two still reads it depends on the
interpreter.)

Source: RFC 8259 sections 4 (keys), 6 (numbers), 8.2 (surrogates).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, Final, NoReturn

__all__ = ["DECODER", "HAS_ORJSON", "loads", "read_json"]

loads: Callable[[bytes | str], Any]
"""The fast decoder. It raises ValueError also for some of what `DECODER` reads."""
try:
    from orjson import loads as loads
except ImportError:  # the extra `speed` is not installed
    loads = json.loads

HAS_ORJSON: Final = loads is not json.loads


def read_json(text: bytes) -> Any:
    """
    The value that a text stands for.

    >>> read_json(b'{"ok": true}')
    {'ok': True}

    Raises: ValueError for what is not JSON, or not UTF-8; RecursionError for what is nested too deeply.
    """
    if HAS_ORJSON:
        try:
            return loads(text)
        except ValueError:
            pass  # orjson refuses more than that: the standard library judges
    return DECODER.decode(text.decode())


def _integer(digits: str) -> int | float:
    number = int(digits) if len(digits) <= _LONGEST else _real(digits)
    return number if -(2**63) <= number < 2**64 else float(digits)


def _real(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits[:20]} is out of range")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no value of JSON's")


_LONGEST: Final = len(str(-(2**63)))
DECODER: Final = json.JSONDecoder(parse_int=_integer, parse_float=_real, parse_constant=_refuse)
"""The standard library's, which makes the same of a text as orjson."""
