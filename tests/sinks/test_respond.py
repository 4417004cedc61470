from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
import reactivex

from rxslack import (
    ApiError,
    ConfigurationError,
    WebClient,
    acknowledgement,
    respond,
    response,
)
from rxslack.simulator import Clock, Workspace


@pytest.fixture
def slack() -> Generator[Workspace]:
    with Workspace(clock=Clock(lambda: 1_700_000_000.0)) as workspace:
        yield workspace


def sent(web: WebClient, *items: Any) -> list[Any]:
    outcomes: list[Any] = []
    with respond(web) as sink:
        reactivex.of(*items).pipe(sink).subscribe(outcomes.append)
    return outcomes


def test_it_answers_the_person_and_the_channel(slack: Workspace) -> None:
    done = slack.interactions.command("general", "alice", "/weather", "Bern")

    def say(command: dict[str, Any]) -> str:
        return f"Rain in {command['text']}"

    alone, all_ = response("Sun"), response(say, in_channel=True)

    assert sent(slack.app, alone(done.payload), all_(done.payload)) == [{"ok": True}] * 2
    assert done.replies == [{"text": "Sun"}]
    assert [message["text"] for message in slack.messages("general")] == ["Rain in Bern"]


def test_it_sends_five_answers_and_no_sixth(slack: Workspace) -> None:
    done = slack.interactions.command("general", "alice", "/weather")
    outcomes = sent(slack.app, *[response(f"{n}")(done.payload) for n in range(6)])

    assert sum(one == {"ok": True} for one in outcomes) == 5
    failed = next(one for one in outcomes if one != {"ok": True})
    assert isinstance(failed["error"], ConfigurationError)
    assert len(done.replies) == 5


def test_it_fails_when_the_address_has_expired_and_does_not_show_it(slack: Workspace) -> None:
    done = slack.interactions.command("general", "alice", "/weather")
    slack.clock.advance(1801.0)
    (failed,) = sent(slack.app, response("late")(done.payload))

    assert isinstance(failed["error"], ApiError)
    assert failed["error"].error == "expired_url"
    assert done.response_url.rsplit("/", 1)[-1] not in str(failed["error"])


def test_it_does_not_send_the_token(slack: Workspace) -> None:
    done = slack.interactions.command("general", "alice", "/weather")

    assert slack.app.respond(done.response_url, {"text": "Sun"}) == {"ok": True}
    assert slack.calls() == []


def test_it_wants_an_address_and_an_envelope() -> None:
    with pytest.raises(ConfigurationError, match="response_url"):
        response("Hi")({"type": "view_submission"})
    with pytest.raises(ConfigurationError, match="envelope_id"):
        acknowledgement("Hi")({"type": "slash_command"})
    (failed,) = sent(WebClient("xapp-test"), {"text": "Hi"})
    assert isinstance(failed["error"], ConfigurationError)
