"""
What the methods that bots use most take, for type checkers and editors.

A running program never imports this: there `WebClient.__getattr__` makes a method of every name of Slack's, and
Slack looks at the arguments. tests/web/test_methods.py compares the arguments with slack_sdk's.
"""

from __future__ import annotations

from rxslack.web.methods.chat import ChatMethods
from rxslack.web.methods.conversations import ConversationsMethods
from rxslack.web.methods.people import PeopleMethods
from rxslack.web.methods.things import ThingsMethods

__all__ = ["Methods"]


class Methods(ChatMethods, ConversationsMethods, PeopleMethods, ThingsMethods):
    """The methods whose arguments are known; all others take any."""
