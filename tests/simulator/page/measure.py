"""
How fluid the page is with a long channel: ``python -m tests.simulator.page.measure [MESSAGES]``.

Prints, for a channel of 10,000 messages unless told otherwise: the milliseconds until something is painted and
until the messages are; those from a message's being said to its frame on the screen; and what JavaScript and
the document hold at the beginning, after scrolling through older messages, and after as many new ones.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from rxslack.simulator import Limits, Workspace
from tests.simulator.page.chromium import Chromium, chromium

PAINTED = """
const paint = performance.getEntriesByName('first-contentful-paint')[0];
const shown = performance.getEntriesByName('messages-shown')[0];
return [paint?.startTime ?? -1, shown?.startTime ?? -1]
"""
WATCH = """
window.seen = {};
new MutationObserver(() => {
  const last = [...document.querySelectorAll('.center .message .text')].at(-1)?.innerText;
  if (last && !(last in window.seen)) {
    window.seen[last] = 0;
    requestAnimationFrame(() => setTimeout(() => { window.seen[last] = Date.now(); }));
  }
}).observe(document.querySelector('.center .messages'), {childList: true, subtree: true});
"""
HELD = """
window.gc?.();
return [performance.memory.usedJSHeapSize / 1e6, document.querySelectorAll('*').length,
        document.querySelectorAll('.center .message').length]
"""


def main(count: int) -> None:
    """Measure, and print."""
    with (
        Workspace(limits=Limits.off()) as slack,
        tempfile.TemporaryDirectory() as folder,
        chromium(Path(folder)) as browser,
    ):
        for number in range(count):
            slack.say("general", "bob", f"message {number}", blocks=None)
        browser.open(slack)  # once for the caches of the disk
        browser.reads(f"message {count - 1}")
        paints = [painted(browser, slack, f"message {count - 1}") for _ in range(5)]
        say(f"{count} messages in the channel, 5 openings, milliseconds:")
        for name, values in zip(
            ("something painted", "messages shown"), zip(*paints, strict=True), strict=True
        ):
            say(f"  {name:<20}median {statistics.median(values):.0f}, most {max(values):.0f}")
        late = [latency(browser, slack, f"new {number}") for number in range(30)]
        late.sort()
        say("from `say` to its frame, 30 messages, milliseconds:")
        say(f"  median {statistics.median(late):.0f}, 9 in 10 {late[26]:.0f}, most {late[-1]:.0f}")
        say("held: MB of JavaScript, elements, messages among them:")
        told("at the beginning", browser)
        for _ in range(20):
            browser.run("document.querySelector('.center .messages').scrollTop = 0")
            time.sleep(0.1)
        told("after scrolling up", browser)
        for number in range(count):
            slack.say("general", "bob", f"later {number}", blocks=None)
        browser.press("↓ Newest messages")
        browser.reads(f"later {count - 1}")
        told(f"after {count} more", browser)


def painted(browser: Chromium, slack: Workspace, last: str) -> tuple[float, float]:
    """When something, and when the messages were to be seen, after the page was asked for."""
    browser.open(slack)
    browser.reads(last)
    browser.until(lambda: browser.run(PAINTED)[0] > 0)
    paint, shown = browser.run(PAINTED)
    return paint, shown


def latency(browser: Chromium, slack: Workspace, text: str) -> float:
    """Milliseconds from a message's being said until its frame was made."""
    if not browser.run("return Boolean(window.seen)"):
        browser.run(WATCH)
    said = time.time()
    slack.say("general", "bob", text, blocks=None)
    return (
        float(browser.until(lambda: browser.run("return window.seen[arguments[0]]", text)))
        - said * 1000
    )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def told(when: str, browser: Chromium) -> None:
    """Print what is held."""
    heap, elements, messages = browser.run(HELD)
    say(f"  {when:<20}{heap:6.1f} MB {elements:6} {messages:6}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
