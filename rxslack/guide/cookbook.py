r"""
Twenty recipes, each of which is run as a test.

In the examples `web` is a `WebClient`, `events` its stream as it comes from `shared`, and `messages` the plain
messages in it; `ops` is `reactivex.operators`. Where time matters, `marbles` draws it: a character is a second.
Whole programs, for on-call, charts, streamed answers and a service, are in the repository, in `tests/programs`.

## Answering

**1. In the thread**

```python
helped = messages.pipe(
    rxslack.containing("help"), ops.map(rxslack.reply("What is it?")), rxslack.post_message(web)
)
```

**2. Where the bot is mentioned, and never itself**

```python
asked = messages.pipe(rxslack.not_from_me(web), rxslack.mentioning_me(web))
```

**3. By a pattern, with what it found**

```python
deployed = messages.pipe(
    rxslack.matching(r"deploy (?P<what>\w+)"),
    ops.map(rxslack.reply(lambda found: f"Deploying {found.match['what']}")),
)
```

**4. To one person alone**

```python
whispered = messages.pipe(
    ops.map(lambda e: {"channel": e["channel"], "user": e["user"], "text": "Only you see this"}),
    rxslack.post_message(web),
)
```

**5. By a reaction, and then by words**

```python
seen = messages.pipe(rxslack.react(web, "eyes"))
```

**6. With names in place of ids**

```python
named = messages.pipe(
    rxslack.enriched(rxslack.Directory(web)),
    ops.map(rxslack.reply(lambda e: f"Good morning, {e.user['name'] if e.user else 'you'}")),
)
```

**7. Later: in an hour**

```python
import time

reminded = messages.pipe(
    ops.map(lambda e: {**rxslack.reply("An hour is over")(e), "post_at": int(time.time()) + 3600}),
    rxslack.post_message(web),
)
```

**8. With a file**

```python
reported = messages.pipe(
    ops.map(lambda e: {"channel": e["channel"], "filename": "day.csv", "content": "hour,count\n"}),
    rxslack.upload_file(web),
)
```

**9. From outside of any stream**

```python
with rxslack.post_message(web) as sink:
    sink.on_next({"channel": "general", "text": "The build is green"})
```

## Over time

```python
from rxslack.testing import Marbles


def said(channel, ts, text="Hi", user="U1", **more):
    return {"type": "message", "channel": channel, "user": user, "text": text, "ts": ts, **more}
```

**10. When a conversation has calmed down**

```python
marbles = Marbles()
calm = marbles.cold("-aaa----a---|", a=said("C1", "1.0")).pipe(ops.debounce(3.0))
assert marbles.run(calm).marbles == "------a----a|"
```

**11. How many in five seconds**

```python
marbles = Marbles()
counts = marbles.cold("-a-a-------a--|", a=said("C1", "1.0")).pipe(
    ops.buffer_with_time(5.0), ops.map(len)
)
assert marbles.run(counts).items == [2, 0, 1]
```

**12. A burst: three within four seconds**

```python
marbles = Marbles()
bursts = marbles.cold("-a---aaa----|", a=said("C1", "1.0")).pipe(
    ops.timestamp(),
    ops.buffer_with_count(3, 1),
    ops.filter(lambda last: len(last) == 3),
    ops.filter(lambda last: (last[2].timestamp - last[0].timestamp).total_seconds() <= 4),
)
assert len(marbles.run(bursts).items) == 1
```

**13. A question that nobody has answered for five seconds**

```python
import reactivex


def unanswered(stream):
    def wait(question):
        answered = stream.pipe(ops.filter(lambda e: e.get("thread_ts") == question["ts"]))
        late = reactivex.timer(5.0).pipe(ops.map(lambda _: question["ts"]))
        return late.pipe(ops.take_until(answered))

    questions = ops.filter(lambda e: e["text"].endswith("?") and "thread_ts" not in e)
    return stream.pipe(questions, ops.flat_map(wait))


marbles = Marbles()
talk = marbles.hot(
    "-q--p-a--------|",
    q=said("C1", "1.0", "Where is the printer?"),
    p=said("C1", "4.0", "When is lunch?"),
    a=said("C1", "6.0", "At noon", thread_ts="4.0"),
)
assert marbles.run(unanswered(talk)).items == ["1.0"]
```

**14. Each person's first message**

```python
marbles = Marbles()
talk = marbles.cold("-abab-|", a=said("C1", "1.0"), b=said("C1", "2.0", user="U2"))
firsts = talk.pipe(ops.distinct(lambda e: e["user"]))
assert marbles.run(firsts).marbles == "-ab---|"
```

**15. A count that goes on**

```python
marbles = Marbles()
talk = marbles.cold("-aba-|", a=said("C1", "1.0"), b=said("C2", "2.0"))
totals = talk.pipe(
    ops.scan(lambda all, e: {**all, e["channel"]: all.get(e["channel"], 0) + 1}, {}), ops.last()
)
assert marbles.run(totals).items == [{"C1": 2, "C2": 1}]
```

## Work, failures, the past

**16. Work that takes its time, side by side, in order for each channel**

```python
async def translate(event):
    return rxslack.reply(f"In other words: {rxslack.escape(rxslack.plain_text(event))}")(event)


translated = messages.pipe(
    rxslack.concurrent(lambda e: e["channel"], translate), rxslack.post_message(web)
)
```

**17. What could not be done, told in a channel**

```python
failed = translated.pipe(
    rxslack.of_type(rxslack.FailureEvent),
    ops.map(lambda e: {"channel": "C0123ABCD", "text": rxslack.escape(str(e["error"]))}),
    rxslack.post_message(web),
)
```

**18. What was said while the program did not run**

```python
caught_up = rxslack.rtm(web).pipe(
    rxslack.reconnect(), rxslack.backfill(web, checkpoint="seen.sqlite")
)
```

**19. A day recorded, and asked afterwards**

```python
marbles = Marbles()
talk = marbles.cold("-a-a-|", a=said("C1", "1.0"))
marbles.run(talk.pipe(rxslack.record("day.jsonl")))
assert rxslack.replay("day.jsonl", ops.count()).run() == 2
```

**20. Several workspaces as one stream**

```python
everywhere = rxslack.workspaces([web, rxslack.WebClient("xoxb-test-2")])
```
"""
