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
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

__all__ = [
    "DECODER",
    "HAS_ORJSON",
    "each_to_json",
    "loads",
    "packed",
    "read_json",
    "to_json",
    "unpacked",
]

_orjson: Any
try:
    import orjson as _orjson
except ImportError:  # the extra `speed` is not installed
    _orjson = None

loads: Callable[[bytes | str], Any] = json.loads if _orjson is None else _orjson.loads
"""The fast decoder. It raises ValueError also for some of what `DECODER` reads."""

HAS_ORJSON: Final = _orjson is not None


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


_encode: Final = json.JSONEncoder(separators=(",", ":"), default=repr, ensure_ascii=False).encode
_encode_ascii: Final = json.JSONEncoder(separators=(",", ":"), default=repr).encode
_dumps: Final[Callable[..., bytes] | None] = None if _orjson is None else _orjson.dumps
# Given at each call: a `partial` is felt.
_OPTIONS: Final = (
    0 if _orjson is None else _orjson.OPT_PASSTHROUGH_DATACLASS | _orjson.OPT_PASSTHROUGH_DATETIME
)


def to_json(value: Any) -> bytes:
    """
    A value as JSON, without spaces; what JSON has no word for as its `repr`.

    >>> to_json({"ok": True, "error": ValueError(1)})
    b'{"ok":true,"error":"ValueError(1)"}'

    Letters stay as they are, but for a value with half a surrogate pair, which is all ASCII. orjson writes the
    same, but for the exponents of numbers; or it is not asked, for it makes null of NaN.

    Raises: TypeError, ValueError or RecursionError for what cannot be JSON at all.
    """
    if _dumps is not None:
        try:
            text = _dumps(value, default=repr, option=_OPTIONS)
        except TypeError:  # of which its own is one: a key that is no text, for one
            pass
        else:
            if text.find(b"null") < 0:  # quicker than `in`
                return text
    try:
        return _encode(value).encode()
    except UnicodeEncodeError:
        return _encode_ascii(value).encode()


def each_to_json(values: Sequence[Any]) -> list[bytes]:
    """What `to_json` makes of each of some values, in less time."""
    if _dumps is not None:
        try:
            texts = [_dumps(value, default=repr, option=_OPTIONS) for value in values]
        except TypeError:
            pass
        else:
            if b"".join(texts).find(b"null") < 0:
                return texts
    return [to_json(value) for value in values]


def packed(value: Any) -> Any:
    """
    A list, or a dict, that was read from JSON, in a fifth of the memory; `unpacked` makes it of this again.

    Only orjson is quick enough: without it, and of half a surrogate pair, it stays what it is.
    """
    if _orjson is not None:
        try:
            return _orjson.dumps(value)
        except TypeError:
            pass
    return value


def unpacked(value: Any) -> Any:
    """
    What was given to `packed`.

    >>> unpacked(packed([{"text": "Grüße"}]))
    [{'text': 'Grüße'}]
    """
    return loads(value) if isinstance(value, bytes) else value


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
