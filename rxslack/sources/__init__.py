"""
What Slack says now: streams that are cold, one connection for each subscription.

In the examples `web` is a `WebClient`, `events` its stream as it comes from `shared`, and `messages` the plain
messages in it; `ops` is `reactivex.operators`.

A source is cold: each subscription opens one connection of its own, each connection asks Slack
for a fresh address. Its first item is `hello`; when the connection ends, it errors. Whatever your
code does (raise, sleep for a minute, dispose in its own callback), pings are answered and silence is
noticed.

## Socket Mode, and events over HTTP

An app of today is heard over Socket Mode. `app` is a client with its app-level token:

```python
from reactivex import Subject

app = rxslack.WebClient(os.environ["SLACK_APP_TOKEN"])  # xapp-…, with the scope connections:write

events = rxslack.socket_mode(app).pipe(rxslack.reconnect(), rxslack.events_api())
```

Slack wants each envelope acknowledged within three seconds. That happens as soon as it is read,
also while a subscriber is busy; ``acknowledge="when_done"`` waits for the subscriber instead, but
no longer than 2.5 s, and ``"by_hand"`` for you, so that the acknowledgement can hold an answer. What
you have not answered within 2.5 s is acknowledged without one, counted in `Status`, and logged:

```python
answers = Subject()
by_hand = {"slash_commands": "by_hand"}  # everything else on receipt
envelopes = rxslack.shared(
    rxslack.socket_mode(app, acknowledge=by_hand, answers=answers).pipe(rxslack.reconnect())
)
weather = envelopes.pipe(
    rxslack.slash_commands("/weather"),
    ops.map(
        rxslack.acknowledgement(lambda command: f"It rains in {rxslack.escape(command['text'])}")
    ),
)
pressed = envelopes.pipe(
    rxslack.interactions(),
    rxslack.of_type(rxslack.BlockActions),
    ops.map(rxslack.response("Pressed", replace_original=True)),
)


def start() -> None:
    weather.subscribe(answers.on_next)  # in the acknowledgement
    pressed.subscribe(rxslack.respond(app))  # later, by response_url: five times in half an hour
```

What somebody wrote goes into an answer by `rxslack.escape`: as it came, `<!channel>` in it calls
everybody. What Slack delivers again is dropped only if this process
has had it before. `backfill(web)`
works here, too, behind `events_api()`. `connections=3` opens three at once, as one stream, and an
`rxslack.ghosts` item says that Slack counts connections of the app that this process does not have.
Where Slack calls a URL of yours, `rxslack.http_events(signing_secret)` is a WSGI application and the
same stream in one, commands and interactions included; `events.server(3000).serve_forever()` serves it
behind a proxy or a tunnel that speaks TLS, with a thread and a time for each request. Whoever forks
after importing the program, gunicorn with `--preload` among them, subscribes and makes sinks in the
child: what the parent made is the parent's, the child leaves it alone, and says so where it is used.

`rxslack.guide.speed` has what acknowledging costs.

## RTM, for classic apps

RTM serves *classic* Slack apps. They can no longer be created, and those that exist keep working: Slack
has [paused](https://docs.slack.dev/changelog/2024-09-legacy-custom-bots-classic-apps-deprecation) their
retirement. An app with granular permissions cannot use RTM and gets `not_allowed_token_type`.

```python
events = rxslack.shared(rxslack.rtm(web).pipe(rxslack.reconnect()))
```

What a pipeline says over the socket itself goes through `outgoing`; Slack's answers come back in the
stream as `rxslack.reply` items:

```python
import reactivex

typing = reactivex.of({"type": "typing", "channel": "C0123ABCD"})
stream = rxslack.rtm(web, outgoing=typing)
```

## Several workspaces, and how a stream fares

`workspaces([web, other_web])` merges several workspaces, each item with `rxslack_team` and
`rxslack_connection`; their starts and replacements are spread out.

```python
status = rxslack.Status()
stream = rxslack.socket_mode(app, status=status).pipe(rxslack.reconnect())
status.now.phase  # "idle", "connecting", "connected", "lost"
status.changes.subscribe(lambda now: print(now.phase, now.cause))
```

## Inside

`rtm` and `socket_mode` are two protocols over one machine, in `connection`. `http_events` is a WSGI application
that is a stream. `workspaces` merges several; `presence` asks who is there; a `Status` tells how a stream
fares; a `UrlBudget` keeps to Slack's limit for opening connections.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.sources.budget import UrlBudget as UrlBudget
    from rxslack.sources.http_events import HttpEvents as HttpEvents, http_events as http_events
    from rxslack.sources.installations import installations as installations
    from rxslack.sources.presence import presence as presence
    from rxslack.sources.rtm import rtm as rtm
    from rxslack.sources.socket_mode import socket_mode as socket_mode
    from rxslack.sources.status import Snapshot as Snapshot, Status as Status
    from rxslack.sources.workspaces import workspaces as workspaces

lazy_names(
    __name__,
    {
        "rxslack.sources.budget": "UrlBudget",
        "rxslack.sources.http_events": "HttpEvents http_events",
        "rxslack.sources.installations": "installations",
        "rxslack.sources.presence": "presence",
        "rxslack.sources.rtm": "rtm",
        "rxslack.sources.socket_mode": "socket_mode",
        "rxslack.sources.status": "Snapshot Status",
        "rxslack.sources.workspaces": "workspaces",
    },
)
