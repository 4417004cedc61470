"""rxslack in a notebook: a live view, and things that describe themselves."""

from rxslack.notebook.describe import (
    describe,
    load_ipython_extension,
    unload_ipython_extension,
)
from rxslack.notebook.frame import to_frame
from rxslack.notebook.subscription import Running, start
from rxslack.notebook.view import View, live

__all__ = [
    "Running",
    "View",
    "describe",
    "live",
    "load_ipython_extension",
    "start",
    "to_frame",
    "unload_ipython_extension",
]
