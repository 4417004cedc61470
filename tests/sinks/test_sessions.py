"""The sinks for sessions of agents, and the simulated Slack."""

from __future__ import annotations

from typing import Any

import reactivex

import rxslack
from rxslack import ApiError
from rxslack.simulator import AGENT_SCOPES, Workspace


def test_they_show_what_the_agent_does_until_somebody_stops_it() -> None:
    """At work, with a title; stopped, and released by the event of the stop; prompts beside it."""
    with Workspace(bot_scopes=AGENT_SCOPES) as slack:
        web, told = slack.web, list[Any]()
        asked = slack.say("general", "alice", "Where is Rome?")
        rxslack.run(reactivex.just(asked), rxslack.set_session(web, "processing"))
        titled = reactivex.just({**asked, "title": "Rome"})
        rxslack.run(titled, rxslack.rename_session(web))
        (session,) = slack.sessions
        assert (session.status, session.title) == ("processing", "Rome")
        envelopes = rxslack.socket_mode(slack.app)
        release = rxslack.set_session(web, "active")
        stops = envelopes.pipe(
            rxslack.events_api(), rxslack.of_type(rxslack.events.AgentSessionStoppedEvent)
        )
        subscription = stops.pipe(release).subscribe(told.append)
        try:
            slack.wait_until(lambda: slack.connections)
            slack.stop_session("general", asked["ts"], "alice")
            slack.wait_until(lambda: told)
        finally:
            subscription.dispose()
        assert [session.status for session in slack.sessions] == ["active"]
        rxslack.run(reactivex.just(asked), rxslack.suggest_prompts(web, ["And Milan?"]))
        assert slack.prompts("general") == [{"title": "And Milan?", "message": "And Milan?"}]


def test_they_tell_what_slack_refuses() -> None:
    """An app that is not declared an agent, and a thread without a session."""
    plain = [scope for scope in AGENT_SCOPES if scope != "assistant:write"]
    for scopes, sink, error in (
        (plain, rxslack.set_session, "not_authorized"),
        (AGENT_SCOPES, rxslack.rename_session, "session_not_found"),
    ):
        with Workspace(bot_scopes=scopes) as slack:
            asked = slack.say("general", "alice", "Where is Rome?")
            outcomes = list[Any]()
            item = reactivex.just({**asked, "title": "Rome", "status": "active"})
            rxslack.run(item.pipe(sink(slack.web)), outcomes.append)
            (failure,) = outcomes
            assert isinstance(failure["error"], ApiError)
            assert failure["error"].error == error
