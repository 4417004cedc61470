"""
Which keys Slack's answers and events have that the simulated ones lack: `python -m tests.simulator.shapes`.

The samples are Slack's own, a JSON file each (SLACK_SAMPLES says where). They are unions: one file has
every field that was ever seen of a method or an event, of all kinds of blocks, files and workspaces at once,
and no real answer has them all. So the simulated Slack is let do everything it can, and what it says is
united as well. Two things are left out of the comparison, and counted apart:

- what an app says itself and gets back, the inside of ECHOES: there, any key comes back that was posted;
- what Slack itself has ended, so that no real answer has it today: ENDED, each with its name.

Events that nothing here causes are said at a word (`slack.emit_rare`), in the shape of these very samples:
that they lack nothing proves nothing, so the share is told without them, too. `-v` tells every key.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

from rxslack.simulator import RARE_EVENTS
from tests.simulator.everything import Heard, everything

Shape: TypeAlias = "frozenset[str]"
"""The paths of keys in a JSON value, such as "channel/topic/value" and "messages[]/ts"."""

MORE: Final = Path(
    os.environ.get("SLACK_SAMPLES", Path(__file__).parents[3] / "shared" / "slack-samples")
)
FEW: Final = Path(__file__).parents[1] / "events" / "samples"
ECHOES: Final = re.compile(
    r"/(blocks|attachments|metadata|actions|state|options|values|submission|app_unfurl)(\[\])?/"
)
ENDED: Final[Mapping[str, str]] = {
    "authed_users and authed_teams, ended in 2021": r"/authed_(users|teams)$",
    "comments on files and files of their own, ended in 2018": r"/(comment|file_comment)(/|$)|message/file(/|$)"
    r"|initial_comment|item/file",
    "messages about files and pins, ended in 2018": r"message/(item|item_type)(/|$)",
    "stars, ended in 2023": r"/is_starred$",
}


@dataclass(frozen=True)
class Compared:
    """
    One sample beside what the simulated Slack says.

    Args:
        name: of the file.
        kind: method, or type and subtype.
        keys: of the sample that count.
        lacking: those of them that we never say.
        left_out: how many do not count, by reason.
        is_known: whether we say such a thing at all.
    """

    name: str
    kind: str
    keys: Shape
    lacking: Shape
    left_out: Mapping[str, int]
    is_known: bool


@dataclass
class Report:
    """All samples."""

    compared: list[Compared] = field(default_factory=list[Compared])

    @property
    def keys(self) -> int:
        """How many count."""
        return sum(len(one.keys) for one in self.compared)

    @property
    def lacking(self) -> int:
        """How many of them we lack."""
        return sum(len(one.lacking) for one in self.compared)

    @property
    def share(self) -> float:
        """What we lack, in percent."""
        return 100 * self.lacking / max(1, self.keys)

    @property
    def caused(self) -> Report:
        """The same without the events that are said at a word."""
        return Report([c for c in self.compared if c.kind.partition(" ")[2] not in RARE_EVENTS])


def shape_of(value: Any) -> Shape:
    """The paths of all keys, of all items of lists together."""
    return frozenset(_paths(value, ""))


_ID: Final = re.compile(r"[CDG](?=\w*\d)[A-Z0-9]{7,}_?|\d{3}")


def _paths(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inside in cast("dict[str, Any]", value).items():
            known = "*" if _ID.fullmatch(name) else name  # a table by ids
            yield f"{at}/{known}"
            yield from _paths(inside, f"{at}/{known}")
    elif isinstance(value, list):
        items: list[Any] = [*value]
        for item in items:
            yield from _paths(item, f"{at}[]")


def kind_of(folder: str, name: str, sample: Mapping[str, Any]) -> str:
    """By what a sample is known."""
    if folder == "api":
        return f"api {name}"
    if folder == "envelopes":
        return f"interaction {sample.get('type', 'slash_commands')}"
    event: Mapping[str, Any] = sample.get("event", sample)
    subtype = event.get("subtype") if event["type"] == "message" else None
    return f"{'event' if folder == 'events' else 'rtm'} {event['type']}" + (
        f"/{subtype}" if subtype else ""
    )


def samples(root: Path) -> Iterator[tuple[str, str, Any]]:
    """The name of each file, its kind, and what is in it."""
    for path in sorted(root.glob("*/*.json")):
        sample = json.loads(path.read_text())
        folder = path.parent.name
        yield f"{folder}/{path.name}", kind_of(folder, path.stem, sample), sample


def compare(root: Path, heard: Heard) -> Report:
    """Every sample beside what was heard."""
    report = Report()
    ours = {kind: shape_of(values) for kind, values in heard.items()}
    for name, kind, sample in samples(root):
        said = ours.get(kind)
        counted, left_out = _counted(shape_of([sample]))
        lacking = frozenset(counted - (said or frozenset()))
        report.compared.append(Compared(name, kind, counted, lacking, left_out, said is not None))
    return report


def _counted(keys: Shape) -> tuple[Shape, Mapping[str, int]]:
    counted, left_out = set[str](), dict[str, int]()
    for key in keys:
        reason = "said by the app" if ECHOES.search(key) else _reason(key)
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
        else:
            counted.add(key)
    return frozenset(counted), left_out


def _reason(key: str) -> str:
    return next((why for why, pattern in ENDED.items() if re.search(pattern, key)), "")


def lines(report: Report, *, at_length: bool) -> Iterable[str]:
    """For people."""
    for one in sorted(report.compared, key=lambda one: -len(one.lacking)):
        if one.lacking or at_length:
            what = "" if one.is_known else "  (never said)"
            yield f"{len(one.lacking):4} of {len(one.keys):4}  {one.name}  {one.kind}{what}"
            if at_length:
                yield "      " + " ".join(sorted(one.lacking))
    left_out = dict[str, int]()
    for one in report.compared:
        for why, count in one.left_out.items():
            left_out[why] = left_out.get(why, 0) + count
    for why, count in sorted(left_out.items()):
        yield f"left out: {count:5}  {why}"
    for name, part in (("all", report), ("without rare events", report.caused)):
        yield (
            f"{name}: {len(part.compared)} samples, {part.keys} keys, {part.lacking} lacking: "
            f"{part.share:.1f} %"
        )


def main() -> None:
    """Print the report."""
    report = compare(MORE if MORE.is_dir() else FEW, everything())
    sys.stdout.write("\n".join([*lines(report, at_length="-v" in sys.argv), ""]))


if __name__ == "__main__":
    main()
