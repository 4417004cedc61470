"""What the page answers, and whom: asked as a browser asks, and as another page would."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

import rxslack
from rxslack.simulator import Workspace
from rxslack.simulator.page.acts import ACTS


class Browser:
    """What a page does with the server."""

    def __init__(self, slack: Workspace) -> None:
        where = urlsplit(slack.page_url)
        self.key = where.fragment
        self.authority = where.netloc

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        given = {"X-Page-Key": self.key, "Sec-Fetch-Site": "same-origin", **(headers or {})}
        with closing(HTTPConnection(self.authority, timeout=20)) as connection:
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def do(self, what: str, who: str = "alice", **fields: Any) -> tuple[int, dict[str, Any]]:
        body = json.dumps({"do": what, "as": who, **fields}).encode()
        status, _, said = self.ask("POST", "/page/do", body, {"Content-Type": "application/json"})
        return status, json.loads(said)

    def get(self, path: str) -> Any:
        status, _, said = self.ask("GET", path)
        assert status == 200, said
        return json.loads(said)

    def events(self, who: str) -> Iterator[tuple[str, Any]]:
        """What the stream tells, until somebody stops asking."""
        with closing(HTTPConnection(self.authority, timeout=20)) as connection:
            connection.request("GET", f"/page/stream?as={who}", headers={"X-Page-Key": self.key})
            yield from _events(connection.getresponse())


def _events(answer: HTTPResponse) -> Iterator[tuple[str, Any]]:
    name = ""
    while line := answer.readline():
        head, _, rest = line.decode().rstrip("\n").partition(": ")
        if head == "event":
            name = rest
        elif head == "data":
            yield name, json.loads(rest)


def first(events: Iterator[tuple[str, Any]], wanted: Callable[[str, Any], bool]) -> Any:
    return next(value for name, value in events if wanted(name, value))


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace() as slack:
        yield slack


@pytest.fixture
def browser(slack: Workspace) -> Browser:
    return Browser(slack)


def test_it_serves_its_files_under_a_policy_that_lets_nothing_else_run(browser: Browser) -> None:
    for path, kind in (("/", "text/html"), ("/page/main.js", "text/javascript")):
        status, headers, _ = browser.ask("GET", path, headers={"X-Page-Key": ""})
        assert (status, headers["Content-Type"].partition(";")[0]) == (200, kind)
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["/page/../front.py", "/page/__init__.py", "/page/%2e%2e/front.py"]
)
def test_it_serves_no_file_but_its_own(browser: Browser, path: str) -> None:
    assert browser.ask("GET", path)[0] == 404


OUTSIDERS = {
    "no key": {"X-Page-Key": ""},
    "another key": {"X-Page-Key": "x" * 24},
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "another port of this machine": {"Sec-Fetch-Site": "same-site"},
    "another origin of this machine": {"Origin": "http://127.0.0.1:1"},
    "another origin": {"Origin": "https://evil.example"},
    "a page that has none": {"Origin": "null"},
    "a name of its own": {"Host": "evil.example"},
}


@pytest.mark.parametrize("headers", OUTSIDERS.values(), ids=OUTSIDERS)
@pytest.mark.parametrize("path", ["/page/do", "/page/upload?as=alice&channel=general&name=x"])
def test_it_does_nothing_for_others(
    slack: Workspace, browser: Browser, headers: Mapping[str, str], path: str
) -> None:
    body = json.dumps({"do": "say", "as": "alice", "channel": "general", "text": "mine"}).encode()
    status, _, _ = browser.ask("POST", path, body, {"Content-Type": "application/json", **headers})
    assert status == 403
    assert slack.messages("general") == []


@pytest.mark.parametrize("headers", OUTSIDERS.values(), ids=OUTSIDERS)
@pytest.mark.parametrize("what", ["stream?as=alice", "messages?as=alice&channel=general", "file"])
def test_it_tells_others_nothing(browser: Browser, headers: Mapping[str, str], what: str) -> None:
    assert browser.ask("GET", f"/page/{what}", headers=headers)[0] == 403


def test_it_changes_nothing_by_a_get(slack: Workspace, browser: Browser) -> None:
    asked = quote('{"do":"say","as":"alice","channel":"general","text":"x"}')
    assert browser.ask("GET", f"/page/do?{asked}")[0] == 404
    assert slack.messages("general") == []


def test_it_takes_no_form(slack: Workspace, browser: Browser) -> None:
    """A form is what a page of somebody else's could send without being asked first."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.ask("POST", "/page/do", b"do=say&as=alice&text=x", kind)[0] == 400


