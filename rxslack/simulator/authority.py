"""A certificate authority on this machine, for clients that insist on TLS; needs the extra "tls"."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["SLACK_NAMES", "local_authority"]

SLACK_NAMES = (
    "slack.com",
    "www.slack.com",
    "files.slack.com",
    "hooks.slack.com",
    "wss-primary.slack.com",
)
"""The names by which clients call Slack."""


def local_authority(folder: Path, names: Sequence[str]) -> ssl.SSLContext:
    """
    Make an authority, and a server's context with a certificate of it.

    Its key is kept nowhere: who trusts the authority trusts this process alone.

    Args:
        folder: `authority.pem` is written there, for clients to trust.
        names: of hosts, and addresses, that the certificate is for.

    Raises: ImportError without the extra; OSError.
    """
    try:
        trustme: Any = import_module("trustme")
    except ImportError as error:
        raise ImportError("TLS needs the package trustme: pip install 'rxslack[tls]'") from error
    authority = trustme.CA(organization_name="rxslack simulate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    folder.mkdir(parents=True, exist_ok=True)
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    return context
