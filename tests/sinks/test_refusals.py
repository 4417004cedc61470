"""Whatever Slack refuses leaves with its cause, and the stream and the process live."""

import logging
from typing import Any

import pytest

from rxslack.errors import ApiError, AuthenticationError, MissingScope, SlackError
from rxslack.events import FailureEvent
from rxslack.events.items import failure
from rxslack.operators.typed import of_type
from rxslack.sinks.post_message import post_message
from rxslack.testing import Marbles
from rxslack.web.protocol import api_error

POST = "chat.postMessage"

# docs.slack.dev/reference/methods/chat.postMessage, "Errors"
DOCUMENTED = """
as_user_not_supported attachment_payload_limit_exceeded cannot_reply_to_message channel_not_found
duplicate_channel_not_found duplicate_message_not_found ekm_access_denied invalid_blocks
invalid_blocks_format invalid_metadata_format invalid_metadata_schema is_archived
markdown_text_conflict message_limit_exceeded messages_tab_disabled metadata_must_be_sent_from_app
metadata_too_large missing_file_data msg_blocks_too_long msg_too_long no_text not_in_channel
restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel
restricted_action_thread_locked restricted_action_thread_only_channel
slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked
slack_connect_lists_sharing_blocked team_not_found too_many_attachments too_many_contact_cards
access_denied accesslimited account_inactive deprecated_endpoint enterprise_is_restricted
invalid_arg_name invalid_arguments invalid_array_arg invalid_auth invalid_charset invalid_form_data
invalid_post_type method_deprecated missing_post_type missing_scope no_permission not_authed
not_allowed_token_type org_login_required request_timeout service_unavailable team_added_to_org
token_expired token_revoked two_factor_setup_required fatal_error internal_error
a_code_that_slack_invents_tomorrow
"""
CODES = DOCUMENTED.split()


class Web:
    """Refuses what says b."""

    def __init__(self, code: str) -> None:
        self.code = code

    def call(self, method: str, /, **arguments: Any) -> dict[str, Any]:
        if arguments["text"] == "b":
            raise api_error(method, {"ok": False, "error": self.code})
        return {"ok": True, "text": arguments["text"]}


ITEMS: dict[str, Any] = {name: {"channel": "C1", "text": name} for name in "abc"}
REPLIES: dict[str, Any] = {name.upper(): {"ok": True, "text": name} for name in ITEMS}


@pytest.mark.parametrize("code", CODES)
def test_it_emits_the_refused_item_with_its_cause_and_goes_on(marbles: Marbles, code: str) -> None:
    sink = post_message(Web(code), burst=1, scheduler=marbles.scheduler)
    letters = marbles.watch(sink.failures)
    seen = marbles.run(marbles.cold("(abc|)", **ITEMS).pipe(sink))

    event = seen.items[1]
    assert event["item"] is ITEMS["b"]
    assert isinstance(event["error"], ApiError)
    assert (event["error"].error, event["error"].method) == (code, POST)
    assert event.get("uncertain", False) is (code in ("fatal_error", "internal_error"))
    assert seen == marbles.seen("Ax(C|)", x=event, **REPLIES)
    assert letters == marbles.seen("-x", x=event)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("invalid_auth", AuthenticationError),
        ("missing_scope", MissingScope),
        ("is_archived", ApiError),
    ],
)
def test_it_names_the_kind_of_the_cause(
    marbles: Marbles, code: str, kind: type[SlackError]
) -> None:
    sink = post_message(Web(code), scheduler=marbles.scheduler)
    seen = marbles.run(marbles.cold("b|", **ITEMS).pipe(sink))
    assert type(seen.items[0]["error"]) is kind


def test_it_is_told_with_the_failures_of_isolate_by_one_type(marbles: Marbles) -> None:
    """Failures that come in are passed on, so one filter at the end sees all there are."""
    sink = post_message(Web("is_archived"), scheduler=marbles.scheduler)
    broken = failure(None, KeyError("user"))
    source = marbles.cold("xb-a|", x=broken, **ITEMS)
    seen = marbles.run(source.pipe(sink, of_type(FailureEvent)))
    assert seen.items[0] is broken
    assert seen.items[1]["item"] == ITEMS["b"]
    assert seen.marbles == "xA--|"


def test_its_dead_letters_are_logged_once_each_while_nobody_listens(
    marbles: Marbles, caplog: pytest.LogCaptureFixture
) -> None:
    sink = post_message(Web("is_archived"), burst=10, scheduler=marbles.scheduler)
    letters = marbles.watch(sink.failures, "--^-!")
    marbles.cold("-b-b-b|", **ITEMS).subscribe(sink)
    marbles.flush()
    assert caplog.messages == ["C1: failed: is_archived"] * 2
    assert letters.marbles == "---A"


def test_its_dead_letters_have_many_readers(marbles: Marbles) -> None:
    sink = post_message(Web("is_archived"), scheduler=marbles.scheduler)
    one, other = marbles.watch(sink.failures), marbles.watch(sink.failures)
    marbles.cold("-b|", **ITEMS).subscribe(sink)
    marbles.flush()
    assert one == other
    assert len(one.items) == 1


def test_its_dead_letters_leave_the_operator_s_log_alone(
    marbles: Marbles, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    sink = post_message(Web("is_archived"), scheduler=marbles.scheduler)
    marbles.run(marbles.cold("-b|", **ITEMS).pipe(sink))
    assert caplog.messages == []