def test_it_has_another_key_in_each_run_and_the_same_with_a_seed() -> None:
    keys: list[str] = []
    for seed in (None, None, 1, 1):
        with Workspace(seed=seed) as slack:
            keys.append(urlsplit(slack.page_url).fragment)
    assert len(set(keys)) == 3
    assert keys[2] == keys[3]


def test_it_types_as_people_do(slack: Workspace, browser: Browser) -> None:
    browser.do("say", channel="general", text="hi @bob & <all>, see #random")
    (said,) = slack.messages("general")
    bob, place = slack.user_id("bob"), slack.channel_id("random")
    assert said["text"] == f"hi <@{bob}> &amp; &lt;all&gt;, see <#{place}|random>"
    assert said["user"] == slack.user_id("alice")
    assert not {"bot_id", "subtype", "app_id"} & said.keys()
    assert rxslack.is_from_person(said)


def test_only_an_author_edits_and_deletes(slack: Workspace, browser: Browser) -> None:
    ts = slack.say("general", "bob", "mine")["ts"]
    for what in ("edit", "delete"):
        status, said = browser.do(what, channel="general", ts=ts, text="yours")
        assert (status, said["error"]) == (400, "only its author may do that to a message")
    browser.do("edit", "bob", channel="general", ts=ts, text="*ours*")
    (edited,) = slack.messages("general")
    assert edited["text"] == "*ours*"
    assert edited["blocks"][0]["elements"][0]["elements"][0]["text"] == "ours"
    browser.do("delete", "bob", channel="general", ts=ts)
    assert slack.messages("general") == []


def test_it_takes_a_reaction_back(slack: Workspace, browser: Browser) -> None:
    ts = slack.say("general", "bob", "hi")["ts"]
    browser.do("react", channel="general", ts=ts, emoji=":wave:")
    assert slack.messages("general")[0]["reactions"][0]["name"] == "wave"
    browser.do("react", channel="general", ts=ts, emoji="wave")
    assert "reactions" not in slack.messages("general")[0]


def test_it_shares_a_file_as_a_person(slack: Workspace, browser: Browser) -> None:
    content = bytes(range(256)) * 8192  # 2 MiB: more than a call of a bot's may have
    status, _, _ = browser.ask(
        "POST", "/page/upload?as=alice&channel=general&name=a.bin&text=look", content
    )
    assert status == 200
    (said,) = slack.messages("general")
    assert said["text"] == "look"
    assert "bot_id" not in said
    id_ = said["files"][0]["id"]
    assert slack.file(id_) == content
    _, headers, read = browser.ask("GET", f"/page/file?id={id_}")
    assert (headers["Content-Type"], read) == ("application/octet-stream", content)


def test_it_shows_a_long_channel_a_window_at_a_time(slack: Workspace, browser: Browser) -> None:
    said = [slack.say("general", "alice", f"{n}") for n in range(120)]
    slack.say("general", "bob", "in a thread", thread_ts=said[5]["ts"])
    newest = browser.get("/page/messages?as=bob&channel=general")
    assert [m["text"] for m in newest["messages"]] == [f"{n}" for n in range(70, 120)]
    before = browser.get(f"/page/messages?as=bob&channel=general&before={said[70]['ts']}&limit=70")
    assert [m["text"] for m in before["messages"]] == [f"{n}" for n in range(70)]
    assert (newest["more"], before["more"]) == (True, False)
    after = browser.get(f"/page/messages?as=bob&channel=general&after={said[117]['ts']}")
    assert [m["text"] for m in after["messages"]] == ["118", "119"]
    thread = browser.get(f"/page/messages?as=bob&channel=general&thread={said[5]['ts']}")
    assert [m["text"] for m in thread["messages"]] == ["5", "in a thread"]


def test_it_shows_nobody_a_conversation_of_others(slack: Workspace, browser: Browser) -> None:
    place = slack.add_channel("secret", members=["alice"], private=True)
    status, _, said = browser.ask("GET", f"/page/messages?as=bob&channel={place}")
    assert (status, json.loads(said)["error"]) == (400, "that conversation is not yours")


