"""
Put a client before hostile peers, and measure what they can do to it.

    pip install -e '.[test]'
    python -m tests.hostile                       # all
    python -m tests.hostile pings flood-before-hello --scheme https

For each: by how much the client's process has grown at its peak, how long it takes until the error
comes, and how long until threads and sockets are gone when it is disposed in the midst of it, each
beside its limit. The exit status is 1 when one is exceeded. Runs on Linux.
"""

from __future__ import annotations

import argparse
import json
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import trustme

from rxslack import errors
from tests.hostile.case import MIB, Case
from tests.hostile.cases import CASES
from tests.hostile.client import Measured
from tests.hostile.peer import serving

__all__ = ["beyond", "main", "measure"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.hostile",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    listed = "; ".join(f"{name}: {case.says}" for name, case in CASES.items())
    parser.add_argument("cases", nargs="*", help=listed)
    parser.add_argument("--scheme", choices=["http", "https"], help="default: both")
    options = parser.parse_args(arguments)
    if unknown := {*options.cases} - {*CASES}:
        parser.error(f"there is no case {', '.join(sorted(unknown))}")
    held = True
    for name in options.cases or CASES:
        for scheme in CASES[name].schemes:
            if options.scheme in (None, scheme):
                measured = measure(name, scheme)
                excess = [*beyond(CASES[name], measured)]
                held = held and not excess
                print(_line(name, scheme, measured, excess), flush=True)  # noqa: T201 a command prints
    return 0 if held else 1


def measure(name: str, scheme: str) -> Measured:
    """Run one case."""
    case = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        tls, ca_file = None, Path(folder) / "authority.pem"
        if scheme == "https":
            tls = _tls(ca_file)
        with serving(case.script, tls) as port:
            arguments = [name, f"{scheme}://127.0.0.1:{port}/", *([str(ca_file)] if tls else [])]
            done = subprocess.run(
                [sys.executable, "-m", "tests.hostile.client", *arguments],
                stdout=subprocess.PIPE,
                text=True,
                check=False,
                timeout=3 * case.within + 120.0,
            )
    if done.returncode:
        return Measured(0, "", f"the client ended with {done.returncode}", False, 0.0, None)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def beyond(case: Case, measured: Measured) -> Iterator[str]:
    """What exceeds its limit."""
    if measured.grown > case.memory:
        yield "memory"
    if not issubclass(getattr(errors, measured.error, object), case.error):
        yield f"no {case.error.__name__}"
    elif not measured.retryable:
        yield "not retryable"
    if measured.seconds > case.within:
        yield "time"
    if case.dispose_after is not None and (
        measured.freed is None or measured.freed > case.free_within
    ):
        yield "disposal"


def _tls(ca_file: Path) -> ssl.SSLContext:
    authority: Any = trustme.CA()  # which leaves some of its types out
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def _line(name: str, scheme: str, measured: Measured, excess: Sequence[str]) -> str:
    case = CASES[name]
    freed = "" if case.dispose_after is None else f"freed after {_seconds(measured.freed)} of "
    freed += f"{case.free_within:g} s, " if freed else ""
    return (
        f"{name} ({scheme}): +{measured.grown / MIB:.0f} of {case.memory // MIB} MiB, "
        f"error after {measured.seconds:.1f} of {case.within:g} s, {freed}"
        f"{measured.error or 'no error'}: {measured.words}"
        f" -> {'BEYOND: ' + ', '.join(excess) if excess else 'held'}"
    )


def _seconds(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.2f}"


if __name__ == "__main__":
    sys.exit(main())
