"""The files of the guide to deployment, tried: the unit by a real systemd, the command of the container by hand."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rxslack.guide import deployment
from rxslack.simulator import Workspace

GUIDE = deployment.__doc__ or ""
ROOT = Path(__file__).parents[1]
SYSTEMD = Path("/lib/systemd/systemd")
CAN_RUN_SYSTEMD = SYSTEMD.exists() and shutil.which("unshare") and os.geteuid() == 0
DRAIN = 10.0  # seconds, the default


def block(kind: str, containing: str = "") -> str:
    """An example of the guide."""
    pattern = rf"^```{kind}\n(.*?)^```$"
    found: list[str] = re.findall(pattern, GUIDE, re.MULTILINE | re.DOTALL)
    return next(one for one in found if containing in one)


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    clock = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if true():
            return
        clock.wait(0.05)
    raise TimeoutError(true)


def answers(port: int, path: str) -> bool:
    """Whether a service says that it is well."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def is_answered(slack: Workspace, question: str) -> None:
    """The bot does what it is there for."""
    asked = slack.say("general", "alice", f"<@{slack.bot_user_id}> {question}")
    slack.wait_until(
        lambda: any(one.get("thread_ts") == asked["ts"] for one in slack.messages("general")), 60.0
    )


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    """A folder with the bot of the guide, and the command in a virtual environment of its own."""
    folder = tmp_path / "opt"
    command = folder / ".venv" / "bin" / "rxslack"
    command.parent.mkdir(parents=True)
    code = block("python", "def pipeline(web, app)")
    (folder / "bot.py").write_text(
        f"import rxslack\nfrom reactivex import operators as ops\n{code}"
    )
    command.write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n")
    with command.open("a") as file:
        file.write("from rxslack.cli import main\nsys.exit(main())\n")
    command.chmod(0o755)
    return folder


def settings(slack: Workspace) -> dict[str, str]:
    return {
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_BASE_URL": slack.base_url,
    }


def test_its_files_agree_with_each_other() -> None:
    """On the port, and on a time to stop that is longer than what the sinks get."""
    ports = re.findall(r"(?:EXPOSE |--serve [\d.]*:|\"--serve\", \":|port: )(\d+)", GUIDE)
    assert ports.count("9090") >= 5
    times = re.findall(
        r"(?:TimeoutStopSec=|PeriodSeconds: |stop -t |stop_grace_period: )(\d+)", GUIDE
    )
    assert len(times) >= 5
    assert min(map(float, times)) > DRAIN


def unit_for(bot: Path, folder: Path, port: int) -> str:
    """The unit of the guide, at other places."""
    unit = block("ini")
    for there, here in (
        ("/opt/bot", str(bot)),
        ("/etc/bot.env", str(folder / "bot.env")),
        ("127.0.0.1:9090", f"127.0.0.1:{port}"),
    ):
        assert there in unit
        unit = unit.replace(there, here)
    return unit


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
def test_systemd_finds_nothing_wrong_with_the_unit(bot: Path, tmp_path: Path) -> None:
    (tmp_path / "bot.service").write_text(unit_for(bot, tmp_path, 9090))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "bot.service")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""


class UserManager:
    """A systemd for this test alone, in a view of the file system of its own."""

    def __init__(self, process: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
        self.process = process
        self._environment = environment

    def do(self, *words: str) -> str:
        """What `systemctl` says."""
        inside = ["nsenter", "-m", "-t", str(self.process.pid), "systemctl", "--user", *words]
        done = subprocess.run(
            inside, env=self._environment, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def property(self, name: str) -> str:
        """Of the service."""
        return self.do("show", "--value", "--property", name, "bot")


@contextmanager
def user_manager(folder: Path, unit: str) -> Generator[UserManager]:
    """Systemd asks whether the machine was booted with it, so it sees another /run/systemd."""
    units = folder / "config" / "systemd" / "user"
    units.mkdir(parents=True)
    (units / "bot.service").write_text(unit)
    (folder / "run").mkdir(mode=0o700)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
    }
    Path("/run/systemd").mkdir(exist_ok=True)
    begin = f"mount -t tmpfs none /run/systemd; mkdir /run/systemd/system; exec {SYSTEMD} --user"
    with subprocess.Popen(["unshare", "-m", "sh", "-c", begin], env=environment) as process:
        manager = UserManager(process, environment)
        try:
            until(lambda: manager.do("is-system-running") in ("running", "degraded"))
            yield manager
        finally:
            manager.do("exit")
            try:
                process.wait(30.0)
            finally:
                process.kill()


@pytest.mark.slow
@pytest.mark.skipif(not CAN_RUN_SYSTEMD, reason="needs systemd, and root for a namespace")
def test_systemd_runs_the_unit(slack: Workspace, bot: Path, tmp_path: Path, port: int) -> None:
    """It is served, started anew when it is killed, and stopped in time without a failure."""
    lines = [f"{name}={value}\n" for name, value in settings(slack).items()]
    (tmp_path / "bot.env").write_text("".join(lines))
    unit = unit_for(bot, tmp_path, port).replace("DynamicUser=yes\n", "")  # the system's only
    unit = unit.replace("RestartSec=5", "RestartSec=0.1")
    with user_manager(tmp_path, unit) as manager:
        manager.do("start", "bot")
        until(lambda: answers(port, "/ready"))
        assert answers(port, "/health")
        is_answered(slack, "Are you there?")
        outboxes = [*tmp_path.rglob("outbox.sqlite")]
        assert [one.parent.name for one in outboxes] == ["bot"]  # the folder of its state
        killed = manager.property("MainPID")
        os.kill(int(killed), signal.SIGKILL)
        until(lambda: manager.property("NRestarts") == "1")
        until(lambda: answers(port, "/ready"))
        is_answered(slack, "And now?")
        manager.do("stop", "bot")
        assert manager.property("ActiveState") == "inactive"  # "failed", had it taken too long
        assert manager.property("Result") == "success"
    assert not slack.connections


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGTERM")
def test_the_command_of_the_container_serves_until_it_is_stopped(
    slack: Workspace, bot: Path, tmp_path: Path, port: int
) -> None:
    image = block("dockerfile")
    (words,) = re.findall(r"^CMD (.*)$", image, re.MULTILINE)
    command = [word.replace(":9090", f"127.0.0.1:{port}") for word in json.loads(words)]
    assert "COPY bot.py /app/bot.py\nENV PYTHONPATH=/app\n" in image
    state = tmp_path / "state"
    state.mkdir()
    environment = {
        **settings(slack),
        "PATH": f"{bot / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(bot),
    }
    with subprocess.Popen(
        command, cwd=state, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            until(lambda: answers(port, "/ready"))
            is_answered(slack, "Are you there?")
            process.terminate()
            _, said = process.communicate(timeout=20.0)
        finally:
            process.kill()
    assert process.returncode == 0
    assert [json.loads(line)["level"] for line in said.splitlines()].count("ERROR") == 0
    assert (state / "outbox.sqlite").exists()