def test_it_tells_what_happens_as_it_happens(slack: Workspace, browser: Browser) -> None:
    events = browser.events("bob")
    assert first(events, lambda name, _: name == "team")["you"] == slack.user_id("bob")
    ts = slack.say("general", "alice", "hi")["ts"]
    told = first(events, lambda name, value: name == "messages" and value[0]["message"])
    assert [(m["ts"], m["message"]["text"]) for m in told] == [(ts, "hi")]
    slack.type("general", "alice")
    assert first(events, lambda name, _: name == "typing")[0]["user"] == slack.user_id("alice")
    slack.delete("general", ts)
    told = first(events, lambda name, value: name == "messages" and not value[0]["message"])
    assert told[0]["ts"] == ts


def test_it_tells_nobody_of_a_conversation_of_others(slack: Workspace, browser: Browser) -> None:
    place = slack.add_channel("secret", members=["alice"], private=True)
    events = browser.events("bob")
    first(events, lambda name, _: name == "clock")
    slack.say(place, "alice", "for me")
    slack.say("general", "alice", "for all")
    told = first(events, lambda name, _: name == "messages")
    assert [m["message"]["text"] for m in told] == ["for all"]


def test_it_tells_calls_with_their_answers_and_what_was_wrong(
    slack: Workspace, browser: Browser
) -> None:
    events = browser.events("bob")
    with pytest.raises(rxslack.ApiError):
        slack.web.call("chat.postMessage", channel="nowhere", text="x")
    row = first(events, lambda name, value: name == "log" and "said" in value[-1])[-1]
    assert (row["title"], row["asked"]["channel"]) == ("chat.postMessage", "nowhere")
    assert row["problem"] == row["said"]["error"] == "channel_not_found"
    assert slack.bot_token not in json.dumps(row)


def test_it_switches_faults_and_moves_the_clock(slack: Workspace, browser: Browser) -> None:
    events = browser.events("alice")
    _, begun = browser.do(
        "begin fault", name="fail", fields={"method": "api.test", "error": "fatal_error"}
    )
    (shown,) = first(events, lambda name, value: name == "faults" and value)
    assert (shown["name"], shown["number"]) == ("fail", begun["number"])
    with pytest.raises(rxslack.ApiError, match="fatal_error"):
        slack.web.call("api.test")
    browser.do("end fault", number=begun["number"])
    assert slack.web.call("api.test")["ok"]
    before = slack.clock()
    browser.do("advance", seconds=8 * 3600)
    assert slack.clock() >= before + 8 * 3600
    assert first(events, lambda name, value: name == "clock" and value["ahead"])


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"do": "nothing"}, "nothing is called 'nothing'"),
        ({"do": "say", "channel": "nowhere", "text": "x"}, "no channel is called 'nowhere'"),
        ({"do": "say", "channel": "general"}, "text has to be a text"),
        ({"do": "advance", "seconds": -1}, "the clock moves on"),
        ({"do": "begin fault", "name": "close"}, "no fault is called 'close'"),
        ({"do": "begin fault", "name": "fail"}, "fail needs method"),
        ({"do": "click", "action_id": "x", "channel": "general", "ts": "1.0"}, "no message in"),
        ({"do": "connection", "number": 7, "how": "cut"}, "connection 7 is not open"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_it_says_what_is_wrong_with_what_somebody_wants(
    browser: Browser, fields: dict[str, Any], why: str
) -> None:
    what = fields.pop("do")
    status, said = browser.do(what, **fields)
    assert status == 400
    assert why in said["error"]


def test_it_knows_nobody_who_is_not_there(browser: Browser) -> None:
    status, said = browser.do("say", "mallory", channel="general", text="x")
    assert status == 400
    assert "mallory" in said["error"]


def test_it_ends_its_streams_with_the_workspace() -> None:
    with Workspace() as slack:
        events = Browser(slack).events("alice")
        first(events, lambda name, _: name == "lost")
    assert [*events] == []


def test_it_offers_each_act_once() -> None:
    assert len(ACTS) >= 20
    assert all(name == name.lower() for name in ACTS)
