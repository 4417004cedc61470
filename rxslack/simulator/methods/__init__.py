"""The Web API's methods, one file a family."""

from collections.abc import Mapping
from typing import Final

from rxslack.simulator.methods import (
    apps,
    assistant,
    basics,
    bots,
    chat,
    conversations,
    ephemeral,
    files,
    history,
    reactions,
    rtm,
    scheduled,
    users,
    views,
)
from rxslack.simulator.request import Method

__all__ = ["METHODS"]

METHODS: Final[Mapping[str, Method]] = {
    name: method
    for family in (
        apps,
        assistant,
        basics,
        bots,
        chat,
        conversations,
        ephemeral,
        files,
        history,
        reactions,
        rtm,
        scheduled,
        users,
        views,
    )
    for name, method in family.METHODS.items()
}
