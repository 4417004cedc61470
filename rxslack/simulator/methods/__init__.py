"""The Web API's methods, one file a family."""

from rxslack.simulator.methods import (
    assistant as assistant,
    basics as basics,
    chat as chat,
    connect as connect,
    conversations as conversations,
    files as files,
    history as history,
    reactions as reactions,
    scheduled as scheduled,
    users as users,
    views as views,
)
from rxslack.simulator.methods.request import METHODS

__all__ = ["METHODS"]
