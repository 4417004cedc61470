"""
A Slack on this machine, to develop and test against: `Workspace`.

```python
from rxslack.simulator import Workspace

with Workspace() as slack:
    answers = rxslack.rtm(slack.web).pipe(
        rxslack.of_type(rxslack.MessageEvent, lambda e: "Hello" in e["text"]),
        ops.map(rxslack.reply("Hi!")),
        rxslack.post_message(slack.web),
    )
    with answers.subscribe():
        slack.wait_until(lambda: slack.connections)
        slack.say("general", "alice", "Hello")
        slack.wait_until(lambda: len(slack.messages("general")) == 2)
```

It behaves as Slack does: addresses that are good once and for 30 seconds, rate limits with 429 and
`Retry-After`, errors as HTTP 200, threads, edits and cursors, `bot_message`s without a user, Block Kit that is checked. Any client
that can be told a base URL talks to it; `rxslack simulate` keeps one running and says how. Requests
of web pages of other origins, or with a `Host` that is not this machine's, are refused; `Workspace(hosts=…)`
allows more. What goes
wrong with a Slack goes wrong here at a word: `with slack.faults.fail("chat.postMessage", "fatal_error"):`.

## To look at

`rxslack simulate --open` shows the workspace in a browser, `rxslack demo --open` the README's bot in it, and
`slack.page_url` is the page's address in any program, also while a test stands at a breakpoint. One is alice or bob
there, writes, uses commands, buttons, shortcuts and modals, reads what a bot says as Slack shows it, and beside it
each call with its answer, each event and each connection; every fault is a switch, and the clock has buttons.
Only the page itself can do that: `rxslack.simulator.page` says how it is kept from others. Where no browser is,
`rxslack simulate --chat` does it in the terminal; `:help` says what can be typed.

## Beyond everyday talk

| what bots meet | by a person of the workspace | by methods |
|---|---|---|
| an organization of Enterprise Grid | `join_enterprise`, `Workspace(enterprise=…)` | |
| people of other workspaces, guests | `share_channel`, `add_outsider`, `accept_invite`, `invite_app`, `add_guest` | `conversations.inviteShared` and its family |
| who may not post | `restrict` | |
| other apps' bots | `add_bot` | `bots.info` |
| canvases and lists | `write_canvas`, `make_template`, `share_file` | `canvases.*`, `slackLists.*` |
| pictures, recordings, PDFs, mails | `upload` (the ending of the name counts), `transcribe` | `files.*` |
| huddles | `begin_huddle`, `enter_huddle`, `leave_huddle` | |
| steps of workflows | `run_function`, `add_workflow` | `functions.*`, `workflows.featured.*` |
| links of the app's | `tell_links_of` | `chat.unfurl` |
| threads with an assistant | `open_assistant` | `assistant.threads.*` |
| dialogs, from before modals | `interactions.dialogs` | `dialog.open` |

## What can go wrong

Every way in which a Slack has been seen to fail is a switch of the simulated one. It lasts until the end
of its `with`, or of `times`; `after` lets so many go well first; what is left to chance follows
`Workspace(seed=…)`.

```python
with Workspace(seed=7) as slack, rxslack.rtm(slack.web).pipe(rxslack.reconnect()).subscribe():
    slack.wait_until(lambda: slack.connections)
    with slack.faults.server_error("rtm.connect", times=1):
        with slack.faults.break_inside_frame("RST"):
            slack.say("general", "alice", "cut off in the middle of a frame")
            slack.wait_until(lambda: len(slack.past_connections) == 2)
```

| where | switches of `slack.faults` |
|---|---|
| Web API | `answer`, `fail`, `hold`, `rate_limit`, `server_error`, `truncate`, `lose_answer` (done, and the answer gone), `alter`, `no_url`, `dead_url`, `migrating` |
| pages | `short_pages`, `empty_pages`, `expire_cursors`, `last_cursor` |
| opening | `refuse` (TCP), `stall_tls`, `hold_handshake`, `refuse_upgrade`, `expire_urls`, `hold_hello`, `before_hello`, `instead_of_hello`, `end_after_hello` |
| life | `half_open`, `stop_ponging`, `ignore_pings`, `reconnect_url_without_url`, `replay_own_message` |
| events | `duplicate_events`, `swap_events` |
| what a client sends | `hold_replies`, `drop_replies`, `swap_replies`, `alter_replies`, `fail_messages` |
| bytes | `break_inside_frame` ("RST", "FIN" or "stall"), `split_frames`, `gather_frames`, `fragment_messages`, `no_close_notify`, `close_notify_only` |

One connection has `close`, `hang_up`, `cut`, `end`, `break_inside`, `half_open` and `goodbye`; the workspace
`goodbye`, `migrate`, `revoke`, `emit_odd` (events that break clients) and `emit_rare` (those that Slack
documents and nothing here causes). `slack.clock.advance(8 * 3600)` brings the goodbye of old age,
and a `reconnect_url` every three minutes on the way. What no source tells of Slack, such as its close codes
or its patience with silent clients, is a field of `RtmOptions`. `Workspace(tls=…)` speaks TLS with a
certificate of yours.

## For bots in any language

```sh
uvx --from 'rxslack[tls]' rxslack simulate --bot modern --tls ~/.simulated-slack    # or: pipx run --spec …
```

It prints base URL, tokens, and an environment. Most SDKs take a base URL: `base_url` (slack_sdk, Bolt for
Python), `slackApiUrl` (@slack/web-api, Bolt for JavaScript: `clientOptions`), `OptionAPIURL` (slack-go),
`slack_api_endpoint` and its like elsewhere. For what takes none, `--tls FOLDER` makes an authority there and
lets the simulator be the HTTPS proxy through which such a bot finds it at slack.com: set the printed
`HTTPS_PROXY`, `SSL_CERT_FILE`, `NODE_EXTRA_CA_CERTS` and run the bot as it is. `--bot` says whose token it has: `classic`
(RTM), `modern` or `agent`. An app that has a URL is told it by `slack.http_events.deliver_to(url)`.

## A beginning, and tomorrow

`Workspace(data=path)` and `rxslack simulate --data FILE` begin with a file: Slack's export (a zip), or JSON.

```python
{"users": ["alice", {"name": "bob", "real_name": "Bob B"}],
 "channels": ["random", {"name": "general", "topic": "All of us", "messages": [
     {"user": "alice", "text": "Hi", "reactions": {"wave": ["bob"]}, "replies": [{"user": "bob", "text": "Hi"}]}]}]}
```

`slack.save(path)` keeps people, channels, messages and files for the next `data`, and `slack.autosave(path)` does so after
each change, so that a crash loses seconds; `--keep FILE` begins with a file and keeps it. Tokens
are in no file: the same `--seed` makes the same ones.

## Inside

what a test holds    `Workspace` = `actions/` (what people do) + `observations` (what can be seen), with
                         `faults/`, `interactions/`, `socket_mode`, `http_events` and its `clock`
    `page/`              shows it to browsers and terminals, and does there what people do
    `http/`              listener ─ handler ─ `api` ─ a function of `methods/` ─ the answer
                                         └─ after an upgrade: a websocket of `sockets/`
    `team/`              what the functions read and change; each change is published on its feed
    `sockets/`           who listens to the feed: a thread that reads, and one that writes

Each room imports only from those before it: options, team, faults, sockets, state, methods, http, and
then what a test holds. `State` is where the parts of a workspace stand together: for methods, server and
tests. What lies below it is handed what it uses.

Agents. With `Workspace(bot_scopes=AGENT_SCOPES)` the app is one of today: its messages stream, and its
sessions have a stop button. `slack.messages("general", seen_by="bob")` is what one person sees of it,
`slack.streams` and `slack.sessions` how far it is, and `slack.stop_session(…)` presses the button. What no
page of Slack's tells is marked as inferred where it is done, or can be chosen in `StreamOptions`.

Threads. The listener has one. Each connection has one, which answers HTTP and, after an upgrade, reads the
websocket until its end; with TLS it has another one in front (`tls_proxy`). Each websocket has one more,
which writes. One thread does what is due on the workspace's clock, and one sends events over HTTP, once a
URL is told. Everything public may be called from any thread.

Locks. `team.lock` is the outer one: it guards people, channels, messages, ids, tickets and deliveries, and
keeps events in their order. Every other lock is an inner one: while it is held, no other is taken, and no
function of somebody else's is called but the clock's; only the listener has two, `_moving` before `_lock`. With `team.lock`
held nobody may wait: for a fault's release (`pause`, `Hold.wait`), for a change, or for the timers
(`clock.advance` waits until what is due has happened, which takes `team.lock`). `offer`, `tell` and
`Writer.put` do not wait, so that an event can be published with the lock held; only to cut off a client
that does not read takes up to 50 ms.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.simulator.authority import (
        SLACK_NAMES as SLACK_NAMES,
        local_authority as local_authority,
    )
    from rxslack.simulator.faults import (
        Broken as Broken,
        Fault as Fault,
        Faults as Faults,
        Hold as Hold,
        Script as Script,
        Switch as Switch,
    )
    from rxslack.simulator.interactions import (
        Interaction as Interaction,
        Interactions as Interactions,
    )
    from rxslack.simulator.observations import Connection as Connection, Stream as Stream
    from rxslack.simulator.odd_events import ODD_EVENTS as ODD_EVENTS
    from rxslack.simulator.options import (
        Ending as Ending,
        Limits as Limits,
        Rate as Rate,
        RtmOptions as RtmOptions,
        SocketModeOptions as SocketModeOptions,
        SpentUrl as SpentUrl,
        StreamOptions as StreamOptions,
    )
    from rxslack.simulator.rare_events import RARE_EVENTS as RARE_EVENTS
    from rxslack.simulator.sockets.deliveries import Delivery as Delivery
    from rxslack.simulator.sockets.socket_mode import SocketMode as SocketMode
    from rxslack.simulator.team.access import (
        AGENT_SCOPES as AGENT_SCOPES,
        BOT_SCOPES as BOT_SCOPES,
        MODERN_BOT_SCOPES as MODERN_BOT_SCOPES,
        USER_SCOPES as USER_SCOPES,
    )
    from rxslack.simulator.team.agent_sessions import AgentSession as AgentSession
    from rxslack.simulator.team.clock import Clock as Clock
    from rxslack.simulator.team.transcript import Call as Call, Entry as Entry
    from rxslack.simulator.workspace import Workspace as Workspace

lazy_names(
    __name__,
    {
        "rxslack.simulator.authority": "SLACK_NAMES local_authority",
        "rxslack.simulator.faults": "Broken Fault Faults Hold Script Switch",
        "rxslack.simulator.interactions": "Interaction Interactions",
        "rxslack.simulator.observations": "Connection Stream",
        "rxslack.simulator.odd_events": "ODD_EVENTS",
        "rxslack.simulator.options": """
            Ending Limits Rate RtmOptions SocketModeOptions SpentUrl StreamOptions
        """,
        "rxslack.simulator.rare_events": "RARE_EVENTS",
        "rxslack.simulator.sockets.deliveries": "Delivery",
        "rxslack.simulator.sockets.socket_mode": "SocketMode",
        "rxslack.simulator.team.access": "AGENT_SCOPES BOT_SCOPES MODERN_BOT_SCOPES USER_SCOPES",
        "rxslack.simulator.team.agent_sessions": "AgentSession",
        "rxslack.simulator.team.clock": "Clock",
        "rxslack.simulator.team.transcript": "Call Entry",
        "rxslack.simulator.workspace": "Workspace",
    },
)
