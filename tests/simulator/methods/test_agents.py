"""Sessions of agents: what the app says it is doing, and what people do about it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

import rxslack
from rxslack.errors import ApiError, MissingScope
from rxslack.simulator import AGENT_SCOPES, Limits, StreamOptions, Workspace
from rxslack.web.client import WebClient

Json = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(bot_scopes=AGENT_SCOPES, limits=Limits.off()) as workspace:
        yield workspace


def thread(slack: Workspace) -> Json:
    """A question of Alice's, as the arguments of a session's methods."""
    asked = slack.say("general", "alice", "What is up?")
    return {"channel_id": asked["channel"], "thread_ts": asked["ts"]}


def stream(slack: Workspace, session: Json, markdown: str = "Hm") -> Json:
    """An answer that streams in a session's thread, as the arguments of what follows."""
    answer = slack.web.call(
        "chat.startStream",
        channel=session["channel_id"],
        thread_ts=session["thread_ts"],
        recipient_user_id=slack.user_id("alice"),
        recipient_team_id=slack.team_id,
        markdown_text=markdown,
    )
    return {"channel": answer["channel"], "ts": answer["ts"]}


def refusal(slack: Workspace, method: str, **arguments: Any) -> str:
    with pytest.raises(ApiError) as raised:
        slack.web.call(method, **arguments)
    return raised.value.error


def status(slack: Workspace) -> str:
    (session,) = slack.sessions
    return session.status


def stop(slack: Workspace, session: Json) -> list[str]:
    return slack.stop_session("general", session["thread_ts"], "alice")


# What the app says


def test_it_has_one_of_four_states(slack: Workspace) -> None:
    where = thread(slack)
    for said in ("processing", "suspended", "active", "closed"):
        answer = slack.web.call("agents.sessions.setStatus", **where, status=said)
        assert (answer["status"], answer["agent_status"]) == (said, said)
        assert status(slack) == said
    assert refusal(slack, "agents.sessions.setStatus", **where, status="is thinking…") == (
        "invalid_status"
    )
    assert status(slack) == "closed"


def test_it_keeps_the_title_and_the_initiator_that_it_begins_with(slack: Workspace) -> None:
    where, alice = thread(slack), slack.user_id("alice")
    begun = {"title": "Diving", "initiator_user_id": alice}
    slack.web.call("agents.sessions.setStatus", **where, status="active", **begun)
    answer = slack.web.call("agents.sessions.setStatus", **where, status="active", title="Other")
    assert answer["title"] == "Diving"
    (session,) = slack.sessions
    assert (session.title, session.initiator) == ("Diving", alice)
    assert (session.channel, session.thread_ts) == (where["channel_id"], where["thread_ts"])


def test_it_can_be_renamed(slack: Workspace) -> None:
    where = thread(slack)
    assert refusal(slack, "agents.sessions.rename", **where, title="Diving") == "session_not_found"
    slack.web.call("agents.sessions.setStatus", **where, status="active")
    assert slack.web.call("agents.sessions.rename", **where, title="Diving")["title"] == "Diving"
    for title in ("", "." * 201):
        assert refusal(slack, "agents.sessions.rename", **where, title=title) == (
            "invalid_arguments"
        )
    assert slack.sessions[0].title == "Diving"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel_id": "C0"}, "channel_not_found"),
        ({"thread_ts": ""}, "thread_ts_required"),
        ({"thread_ts": "1.000001"}, "invalid_thread_ts"),
        ({"status": ""}, "invalid_arguments"),
        ({"title": "." * 201}, "invalid_arguments"),
        ({"initiator_user_id": "U0"}, "user_not_found"),
    ],
)
def test_it_does_not_begin_with_what_slack_does_not_take(
    slack: Workspace, arguments: Json, error: str
) -> None:
    right = {**thread(slack), "status": "active"}
    assert refusal(slack, "agents.sessions.setStatus", **{**right, **arguments}) == error
    assert slack.sessions == []


