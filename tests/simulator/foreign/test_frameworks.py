"""
Bot frameworks of others, unmodified, at a simulated https://slack.com: connect, answer, thread, reaction, file.

Each is installed from its registry into a folder of its own, which FOREIGN names, and is skipped, with the
reason, where that or a network namespace cannot be had.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

BOTS = Path(__file__).parent / "bots"
ROOT = Path(__file__).parents[3]
FOLDER = Path(
    os.environ.get("FOREIGN", Path(tempfile.gettempdir()) / f"rxslack-foreign-{os.getuid()}")
)
EVERYTHING = ["connect", "answer", "thread", "reaction", "file"]

PYTHON = [
    ("bolt_app.py", "modern", "slack_bolt>=1.30,<2"),
    ("bolt_async_app.py", "modern", "slack_bolt>=1.30,<2 aiohttp>=3.9"),
    ("machine_bot.py", "modern", "slack-machine==0.40.1"),
    ("phial_bot.py", "modern", "phial-slack==0.13.0"),
    ("sansio_bot.py", "classic", "slack-sansio==1.1.0 requests websocket-client"),
    ("slackbot_bot.py", "classic", "slackbot==1.0.5 setuptools<70"),
    ("slackclient_1.py", "classic", "slackclient==1.3.2"),
    ("slackclient_2.py", "classic", "slackclient==2.9.4"),
]
NODE = [("bolt.js", "modern"), ("rtm.js", "classic"), ("socket_mode.js", "modern")]
PACKAGES = "@slack/bolt @slack/rtm-api @slack/socket-mode @slack/web-api"

pytestmark = pytest.mark.slow


def try_to(what: str, *command: str) -> None:
    """Run a command; skip the test, with its last line, where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        pytest.skip(f"cannot {what}: {said[-1]}")


@pytest.fixture(scope="module", autouse=True)
def namespace() -> None:
    """Where slack.com can mean this machine."""
    for program in ("unshare", "ip"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program}")
    try_to(
        "make a network namespace", "unshare", "--net", "--mount", "ip", "link", "set", "lo", "up"
    )


@pytest.fixture(scope="module")
def modules() -> Path:
    """Slack's packages for Node."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm")
    folder = FOLDER / "node"
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder)]
        try_to("install Slack's packages for Node", *install, *PACKAGES.split())
        (folder / "done").touch()
    return folder / "node_modules"


def environment_with(name: str, packages: str) -> Path:
    """A virtual environment with a framework; its Python."""
    folder = FOLDER / name
    python = folder / "bin" / "python"
    if not (folder / "done").exists():
        try_to("make a virtual environment", sys.executable, "-m", "venv", "--clear", str(folder))
        try_to(f"install {packages}", str(python), "-m", "pip", "install", "-q", *packages.split())
        (folder / "done").touch()
    return python


def played(scopes: str, *command: str, **more: str) -> list[str]:
    """What a bot did on the stage."""
    stage = ["unshare", "--net", "--mount", sys.executable, "-m", "tests.simulator.foreign.stage"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    done = subprocess.run(
        [*stage, scopes, *command],
        capture_output=True,
        text=True,
        timeout=400,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert done.stdout, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["done"] == EVERYTHING, said["log"]
    return list(said["done"])


@pytest.mark.parametrize(("bot", "scopes", "packages"), PYTHON, ids=[row[0] for row in PYTHON])
def test_it_serves_a_framework_in_python(bot: str, scopes: str, packages: str) -> None:
    python = environment_with(bot.removesuffix(".py"), packages)
    assert played(scopes, str(python), str(BOTS / bot)) == EVERYTHING


@pytest.mark.parametrize(("bot", "scopes"), NODE, ids=[row[0] for row in NODE])
def test_it_serves_slacks_own_for_node(modules: Path, bot: str, scopes: str) -> None:
    done = played(scopes, "node", str(BOTS / bot), NODE_PATH=str(modules))
    assert done == EVERYTHING
