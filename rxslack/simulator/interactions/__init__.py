"""What people do with the app."""

from rxslack.simulator.interactions.interaction import Interaction as Interaction
from rxslack.simulator.interactions.interactions import Interactions as Interactions

__all__ = ["Interaction", "Interactions"]
