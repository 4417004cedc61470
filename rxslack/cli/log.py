"""`rxslack log`: how a log fares, and what may be done about it."""

from __future__ import annotations

import argparse
import re
import time
from typing import Any, Final

from rxslack.cli.lines import as_line
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError
from rxslack.log.inspection import Inspection, LogSnapshot
from rxslack.log.where import inspection_at

__all__ = ["add_to", "log"]

UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def add_to(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "log",
        help="say how a log of events fares",
        description="Says of each group of readers how far it is behind, and who holds what. "
        "`--dead` prints what could not be dealt with, as JSON lines; `--replay` lets a group begin "
        "again; `--forget` ends one, for which nothing is kept any more.",
    )
    parser.add_argument("where", help="the path of a file, or redis://…")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--dead", metavar="GROUP", help="print what could not be dealt with")
    action.add_argument("--replay", metavar="GROUP", help="begin again, with --since")
    action.add_argument("--forget", metavar="GROUP", help="end a group")
    parser.add_argument(
        "--since",
        type=moment,
        metavar="TIME",
        help="unix seconds, or how long ago: 90s, 30m, 2h, 1d",
    )
    parser.set_defaults(run=log)


def moment(text: str) -> float:
    """
    A moment in unix seconds.

    >>> moment("1712345678.5")
    1712345678.5
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; give unix seconds, or 30m, 2h, 1d")
    number = float(match[1])
    return time.time() - number * UNITS[match[2]] if match[2] else number


def log(arguments: argparse.Namespace) -> int:
    """Print, or do, what was asked for."""
    inspection = inspection_at(arguments.where)
    if arguments.dead:
        for entry in inspection.dead(known(inspection, arguments.dead)):
            line = {"at": entry.at, "reason": entry.reason, "item": entry.item}
            print(as_line({"type": "dead", **line}))
    elif arguments.replay:
        if arguments.since is None:
            raise ConfigurationError("--replay needs --since, such as --since 2h")
        inspection.replay(known(inspection, arguments.replay), arguments.since)
        print(f"{printable(arguments.replay)} begins again; what it has posted is not posted again")
    elif arguments.forget:
        inspection.forget(known(inspection, arguments.forget))
        print(f"{printable(arguments.forget)} is forgotten")
    else:
        show(inspection.look())
    return 0


def known(inspection: Inspection, group: str) -> str:
    """A group that is there; a typing error makes no new one."""
    names = [one.name for one in inspection.look().groups]
    if group not in names:
        raise ConfigurationError(f"there is no group {group!r}, but {', '.join(names) or 'none'}")
    return group


def show(snapshot: LogSnapshot) -> None:
    """A line for the log, one for each group, one for each reader."""
    print(f"{snapshot.entries} entries")
    for group in snapshot.groups:
        age = "" if group.oldest is None else f", the oldest {time.time() - group.oldest:.0f} s old"
        print(
            f"{printable(group.name)}: {group.lag} to be taken, {group.pending} not done{age}; "
            f"{group.dead} dead"
        )
        for reader, count in sorted(group.held.items()):
            print(f"  {printable(reader)} holds {count} partitions")