def test_it_is_for_agents_in_their_channels(slack: Workspace) -> None:
    """Not for an app that is not declared one, nor for a classic bot, nor where the bot is not."""
    where = {**thread(slack), "status": "active"}
    granular = slack.new_token("xoxb", scopes=["chat:write"])
    refusals = [(granular, "not_authorized"), (slack.new_token("xoxb"), "not_allowed_token_type")]
    for token, error in refusals:
        with WebClient(token, base_url=slack.base_url) as web, pytest.raises(ApiError) as raised:
            web.call("agents.sessions.setStatus", **where)
        assert raised.value.error == error
    slack.add_channel("elsewhere", members=["alice"])
    there = slack.say("elsewhere", "alice", "Hello?")
    elsewhere = {"channel_id": there["channel"], "thread_ts": there["ts"], "status": "active"}
    assert refusal(slack, "agents.sessions.setStatus", **elsewhere) == "not_authorized"
    scopes = [scope for scope in AGENT_SCOPES if scope != "chat:write.customize"]
    plain = WebClient(slack.new_token("xoxb", scopes=scopes), base_url=slack.base_url)
    with plain, pytest.raises(MissingScope):
        plain.call("agents.sessions.setStatus", **where, username="Marvin")


def test_it_is_processing_while_a_message_streams(slack: Workspace) -> None:
    where = thread(slack)
    for said, then in (({}, "active"), ({"session_status": "closed"}, "closed")):
        streaming = stream(slack, where)
        assert status(slack) == "processing"
        slack.web.call("chat.stopStream", **streaming, **said)
        assert status(slack) == then
    assert refusal(slack, "chat.stopStream", **stream(slack, where), session_status="done") == (
        "invalid_status"
    )


def test_it_does_not_begin_when_an_app_streams_that_is_no_agent(slack: Workspace) -> None:
    where = thread(slack)
    token = slack.new_token("xoxb", scopes=["chat:write"])
    with WebClient(token, base_url=slack.base_url) as web:
        started = web.call(
            "chat.startStream",
            channel=where["channel_id"],
            thread_ts=where["thread_ts"],
            recipient_user_id=slack.user_id("alice"),
            recipient_team_id=slack.team_id,
        )
        web.call("chat.stopStream", channel=started["channel"], ts=started["ts"])
    assert slack.sessions == []


# The stop button


def test_it_ends_what_streams_when_somebody_stops_it(slack: Workspace) -> None:
    """Everything in its thread and nothing elsewhere; the status stays until the app changes it."""
    where, elsewhere = thread(slack), thread(slack)
    mine = [stream(slack, where), stream(slack, where)]
    other = stream(slack, elsewhere)
    assert stop(slack, where) == [one["ts"] for one in mine]
    for one in mine:
        error = refusal(slack, "chat.appendStream", **one, markdown_text="more")
        assert error == "stopped_by_user"
    slack.web.call("chat.appendStream", **other, markdown_text="more")
    assert [one.ended_by for one in slack.streams] == ["person", "person", ""]
    assert [session.status for session in slack.sessions] == ["processing", "processing"]
    shown = [message["streaming_state"] for message in slack.messages("general")[2:]]
    assert shown == ["completed", "completed", "in_progress"]
    assert stop(slack, where) == []  # the button is there as long as the status


@pytest.mark.parametrize("takes_last_words", [True, False])
def test_it_is_released_by_the_end_of_what_was_stopped_or_by_a_status(
    *, takes_last_words: bool
) -> None:
    options = StreamOptions(takes_last_words=takes_last_words)
    with Workspace(bot_scopes=AGENT_SCOPES, streams=options) as slack:
        where = thread(slack)
        streaming = stream(slack, where, "Hm")
        stop(slack, where)
        if takes_last_words:
            last = slack.web.call("chat.stopStream", **streaming, markdown_text=" (stopped)")
            assert last["message"]["text"] == "Hm (stopped)"
            error = refusal(slack, "chat.stopStream", **streaming)
            assert error == "message_not_in_streaming_state"
        else:
            assert refusal(slack, "chat.stopStream", **streaming) == "stopped_by_user"
            assert status(slack) == "processing"
            slack.web.call("agents.sessions.setStatus", **where, status="active")
        assert status(slack) == "active"
        assert slack.streams[0].ended_by == "person"
        with pytest.raises(LookupError, match="processing"):
            stop(slack, where)


