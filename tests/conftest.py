from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

# How long an example takes tells of the machine, which may have other things to do, and not of the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

pytest_plugins = ["rxslack.testing.plugin"]


def pytest_configure() -> None:
    # A shell without job control starts what runs in its background with SIGINT ignored, and programs
    # that tests start would inherit that and never end at it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
