"""
The widgets of this room, on anywidget: one class for JupyterLab, Notebook 7, VS Code and marimo.

A page's half is a plain ES module beside this file, behind what all of them begin with. It loads nothing from
anywhere and shows every text as text. anywidget, which the extra `notebook` brings, is imported when the first widget is made.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol

__all__ = ["VIEW", "Widget", "has_widgets", "made", "notebook", "page_of"]

VIEW: Final = "application/vnd.jupyter.widget-view+json"
_HERE: Final = Path(__file__).parent


class Widget(Protocol):
    """What a page shows, as far as this room needs it."""

    news: dict[str, Any]
    model_id: str

    def send(self, content: dict[str, Any]) -> None:
        """To all pages that show it."""
        ...

    def on_msg(self, callback: Callable[[Any, Any, Any], object]) -> None:
        """Be told what a page sends."""
        ...

    def close(self) -> None:
        """Nobody shows it any more."""
        ...


def notebook() -> str:
    """Which notebook this runs in: "marimo", "jupyter", or "" for none whose pages can be told."""
    marimo: Any = sys.modules.get("marimo")
    if marimo is not None and marimo.running_in_notebook():
        return "marimo"
    shells: Any = sys.modules.get("IPython.core.getipython")
    shell: Any = shells.get_ipython() if shells is not None else None
    return "jupyter" if getattr(shell, "kernel", None) is not None else ""


def has_widgets() -> bool:
    """Whether a widget can be shown here."""
    return bool(notebook()) and find_spec("anywidget") is not None


def page_of(name: str) -> str:
    """The ES module of a widget, which is one file for the page."""
    parts = (_HERE / f"{part}.js" for part in ("common", name))
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


@cache
def _class_of(name: str) -> Callable[..., Any]:
    """The class whose page is `name.js` and `name.css`."""
    anywidget: Any = import_module("anywidget")
    traitlets: Any = import_module("traitlets")
    members = {
        "_esm": page_of(name),
        "_css": (_HERE / "widgets.css").read_text(encoding="utf-8"),
        "news": traitlets.Dict().tag(sync=True),
        "parts": traitlets.Dict().tag(sync=True),
        "__module__": __name__,
    }
    return type(f"{name.capitalize()}Widget", (anywidget.AnyWidget,), members)


def made(
    name: str,
    news: dict[str, Any],
    answer: Callable[[Any], dict[str, Any] | None],
    parts: Mapping[str, str] | None = None,
) -> Widget:
    """
    A widget.

    Args:
        name: of the ES module.
        news: what the page is told first; set it anew to tell more.
        answer: to what a page asks; None for nothing.
        parts: what else it gets, once: JavaScript that it runs first, for one.
    """
    widget: Widget = _class_of(name)(news=news, parts=dict(parts or {}))

    def asked(_: Any, content: Any, __: Any) -> None:
        reply = answer(content)
        if reply is not None:
            widget.send(reply)

    widget.on_msg(asked)
    return widget
