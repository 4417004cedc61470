"""
The page in a real Chromium, used as people use it.

Needs the extra `jupyter`, and chromium with its driver (Debian: `chromium`, `chromium-driver`).
`RXSLACK_SCREENSHOTS` names a folder that gets pictures, `RXSLACK_AXE` the file of axe-core.
"""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from reactivex import Subject

import rxslack
from rxslack.simulator import AGENT_SCOPES, Limits, Workspace
from tests.simulator.page.bots import CHARTS, blocks, button, greeter, orders, plain
from tests.simulator.page.chromium import DRIVER, Chromium, chromium

pytest.importorskip("selenium.webdriver", reason="the extra `jupyter` is missing")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(DRIVER is None, reason="no chromedriver on this machine"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture(autouse=True)
def silence(browser: Chromium) -> Iterator[None]:
    """No page of ours has anything to complain of."""
    browser.complaints()
    yield
    browser.driver.get("about:blank")
    assert [line for line in browser.complaints() if "favicon" not in line] == []


@pytest.fixture
def slack(browser: Chromium) -> Iterator[Workspace]:
    with Workspace(bot_scopes=AGENT_SCOPES, limits=Limits.off()) as slack:
        yield slack
        # The page is left before its server is: what it still asks for would find nobody.
        browser.driver.get("about:blank")


def test_a_bot_that_ignores_bots_answers_what_is_typed(slack: Workspace, browser: Chromium) -> None:
    with greeter(slack):
        browser.open(slack)
        browser.type("Hello from the page :wave:")
        browser.reads("1 reply")
        browser.press("1 reply")
        browser.reads("Hi @alice!", ".thread .messages")
        browser.type("Hello again", "#reply")
        browser.until(lambda: browser.text(".thread .messages").count("Hi @alice!") == 2)
        browser.picture("chat-light")
    said = slack.messages("general")
    assert said[0]["text"] == "Hello from the page :wave:"
    assert rxslack.is_from_person(said[0])
    assert "chat.postMessage" in browser.text(".log")


def test_a_command_opens_a_modal_whose_submission_makes_a_message(
    slack: Workspace, browser: Chromium
) -> None:
    with orders(slack):
        browser.open(slack, dark=True)
        browser.type("/lunch please")
        field = browser.one("dialog.modal [data-action=text]")
        assert browser.run("return document.activeElement === arguments[0]", field)
        browser.press("Order", "dialog.modal footer")
        browser.reads("Please complete this required field.", "dialog.modal .wrong")
        browser.one("dialog.modal [data-action=text]").send_keys("stone")
        browser.press("Order", "dialog.modal footer")
        browser.reads("That cannot be eaten", "dialog.modal .wrong")
        browser.picture("modal-dark")
        field = browser.one("dialog.modal [data-action=text]")
        assert field.get_attribute("value") == "stone"
        field.clear()
        field.send_keys("soup")
        browser.one("dialog.modal [data-action=choice]").send_keys("large")
        for box in browser.find("dialog.modal [type=checkbox]"):
            box.click()
        browser.press("Order", "dialog.modal footer")
        browser.reads("Ordered: soup, large, salt bread")
        browser.until(lambda: not browser.find("dialog[open]"))


def test_a_command_that_nobody_takes_is_told_as_slack_tells_it(
    slack: Workspace, browser: Chromium
) -> None:
    browser.open(slack)
    browser.type("/nobody there")
    browser.reads("/nobody failed because the app did not respond")
    assert "Only visible to you" in browser.text(".ephemeral")
    browser.press("Dismiss", ".ephemeral")
    browser.until(lambda: not browser.find(".ephemeral"))


def test_a_button_of_a_message_reaches_the_bot(slack: Workspace, browser: Chromium) -> None:
    with orders(slack):
        browser.open(slack)
        general = slack.channel_id("general")
        slack.web.call(
            "chat.postMessage", channel=general, text="x", blocks=blocks(slack.user_id("alice"))
        )
        browser.press("Approve", ".message")
        browser.reads("approve was pressed")


def test_a_button_of_an_ephemeral_message_reaches_the_bot(
    slack: Workspace, browser: Chromium
) -> None:
    with orders(slack):
        browser.open(slack)
        slack.web.call(
            "chat.postEphemeral",
            channel=slack.channel_id("general"),
            user=slack.user_id("alice"),
            text="for you",
            blocks=[{"type": "actions", "elements": [button("secret", "Only you see this")]}],
        )
        browser.press("Only you see this", ".ephemeral")
        browser.reads("secret was pressed")


def test_what_was_put_in_beside_comes_with_a_click(slack: Workspace, browser: Chromium) -> None:
    seen: list[Any] = []
    with rxslack.socket_mode(slack.app).subscribe(seen.append):
        slack.wait_until(lambda: slack.connections)
        browser.open(slack)
        note = {"type": "plain_text_input", "action_id": "text"}
        field = {"type": "input", "block_id": "note", "label": plain("Note"), "element": note}
        actions = {"type": "actions", "block_id": "do", "elements": [button("send", "Send it")]}
        view = {"type": "home", "blocks": [field, actions]}
        slack.web.call("views.publish", user_id=slack.user_id("alice"), view=view)
        browser.press("Home of the app")
        browser.one(".home [data-action=text]").send_keys("by hand")
        browser.press("Send it", ".home")
        browser.until(lambda: any(e.get("type") == "interactive" for e in seen))
    opened = [e["payload"]["event"] for e in seen if e.get("type") == "events_api"]
    assert [e["type"] for e in opened] == ["app_home_opened"]
    (payload,) = (e["payload"] for e in seen if e.get("type") == "interactive")
    assert payload["actions"][0]["action_id"] == "send"
    assert payload["view"]["state"]["values"]["note"]["text"]["value"] == "by hand"


PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def test_files_are_shared_and_pictures_shown(
    slack: Workspace, browser: Chromium, tmp_path: Path
) -> None:
    picture = tmp_path / "dot.png"
    picture.write_bytes(base64.b64decode(PICTURE))
    browser.open(slack)
    browser.find(".center [type=file]")[0].send_keys(str(picture))
    browser.until(lambda: browser.run("return document.querySelector('.file img')?.naturalWidth"))
    (said,) = slack.messages("general")
    assert rxslack.is_from_person(said)
    assert slack.file(said["files"][0]["id"]) == picture.read_bytes()


def test_options_come_from_the_app_as_somebody_types(slack: Workspace, browser: Chromium) -> None:
    answers, seen = Subject[Any](), list[Any]()

    def answer(envelope: Any) -> None:
        seen.append(envelope)
        if "envelope_id" not in envelope:
            return
        said: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        if envelope["payload"].get("type") == "block_suggestion":
            typed = envelope["payload"]["value"]
            said["payload"] = {"options": [{"text": plain(f"{typed}!"), "value": typed}]}
        answers.on_next(said)

    envelopes = rxslack.socket_mode(slack.app, acknowledge="by_hand", answers=answers)
    with envelopes.subscribe(answer):
        slack.wait_until(lambda: slack.connections)
        browser.open(slack)
        menu = {"type": "external_select", "action_id": "city", "min_query_length": 2}
        slack.web.call(
            "chat.postMessage",
            channel=slack.channel_id("general"),
            text="x",
            blocks=[{"type": "actions", "elements": [{**menu, "placeholder": plain("City")}]}],
        )
        browser.one(".message [type=search]").send_keys("Bern")
        browser.until(lambda: browser.find(".message [data-action=city]"))
        browser.one(".message [data-action=city]").send_keys("Bern")
        chosen = browser.until(lambda: [e for e in seen if is_action(e)])
    assert chosen[0]["payload"]["actions"][0]["selected_option"]["value"] == "Bern"


def is_action(envelope: Any) -> bool:
    return bool(envelope.get("payload", {}).get("type") == "block_actions")


def test_shortcuts_reach_the_app(slack: Workspace, browser: Chromium) -> None:
    seen: list[Any] = []
    with rxslack.socket_mode(slack.app).subscribe(seen.append):
        slack.wait_until(lambda: slack.connections)
        slack.say("general", "bob", "remind me")
        browser.open(slack)
        browser.press("Shortcut", ".bar")
        browser.type("new_task", "dialog.ask input")
        browser.press("Use a shortcut", ".message")
        browser.type("remind", "dialog.ask input")
        browser.until(lambda: len([e for e in seen if e.get("type") == "interactive"]) == 2)
    told = [e["payload"] for e in seen if e.get("type") == "interactive"]
    assert [(one["type"], one["callback_id"]) for one in told] == [
        ("shortcut", "new_task"),
        ("message_action", "remind"),
    ]
    assert told[1]["message"]["text"] == "remind me"


def test_a_fault_is_switched_on_and_the_bot_comes_back(slack: Workspace, browser: Chromium) -> None:
    with greeter(slack):
        browser.open(slack)
        browser.press("Faults and clock")
        browser.press("break inside frame")
        browser.press("Switch on", "[data-fault=break_inside_frame]")
        browser.reads("break inside frame", ".on")
        browser.type("this breaks the connection")
        browser.until(lambda: len(slack.past_connections) >= 2 and slack.connections)
        browser.until(lambda: not browser.find(".on"))  # it struck once, and was over
        browser.press("Connections (1)")
        browser.reads("2. Socket Mode the app open for", ".connections .open")
        browser.reads("1. Socket Mode the app lasted", ".connections .past")
        browser.picture("connections-light")
        browser.type("Hello anew")
        browser.reads("1 reply")


def test_time_goes_on_at_a_click(slack: Workspace, browser: Chromium) -> None:
    with greeter(slack):
        browser.open(slack)
        browser.press("Faults and clock")
        before = slack.clock()
        browser.press("8 hours later")
        browser.until(lambda: slack.clock() >= before + 8 * 3600)
        browser.until(lambda: len(slack.past_connections) >= 2)  # grown old, and replaced
        browser.press("Say goodbye now")
        browser.until(lambda: len(slack.past_connections) >= 3)


def test_what_a_bot_did_wrong_stands_in_the_log(slack: Workspace, browser: Chromium) -> None:
    browser.open(slack)
    with pytest.raises(rxslack.ApiError):
        slack.web.call("chat.postMessage", channel="nowhere", text="lost")
    browser.reads("channel_not_found", ".log .bad")
    browser.run("document.querySelector('.log .bad button').click()")
    browser.reads('"channel": "nowhere"', "dialog .json")
    browser.reads('"ok": false', "dialog .json")


def test_it_shows_what_becomes_of_messages(slack: Workspace, browser: Chromium) -> None:
    browser.open(slack)
    browser.type("first")
    browser.reads("first")
    (said,) = slack.messages("general")
    browser.press("Edit", ".message")
    field = browser.one("dialog.ask textarea")
    field.clear()
    field.send_keys("second", browser.keys.ENTER)
    browser.reads("second\n(edited)")
    slack.react("general", said["ts"], "carol", "tada")
    browser.reads("🎉 1")
    browser.press("tada, 1", ".reactions")
    browser.reads("🎉 2")
    slack.type("general", "bob")
    browser.reads("bob is typing", ".doing")
    slack.say("random", "bob", f"<@{slack.user_id('alice')}> look")
    browser.reads("1", ".sidebar .count.mine")
    browser.press("Delete", ".message")
    browser.until(lambda: "second" not in browser.text(".center .messages"))


def test_it_shows_an_answer_as_it_grows(slack: Workspace, browser: Chromium) -> None:
    browser.open(slack)
    said, web = slack.say("general", "alice", "tell me"), slack.web
    begun = web.call(
        "chat.startStream",
        channel=said["channel"],
        thread_ts=said["ts"],
        recipient_user_id=slack.user_id("alice"),
        recipient_team_id=slack.team_id,
    )
    browser.press("1 reply")
    for word in ("once ", "upon ", "a time"):
        where = {"channel": said["channel"], "ts": begun["ts"]}
        web.call("chat.appendStream", **where, markdown_text=word)
        browser.reads(word.strip(), ".thread .messages")
    browser.reads("Stop", ".thread .doing")
    browser.press("Stop", ".thread .doing")
    browser.until(lambda: slack.streams[0].ended_by == "person")


HOSTILE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


def test_it_shows_text_as_text(slack: Workspace, browser: Chromium) -> None:
    browser.open(slack)
    escaped = rxslack.escape(HOSTILE)
    slack.say("general", "bob", escaped)
    slack.say("general", "bob", escaped, blocks=None)
    slack.say(
        "general", "bob", HOSTILE, blocks=[{"type": HOSTILE}, {"type": "header", "text": HOSTILE}]
    )
    slack.say("general", "bob", "<javascript:alert(1)|press>", blocks=None)
    slack.add_channel("odd-<b>name</b>")
    browser.until(lambda: browser.text(".center .messages").count("onerror") >= 3)
    browser.reads("press")
    inside = "return document.querySelectorAll('.messages script, .messages img, .messages [href^=java]').length"
    assert browser.run(inside) == 0
    assert "taken" not in browser.driver.title


def test_it_is_used_with_the_keyboard_alone(slack: Workspace, browser: Chromium) -> None:
    keys = browser.keys
    slack.say("general", "bob", "one")
    slack.say("general", "bob", "two")
    browser.open(slack)
    browser.reads("two")

    def press(*keys: str) -> None:
        browser.driver.switch_to.active_element.send_keys(*keys)

    press("typed @bo", keys.TAB, "with a name", keys.ENTER)
    browser.reads("typed @bob with a name")
    press(keys.SHIFT, keys.TAB)  # to the messages, past the button for files
    while browser.run("return !document.activeElement.closest('.messages')"):
        press(keys.SHIFT + keys.TAB)
    browser.run("document.querySelector('.center .messages').focus()")
    press(keys.ARROW_UP)
    press(keys.ARROW_UP)
    assert "bob" in browser.run("return document.activeElement.getAttribute('aria-label')")
    press(keys.TAB)
    press(keys.ENTER)  # the first tool: a thumbs up
    browser.reads("👍 1")
    browser.driver.switch_to.active_element.send_keys(keys.CONTROL, "k")
    browser.until(lambda: browser.run("return document.activeElement.id === 'find'"))
    press("random", keys.ENTER)
    browser.until(lambda: "#random" in browser.text(".bar h2"))


def test_ten_thousand_messages_are_a_window_of_few(slack: Workspace, browser: Chromium) -> None:
    for number in range(10_000):
        slack.say("general", "bob", f"message {number}", blocks=None)
    browser.open(slack)
    browser.reads("message 9999")
    shown = "return document.querySelectorAll('.center .message').length"
    scroll = "document.querySelector('.center .messages').scrollTop = arguments[0]"
    oldest = 9_950
    for _ in range(6):
        browser.run(scroll, 0)
        oldest -= 50
        browser.reads(f"message {oldest}\n" if oldest else "message 0")
        assert browser.run(shown) <= 200
    assert "message 9999" not in browser.text(".center .messages")
    slack.say("general", "bob", "while somebody reads old ones", blocks=None)
    browser.press("↓ Newest messages")
    browser.reads("while somebody reads old ones")
    assert browser.run(shown) <= 200


class OtherSite(BaseHTTPRequestHandler):
    """A page of somebody else's, which tries what a browser lets it."""

    target = ""

    def do_GET(self) -> None:
        body = f"""<script>
        const api = "{self.target}/page/do", said = JSON.stringify({{do: "say", as: "alice", channel: "general", text: "mine"}});
        const tries = [
          fetch(api, {{method: "POST", body: said, mode: "no-cors"}}),
          fetch(api, {{method: "POST", body: said, headers: {{"Content-Type": "application/json", "X-Page-Key": "x"}}}}),
          fetch("{self.target}/page/stream?as=alice").then((answer) => answer.text()).then((text) => {{ window.read = text; }}),
        ];
        const frame = document.createElement("iframe");
        frame.src = "{self.target}/";
        document.documentElement.append(frame);
        Promise.allSettled(tries).then((all) => {{ window.tried = all.map((one) => one.status); }});
        </script>""".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


def test_another_page_of_this_machine_can_do_nothing(slack: Workspace, browser: Chromium) -> None:
    handler = type("Handler", (OtherSite,), {"target": slack.page_url.partition("/#")[0]})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        thread = Thread(target=other.serve_forever)
        thread.start()
        browser.driver.get(f"http://127.0.0.1:{other.server_port}/")
        tried = browser.until(lambda: browser.run("return window.tried"))
        read = browser.run("return window.read")
        browser.driver.get("about:blank")
        other.shutdown()
        thread.join()
    assert tried == ["fulfilled", "rejected", "rejected"]  # the first is sent, and refused
    assert read is None
    assert slack.messages("general") == []
    browser.complaints()  # which are of the other page


def test_it_can_be_left_and_come_back_to(slack: Workspace, browser: Chromium) -> None:
    """What it heard of in between is there, and nothing of it goes on where it is not looked at."""
    browser.open(slack)
    for number in range(8):  # a browser has six connections to a host
        browser.driver.get("about:blank")
        slack.say("general", "bob", f"in between {number}")
        browser.driver.back()
        browser.reads(f"in between {number}")


def test_an_old_address_says_what_to_do(slack: Workspace, browser: Chromium) -> None:
    where = slack.page_url.partition("#")[0]
    for address in (where, f"{where}#another-key"):
        browser.driver.get("about:blank")
        browser.driver.get(address)
        browser.reads("rxslack simulate printed", ".gate")
    browser.complaints()  # of the refusal


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core."""
    if given := os.environ.get("RXSLACK_AXE"):
        return Path(given).read_text(encoding="utf-8")
    folder = tmp_path_factory.mktemp("axe")
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "axe-core@4"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("npm is not there")
    if done.returncode:
        pytest.skip(f"npm does not get axe-core: {done.stderr.strip()[-200:]}")
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def found_by(axe: str, browser: Chromium) -> list[str]:
    """What axe finds that is serious or critical, with the elements it is about."""
    browser.run(axe)
    found: dict[str, Any] = browser.driver.execute_async_script(
        "const done = arguments[arguments.length - 1]; axe.run().then(done)"
    )
    assert len(found["passes"]) > 10
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_accessible(slack: Workspace, browser: Chromium, axe: str, *, dark: bool) -> None:
    alice, general, web = slack.user_id("alice"), slack.channel_id("general"), slack.web
    said = slack.say("general", "bob", f"Hello <@{alice}> :wave:")
    slack.react("general", said["ts"], "carol", "tada")
    slack.say("general", "carol", "Hi", thread_ts=said["ts"])
    web.call("chat.postMessage", channel=general, text="x", blocks=blocks(alice))
    web.call("chat.postMessage", channel=general, text="x", blocks=CHARTS)
    web.call("chat.postEphemeral", channel=general, user=alice, text="for you alone")
    with pytest.raises(rxslack.ApiError):
        web.call("chat.postMessage", channel="nowhere", text="lost")
    slack.say("random", "bob", "unread")
    with orders(slack):
        browser.open(slack, dark=dark)
        browser.reads("for you alone")
        found = {"messages": found_by(axe, browser)}
        browser.run("document.querySelector('.center .messages').scrollTop = 0")
        browser.picture(f"blocks-{'dark' if dark else 'light'}")
        browser.press("1 reply")
        browser.press("Faults and clock")
        for fault in browser.find(".fault"):
            browser.run("arguments[0].open = true", fault)
        found["thread and faults"] = found_by(axe, browser)
        browser.picture(f"faults-{'dark' if dark else 'light'}")
        browser.press("Connections (1)")
        found["connections"] = found_by(axe, browser)
        browser.type("/lunch", "#write")
        browser.one("dialog.modal")
        browser.press("Order", "dialog.modal footer")
        browser.reads("Please complete", "dialog.modal .wrong")
        found["modal"] = found_by(axe, browser)
        browser.press("Not today", "dialog.modal")
        browser.until(lambda: not browser.find("dialog[open]"))
        browser.press("Home of the app")
        found["home"] = found_by(axe, browser)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
