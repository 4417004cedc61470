"""A package whose names come from its files when they are asked for."""

from __future__ import annotations

import importlib
import pickle
import sys
from pathlib import Path
from types import ModuleType

import pytest

PACKAGE = """
from rxslack.core.lazy_names import lazy_names

lazy_names(__name__, {"lazily.greet": "greet polite", "lazily.broken": "broken"})
"""


@pytest.fixture
def lazily(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    folder = tmp_path / "lazily"
    folder.mkdir()
    (folder / "__init__.py").write_text(PACKAGE)
    (folder / "greet.py").write_text("def greet(): return 'Hello'\npolite = True\n")
    (folder / "broken.py").write_text("import no_such_module\n")
    (folder / "other.py").write_text("from lazily.greet import greet\n")
    monkeypatch.syspath_prepend(tmp_path)  # pyright: ignore[reportUnknownMemberType] pytest's own types
    for name in [name for name in sys.modules if name.split(".")[0] == "lazily"]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module("lazily")


def test_it_imports_a_file_when_one_of_its_names_is_asked_for(lazily: ModuleType) -> None:
    assert "lazily.greet" not in sys.modules
    assert lazily.polite
    assert lazily.greet() == "Hello"
    assert vars(lazily)["greet"] is lazily.greet  # found without asking, from then on


def test_it_takes_no_file_for_the_function_of_the_same_name(lazily: ModuleType) -> None:
    importlib.import_module("lazily.other")  # which imports the file, and not by the package
    assert lazily.greet() == "Hello"
    assert isinstance(sys.modules["lazily.greet"], ModuleType)


def test_it_pickles_what_came_from_it(lazily: ModuleType) -> None:
    assert pickle.loads(pickle.dumps(lazily.greet)) is lazily.greet


def test_it_knows_its_files_and_nothing_else(lazily: ModuleType) -> None:
    with pytest.raises(AttributeError, match="module 'lazily' has no attribute 'gret'"):
        _ = lazily.gret
    with pytest.raises(ImportError, match="no_such_module"):
        _ = lazily.broken
    assert {"greet", "polite", "broken", "__name__"} <= set(dir(lazily))
    assert lazily.__all__ == ["broken", "greet", "polite"]
