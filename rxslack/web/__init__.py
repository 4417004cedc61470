"""
HTTP to Slack.

In the examples `web` is a `WebClient`, `events` its stream as it comes from `shared`, and `messages` the plain
messages in it; `ops` is `reactivex.operators`.

## Tokens

| token | of | for |
|---|---|---|
| `xoxb-…` | a classic app's bot | `rtm(web)`, the Web API |
| `xoxp-…` | a user of a classic app | the same; may read the history of channels |
| `xapp-…` | an app with Socket Mode | Socket Mode |

Keep it in the environment. It travels in the `Authorization` header, and no log, `repr` or exception of
rxslack ever shows it. Proxy, certificate authorities, timeouts and limits are one `Transport` for HTTP
and websocket; without one, the usual environment variables hold. What its limits are for is said under Security.

```python
transport = rxslack.Transport(proxy="http://user:password@proxy.example:3128", read_timeout=20.0)
web = rxslack.WebClient(os.environ["SLACK_BOT_TOKEN"], transport=transport)
```

## Security

Report a weakness in private, on the page where the project is hosted, and not as a public issue.

**What a peer, or a file, can send.** A limit that begins with a name is an argument, of `rtm`, `socket_mode`
and so on, and the number is its default; the others are fixed. After a *retryable* error `reconnect()` opens
a new connection.

| what a peer (or a file) can send | the limit | what happens there |
|---|---|---|
| *websocket:* an opening that drips, with proxy, TLS and handshake | `Transport.connect_timeout`, 10 s for all of it | `TimedOut`, retryable |
| a head of the handshake's answer without end; a refusal's page | 16 KiB; the page is not read | `TransportError`; `HandshakeRefused`; both retryable |
| an answer of a proxy without end, to CONNECT | `Transport.connect_timeout`; some 2 MiB | `TransportError` or `TimedOut`, retryable |
| messages, and no `hello` among them | 1,000 or 1 MiB | `FrameError`, retryable |
| a message that is too large, in a frame or in fragments | `max_message_size`, 16 MiB | `FrameError` before it is decoded, retryable |
| nothing; or only pings, pongs that nobody asked for, empty fragments | `silence`, 30 s; of many pings the last is answered | `Silent`, retryable |
| no sign that it reads what it is sent | 5 s | `TimedOut`, retryable |
| messages faster than your code takes them | `max_waiting_bytes`, 64 MiB | it is read no further; with `overflow="fail"` `BufferFull`, retryable |
| frames that break RFC 6455 | none is taken | `FrameError`, retryable |
| frames that are no JSON, or nested too deeply | the frame alone | an `rxslack.unreadable` item; the stream goes on |
| *Web API:* a long answer, also one that is so when unzipped | `Transport.max_answer_size`, 16 MiB | `TransportError`, retryable |
| an answer that drips | `Transport.read_timeout`, 30 s for all of it | `TimedOut`, retryable |
| header lines without end | 100, of 64 KiB | `TransportError`, retryable |
| pages in a circle | each cursor once | `RepeatedCursor`, fatal; `backfill` says `missing` |
| *`http_events`:* a body, a head | 1 MiB; 64 KiB, 100 lines (the server's) | HTTP 413, nothing is read; 414 or 431 |
| a request without a genuine signature, or an old one | 300 s | HTTP 401, not parsed (but for `ssl_check`, in a form of up to 1 KiB) |
| a genuine request once more | the last 100,000, for 600 s; an event's, `remember`, a day | HTTP 200; it is not emitted again |
| requests faster than your code takes them | `max_waiting`, 10,000 | HTTP 503: Slack sends events again |
| *`events.server()`:* a request that drips; connections | `patience`, 10 s for the first line, and again; `most`, 256 | it is cut off; one more ends the oldest |
| *the simulator:* a `Host` or `Origin` of others | `hosts`, `--allow-host`: none | HTTP 403 |
| a body; silence; connections | 1 MiB; 60 s, amid a request 30 s; 1,000 | HTTP 413; the end; one more is closed |
| *a recording:* long lines, damaged lines | 16 MiB a line, 256 MiB of such; 100,000 in a row | skipped with a warning; then the rest is given up |
| *an export:* a large message; a day's small files (256 KiB) | some 4 Mi characters; 512 MiB | `ConfigurationError` that names the file |
| symbolic links in an export, names that lead out of it | none is read | a warning |
| *any event:* too large or too deep for a recording | 16 MiB | an `rxslack.unreadable` is recorded in its place |
| types without end | 1,000, of 100 characters | `live` counts the others together |
| control and bidirectional characters, halves of surrogate pairs | none | escaped in logs, errors, `tail`, `replay`, `live` |

`python -m tests.hostile` puts a client before such peers, and measures memory and time. In the midst of it,
disposing a subscription to `rtm` or `socket_mode` frees threads and sockets within a second.

- **Where a client goes.** To its `base_url`, by https; by http only on this machine, or with
  `Transport(allow_http=True)`. A client by https takes no websocket in the clear. `respond` sends by https to
  Slack's hosts for that, uploads go by https to hosts with a name, and both where `base_url` is;
  `Transport(allowed_hosts=[…])` adds hosts. To any other address nothing is sent: `ConfigurationError`, and
  for a websocket `UnreadableResponse`. Redirects are never followed.
- **Where secrets go.** Tokens, tickets, webhooks, `response_url`s, upload addresses and what stands under a key
  such as `client_secret` are `***` in recordings, `tail`, `live`, logs and errors. Recordings, checkpoints and
  outboxes get the mode 0600 (not on Windows), and are not made or emptied through a symbolic link; one that
  another user made is not followed at all.
- **What others wrote** goes into a message by `escape()`: as it came, `<!channel>` in it calls everybody. A
  message's own text is escaped by Slack: `escape(plain_text(event))`.
- **Servers.** `http_events` compares signatures in constant time; `events.server()` listens to this machine
  only, and speaks no TLS. `rxslack simulate` listens to its own machine only, and answers no web page of others.
- **Not covered.** Looking up a name cannot be interrupted, by a time-out or by `dispose`. A message or answer
  may take 30 times its size when it is decoded (40 with orjson). Tracebacks that show local variables show
  the address, with its ticket, in `open_websocket` and `dial`; `vars()` of a `SlackApiError` of `rxslack.compat` holds
  Slack's answer as it came. Secrets are known by their form or their key: others, in a text, are not masked, nor
  is anything in the events that reach your code, or in an outbox. What `http_events` has seen before, each
  process knows for itself.

## Inside

`client` has the `WebClient`, and `settings` how it reaches Slack, and which addresses are Slack's. `dialing` opens connections, also those of
websockets, under a `Cancellation` that another thread can cut, and with deadlines that hold for the whole.
`exchange` sends a request over connections that are kept, once, `loop_exchange` the same without a thread, and `answers` reads what comes back. `calls` is the patience of all who read from Slack: it retries, and
waits out a 429. `protocol` holds Slack's facts, `slack_clock` Slack's time, `signatures` the check of
what Slack sends over HTTP, `serving` the bounds of our own servers, and `uploading` the body of a file.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.web.client import Response as Response, WebClient as WebClient
    from rxslack.web.settings import DIRECT as DIRECT, Transport as Transport

lazy_names(
    __name__,
    {
        "rxslack.web.client": "Response WebClient",
        "rxslack.web.settings": "DIRECT Transport",
    },
)
