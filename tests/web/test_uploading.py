"""Which files are uploaded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rxslack.compat.errors import SlackClientError
from rxslack.compat.web import WebClient
from rxslack.web.uploading import open_regular


def test_it_opens_a_file_and_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"Hello")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    for name in ("a", "b"):
        with open_regular(str(tmp_path / name)) as file:
            assert file.read() == b"Hello"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_it_waits_for_no_pipe(tmp_path: Path) -> None:
    """Opened as files are, it would wait for ever for somebody to write."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for name in ("pipe", "link"):
        with pytest.raises(OSError, match="not a regular file"):
            open_regular(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_no_client_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    client = WebClient("xoxb-test", base_url="http://127.0.0.1:9/api/")
    path = str(tmp_path / "pipe")
    with pytest.raises((OSError, SlackClientError), match="not a regular file"):
        client.files_upload_v2(file=path, channel="C1")
    with pytest.raises((OSError, SlackClientError), match="not a regular file"):
        client.files_upload(file=path)


def test_it_takes_no_device_and_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not a regular file"):
        open_regular(os.devnull)
    with pytest.raises(OSError):  # noqa: PT011 each system has its own words
        open_regular(tmp_path)
