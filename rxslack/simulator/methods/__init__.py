"""The Web API's methods, one file a family."""

from collections.abc import Mapping
from typing import Final

from rxslack.simulator.methods import (
    basics,
    bots,
    chat,
    conversations,
    history,
    reactions,
    rtm,
    users,
)
from rxslack.simulator.request import Method

__all__ = ["METHODS"]

METHODS: Final[Mapping[str, Method]] = {
    name: method
    for family in (basics, bots, chat, conversations, history, reactions, rtm, users)
    for name, method in family.METHODS.items()
}
