"""Slack's signature under its HTTP requests: whether one is genuine, and not a repetition."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

__all__ = ["MAX_AGE", "is_genuine", "sign"]

MAX_AGE: Final = 300.0
"""
Seconds that a request may be old.

docs.slack.dev/authentication/verifying-requests-from-slack.
"""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """
    The signature of a request, version 0.

    Args:
        secret: the app's signing secret.
        timestamp: the header X-Slack-Request-Timestamp, unix seconds.
        body: as it came, byte for byte.

    Source: docs.slack.dev/authentication/verifying-requests-from-slack.

    >>> sign("secret", "1700000000", b"{}")[:19]
    'v0=84dd7b277ba946b3'
    """
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def is_genuine(secret: str, timestamp: str, body: bytes, signature: str, *, now: float) -> bool:
    """
    Whether a request is Slack's and at most five minutes old; each wrong one takes the same time.

    Args:
        secret: the app's signing secret.
        timestamp: the header X-Slack-Request-Timestamp, unix seconds.
        body: as it came, byte for byte.
        signature: the header X-Slack-Signature.
        now: unix seconds.
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 20):
        return False
    if not signature.isascii():  # nor could every such text be encoded
        return False
    fresh = abs(now - int(timestamp)) <= MAX_AGE
    expected = sign(secret, timestamp, body)
    return hmac.compare_digest(expected.encode(), signature.encode()) and fresh
