"""What a compose file, and what Kubernetes' manifests, say of the services of a log; as processes of this machine."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from rxslack.guide import deployment
from tests.log.servers import free_port

__all__ = ["Machine", "Replica", "Service", "from_compose", "from_kubernetes", "yaml_blocks"]

PORT = 9090  # of the health of each service, in both files


@dataclass(frozen=True, kw_only=True)
class Service:
    """
    One service.

    Attributes:
        name: Its name.
        command: Program and arguments.
        environment: What the file gives it; the secrets come beside.
        replicas: How many.
        health: A command that succeeds when it is healthy; or the path of a page that is there then.
        grace: Seconds that it has after SIGTERM.
        is_replaced_first: Whether a new one is started, and healthy, before an old one is ended.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    replicas: int = 1
    health: list[str] | str
    grace: float = 10.0
    is_replaced_first: bool = False


def yaml_blocks() -> list[list[Any]]:
    """The documents of each block of YAML in the guide."""
    yaml: Any = importlib.import_module("yaml")
    texts = re.findall(r"^```yaml\n(.*?)^```$", deployment.__doc__ or "", re.MULTILINE | re.DOTALL)
    return [list(yaml.safe_load_all(text)) for text in texts]


def from_compose(document: Mapping[str, Any]) -> dict[str, Service]:
    """The services of a compose file."""
    services: dict[str, Service] = {}
    for name, given in document["services"].items():
        deploy = given.get("deploy", {})
        kind, *health = given["healthcheck"]["test"]
        assert kind == "CMD"
        services[name] = Service(
            name=name,
            command=shlex.split(given["command"]),
            environment=given.get("environment", {}),
            replicas=deploy.get("replicas", 1),
            health=health,
            grace=float(given.get("stop_grace_period", "10s").removesuffix("s")),
            is_replaced_first=deploy.get("update_config", {}).get("order") == "start-first",
        )
    return services


def from_kubernetes(documents: list[dict[str, Any]]) -> dict[str, Service]:
    """The workloads of manifests."""
    services: dict[str, Service] = {}
    for document in documents:
        if document["kind"] not in ("Deployment", "StatefulSet"):
            continue
        name, spec = document["metadata"]["name"], document["spec"]
        pod = spec["template"]["spec"]
        (container,) = pod["containers"]
        probe = container["readinessProbe"]
        rolling = spec.get("strategy", {}).get("rollingUpdate", {})
        services[name] = Service(
            name=name,
            command=container["command"],
            environment={one["name"]: one["value"] for one in container.get("env", [])},
            replicas=spec["replicas"],
            health=probe["exec"]["command"] if "exec" in probe else probe["httpGet"]["path"],
            grace=float(pod.get("terminationGracePeriodSeconds", 30)),
            is_replaced_first=rolling.get("maxUnavailable") == 0,
        )
    return services


class Machine:
    """
    Where the services run. What an engine for containers does of itself is done here by hand: each replica has a port of its
    own in place of 9090, the name `redis` is an address, and images are the programs of this machine.

    Args:
        folder: Where `bot.py` is, and where the server keeps its data.
        secrets: What all but the server have in their environment.
    """

    def __init__(self, folder: Path, secrets: Mapping[str, str]) -> None:
        self._folder = folder
        self._secrets = secrets
        self._redis_port = free_port()
        self._programs = {
            "python": [sys.executable],
            "rxslack": [sys.executable, "-m", "rxslack"],
            "redis-cli": ["redis-cli", "-p", str(self._redis_port)],
            "redis-server": [
                *("redis-server", "--port", str(self._redis_port), "--bind", "127.0.0.1"),
                *("--dir", str(folder), "--save", ""),
            ],
        }
        self._replicas: list[Replica] = []

    def start(self, service: Service) -> Replica:
        """Start one replica."""
        port = free_port()
        health = service.health
        given = {name: self._here(text, port) for name, text in service.environment.items()}
        replica = Replica(
            service,
            self._command(service.command, port),
            self._command(health, port) if isinstance(health, list) else health,
            {**os.environ, **self._secrets, **given, "PYTHONPATH": self._path()},
            port,
            self._folder / f"{service.name}{port}.log",
        )
        self._replicas.append(replica)
        return replica

    def _path(self) -> str:
        return os.pathsep.join([str(self._folder), *filter(None, sys.path)])

    def _command(self, words: list[str], port: int) -> list[str]:
        program, *arguments = words
        return [*self._programs[program], *(self._here(word, port) for word in arguments)]

    def _here(self, text: str, port: int) -> str:
        text = text.replace("redis:6379", f"127.0.0.1:{self._redis_port}")
        return text.replace(f":{PORT}", f":{port}")

    def end(self) -> None:
        """Kill what is left."""
        for replica in self._replicas:
            replica.process.kill()
            replica.process.wait()

    def said(self) -> str:
        """What the replicas have written, for whoever looks into a failure."""
        return "\n".join(
            f"{path.name}: {path.read_text()[-3000:]}" for path in self._folder.glob("*.log")
        )


class Replica:
    """
    One process of a service.

    Args:
        service: Which.
        command, health: As `Service` has them, for this machine.
        environment: All of it.
        port: In place of 9090.
        log: Where it writes.
    """

    def __init__(
        self,
        service: Service,
        command: list[str],
        health: list[str] | str,
        environment: Mapping[str, str],
        port: int,
        log: Path,
    ) -> None:
        self._grace = service.grace
        self._health = health
        self._port = port
        with log.open("ab") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=file, env=environment)

    def is_healthy(self) -> bool:
        """Whether its health check succeeds."""
        if isinstance(self._health, list):
            return subprocess.run(self._health, capture_output=True, check=False).returncode == 0
        try:
            with urlopen(f"http://127.0.0.1:{self._port}{self._health}", timeout=10.0) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> int:
        """SIGTERM, and wait as long as it has; its status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(self._grace)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()
