from typing import Any

import pytest

from rxslack.events.items import failure, is_failure


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (failure(None, KeyError("text")), True),
        ({"type": "rxslack.failure"}, False),
        ({"type": "message"}, False),
        ("rxslack.failure", False),
        (None, False),
    ],
)
def test_it_knows_a_failure_when_it_sees_one(item: Any, expected: bool) -> None:
    assert is_failure(item) is expected


def test_it_says_only_of_what_is_uncertain_that_it_is() -> None:
    error = ValueError("no text")
    assert failure("item", error) == {"type": "rxslack.failure", "item": "item", "error": error}
    assert failure("item", error, uncertain=True)["uncertain"] is True  # pyright: ignore[reportTypedDictNotRequiredAccess] - that it is there is what is tested
