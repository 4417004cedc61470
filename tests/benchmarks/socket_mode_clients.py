"""
Other clients of Socket Mode, each written as its own documentation has it.

All of them stand on slack_sdk's client, which a flood breaks, and which calls listeners on ten threads. So the
server waits for their acknowledgements, and what they report is counted under a lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from tests.benchmarks.tally import Tally

__all__ = ["bolt", "csp", "slack_sdk"]

Stop = Callable[[], object]
Loads = Callable[[Any], Any]


def slack_sdk(address: str, tally: Tally, _: Loads) -> Stop:
    """slack_sdk's SocketModeClient."""
    module, look = import_module("slack_sdk.socket_mode"), _locked(tally)
    answer: Any = import_module("slack_sdk.socket_mode.response").SocketModeResponse
    web = import_module("slack_sdk").WebClient("xoxb-test", base_url=f"{address}api/")
    client: Any = module.SocketModeClient(app_token="xapp-test", web_client=web)

    def on_request(client: Any, request: Any) -> None:
        client.send_socket_mode_response(answer(envelope_id=request.envelope_id))
        look(request.payload["event"])

    client.socket_mode_request_listeners.append(on_request)
    client.connect()
    return lambda: client.close()


def bolt(address: str, tally: Tally, _: Loads) -> Stop:
    """Bolt, with a listener for messages."""
    look = _locked(tally)
    handler = import_module("slack_bolt.adapter.socket_mode").SocketModeHandler
    web = import_module("slack_sdk").WebClient("xoxb-test", base_url=f"{address}api/")
    app: Any = import_module("slack_bolt").App(client=web, token="xoxb-test")

    def on_message(event: dict[str, Any]) -> None:
        look(event)

    app.event("message")(on_message)
    made: Any = handler(app, "xapp-test")
    made.connect()
    return lambda: made.close()


def csp(address: str, tally: Tally, _: Loads) -> Stop:
    """csp with its adapter, which looks every 100 ms for what has come."""
    engine, adapter = import_module("csp"), import_module("csp_adapter_slack")
    config = adapter.SlackAdapterConfig(app_token="xapp-test", bot_token="xoxb-test")
    manager: Any = adapter.SlackAdapterManager(config)
    manager._slack_client.web_client.base_url = f"{address}api/"
    look = _locked(tally)

    def take(messages: list[Any]) -> bool:
        for message in messages:
            look(message.payload["event"])
        return True

    def graph() -> None:
        taken = engine.apply(manager.subscribe(), take, bool)
        engine.add_graph_output("taken", taken, tick_count=1)

    now = datetime.now(UTC).replace(tzinfo=None)  # csp's times have no zone
    options = {"realtime": True, "starttime": now, "endtime": timedelta(hours=1)}
    threading.Thread(target=engine.run, args=(graph,), kwargs=options, daemon=True).start()
    return lambda: None


def _locked(tally: Tally) -> Callable[[dict[str, Any]], None]:
    lock = threading.Lock()

    def look(event: dict[str, Any]) -> None:
        with lock:
            tally.look(event)

    return look
