"""`rxslack run`: a pipeline as a service."""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any, Final, TypeGuard, cast

from reactivex import Observable

from rxslack.cli.reload import reloading
from rxslack.cli.source import APP, BASE_URL, BOT, add_base_url, say, token_in
from rxslack.errors import ConfigurationError
from rxslack.metrics.logs import log_lines
from rxslack.metrics.metrics import Metrics
from rxslack.metrics.opentelemetry import to_opentelemetry
from rxslack.running.run import run as run_until_end
from rxslack.simulator import Workspace
from rxslack.simulator.chatter import Chatter, small_talk
from rxslack.web.client import WebClient

__all__ = ["add_to", "run"]

PARAMETERS: Final = "web, app or metrics"


def add_to(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "run",
        help="run a pipeline as a service",
        description="Runs the pipeline until it ends, or a signal comes; its sinks finish then.",
    )
    parser.add_argument(
        "target",
        metavar="MODULE:NAME",
        help=f"a stream, or a function of {PARAMETERS} that returns one, or one and a sink",
    )
    parser.add_argument("--serve", metavar="ADDRESS", help="/metrics, /health and /ready, at :9090")
    parser.add_argument("--log-level", default="INFO", help="DEBUG, INFO, WARNING or ERROR (INFO)")
    parser.add_argument("--json-logs", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--otel", action="store_true", help="hand numbers and spans on to OpenTelemetry"
    )
    parser.add_argument(
        "--drain", type=float, default=10.0, help="seconds that sinks get after a signal (10)"
    )
    parser.add_argument(
        "--reload", action="store_true", help="start anew when a Python file here changes"
    )
    parser.add_argument("--simulate", action="store_true", help="in a simulated workspace")
    add_base_url(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the pipeline, or what runs it anew."""
    with workspace(arguments):
        if arguments.reload:
            return reloading(command_of(arguments), seconds=arguments.drain)
        log_lines(form="json" if arguments.json_logs else "text", level=arguments.log_level.upper())
        with ExitStack() as stack:
            metrics = stack.enter_context(Metrics())
            if arguments.otel:
                stack.enter_context(to_opentelemetry(metrics))
            stream, sink = pipeline(arguments.target, clients(arguments, stack, metrics))
            return run_until_end(
                stream, sink, drain=arguments.drain, serve=arguments.serve, metrics=metrics
            )


@contextmanager
def workspace(arguments: argparse.Namespace) -> Generator[None]:
    """The Slack that is meant, in the environment, where the pipeline and what is started find it."""
    if not arguments.simulate:
        os.environ[BASE_URL] = arguments.base_url
        yield
        return
    with Workspace() as slack, Chatter(slack, small_talk(), pace=2.0) as chatter:
        found = {BASE_URL: slack.base_url, BOT: slack.bot_token, APP: slack.app_token}
        before = {name: os.environ.get(name) for name in found}
        os.environ.update(found)
        say(f"a Slack on this machine: {slack.base_url}")
        chatter.start()
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def command_of(arguments: argparse.Namespace) -> list[str]:
    """The same command without what its parent does."""
    words = [sys.executable, "-m", "rxslack", "run", arguments.target]
    words += ["--log-level", arguments.log_level, "--drain", str(arguments.drain)]
    words += ["--serve", arguments.serve] if arguments.serve else []
    words += ["--otel"] if arguments.otel else []
    return [*words, "--json-logs"] if arguments.json_logs else words


def clients(
    arguments: argparse.Namespace, stack: ExitStack, metrics: Metrics
) -> Callable[[str], object]:
    """What a function is given, by the names of its parameters."""

    def client(variable: str) -> WebClient:
        token = token_in(variable)
        if not token:
            raise ConfigurationError(f"no token; set {variable}, or add --simulate")
        base_url = os.environ.get(BASE_URL) or arguments.base_url
        return stack.enter_context(WebClient(token, base_url=base_url))

    def given(name: str) -> object:
        if name == "metrics":
            return metrics
        if name in ("web", "app"):
            return client(BOT if name == "web" else APP)
        raise ConfigurationError(
            f"{arguments.target} takes {name}; what can be given is {PARAMETERS}"
        )

    return given


def pipeline(target: str, given: Callable[[str], object]) -> tuple[Observable[Any], Any]:
    """
    The stream that is named, and its sink, if there is one.

    Errors: ``ConfigurationError`` for a name of nothing, and for what is no stream.
    """
    module_name, _, name = target.partition(":")
    if not (module_name and name):
        raise ConfigurationError(f"{target!r} names no pipeline; write MODULE:NAME, as in bot:main")
    sys.path.insert(0, os.getcwd())
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name != module_name.partition(".")[0]:
            raise
        raise ConfigurationError(f"there is no module {module_name} here") from error
    found: Any = getattr(module, name, None)
    if found is None:
        raise ConfigurationError(f"{module_name} has no {name}")
    made = made_by(found, given)
    stream, sink = made if is_pair(made) else (made, None)
    events: Any = stream  # or else type checkers know that it is a stream, and not of what
    if not isinstance(stream, Observable):
        raise ConfigurationError(
            f"{target} is {type(stream).__name__}; it has to be a stream, or a stream and a sink"
        )
    return events, sink


def made_by(found: Any, given: Callable[[str], object]) -> object:
    """What a function returns for what its parameters are called; anything else is it itself."""
    if isinstance(found, Observable) or not callable(found):
        return cast("object", found)
    return found(**{one: given(one) for one in inspect.signature(found).parameters})


def is_pair(found: object) -> TypeGuard[tuple[object, object]]:
    """Whether these are a stream and a sink."""
    return isinstance(found, tuple) and len(cast("tuple[object, ...]", found)) == 2
