"""`slack_sdk.rtm.v2` is another name of `slack_sdk.rtm_v2`."""

from rxslack.compat.rtm_v2 import RTMClient

__all__ = ["RTMClient"]
