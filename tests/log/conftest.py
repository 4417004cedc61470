from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.log.servers import Server, is_there

_names = count()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests that kill none."""
    if not is_there():
        pytest.skip("needs redis-server: apt-get install redis-server")
    server = Server(tmp_path_factory.mktemp("redis")).start()
    yield server
    server.kill()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """One that a test may kill."""
    if not is_there():
        pytest.skip("needs redis-server: apt-get install redis-server")
    server = Server(tmp_path)
    yield server.start()
    server.kill()


@pytest.fixture(params=["sqlite", "redis"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A log of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "events.db")
    server: Server = request.getfixturevalue("server")
    return f"{server.url}?name=t{next(_names)}"