def test_it_has_no_stop_button_for_an_app_that_does_not_subscribe() -> None:
    options = StreamOptions(has_stop_button=False)
    with Workspace(bot_scopes=AGENT_SCOPES, streams=options) as slack:
        where = thread(slack)
        answer = slack.web.call("agents.sessions.setStatus", **where, status="processing")
        assert answer["warning"] == "missing_agent_session_stopped_event_subscription"
        with pytest.raises(LookupError, match="subscribe"):
            stop(slack, where)


def test_it_tells_the_app_of_the_stop_and_of_a_new_title_but_not_over_rtm(
    slack: Workspace,
) -> None:
    """Over Socket Mode; the websocket of RTM hears the message that comes after it, and no more."""
    heard, told = list[Json](), list[Json]()
    over_rtm = rxslack.rtm(slack.user_web).subscribe(heard.append)
    over_socket_mode = rxslack.socket_mode(slack.app).subscribe(told.append)
    try:
        slack.wait_until(lambda: len(slack.connections) == 2)
        where = thread(slack)
        streaming = stream(slack, where)
        stop(slack, where)
        slack.rename_session("general", where["thread_ts"], "bob", "Diving")
        slack.say("general", "alice", "Done")
        slack.wait_until(lambda: [e for e in heard if e.get("text") == "Done"])
        slack.wait_until(lambda: "Done" in str(told))
    finally:
        over_rtm.dispose()
        over_socket_mode.dispose()
    assert [event for event in heard if event["type"].startswith("agent")] == []
    events = [one["payload"]["event"] for one in told if one["type"] == "events_api"]
    stopped, renamed = [event for event in events if event["type"].startswith("agent")]
    alice, bob = slack.user_id("alice"), slack.user_id("bob")
    assert stopped == {
        "type": "agent_session_stopped",
        "channel": where["channel_id"],
        "thread_ts": where["thread_ts"],
        "user": alice,
        "streaming_message_ts": [streaming["ts"]],
        "event_ts": stopped["event_ts"],
    }
    assert (renamed["type"], renamed["user"]) == ("agent_session_title_changed", bob)
    assert (renamed["title"], renamed["previous_title"]) == ("Diving", "")
    assert slack.sessions[0].title == "Diving"


def test_it_tells_the_app_over_http_too(slack: Workspace) -> None:
    told = list[Json]()
    events = rxslack.http_events(slack.http_events.signing_secret)
    with events.server(0) as server, events.subscribe(told.append):
        serving = Thread(target=server.serve_forever)
        serving.start()
        try:
            slack.http_events.deliver_to(f"http://127.0.0.1:{server.server_port}/")
            where = thread(slack)
            stream(slack, where)
            stop(slack, where)
            slack.wait_until(lambda: "agent_session_stopped" in str(told))
        finally:
            server.shutdown()
            serving.join()


def test_it_is_renamed_only_where_it_is(slack: Workspace) -> None:
    with pytest.raises(LookupError, match="no session"):
        slack.rename_session("general", "1.0", "alice", "Diving")


# What came before


def test_it_suggests_prompts_for_a_conversation_not_for_a_thread(slack: Workspace) -> None:
    """With a thread nothing happens, and Slack says ok."""
    direct = slack.direct("alice")
    asked = slack.say(direct, "alice", "Hello")
    prompts = [{"title": "Weather", "message": "How is the weather?"}]
    method = "assistant.threads.setSuggestedPrompts"
    slack.web.call(method, channel_id=direct, thread_ts=asked["ts"], prompts=prompts)
    assert slack.prompts(direct) == []
    slack.web.call(method, channel_id=direct, prompts=prompts)
    assert slack.prompts(direct) == prompts
    for wrong in ([], prompts * 5, [{"title": "Weather"}], ["Weather"], "Weather"):
        assert refusal(slack, method, channel_id=direct, prompts=wrong) == "invalid_arguments"
    classic = WebClient(slack.new_token("xoxb"), base_url=slack.base_url)
    with classic, pytest.raises(MissingScope):
        classic.call(method, channel_id=direct, prompts=prompts)


def test_it_gives_a_thread_a_title(slack: Workspace) -> None:
    where = thread(slack)
    slack.web.call("assistant.threads.setTitle", **where, title="Diving")
    assert slack.title("general", where["thread_ts"]) == "Diving"
    wrong = {**where, "thread_ts": "1.0", "title": "Diving"}
    assert refusal(slack, "assistant.threads.setTitle", **wrong) == "invalid_thread_ts"
