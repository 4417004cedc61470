"""The Web API in slack_sdk's spelling, beside slack_sdk's own client."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import random
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.error import URLError

import pytest
import slack_sdk
import slack_sdk.errors
import slack_sdk.web.client
from slack_sdk.models.blocks import SectionBlock

from rxslack.compat import WebClient, errors
from rxslack.compat.http_retry import RateLimitErrorRetryHandler, ServerErrorRetryHandler
from rxslack.compat.web import SlackResponse
from rxslack.compat.web.client import POSITIONAL
from rxslack.simulator import Workspace
from rxslack.web.answers import Headers, HttpAnswer

HELPERS = {"chat_stream", "files_upload_v2"}  # not methods of Slack's but several calls in one


def theirs_and_ours(slack: Workspace, **options: Any) -> list[Any]:
    options = {"token": slack.bot_token, "base_url": slack.base_url, **options}
    return [slack_sdk.WebClient(**options), WebClient(**options)]


def refused(call: Callable[[], Any], name: str = "SlackApiError") -> Any:
    """What a call raises: the error of that name, of either library."""
    with pytest.raises((getattr(slack_sdk.errors, name), getattr(errors, name))) as caught:
        call()
    return caught.value


def methods_of_slack_sdk() -> dict[str, Any]:
    """Each method of its client: Slack's name in its code, and the arguments that need no name."""
    tree = ast.parse(inspect.getsource(slack_sdk.web.client))
    (found,) = (one for one in tree.body if isinstance(one, ast.ClassDef))
    methods: dict[str, Any] = {}
    for function in found.body:
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
            calls = [one for one in ast.walk(function) if isinstance(one, ast.Call)]
            names = {
                one.args[0].value
                for one in calls
                if isinstance(one.func, ast.Attribute)
                and one.func.attr == "api_call"
                and isinstance(one.args[0], ast.Constant)
            }
            methods[function.name] = names, tuple(one.arg for one in function.args.args[1:])
    return methods


