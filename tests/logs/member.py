"""A process that takes its share of many names, and writes down which it has."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rxslack.log.spread import SharedNames


def main() -> None:
    where, path, count, lease = sys.argv[1:]
    names = [f"{number:04d}" for number in range(int(count))]
    share: list[SharedNames] = []

    def change(active: frozenset[str]) -> None:
        fresh = Path(f"{path}.new")
        fresh.write_text(" ".join(sorted(active)))
        fresh.replace(path)
        for name in active:
            share[0].ready(name)

    share.append(SharedNames(where, "workspaces", names, float(lease), change))
    share[0].start()
    time.sleep(600.0)


if __name__ == "__main__":
    main()
