from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from reactivex import Observer, Subject

from rxslack.unheard import guarded, pass_on, report, tell

log = logging.getLogger("rxslack.test")


def elsewhere(action: Callable[[], object]) -> None:
    """Do something on another thread."""
    thread = threading.Thread(target=action)
    thread.start()
    thread.join(10.0)
    assert not thread.is_alive()


def reported(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int, object]]:
    return [
        (one.name, one.levelno, one.exc_info[1] if one.exc_info else None) for one in caplog.records
    ]


def test_it_logs_an_error_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(KeyError) as raised:
        dict[str, str]()["usr"]
    report(raised.value, log)
    assert "no on_error took KeyError" in caplog.text
    assert '["usr"]' in caplog.text
    assert [(one.name, one.levelno) for one in caplog.records] == [("rxslack.test", logging.ERROR)]


@pytest.mark.parametrize("error", [KeyError(), SystemExit(3)])
def test_it_tells_whoever_listens(caplog: pytest.LogCaptureFixture, error: BaseException) -> None:
    heard: list[BaseException] = []
    tell(Observer[Any](on_error=heard.append), error, log)
    assert (heard, reported(caplog)) == ([error], [])


def test_it_logs_what_comes_behind_the_end(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Exception] = []
    observer, error = Observer[Any](on_error=heard.append), KeyError()
    observer.dispose()
    tell(observer, error, log)
    assert (heard, reported(caplog)) == ([], [("rxslack.test", logging.ERROR, error)])


@pytest.mark.parametrize("error", [KeyError(), SystemExit(3)])
def test_it_logs_what_nobody_takes(caplog: pytest.LogCaptureFixture, error: BaseException) -> None:
    tell(Observer[Any](), error, log)
    assert reported(caplog) == [("rxslack.test", logging.ERROR, error)]


def test_it_lets_what_python_raises_on_the_main_thread_pass_by_on_error() -> None:
    heard: list[BaseException] = []
    with pytest.raises(KeyboardInterrupt):
        pass_on(Observer[Any](on_error=heard.append), KeyboardInterrupt())
    assert heard == []
    elsewhere(lambda: pass_on(Observer[Any](on_error=heard.append), KeyboardInterrupt()))
    assert [type(error) for error in heard] == [KeyboardInterrupt]


def test_it_logs_what_an_action_raises_on_another_thread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    items: Subject[int] = Subject()
    error = KeyError()
    items.subscribe(on_error=None)
    action = guarded(lambda *_: items.on_error(error), log)
    elsewhere(lambda: action("scheduler", None))
    assert reported(caplog) == [("rxslack.test", logging.ERROR, error)]


def test_it_raises_what_an_action_raises_on_its_own_thread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def action(*_: object) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        guarded(action, log)("scheduler", None)
    assert reported(caplog) == []
