"""Ids, tokens and time stamps that look like Slack's."""

from __future__ import annotations

import random
import re
import string
import uuid
from collections.abc import Callable

__all__ = ["IdMaker", "Stamps", "micros"]

_ALPHABET = string.ascii_uppercase + string.digits
_TOKEN_ALPHABET = string.ascii_letters + string.digits


class IdMaker:
    """
    Makes ids, tokens and tickets; the same seed makes the same ones. Not thread-safe.

    Args:
        seed: anything `random.Random` takes; who knows it knows the tokens. None: nobody can guess
            them.

    >>> IdMaker(1).new("C") == IdMaker(1).new("C")
    True
    """

    def __init__(self, seed: int | str | None) -> None:
        self._random = random.SystemRandom() if seed is None else random.Random(seed)
        self.taken = set[str]()  # ids of another run, which the same seed would make again

    def new(self, prefix: str) -> str:
        """An id: a letter for its kind (T, U, C, D, G, B, A), 0, and nine characters."""
        while (made := f"{prefix}0{self.letters(9, _ALPHABET)}") in self.taken:
            pass
        return made  # of 10**14: no two will be alike

    def token(self, kind: str) -> str:
        """A token of a kind ("xoxb", "xoxp", "xapp"), marked as simulated."""
        return f"{kind}-simulated-{self._random.randrange(10**11, 10**12)}-{self.letters(24)}"

    def letters(self, count: int, alphabet: str = _TOKEN_ALPHABET) -> str:
        """So many characters."""
        return "".join(self._random.choices(alphabet, k=count))

    def hex(self, digits: int) -> str:
        """So many hexadecimal digits."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """A `client_msg_id`."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))


_NUMBER = re.compile(r"(\d{1,12})(?:\.(\d*))?")


class Stamps:
    """
    A channel's sequence of `ts`: unique, increasing, near the clock. Not thread-safe.

    Args:
        clock: unix time in seconds.

    >>> stamps = Stamps(lambda: 1712345678.5)
    >>> stamps.next(), stamps.next()
    ('1712345678.500000', '1712345678.500001')
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = -1

    def pass_by(self, ts: str) -> None:
        """Make only later ones from now on."""
        self._last = max(self._last, micros(ts))

    def next(self) -> str:
        """The next `ts`."""
        self._last = max(int(self._clock() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def micros(ts: str) -> int:
    """
    A `ts` as a whole number of microseconds, exact where a float is not.

    Raises: ValueError.

    >>> micros("1712345678.000200"), micros("0"), micros("1712345678.5")
    (1712345678000200, 0, 1712345678500000)
    """
    match = _NUMBER.fullmatch(ts)
    if match is None:
        raise ValueError(f"not a ts: {ts!r}")
    return int(match[1]) * 1_000_000 + int(f"{match[2] or '':0<6}"[:6])
