"""What the command changes, without changing it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import rxslack
from tests.mutants.__main__ import settings
from tests.mutants.equivalent import EQUIVALENT
from tests.mutants.parts import PARTS

PACKAGE = Path(rxslack.__file__).parent


@pytest.mark.parametrize("name", PARTS)
def test_it_finds_modules_and_their_tests(name: str) -> None:
    found = tomllib.loads(settings(PARTS[name]))["tool"]["mutmut"]
    assert any((PACKAGE.parent / module).exists() for module in found["only_mutate"])
    assert found["pytest_add_cli_args_test_selection"]


def test_it_has_a_reason_for_each_change_that_is_let_pass() -> None:
    modules = {Path(module).stem for part in PARTS.values() for module in part.modules}
    assert {module for module, _, _ in EQUIVALENT} <= modules
    assert all(EQUIVALENT.values())
