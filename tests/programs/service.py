"""A service: configured by the environment, logged, watched, and nothing is lost over a restart or SIGTERM."""

import logging
import os
import sys
from pathlib import Path

from reactivex import operators as ops

import rxslack
from rxslack import AppMentionEvent


def answer(event: AppMentionEvent) -> str:
    return f"I have read: {rxslack.escape(rxslack.plain_text(event))}"


def healthy(file: Path, status: rxslack.Status) -> None:
    """Keep a file for the probe: it is there while Slack is heard."""

    def tell(now: rxslack.Snapshot) -> None:
        if now.phase == "connected":
            file.touch()
        else:
            file.unlink(missing_ok=True)

    status.changes.subscribe(tell)


def main() -> int:
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"))
    state = Path(os.environ.get("STATE_DIRECTORY", "."))
    slack = os.environ.get("SLACK_BASE_URL", "https://slack.com/api/")
    app = rxslack.WebClient(os.environ["SLACK_APP_TOKEN"], base_url=slack)
    web = rxslack.WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=slack)
    status = rxslack.Status()
    healthy(state / "connected", status)
    answers = rxslack.socket_mode(app, status=status).pipe(
        rxslack.reconnect(),
        rxslack.events_api(),
        rxslack.of_type(AppMentionEvent),
        ops.map(rxslack.reply(answer)),
    )
    return rxslack.run(answers, rxslack.post_message(web, outbox=state / "outbox.sqlite"))


if __name__ == "__main__":
    sys.exit(main())
