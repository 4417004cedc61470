"""What slack_sdk reads from the environment."""

from __future__ import annotations

import os

__all__ = ["proxy_from_environment"]

NAMES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def proxy_from_environment(proxy: str | None) -> str | None:
    """
    The proxy that was given, else the first one that the environment names.

    It is shown as `client.proxy`; what is dialled also respects `NO_PROXY`.
    """
    if proxy and proxy.strip():
        return proxy
    found = next((os.environ[name] for name in NAMES if os.environ.get(name)), "")
    return found if found.strip() else proxy
