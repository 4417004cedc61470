"""Workflows that have steps of the app's, and those that people start by a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rxslack.simulator.actions.administration import Administration
from rxslack.simulator.team.access import Token
from rxslack.simulator.team.text import Json

__all__ = ["Workflows"]


class Workflows(Administration):
    """What workflows do."""

    def add_workflow(self, title: str) -> str:
        """
        Make a workflow that is started by a link; returns the trigger's id, for workflows.featured.add.

        Source: docs.slack.dev/reference/methods/workflows.featured.set.
        """
        with self._team.lock:
            trigger = self._team.identity.new("Ft")
            self._state.workflows[trigger] = title
            return trigger

    def run_function(self, callback_id: str, inputs: Mapping[str, Any] | None = None) -> str:
        """
        A workflow comes to a step of the app's; the app is told `function_executed`.

        The token that it is told belongs to the step: what the app posts and opens with it says so when
        somebody clicks on it.

        Args:
            callback_id: of the function.
            inputs: of the step.

        Returns: the id of the execution, under which `slack.functions` has how it ended.
        Source: docs.slack.dev/reference/events/function_executed.
        """
        team, state = self._team, self._state
        with team.lock:
            execution, token = team.identity.new("Fx"), team.identity.token("xwfp")
            bot = next(token for token in state.tokens.values() if token.is_bot)
            scopes = bot.scopes
            state.tokens[token] = Token(token, "xoxb", bot.user_id, scopes, execution=execution)
            state.functions.begin(execution, callback_id, token)
            function = {
                "id": team.identity.new("Fn"),
                "callback_id": callback_id,
                "title": callback_id,
                "description": "",
                "type": "app",
                "input_parameters": list[Json](),
                "output_parameters": list[Json](),
                "app_id": team.bot.app_id,
                "date_created": 0,
                "date_updated": 0,
                "date_deleted": 0,
                "form_enabled": False,
            }
            event: Json = {
                "type": "function_executed",
                "function": function,
                "inputs": dict(inputs or {}),
                "function_execution_id": execution,
                "workflow_execution_id": team.identity.new("Wx"),
                "bot_access_token": token,
                "event_ts": team.stamps.next(),
            }
            team.feed.tell_app(event, to=[team.bot.user_id])
        return execution
