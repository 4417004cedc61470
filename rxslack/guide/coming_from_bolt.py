"""
Coming from Bolt: its words beside rxslack's.

| Bolt for Python | rxslack |
|---|---|
| `App(token=…)` | `web = WebClient(token)` |
| `SocketModeHandler(app, token).start()` | `run(socket_mode(WebClient(token)).pipe(reconnect(), …), sink)` |
| `@app.event("app_mention")` | `events_api()`, then `of_type(AppMentionEvent)` |
| `@app.message("Hello")` | `events_api()`, then `containing("Hello")` or `of_type(MessageEvent, …)` |
| `@app.command("/weather")` | `slash_commands("/weather")` |
| `@app.action("press")` | `interactions()`, then `of_type(BlockActions)` |
| `@app.view("form")` | `interactions()`, then `of_type(ViewSubmission)` |
| `ack()` | nothing to do: every envelope is acknowledged on receipt |
| `ack(text)`, `ack(response_action=…)` | `acknowledge="by_hand"` and `acknowledgement(…)` |
| `say(text)`, `say(text, thread_ts=…)` | `ops.map(reply(text))`, then `post_message(web)` |
| `respond(text)` | `ops.map(response(text))`, then `respond(app)` |
| `client.views_open(…)` | `open_view(web)` |
| middleware | operators, in front of whatever they are for |
| `@app.error` | `isolate(…)`, and `of_type(FailureEvent)` behind it |

What is different: a handler in Bolt is called for each event on a thread of a pool, so two answers to a
channel may overtake each other, and what an event before it left behind has to be kept somewhere. Here the
stream is one object: order is kept, and `by_conversation`, `debounce`, `window` and `scan` work on what happens
over time.

```python
from rxslack.events import ViewSubmission

app = rxslack.WebClient(os.environ["SLACK_APP_TOKEN"])
envelopes = rxslack.shared(rxslack.socket_mode(app).pipe(rxslack.reconnect()))

# @app.event("app_mention")
# def mentioned(event, say): say("Yes?", thread_ts=event["ts"])
mentioned = envelopes.pipe(
    rxslack.events_api(),
    rxslack.of_type(rxslack.AppMentionEvent),
    ops.map(rxslack.reply("Yes?")),
    rxslack.post_message(web),
)

# @app.command("/weather")
# def weather(ack, respond): ack(); respond("It rains")
weather = envelopes.pipe(
    rxslack.slash_commands("/weather"),
    ops.map(rxslack.response("It rains")),
    rxslack.respond(app),
)

# @app.view("form")
# def submitted(ack, view): ack(); print(view["state"]["values"])
submitted = envelopes.pipe(
    rxslack.interactions(),
    rxslack.of_type(ViewSubmission),
    ops.do_action(lambda e: print(e["view"])),
)
```
"""
