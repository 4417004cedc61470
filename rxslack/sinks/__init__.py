r"""
Sinks, which do things in Slack: post, edit, react, upload, ask.

In the examples `web` is a `WebClient`, `events` its stream as it comes from `shared`, and `messages` the plain
messages in it; `ops` is `reactivex.operators`.

A sink is an observer and an operator at once, made for one of Slack's methods:

| sink | calls | an item needs |
|---|---|---|
| `post_message(web)` | `chat.postMessage` | `channel` and `text`, `blocks`, `attachments` or `markdown_text` |
| the same, item with `user` | `chat.postEphemeral` | `user`, who alone sees it |
| the same, item with `post_at` | `chat.scheduleMessage` | `post_at`, unix seconds |
| `update_message(web)`, `delete_message(web)` | `chat.update`, `chat.delete` | `channel`, `ts` |
| `keep_posted(web, key)` | `chat.postMessage`, then `chat.update` | as `post_message`: one message for each key, with the latest |
| `react(web, "eyes")` | `reactions.add` | `channel`, `ts`: a message event will do |
| `upload_file(web, progress=…)` | Slack's three upload steps | `content` or `file`, `filename`, `channel` |
| `open_view(web)`, `publish_view(web)` | `views.open`, `views.publish` | `trigger_id` or `user_id`, `view` |
| `set_status(web, "is thinking…")` | `assistant.threads.setStatus` | `channel`, `thread_ts` or `ts` |
| `stream_message(web)` | `chat.startStream`, `chat.appendStream`, `chat.stopStream` | `chunks` and more, as `stream_reply` makes it |
| `call(web, "pins.add")` | any other method | its arguments |

```python
answers = messages.pipe(
    ops.map(rxslack.reply("On my way")),
    rxslack.post_message(web),  # emits Slack's replies …
    rxslack.react(web, "eyes"),  # … which are what the next sink needs
)
```

What people have to decide goes through `ask`, an operator: an item in, a decision out. It keeps its questions in a
file, so that it does not matter whether the program that asks is the one that hears the click:

```python
clicks = rxslack.socket_mode(app, acknowledge="when_done").pipe(
    rxslack.reconnect(), rxslack.interactions()
)
approved = messages.pipe(
    rxslack.matching(r"deploy (\S+)"),
    ops.map(lambda m: {"channel": m.event["channel"], "text": m.event["text"], "id": m.event["ts"]}),
    rxslack.ask(web, clicks, store="asks.db", approvers=["U0123ABCD"], timeout=86_400.0),
    rxslack.of_type(rxslack.events.DecisionEvent, lambda e: e["decision"] == "approve"),
)
```

- **In order, at Slack's pace.** Each channel is a lane of its own; lanes go side by side, on at most
  `workers` threads. All sinks of a `WebClient` share one budget. A 429 pauses the
  channel (`chat.postMessage`) or the method (most others) that it is about; everything else goes on.
- **Once.** What surely was not done is tried again. What perhaps was done, a time-out or an HTTP 502,
  is never posted again blindly: `post_message(web, look_up=True)` searches the channel's history for
  an id in the message's metadata; otherwise it is reported with `"uncertain": True`. A classic bot may
  not read the history of channels; `reader=` takes a client that may.
- **Failures are items.** What Slack refuses comes out of the operator as a `FailureEvent` with the
  item and the error in it, and out of `sink.failures`; while nobody subscribes to that, it is logged.
  `isolate` and `concurrent` make the same kind of item, and sinks pass them on, so one
  `of_type(FailureEvent)` at the end sees all.
- **Too long.** More than 4,000 characters or 50 blocks are split into several messages, or cut short,
  or refused: `too_long="split"`, `"truncate"`, `"refuse"`.
- **To the end.** `run`, `with post_message(web) as sink:` and the end of the program give what is left
  its time (`drain`, 10 s), and say what is left then. `run` finds the sinks inside a
  stream, too: after a signal the outcomes of their last calls are still emitted. `post_message(web, outbox="outbox.db")` keeps
  what is left in a file: what was accepted is posted once, after a crash, and after an outage of up
  to a day (`patience`).

## Inside

Each sink is an observer, `stream.subscribe(post_message(web))`, and an operator that emits Slack's replies,
`stream.pipe(post_message(web))`. It leaves the emitting thread, keeps the order in each channel, waits out
Slack's limits, and keeps one item's failure to that item. The machine behind all of them is in `delivery`;
`stream_message`, whose items are answers that grow, has more of its own in `streaming`, `keep_posted` in `keeping`, and
`ask` in `asking`.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.sinks.ask import ask as ask
    from rxslack.sinks.call import call as call
    from rxslack.sinks.delivery.sink import Sink as Sink, SinkOptions as SinkOptions
    from rxslack.sinks.keep_posted import keep_posted as keep_posted
    from rxslack.sinks.messages import (
        delete_message as delete_message,
        react as react,
        set_status as set_status,
        update_message as update_message,
    )
    from rxslack.sinks.post_message import post_message as post_message
    from rxslack.sinks.respond import respond as respond
    from rxslack.sinks.sessions import (
        rename_session as rename_session,
        set_session as set_session,
        suggest_prompts as suggest_prompts,
    )
    from rxslack.sinks.stream_message import (
        StreamReply as StreamReply,
        stream_message as stream_message,
        stream_reply as stream_reply,
    )
    from rxslack.sinks.upload_file import Progress as Progress, upload_file as upload_file
    from rxslack.sinks.views import open_view as open_view, publish_view as publish_view

lazy_names(
    __name__,
    {
        "rxslack.sinks.ask": "ask",
        "rxslack.sinks.call": "call",
        "rxslack.sinks.delivery.sink": "Sink SinkOptions",
        "rxslack.sinks.keep_posted": "keep_posted",
        "rxslack.sinks.messages": "delete_message react set_status update_message",
        "rxslack.sinks.post_message": "post_message",
        "rxslack.sinks.respond": "respond",
        "rxslack.sinks.sessions": "rename_session set_session suggest_prompts",
        "rxslack.sinks.stream_message": "StreamReply stream_message stream_reply",
        "rxslack.sinks.upload_file": "Progress upload_file",
        "rxslack.sinks.views": "open_view publish_view",
    },
)
