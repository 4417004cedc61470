from __future__ import annotations

import signal

pytest_plugins = ["rxslack.testing.plugin"]


def pytest_configure() -> None:
    # A shell without job control starts what runs in its background with SIGINT ignored, and programs
    # that tests start would inherit that and never end at it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
