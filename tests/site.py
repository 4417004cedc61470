"""
The guide and the reference as a site: ``python -m tests.site [FOLDER]``, with the extra ``docs``.

Pages are made of the README and the docstrings by pdoc, the notebooks' by nbconvert, from what they hold. The site needs
no server; ``index.html`` in the folder (``site`` unless named) opens it.
"""

from __future__ import annotations

import pkgutil
import sys
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pdoc
import pdoc.render

import rxslack
import rxslack.guide

__all__ = ["NOTEBOOKS", "PAGES", "README", "build"]

README: Final = Path(__file__).parents[1] / "README.md"
NOTEBOOKS: Final = sorted((README.parent / "notebooks").glob("*.ipynb"))

_INSIDE: Final = {"__main__", "core", "lanes", "wire"}  # rooms that no user opens

PAGES: Final = [
    "rxslack",
    *(
        one.name
        for room in (rxslack, rxslack.guide)
        for one in pkgutil.iter_modules(room.__path__, f"{room.__name__}.")
        if one.name.rpartition(".")[2] not in _INSIDE
    ),
    "rxslack.events.table",
    "rxslack.simulator.page",
    "rxslack.compat.rtm",
    "rxslack.compat.rtm_v2",
]

_TEMPLATE: Final = """\
{% extends "default/module.html.jinja2" %}
{% block head %}<style>.pdoc img { max-width: 100% }</style>{% endblock %}
{% block nav_submodules %}
  <h2>Pages</h2>
  <ul>PAGES</ul>
  <h2>Notebooks</h2>
  <ul>NOTEBOOKS</ul>
{% endblock %}
"""


def build(folder: Path) -> None:
    """Write the site into a folder."""
    with tempfile.TemporaryDirectory() as templates:
        (Path(templates) / "module.html.jinja2").write_text(_template(), encoding="utf-8")
        pdoc.render.configure(
            docformat="google", show_source=False, template_directory=Path(templates)
        )
        # A module's own are left out unless they are pages themselves: they are for who works on it.
        pages = "|".join(page.replace(".", r"\.") for page in PAGES)
        with _front_page(), warnings.catch_warnings(action="ignore", category=UserWarning):
            pdoc.pdoc(*PAGES, rf"!(?!({pages})$).*", output_directory=folder)
    exporter: Any = import_module("nbconvert").HTMLExporter()
    for notebook in NOTEBOOKS:
        page, _ = exporter.from_filename(str(notebook))
        (folder / f"{notebook.stem}.html").write_text(page, encoding="utf-8")


@contextmanager
def _front_page() -> Generator[None]:
    """The README stands in front, and each name that is at the top is told of in its room."""
    before = rxslack.__all__, rxslack.__doc__
    _, _, readme = README.read_text(encoding="utf-8").partition("\n")  # pdoc writes the title
    readme = readme.replace("](tests/", "](../tests/")  # for pdoc, which looks from the package
    rxslack.__all__, rxslack.__doc__ = [], f"{readme}\n## Inside\n{rxslack.__doc__}"
    try:
        yield
    finally:
        rxslack.__all__, rxslack.__doc__ = before


def _template() -> str:
    """Each page's column at the left names all pages, and the notebooks."""
    up = '{{ "../" * module.modulename.count(".") }}'
    pages = "".join(f'<li><a href="{up}{_file(page)}">{page}</a></li>' for page in PAGES)
    notebooks = "".join(
        f'<li><a href="{up}{one.stem}.html">{one.stem.replace("-", " ")}</a></li>'
        for one in NOTEBOOKS
    )
    return _TEMPLATE.replace("PAGES", pages).replace("NOTEBOOKS", notebooks)


def _file(page: str) -> str:
    return page.replace(".", "/") + ".html"


def main(arguments: list[str]) -> None:
    """Build it, and say where it is."""
    folder = Path(arguments[0] if arguments else "site")
    build(folder)
    sys.stdout.write(f"{(folder / 'index.html').resolve().as_uri()}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
