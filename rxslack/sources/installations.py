"""Which workspaces an app is installed in, and by which tokens: read again and again."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias, cast

import reactivex
from reactivex import Observable, abc, operators as ops
from reactivex.scheduler import TimeoutScheduler

from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError

__all__ = ["InstallationSource", "installations"]

log = logging.getLogger("rxslack.installations")

PREFIX: Final = "env:"


class InstallationStore(Protocol):
    """What slack_sdk's installation stores have."""

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None
    ) -> Any:
        """The bot that is installed in a workspace, with its `bot_token`; None where there is none."""
        ...


Tokens: TypeAlias = Mapping[str, str]
InstallationSource: TypeAlias = str | Path | Callable[[], Tokens] | InstallationStore


def installations(
    source: InstallationSource,
    *,
    teams: Iterable[str] = (),
    every: float = 60.0,
    scheduler: abc.SchedulerBase | None = None,
) -> Observable[dict[str, str]]:
    """
    The tokens of all workspaces, by their ids, whenever they have changed; for `workspaces`.

    >>> from rxslack.testing import Marbles
    >>> marbles, read = Marbles(horizon=4.0), iter([{"T1": "xoxb-1"}, {"T1": "xoxb-2"}])
    >>> known = {}
    >>> found = installations(lambda: known | next(read, {"T1": "xoxb-2"}), every=1.0)
    >>> [sorted(item) for item in marbles.run(found).items]
    [['T1'], ['T1']]

    Args:
        source: The path of a JSON file, ``{"T0123ABCD": "xoxb-…"}``; "env:SLACK_TOKEN_" for all
            variables of the environment that begin like that, ``SLACK_TOKEN_T0123ABCD``; a function that
            returns such a dict; or one of slack_sdk's installation stores.
        teams: For a store, which lists none: the ids of the workspaces to ask it for.
        every: Seconds between two looks.
        scheduler: Measures those. Default: the subscriber's, else a timer.

    Emits: dicts of tokens by id: at once, and when one was added, removed or rotated. They are secrets: give
        them to `workspaces`, and print them nowhere. While the source cannot be read, the last
        dict stands, and ``rxslack.installations`` logs it.
    Errors: ``ConfigurationError`` when the source cannot be read at first.
    Dispose: looks no more.
    Source: tools.slack.dev/python-slack-sdk/oauth ("InstallationStore").
    """
    if not every > 0:
        raise ConfigurationError(f"every is {every!r}; give seconds, more than 0")
    read = reading(source, tuple(teams))

    def subscribe(
        observer: abc.ObserverBase[dict[str, str]], subscriber: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        clock = scheduler or subscriber or TimeoutScheduler.singleton()
        last: dict[str, str] = {}
        first = True

        def look(_: int) -> dict[str, str]:
            nonlocal first, last
            try:
                last = dict(read())
            except Exception as error:  # noqa: BLE001 - a store of the user's may raise anything
                if first:
                    raise unreadable(error) from None
                log.warning("%s; those known before go on", unreadable(error))
            first = False
            return last

        ticks: Observable[int] = reactivex.timer(0.0, every, scheduler=clock)
        changes: Observable[dict[str, str]] = ticks.pipe(
            ops.map(look), ops.distinct_until_changed()
        )
        return changes.subscribe(observer)

    return Observable(subscribe)


def unreadable(error: Exception) -> ConfigurationError:
    """Why tokens could not be read, without what was read: that may be one of them."""
    why = str(error) if isinstance(error, (ConfigurationError, OSError)) else type(error).__name__
    return ConfigurationError(f"the installations cannot be read: {printable(why)}")


def reading(source: Any, teams: tuple[str, ...]) -> Callable[[], Tokens]:
    """What reads the tokens."""
    if callable(getattr(source, "find_bot", None)):
        if not teams:
            raise ConfigurationError(
                "an installation store lists no workspaces; name them: teams=…"
            )
        return lambda: from_store(source, teams)
    if callable(source):
        return cast("Callable[[], Tokens]", source)
    if isinstance(source, str) and source.startswith(PREFIX):
        prefix = source.removeprefix(PREFIX)
        return lambda: {
            name.removeprefix(prefix): token.strip()
            for name, token in os.environ.items()
            if name.startswith(prefix) and token.strip()
        }
    if isinstance(source, (str, Path)):
        return lambda: from_file(Path(source))
    raise ConfigurationError(
        f"installations takes a path, env:PREFIX, a function or a store, not {type(source).__name__}"
    )


def from_file(path: Path) -> Tokens:
    """Those of a file."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ConfigurationError(f"{printable(str(path))} holds no JSON object")
    entries = cast("dict[str, object]", found)
    if not all(isinstance(token, str) for token in entries.values()):
        raise ConfigurationError(f'{printable(str(path))} is to hold {{"T…": "xoxb-…"}}')
    return cast("dict[str, str]", entries)


def from_store(store: InstallationStore, teams: tuple[str, ...]) -> Tokens:
    """Those of a store. A workspace that has uninstalled the app is in it no more."""
    bots = {
        team: store.find_bot(enterprise_id=None, team_id=team, is_enterprise_install=False)
        for team in teams
    }
    return {team: str(bot.bot_token) for team, bot in bots.items() if bot is not None}
