"""The server's settings, and its package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rxslack import ConfigurationError, to_log
from tests.log.programs import append, event
from tests.log.servers import Server, is_there


def test_it_warns_of_settings_that_lose_data(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if not is_there():
        pytest.skip("needs redis-server: apt-get install redis-server")
    options = ("--appendonly", "no", "--maxmemory-policy", "allkeys-lru")
    server = Server(tmp_path, *options).start()
    try:
        append(server.url, event(1))
    finally:
        server.kill()
    assert "appendonly" in caplog.text
    assert "noeviction" in caplog.text


def test_without_the_package_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigurationError, match=r"rxslack\[redis\]"):
        to_log("redis://127.0.0.1:1/0")


def test_the_package_is_imported_when_it_is_used() -> None:
    code = "import sys, rxslack; rxslack.to_log, rxslack.post_message; assert 'redis' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
