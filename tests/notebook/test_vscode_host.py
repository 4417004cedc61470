"""
The widgets in the host that VS Code gives them, in a real browser.

VS Code itself, whose extensions come from a marketplace, is not run. What it shows a widget with is: the bundle of
its extension for Jupyter (npm: @vscode/jupyter-ipywidgets8), requirejs, and anywidget's file for it, in a page with
VS Code's colours. The page's kernel is this test; the state of the widgets is that of real ones.
"""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import reactivex

from rxslack.notebook import plot
from rxslack.notebook.names import Names
from rxslack.notebook.page import LivePage
from rxslack.notebook.tally import Tally
from rxslack.notebook.widgets import made
from tests.notebook.browsing import DRIVER, chromium, picture, put, until

pytest.importorskip("selenium.webdriver", reason="the extra `jupyter` is missing")
pytest.importorskip("anywidget", reason="the extra `notebook` is missing")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(DRIVER is None, reason="no chromedriver on this machine"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="no npm on this machine"),
]

PACKAGES = ("@vscode/jupyter-ipywidgets8@1.0.9", "requirejs@2.3.7")
PAGE = """<!doctype html>
<html style="--vscode-editor-foreground: #cccccc; --vscode-editor-background: #1f1f1f">
<body style="background: #1f1f1f"><div id="cell"></div><script src="requirejs/require.js"></script></body></html>
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library calls it
        """Nobody reads it."""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page."""
    folder = tmp_path_factory.mktemp("host")
    pack = ["npm", "pack", "--silent", *PACKAGES]
    done = subprocess.run(pack, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot fetch VS Code's packages: {done.stderr[-200:]}")
    for name, archive in zip(("vscode", "requirejs"), done.stdout.split(), strict=True):
        with tarfile.open(folder / archive) as packed:
            packed.extractall(folder / "packed", filter="data")
        (folder / "packed/package").rename(folder / name)
    anywidget = Path(import_module("anywidget").__file__ or "").parent
    shutil.copytree(anywidget / "nbextension", folder / "nbextensions/anywidget")
    (folder / "index.html").write_text(PAGE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("chromium"), dark=True) as found:
        yield found


HOST = """
const [models, shown, done] = arguments;
const signal = { connect: () => true, disconnect: () => true };
const targets = {}, comms = {};
window.sent = [];
const newComm = (targetName, commId) => comms[commId] = {
  commId, targetName, open() {}, close() {},
  send(data) { sent.push([commId, data]); return { msg: { header: { msg_id: "1" } } }; },
};
const kernel = {
  statusChanged: signal, connectionStatusChanged: signal, iopubMessage: signal, unhandledMessage: signal,
  anyMessage: signal, disposed: signal, pendingInput: signal, status: "idle", connectionStatus: "connected",
  name: "python3", username: "", clientId: "", id: "", serverSettings: {}, model: {}, handleComms: true,
  info: Promise.resolve({}), registerCommTarget: (name, open) => { targets[name] = open; },
  removeCommTarget() {}, createComm: newComm, requestCommInfo: async () => ({ content: { comms: {} } }),
};
const scripts = {
  widgetsRegisteredInRequireJs: new Set(), successHandler() {}, errorHandler() {},
  loadWidgetScript: async (name) => requirejs.config({ paths: { [name]: `nbextensions/${name}/index` } }),
};
window.tell = (id, data) => comms[id].onMsg({ content: { comm_id: id, data }, buffers: [], metadata: {} });
(async () => {
  const { activate } = await import("./vscode/dist/ipywidgets.js");
  activate();
  vscIPyWidgets8.load();
  const cell = document.getElementById("cell");
  const manager = new vscIPyWidgets.WidgetManager(kernel, cell, scripts, () => {}, undefined);
  for (const [id, state] of models) {
    const content = { comm_id: id, target_name: "jupyter.widget", data: { state, buffer_paths: [] } };
    await targets["jupyter.widget"](newComm("jupyter.widget", id), { content, metadata: { version: "2.1.0" }, buffers: [] });
  }
  const view = await manager.create_view(await manager.get_model(shown), {});
  await manager.display_view(undefined, view, { node: cell });
})().then(() => done(""), (error) => done(String(error.stack || error)));
"""


class Shown:
    """A widget in the page."""

    def __init__(self, browser: Any, host: str, widget: Any, answer: Callable[[Any], Any]) -> None:
        self.browser = browser
        self._widget = widget
        self._answer = answer
        browser.get(host)
        models = [(one.model_id, one.get_state()) for one in (widget.layout, widget)]
        assert browser.execute_async_script(HOST, models, widget.model_id) == ""

    def tell(self, news: dict[str, Any]) -> None:
        """As when the kernel sets the trait."""
        self._send({"method": "update", "state": {"news": news}, "buffer_paths": []})

    def serve(self) -> None:
        """Answer what was asked since the last time."""
        for _, data in self.browser.execute_script("return sent.splice(0)"):
            if data["method"] == "custom" and (reply := self._answer(data["content"])) is not None:
                self._send({"method": "custom", "content": reply})

    def text(self, css: str) -> str:
        """What stands in an element, once it is there, and what was asked is answered."""
        self.serve()
        one = until(lambda: self.browser.find_elements("css selector", css))[0]
        found: str = one.text
        return found

    def _send(self, data: dict[str, Any]) -> None:
        self.browser.execute_script("tell(arguments[0], arguments[1])", self._widget.model_id, data)


def nothing(_: object) -> None:
    """The answer of a kernel that is asked nothing."""


def test_it_shows_a_live_view_that_answers(browser: Any, host: str) -> None:
    tally = Tally(1000)
    page = LivePage(
        tally, ("time", "channel", "user", "type", "text"), Names(), "in VS Code", 8, list
    )
    begin = {"type": "message", "channel": "C1", "user": "U1", "ts": "1.0", "text": "Who knows?"}
    tally.add(begin)
    for number in range(2, 400):
        tally.add({**begin, "ts": f"{number}.0", "text": f"*message* {number}"})
    shown = Shown(browser, host, made("live", page.news(), page.answer), page.answer)
    assert "message 399" in shown.text(".body")
    browser.find_element("css selector", "input[type=search]").send_keys("who knows")
    until(lambda: "1 shown of 399" in shown.text(".live"))
    browser.find_element("css selector", ".row").click()
    until(lambda: '"text": "Who knows?"' in shown.text(".live"))
    tally.add({**begin, "ts": "400.0", "thread_ts": "1.0", "text": "who knows: me"})
    shown.tell(page.news())
    until(lambda: "2 shown of 400" in shown.text(".live"))
    live = browser.find_element("css selector", ".live")
    assert live.value_of_css_property("color") == "rgba(204, 204, 204, 1)"  # as VS Code has it
    picture(live, "vscode-live")


def test_it_draws_a_plot_that_grows(browser: Any, host: str) -> None:
    pytest.importorskip("bokeh", reason="the extra `notebook` is missing")
    chart = plot(reactivex.never(), "total", key="channel", title="in VS Code")

    def news(until_second: int) -> dict[str, Any]:
        for second in range(until_second):
            put(chart, 1764000000.0 + second, {"type": "message", "channel": f"C{second % 3}"})
        return chart._news()  # pyright: ignore[reportPrivateUsage] - what a page gets

    widget = made("plot", news(50), nothing, chart._parts())  # pyright: ignore[reportPrivateUsage] - as above
    shown = Shown(browser, host, widget, nothing)
    drawn = "return document.querySelector('.plot')?.doc?.get_model_by_name('line 2').data.y.at(-1)"
    first = until(lambda: browser.execute_script(drawn))
    shown.tell(news(90))
    until(lambda: browser.execute_script(drawn) > first)
    picture(browser.find_element("css selector", ".plotted"), "vscode-plot")
    chart.stop()
