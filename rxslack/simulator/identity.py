"""Ids and tokens that look like Slack's, from one seeded source of chance."""

from __future__ import annotations

import random
import string
import uuid

__all__ = ["IdMaker"]

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
        self._used: set[str] = set()

    def new(self, prefix: str) -> str:
        """An id: a letter for its kind (T, U, C, D, G, B, A), 0, and nine characters."""
        while True:
            made = f"{prefix}0{self.letters(9, _ALPHABET)}"
            if made not in self._used:
                self._used.add(made)
                return made

    def token(self, kind: str) -> str:
        """A token of a kind ("xoxb", "xoxp", "xapp"), marked as simulated."""
        return f"{kind}-simulated-{self._random.randrange(10**11, 10**12)}-{self.letters(24)}"

    def letters(self, count: int, alphabet: str = _TOKEN_ALPHABET) -> str:
        """So many characters."""
        return "".join(self._random.choices(alphabet, k=count))

    def uuid(self) -> str:
        """A `client_msg_id`."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
