"""
slack_sdk's clients on rxslack's stream: a bot runs when its imports say `rxslack.compat`.

`rxslack.compat.rtm_v2` and `rxslack.compat.rtm` are the two `RTMClient`s, `rxslack.compat.web`
the Web API, `rxslack.compat.errors` the errors.
"""

from rxslack.compat.web import WebClient

__all__ = ["WebClient"]
