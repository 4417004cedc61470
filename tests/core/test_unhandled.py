from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from reactivex import Observer, Subject

from rxslack.core.printable import printable
from rxslack.core.unhandled import guarded, pass_on, report, tell
from tests.odd import HOSTILE
from tests.reports import reports

log = logging.getLogger("rxslack.test")


def elsewhere(action: Callable[[], object]) -> None:
    """Do something on another thread."""
    thread = threading.Thread(target=action)
    thread.start()
    thread.join(10.0)
    assert not thread.is_alive()


def test_it_logs_an_error_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(KeyError) as raised:
        dict[str, str]()["usr"]
    report(raised.value, log)
    assert "no on_error took this: KeyError: 'usr'" in caplog.text
    assert '["usr"]' in caplog.text
    assert [(one.name, one.levelno) for one in caplog.records] == [("rxslack.test", logging.ERROR)]


def test_it_logs_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    report(ValueError("with xoxb-test"), log)
    assert "ValueError: with xoxb-***" in caplog.text
    assert "xoxb-test" not in caplog.text


def test_it_logs_nothing_where_nobody_wants_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "rxslack.test")
    report(ValueError(), log)
    assert reports(caplog) == []


@pytest.mark.parametrize("error", [KeyError(), SystemExit(3)])
def test_it_tells_whoever_listens(caplog: pytest.LogCaptureFixture, error: BaseException) -> None:
    heard: list[BaseException] = []
    elsewhere(lambda: tell(Observer[Any](on_error=heard.append), error, log))
    assert (heard, reports(caplog)) == ([error], [])


def test_it_logs_what_comes_behind_the_end(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Exception] = []
    observer, error = Observer[Any](on_error=heard.append), KeyError()
    observer.dispose()
    tell(observer, error, log)
    assert (heard, reports(caplog)) == ([], [("rxslack.test", error)])


@pytest.mark.parametrize("error", [KeyError(), SystemExit(3)])
def test_it_logs_what_nobody_takes(caplog: pytest.LogCaptureFixture, error: BaseException) -> None:
    elsewhere(lambda: tell(Observer[Any](), error, log))
    assert reports(caplog) == [("rxslack.test", error)]


def test_it_lets_what_python_raises_on_the_main_thread_pass_by_on_error() -> None:
    heard: list[BaseException] = []
    with pytest.raises(KeyboardInterrupt):
        pass_on(Observer[Any](on_error=heard.append), KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        tell(Observer[Any](on_error=heard.append), KeyboardInterrupt(), log)
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
    assert reports(caplog) == [("rxslack.test", error)]


def test_it_raises_what_an_action_raises_on_its_own_thread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def action(*_: object) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        guarded(action, log)("scheduler", None)
    assert reports(caplog) == []


def test_it_logs_lines_that_drive_no_terminal(caplog: pytest.LogCaptureFixture) -> None:
    report(ValueError(HOSTILE), log)
    assert printable(caplog.text, lines=True) == caplog.text
    assert printable(caplog.messages[0]) == caplog.messages[0]
