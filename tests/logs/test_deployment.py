"""The guide's files for compose and Kubernetes do what the guide says, as processes of this machine."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import rxslack.log
from rxslack.simulator import Workspace
from tests.background import until
from tests.logs.services import (
    Machine,
    Replica,
    Service,
    from_compose,
    from_kubernetes,
    yaml_blocks,
)

SECONDS = 120.0


def test_all_of_its_manifests_are_as_kubernetes_has_them() -> None:
    pytest.importorskip("yaml")
    validate: Any = pytest.importorskip("kubernetes_validate")
    _, _, manifests = yaml_blocks()
    assert [one["kind"] for one in manifests] == [
        "Service",
        "StatefulSet",
        "Deployment",
        "Deployment",
    ]
    for manifest in manifests:
        validate.validate(manifest, "1.30", strict=True)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Callable[[Workspace], Machine]]:
    """Makes a machine with the bot of the log's guide."""
    pytest.importorskip("yaml")
    if shutil.which("redis-server") is None:
        pytest.skip("needs redis-server: apt-get install redis-server")
    made: list[Machine] = []
    code = re.findall(
        r"^```python\n(.*?)^```$", rxslack.log.__doc__ or "", re.MULTILINE | re.DOTALL
    )
    (tmp_path / "bot.py").write_text(f"import os\nimport rxslack\n\n{code[0]}")

    def make(slack: Workspace) -> Machine:
        secrets = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_BASE_URL": slack.base_url}
        made.append(Machine(tmp_path, secrets))
        return made[-1]

    yield make
    for one in made:
        one.end()
        print(one.said())  # noqa: T201 - shown for a test that fails


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["compose", "kubernetes"])
def test_its_services_start_update_survive_and_stop(
    kind: str, machine: Callable[[Workspace], Machine]
) -> None:
    _, compose, manifests = yaml_blocks()
    services = from_compose(compose[0]) if kind == "compose" else from_kubernetes(manifests)
    with Workspace() as slack:
        here = machine(slack)
        numbers = count(1)

        def start(service: Service) -> Replica:
            replica = here.start(service)
            until(replica.is_healthy, SECONDS)
            return replica

        def talk(most: int = 3) -> None:
            for _, number in zip(range(most), numbers, strict=False):
                slack.say("general", "alice", "x" * number)

        def are_answered() -> bool:
            said = slack.messages("general")
            return [one["text"] for one in said if one.get("bot_id")] == [
                f"{len(one['text'])} letters" for one in said if not one.get("bot_id")
            ]

        # Whoever has to wait for the server waits by itself.
        ingests = [here.start(services["ingest"]) for _ in range(services["ingest"].replicas)]
        answers = [here.start(services["answers"]) for _ in range(services["answers"].replicas)]
        server = start(services["redis"])
        for replica in (*ingests, *answers):
            until(replica.is_healthy, SECONDS)
        assert len(slack.connections) == len(ingests) == 2
        talk()
        until(are_answered, SECONDS)

        assert services["ingest"].is_replaced_first
        for old in ingests[:]:
            talk()
            ingests.append(start(services["ingest"]))
            assert len(slack.connections) == 3
            talk()
            assert old.stop() == 0
            ingests.remove(old)
            talk()
        until(are_answered, SECONDS)

        for old in answers[:2]:
            talk()
            old.kill()
            answers.remove(old)
            answers.append(start(services["answers"]))
        talk()
        until(are_answered, SECONDS)

        server.kill()
        talk()
        server = start(services["redis"])
        talk()
        until(are_answered, SECONDS)
        assert [replica.stop() for replica in (*ingests, *answers, server)] == [0] * 6
