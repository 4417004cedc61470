"""What people do on the page: a table of small functions, one file a family."""

from rxslack.simulator.page.acts import app as app, talk as talk, trouble as trouble
from rxslack.simulator.page.acts.act import ACTS, Doer, Given

__all__ = ["ACTS", "Doer", "Given"]
