"""
slack_sdk's clients on rxslack's stream: a bot runs when its imports say `rxslack.compat`.

Bots written for `slack_sdk`'s RTM clients run when their imports say `rxslack.compat`; nothing else
changes. Both clients are there, `rtm_v2.RTMClient` and the legacy `rtm.RTMClient`, and with them
`WebClient`, `web`, `http_retry` and `errors`.

```python
from rxslack.compat.rtm_v2 import RTMClient  # was: from slack_sdk.rtm_v2 import RTMClient

bot = RTMClient(token=os.environ["SLACK_BOT_TOKEN"])


@bot.on("message")
def handle(client: RTMClient, event: dict):
    if "Hello" in event.get("text", ""):
        client.web_client.chat_postMessage(channel=event["channel"], text="Hi!")
```

`bot.start()` blocks, as ever. From there a bot can move to pipelines one handler at a time. These are
the ten things that bots do most, each as a callback and as a pipeline; a pipeline runs with
`rxslack.run(echoes)`, or `echoes.subscribe()` in a notebook. `events` and `messages` are
the stream of `rxslack.rtm(web)`, shared, and its plain messages.

**1. Echo**

```python
@bot.on("message")
def echo(client, event):
    text = rxslack.escape(rxslack.plain_text(event))  # a mention in it calls nobody
    client.web_client.chat_postMessage(channel=event["channel"], text=text)


echoes = messages.pipe(
    ops.map(lambda e: {"channel": e["channel"], "text": rxslack.escape(rxslack.plain_text(e))}),
    rxslack.post_message(web),
)
```

**2. Commands**

```python
@bot.on("message")
def roll(client, event):
    if event.get("text", "").startswith("!roll"):
        client.web_client.chat_postMessage(channel=event["channel"], text="4")


rolls = events.pipe(
    rxslack.of_type(rxslack.MessageEvent, lambda e: e["text"].startswith("!roll")),
    ops.map(lambda e: {"channel": e["channel"], "text": "4"}),
    rxslack.post_message(web),
)
```

**3. Threads**

```python
@bot.on("message")
def help_in_thread(client, event):
    if "help" in event.get("text", ""):
        thread = event.get("thread_ts") or event["ts"]
        client.web_client.chat_postMessage(
            channel=event["channel"], text="What is it?", thread_ts=thread
        )


helps = events.pipe(
    rxslack.of_type(rxslack.MessageEvent, lambda e: "help" in e["text"]),
    ops.map(rxslack.reply("What is it?")),
    rxslack.post_message(web),
)
```

**4. Mentions**

```python
me = "U0123ABCD"  # web.call("auth.test")["user_id"]


@bot.on("message")
def mentioned(client, event):
    if f"<@{me}>" in event.get("text", ""):
        client.web_client.chat_postMessage(channel=event["channel"], text="Yes?")


mentions = events.pipe(
    rxslack.of_type(rxslack.MessageEvent, lambda e: f"<@{me}>" in e["text"]),
    ops.map(lambda e: {"channel": e["channel"], "text": "Yes?"}),
    rxslack.post_message(web),
)
```

**5. Files**

```python
@bot.on("message")
def report(client, event):
    if event.get("text") == "!report":
        client.web_client.files_upload_v2(
            channel=event["channel"], filename="report.txt", content="All is well"
        )


reports = events.pipe(
    rxslack.of_type(rxslack.MessageEvent, lambda e: e["text"] == "!report"),
    ops.map(
        lambda e: {"channel": e["channel"], "filename": "report.txt", "content": "All is well"}
    ),
    rxslack.upload_file(web),
)
```

**6. Scheduled posts**

```python
import time


@bot.on("message")
def remind(client, event):
    if event.get("text") == "!remind":
        client.web_client.chat_scheduleMessage(
            channel=event["channel"], text="An hour is over", post_at=int(time.time()) + 3600
        )


reminders = events.pipe(
    rxslack.of_type(rxslack.MessageEvent, lambda e: e["text"] == "!remind"),
    ops.map(lambda e: {"channel": e["channel"], "text": "An hour is over"}),
    ops.map(lambda post: {**post, "post_at": int(time.time()) + 3600}),
    rxslack.post_message(web),
)
```

**7. Reactions**

```python
@bot.on("message")
def looked(client, event):
    client.web_client.reactions_add(channel=event["channel"], timestamp=event["ts"], name="eyes")


looks = messages.pipe(rxslack.react(web, "eyes"))
```

**8. State**

```python
counts = {}


@bot.on("message")
def count(client, event):
    counts[event["user"]] = counts.get(event["user"], 0) + 1


countings = messages.pipe(
    ops.scan(lambda seen, e: {**seen, e["user"]: seen.get(e["user"], 0) + 1}, {}),
)
```

**9. Several workspaces**

```python
bots = [RTMClient(token=token) for token in ("xoxb-test-1", "xoxb-test-2")]
for each in bots:
    each.on("message")(echo)  # each.connect() does not block

webs = [rxslack.WebClient(token) for token in ("xoxb-test-1", "xoxb-test-2")]
everywhere = reactivex.merge(*(rxslack.rtm(each).pipe(rxslack.reconnect()) for each in webs))
```

**10. Tests**

```python
from rxslack.simulator import Workspace
from rxslack.testing import Marbles

with Workspace() as slack:
    tested = RTMClient(token=slack.bot_token, base_url=slack.base_url)
    tested.on("message")(handle)
    tested.connect()
    slack.say("general", "alice", "Hello")
    slack.wait_until(lambda: len(slack.messages("general")) == 2)
    tested.close()

marbles = Marbles()
hello = {"type": "message", "user": "U1", "channel": "C1", "ts": "1.0", "text": "Hello"}
answers = marbles.cold("-h", h=hello).pipe(ops.map(rxslack.reply("Hi!")))
assert marbles.run(answers).marbles == "-A"
```

What is better under `rxslack.compat` is held by tests that run both libraries' clients through the same
scripts in the same workspace:

| it happens | slack_sdk `rtm_v2` | here |
|---|---|---|
| TCP ends without a CLOSE frame | deaf for four ping intervals; what is said meanwhile is lost | connects again after half a second at the most |
| an event of 1.2 MB | it is lost, and what follows it | arrives |
| a message in fragments | is lost | arrives |
| a token without a bot | every human event is dropped | none is |
| `close()` | connects again within a ping interval | stays closed; a CLOSE frame is sent |
| the token is revoked | asks again for ever and tells nobody | the error listeners are called once, `start()` raises |
| `ssl=` with an authority of your own | the websocket does not use it, and is never opened | it is for HTTP and websocket |

With the legacy client, a callback that raises no longer keeps the event's other callbacks from being
called. What is different:

- `connect()` waits for Slack's hello; `start()` returns after `close()`.
- The texts in `on_message_listeners` are equal as JSON, though not in their white space.
- A call of the Web API that perhaps was carried out is not repeated, unless a retry handler says so;
  `SlackConnectionError`, which is an `URLError`, tells of it.
- `rtm_v2`'s socket object and its threads (`current_session` and its like) are not there.

## Inside

`rxslack.compat.rtm_v2` and `rxslack.compat.rtm` are the two `RTMClient`s, `rxslack.compat.web`
the Web API, `rxslack.compat.errors` the errors.
"""

from rxslack.compat.web import WebClient

__all__ = ["WebClient"]
