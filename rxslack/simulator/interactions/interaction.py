"""One thing that somebody did with the app: its way there, and what came back."""

from __future__ import annotations

from rxslack.simulator.sockets.deliveries import Delivery
from rxslack.simulator.team.feed import Changes
from rxslack.simulator.team.text import Json

__all__ = ["Interaction"]


class Interaction:
    """
    A command, a click, a dialog sent off: its way to the app, and the app's answers.

    Args:
        delivery: its way to the app.
        changes: of the workspace.
        user_id: who did it.

    Attributes:
        payload: what the app is told.
        replies: what only that person sees of the app's answers, oldest first.
        is_over: whether what the acknowledgement said is there to be seen, or Slack has given up.
    """

    def __init__(self, delivery: Delivery, changes: Changes, user_id: str) -> None:
        self.payload: Json = delivery.payload
        self.replies: list[Json] = []
        self.user_id = user_id
        self.delivery = delivery
        self.is_over = False
        self._changes = changes

    @property
    def response(self) -> Json | None:
        """What the acknowledgement said; None without one, or when it said nothing."""
        return self.delivery.response

    @property
    def acknowledged(self) -> bool:
        """Whether the app acknowledged it in time."""
        return self.delivery.acknowledged_at is not None

    @property
    def failed(self) -> bool:
        """Whether Slack has told the person that the app did not react."""
        return self.delivery.lost

    @property
    def response_url(self) -> str:
        """Where later answers go."""
        return str(self.payload.get("response_url", ""))

    def wait(self, timeout: float = 10.0) -> Json | None:
        """
        Wait until it is acknowledged, and what that said can be seen; return the response.

        Raises: TimeoutError; RuntimeError when Slack gave up, as it then tells the person.
        """
        self._changes.wait_until(lambda: self.is_over, timeout)
        if self.failed:
            raise RuntimeError("the app did not acknowledge it in time")
        return self.response
