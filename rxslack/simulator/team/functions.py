"""Steps of workflows that an app was told to do, and what it made for each: messages and views."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from rxslack.simulator.team.text import Json

__all__ = ["Functions"]


class Functions:
    """
    The executions, by their ids. Guarded by the team's lock.

    An app works on an execution with the token that came with it; what it makes with that token belongs
    to the execution, and says so when somebody clicks on it.
    """

    def __init__(self) -> None:
        self._all: dict[str, Json] = {}
        self._made: dict[str, str] = {}  # executions, by what was made for them

    def begin(self, execution: str, callback_id: str, token: str) -> None:
        """Know an execution: `completed`, `outputs` and `error` say how it ends."""
        self._all[execution] = {"callback_id": callback_id, "completed": False, "token": token}

    def find(self, execution: str) -> Json | None:
        """One, if it is known."""
        return self._all.get(execution)

    def all(self) -> dict[str, Json]:
        """All, without their tokens."""
        shown = deepcopy(self._all)
        for one in shown.values():
            del one["token"]
        return shown

    def note(self, execution: str, made: str) -> None:
        """Know what an execution a view (by its id) or a message (by channel and ts) belongs to; "" is none."""
        if execution:
            self._made[made] = execution

    def around(self, made: str, user: str, pointer: str) -> Json:
        """
        What a payload says of the execution that something belongs to; nothing for most.

        Args:
            made: as it was noted.
            user: the id of who did something with it.
            pointer: which opens a view as a `trigger_id` does.

        Source: docs.slack.dev/workflows/creating-custom-steps-dynamic-options, .../interactive-messages.
        """
        execution = self._made.get(made, "")
        step: Mapping[str, str] = self._all.get(execution, {})
        if not step:
            return {}
        function = {"callback_id": step["callback_id"]}
        return {
            "function_data": {"execution_id": execution, "function": function, "inputs": {}},
            "interactivity": {
                "interactor": {"id": user, "secret": "simulated"},
                "interactivity_pointer": pointer,
            },
            "bot_access_token": step["token"],
        }
