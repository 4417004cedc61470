"""Messages per channel and minute, as a chart: uploaded to a channel when the window is over."""

import os
import sys
from collections import Counter
from functools import partial
from typing import Any

from reactivex import Observable, operators as ops

import rxslack
from rxslack import MessageEvent


def minute(event: MessageEvent) -> tuple[str, int]:
    return event["channel"], int(float(event["ts"])) // 60


def chart(counts: Counter[tuple[str, int]]) -> str:
    """A picture of bars, one for each channel and minute."""
    bars = [
        f'<text y="{row * 20 + 14}">{channel}</text>'
        f'<rect x="120" y="{row * 20}" width="{count * 4}" height="16" fill="teal"/>'
        for row, ((channel, _), count) in enumerate(sorted(counts.items()))
    ]
    size = f'width="600" height="{len(bars) * 20}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(bars)}</svg>'


def upload(channel: str, minutes: list[tuple[str, int]]) -> dict[str, str]:
    return {"channel": channel, "filename": "messages.svg", "content": chart(Counter(minutes))}


def summaries(
    events: Observable[dict[str, Any]], channel: str, seconds: float
) -> Observable[dict[str, str]]:
    """The arguments of an upload for each window in which somebody said something."""
    windows: Observable[list[tuple[str, int]]] = events.pipe(
        rxslack.select(MessageEvent, minute), ops.buffer_with_time(seconds)
    )
    return windows.pipe(ops.filter(bool), ops.map(partial(upload, channel)))


def main() -> int:
    app = rxslack.WebClient(os.environ["SLACK_APP_TOKEN"])
    web = rxslack.WebClient(os.environ["SLACK_BOT_TOKEN"])
    events = rxslack.socket_mode(app).pipe(rxslack.reconnect(), rxslack.events_api())
    return rxslack.run(summaries(events, os.environ["CHANNEL"], 600.0), rxslack.upload_file(web))


if __name__ == "__main__":
    sys.exit(main())
