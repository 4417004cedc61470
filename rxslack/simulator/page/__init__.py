"""
A Slack that one can look at: the page at the address of a simulated workspace.

`rxslack simulate` prints it, `rxslack simulate --open` and `rxslack demo --open` open it, and of any other
workspace it is `slack.page_url`.

![Conversations, a thread, and beside them the log of calls and events](../../../tests/pictures/page.png)

In the middle is a Slack: channels, threads, whom you are (alice, bob, …), and all that bots do with it: messages
with mentions, emoji, files and Block Kit, edits, reactions, slash commands, buttons, shortcuts, modals, the home
tab, ephemeral messages, answers as they grow. What you type comes from a person, so that a bot which ignores bots
answers. A message's JSON is one click away.

Beside it is what Slack sees of the bot: each call with its answer and each event, what was wrong with a call, each
connection with its age, a switch for each fault of `slack.faults`, and the clock: "say goodbye now", "eight hours
later".

It is made of HTML, CSS and plain modules that are served from the package, without a build step, and nothing comes
from the network: a picture whose address is elsewhere is shown as its text. It works with the keyboard alone
(Ctrl+K finds conversations; arrows move among messages) and reads well aloud, dark or light as the browser is set.

## Who may use it

Whoever has its address, in which a key follows the `#`. Browsers tell that part to nobody, it is another one in each
run without `--seed`, and each request shows it in a header that no other site's page can set. Requests whose
`Origin` or `Sec-Fetch-Site` is not the page itself are refused, nothing changes by a GET, texts are put in as text,
and a Content-Security-Policy lets no script run but the page's own modules.

## Inside

    `front`       what a browser may ask for, and who may: files, windows of messages, acts, one event stream
    `acts`        a table of what people can do, each a small function
    `updates`     the event stream: messages that changed, lines of the log, and each part of `shown` that differs
    `windows`     a part of a conversation at a time, so that neither side holds all of a long one
    `call_log`    the transcript as rows
    `switches`    the faults, with their fields made from the signatures of their methods
    `typed`       text as people type it, and as they read it
    `static/`     the page: `main.js` begins, and its imports say the rest

A browser's stream runs on the thread of its connection. It takes `team.lock` to look, and never while it writes.
"""

from rxslack.simulator.page.front import Page

__all__ = ["Page"]
