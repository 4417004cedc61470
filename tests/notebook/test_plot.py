"""Plots of streams, without a notebook."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import reactivex
from reactivex import Subject

from rxslack.errors import ConfigurationError
from rxslack.notebook import plot
from rxslack.notebook.plot import Plot
from tests.reports import reports

pytest.importorskip("matplotlib", reason="the extra `notebook` is missing")
pytest.importorskip("bokeh", reason="the extra `notebook` is missing")

EVENTS: list[Any] = [
    {"type": "message", "channel": "C1", "text": "$a$ $"},
    {"type": "rxslack.gap", "since": 1764000000.0, "until": 1764000004.0},
]


def size(png: bytes) -> tuple[int, int]:
    image: Any = pytest.importorskip("PIL.Image").open(io.BytesIO(png))
    assert image.format == "PNG"
    found: tuple[int, int] = image.size
    return found


class Nowhere:
    def show(self, bundle: dict[str, Any], id: str) -> None:  # noqa: A002 - as the protocol
        """Nobody looks."""

    def update(self, bundle: dict[str, Any], id: str) -> None:  # noqa: A002 - as the protocol
        """Nobody looks."""


def over(shown: Plot) -> Plot:
    assert shown.wait(20)
    return shown


@pytest.mark.parametrize("what", ["rate", "count", "total", "lag"])
def test_it_makes_a_png_without_a_screen(what: Any) -> None:
    shown = over(plot(reactivex.from_iterable(EVENTS), what, key="type", title="$ <b>"))
    assert size(shown.png()) == (990, 330)
    assert "image/png" in shown._pictures()  # pyright: ignore[reportPrivateUsage] - what a cell gets


def test_it_makes_a_png_of_nothing() -> None:
    assert size(over(plot(reactivex.empty())).png()) == (990, 330)


def test_it_tells_its_numbers() -> None:
    shown = over(plot(reactivex.from_iterable(EVENTS), "total", key="type"))
    assert {name: line[-1][1] for name, line in shown.lines.items()} == {
        "message": 1,
        "rxslack.gap": 1,
    }


def test_it_tells_a_page_the_figure_once_and_then_numbers() -> None:
    source: Subject[Any] = Subject()
    shown = plot(source, "total", key="type")

    def lines() -> dict[str, float]:
        news = shown._news()  # pyright: ignore[reportPrivateUsage] - what a page gets
        assert len(json.dumps(news)) < 2000
        return {line["name"]: line["y"][-1] for line in news["data"]["lines"]}

    source.on_next(EVENTS[0])
    assert lines() == {"message": 1}
    source.on_next(EVENTS[0])
    assert lines() == {"message": 2}
    source.on_next(EVENTS[1])
    assert lines() == {"message": 2, "rxslack.gap": 1}
    assert len(shown._news()["data"]["gaps"]) == 1  # pyright: ignore[reportPrivateUsage] - as above
    assert "item 8" in shown._parts()["figure"]  # pyright: ignore[reportPrivateUsage] - as above
    shown.stop()


def test_it_shows_the_traceback_of_a_key_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    def bad(event: Any) -> str:
        return str(event["no_such_key"])

    shown = plot(reactivex.from_iterable(EVENTS * 600), key=bad, display=Nowhere())
    assert over(shown).seen.state == "failed"
    assert "in bad" in repr(shown)
    assert [type(error) for _, error in reports(caplog)] == [KeyError]


@pytest.mark.parametrize("options", [{"window": 0}, {"window": float("nan")}, {"what": "mean"}])
def test_it_refuses_what_it_cannot_plot(options: Any) -> None:
    with pytest.raises(ConfigurationError):
        plot(reactivex.never(), **options)
