"""The legacy RTM client, as `slack_sdk.rtm` offers it."""

from rxslack.compat.rtm.client import RTMClient

__all__ = ["RTMClient"]