def test_it_calls_every_method_that_slack_sdk_has(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def api_call(_client: WebClient, method: str, **_arguments: Any) -> None:
        called.append(method)

    monkeypatch.setattr(WebClient, "api_call", api_call)
    web = WebClient(token="xoxb-test")
    methods = methods_of_slack_sdk()
    assert len(methods) > 300
    for name, (names, _) in methods.items():
        if name not in HELPERS:
            called.clear()
            getattr(web, name)(**({"image": b""} if name == "users_setPhoto" else {}))
            assert {*called} == names, name


def test_it_takes_the_same_arguments_without_their_names() -> None:
    known = {name: names for name, (_, names) in methods_of_slack_sdk().items() if names}
    assert {name: POSITIONAL[name] for name in known if name in POSITIONAL} == known


def test_it_refuses_other_arguments_without_a_name() -> None:
    with pytest.raises(TypeError, match="keyword"):
        WebClient(token="xoxb-test").chat_postMessage("C1", "Hello")


def test_it_answers_as_slack_sdk_does(slack: Workspace) -> None:
    seen: list[Any] = []
    for web in theirs_and_ours(slack):
        answer = web.auth_test()
        seen.append(
            (
                answer["ok"],
                answer["nothing"],
                answer.get("user_id"),
                answer.get("nothing", 1),
                "ok" in answer,
                "nothing" in answer,
                answer.data,
                answer.status_code,
                answer.http_verb,
                answer.api_url,
                str(answer),
                answer.headers["x-oauth-scopes"],
                answer.validate() is answer,
            )
        )
    assert seen[0] == seen[1]


def test_it_iterates_over_pages_as_slack_sdk_does(slack: Workspace) -> None:
    slack.add_channel("third")
    seen: list[Any] = []
    for web in theirs_and_ours(slack):
        pages = web.conversations_list(limit=1)
        first = [one["name"] for page in pages for one in page["channels"]]
        again = [page["channels"][0]["name"] for page in pages]
        seen.append((first, again, pages.get("channels")[0]["name"]))
    assert seen[0] == seen[1]
    assert seen[1][0] == ["general", "random", "third"]


def test_it_says_no_in_slack_sdks_words(slack: Workspace) -> None:
    texts: list[Any] = []
    for web in theirs_and_ours(slack):
        error = refused(partial(web.chat_postMessage, channel="C0NOWHERE", text="Hello"))
        texts.append((str(error), error.response["error"]))
    assert texts[0] == texts[1]
    assert texts[1][1] == "channel_not_found"


@pytest.mark.parametrize("status", [200, 404, 503])
def test_it_reads_a_page_that_is_no_json_as_slack_sdk_does(slack: Workspace, status: int) -> None:
    page = "<html>\n  <body>" + "out of order " * 20
    texts: list[Any] = []
    with slack.faults.answer("api.test", status=status, body=page):
        for web in theirs_and_ours(slack):
            error = refused(web.api_test)
            texts.append((str(error), error.response.status_code))
    assert texts[0] == texts[1]


def test_it_hands_over_how_long_to_wait(slack: Workspace) -> None:
    limited = {"Retry-After": "7", "Content-Type": "application/json"}
    body = json.dumps({"ok": False, "error": "ratelimited"})
    with slack.faults.answer("api.test", status=429, body=body, headers=limited):
        for web in theirs_and_ours(slack):
            error = refused(web.api_test)
            assert error.response.headers["Retry-After"] == "7"
            assert error.response["error"] == "ratelimited"


def test_it_raises_what_urllib_would_when_nobody_is_there() -> None:
    web = WebClient(token="xoxb-test", base_url="http://127.0.0.1:9/api/", timeout=2)
    with pytest.raises(URLError) as caught:
        web.api_test()
    assert isinstance(caught.value, errors.SlackClientError)
    assert "refused" in str(caught.value)


@pytest.mark.parametrize("how", ["data", "params", "json"])
def test_it_takes_arguments_by_api_call_in_each_way(slack: Workspace, how: str) -> None:
    arguments: dict[str, Any] = {"channel": slack.channel_id("general"), "text": "Hello"}
    for web in theirs_and_ours(slack):
        web.api_call("chat.postMessage", **{how: dict(arguments)})
    first, second = slack.messages("general")
    assert first["text"] == second["text"] == "Hello"


def test_it_refuses_json_that_is_not_posted() -> None:
    with pytest.raises(errors.SlackRequestError, match="POST requests"):
        WebClient(token="xoxb-test").api_call("api.test", http_verb="GET", json={})


def test_it_takes_blocks_as_dicts_and_as_slack_sdks_objects(slack: Workspace) -> None:
    web = theirs_and_ours(slack)[1]
    channel = slack.channel_id("general")
    web.chat_postMessage(channel=channel, text="x", blocks=[SectionBlock(text="Hello")])
    web.chat_postMessage(channel=channel, text="x", blocks=[{"type": "divider"}])
    kinds = [one["blocks"][0]["type"] for one in slack.messages("general")]
    assert kinds == ["section", "divider"]


def test_it_calls_with_another_token_for_one_call(slack: Workspace) -> None:
    for web in theirs_and_ours(slack):
        answer = web.auth_test(token=slack.user_token)
        assert answer["user_id"] == slack.user_id("alice")


def test_it_calls_without_a_token(slack: Workspace) -> None:
    for web in theirs_and_ours(slack, token=None):
        assert web.api_test()["ok"]
        assert refused(web.auth_test).response["error"] == "not_authed"


def test_it_uploads_as_slack_sdk_does(slack: Workspace) -> None:
    names: list[Any] = []
    for web in theirs_and_ours(slack):
        channel = slack.channel_id("general")
        answer = web.files_upload_v2(channel=channel, content="Hello", filename="a.txt", title="A")
        file = answer["file"]
        assert slack.file(file["id"]) == b"Hello"
        names.append((file["name"], file["title"], file["channels"], len(answer["files"])))
    assert names[0] == names[1]


def test_it_uploads_several_files_at_once(slack: Workspace) -> None:
    web = theirs_and_ours(slack)[1]
    answer = web.files_upload_v2(
        channel=slack.channel_id("general"),
        file_uploads=[{"content": "1", "filename": "1.txt"}, {"file": b"2", "filename": "2.txt"}],
    )
    assert [one["name"] for one in answer["files"]] == ["1.txt", "2.txt"]
    assert answer["file"] is None


@pytest.mark.parametrize("arguments", [{}, {"file": b"1", "content": "1"}])
def test_it_refuses_an_upload_of_nothing_or_of_two_things(arguments: dict[str, Any]) -> None:
    clients: list[Any] = [slack_sdk.WebClient("xoxb-test"), WebClient("xoxb-test")]
    texts = {
        str(refused(partial(web.files_upload_v2, **arguments), "SlackRequestError"))
        for web in clients
    }
    assert len(texts) == 1


def test_it_returns_what_can_be_awaited_under_run_async(slack: Workspace) -> None:
    async def main() -> SlackResponse:
        web = WebClient(token=slack.bot_token, base_url=slack.base_url, run_async=True)
        answer: SlackResponse = await web.auth_test()
        return answer

    assert asyncio.run(main())["user_id"] == slack.bot_user_id


def test_it_repeats_no_call_that_may_have_been_carried_out(slack: Workspace) -> None:
    with slack.faults.answer("chat.postMessage", status=502, body="<html>") as script:
        with pytest.raises(errors.SlackApiError):
            theirs_and_ours(slack)[1].chat_postMessage(channel="C0", text="x")
        assert script.given == 1


def test_it_waits_as_long_as_slack_says_when_told_to(slack: Workspace) -> None:
    limited = {"Retry-After": "0.01", "Content-Type": "application/json"}
    body = json.dumps({"ok": False, "error": "ratelimited"})
    web = theirs_and_ours(slack)[1]
    web.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
    with slack.faults.answer("api.test", status=429, body=body, headers=limited, times=2) as script:
        assert web.api_test()["ok"]
        assert script.given == 2
    with slack.faults.answer("api.test", status=429, body=body, headers=limited) as script:
        assert refused(web.api_test).response.status_code == 429
        assert script.given == 3


def test_it_repeats_after_a_failing_server_only_when_told_to(slack: Workspace) -> None:
    web = theirs_and_ours(slack, retry_handlers=[])[1]
    with slack.faults.answer("api.test", status=503, body="<html>", times=1):
        refused(web.api_test)
    web.retry_handlers.append(ServerErrorRetryHandler())
    with slack.faults.answer("api.test", status=503, body="<html>", times=1):
        assert web.api_test()["ok"]


def test_it_pauses_by_chance_and_leaves_pythons_own_alone() -> None:
    handler, before = ServerErrorRetryHandler(9), random.getstate()
    answer = HttpAnswer(503, Headers(), b"", last=False)
    pauses = [handler.pause_after(answer, attempt) for attempt in (1, 2, 3)]
    limited = HttpAnswer(429, Headers(), b"", last=False)
    pauses.append(RateLimitErrorRetryHandler().pause_after(limited, 1))
    for pause, (low, high) in zip(pauses, [(0, 1), (0, 2), (0, 4), (1, 2)], strict=True):
        assert pause is not None
        assert low <= pause < high
    assert random.getstate() == before


def test_it_shows_the_token_nowhere(slack: Workspace) -> None:
    web = theirs_and_ours(slack)[1]
    answer = web.auth_test()
    shown = f"{web!r} {answer} {answer!r} {answer.req_args} {vars(answer)}"
    assert slack.bot_token not in shown


@pytest.mark.parametrize("name", [n for n in dir(slack_sdk.errors) if n.endswith("Error")])
def test_it_has_each_of_slack_sdks_errors(name: str) -> None:
    theirs, ours = getattr(slack_sdk.errors, name), getattr(errors, name)
    assert [one.__name__ for one in theirs.__mro__] == [one.__name__ for one in ours.__mro__]


@pytest.mark.parametrize("data", [b"gzip", None])
def test_it_refuses_to_read_fields_where_there_are_none_as_slack_sdk_does(data: Any) -> None:
    about: dict[str, Any] = {
        "client": None,
        "http_verb": "POST",
        "api_url": "u",
        "req_args": {},
        "headers": {},
    }
    kinds: list[Any] = [slack_sdk.web.SlackResponse, SlackResponse]
    for kind in kinds:
        answer = kind(**about, data=data, status_code=200)
        with pytest.raises(ValueError, match=r"As the response\.data is"):
            answer["ok"]
    assert SlackResponse(**about, data=b"gzip", status_code=200).validate()


def test_it_takes_no_typing_error_for_a_method() -> None:
    client = WebClient(token="xoxb-test")
    assert callable(client.chat_postMessage)
    with pytest.raises(AttributeError, match="did you mean 'base_url'"):
        client.bas_url  # noqa: B018 - it raises
