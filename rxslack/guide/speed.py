"""
How fast it is, and beside what.

A burst after an announcement, a reconnect with a backlog: events come in floods. Buffers are read whole,
frames are cut out of them, and events are decoded and emitted a few at a time, by orjson
where it is installed (`pip install 'rxslack[speed]'`; the events are the same either way). What rxslack's own
operators keep behind the source is looked for in one loop; `record`, `distinct` and `backfill` take what came
together at once; and what nobody wants is not decoded. What waits for a slow subscriber is bounded
(`rtm(web, max_waiting_bytes=…, overflow="wait" | "fail")`).

`rxslack, stock operators` is `rtm`, `reconnect`, and reactivex's own filter and map; `rxslack` is
the pipeline at the top of this page, which checks every message against its class and makes an
answer of it; `filters alone` makes no answers; `events alone` has no operators but `reconnect`;
`Socket Mode` is that pipeline with envelopes, each of them acknowledged. The others are bare receive loops
that decode; they neither reconnect nor watch for silence. `filter and map` is such a loop that also
does what the stock operators do, by hand. slack_sdk's client loses its place in
a flood, so the server waits for it; everybody else takes the flood as it comes.

<!-- speed: written by tests/benchmarks -->
CPython 3.11.7, 2 × AMD EPYC, Linux, December 2026; loopback.

100,000 messages of about 600 bytes, in one go:

| client | JSON by | events per CPU second | × aiohttp | × picows | wall, s | peak, MB | threads | lost | twice or out of order |
|---|---|---|---|---|---|---|---|---|---|
| rxslack, stock operators | json | 223,404 | 1.48 | 0.57 | 0.45 | 38 | 2 | 0 | 0 |
| rxslack | json | 177,690 | 1.18 | 0.45 | 0.56 | 39 | 2 | 0 | 0 |
| rxslack, filters alone | json | 189,008 | 1.25 | 0.48 | 0.54 | 39 | 2 | 0 | 0 |
| rxslack, events alone | json | 244,420 | 1.62 | 0.62 | 0.41 | 38 | 2 | 0 | 0 |
| rxslack, Socket Mode | json | 111,386 | 0.74 | 0.28 | 0.90 | 50 | 2 | 0 | 0 |
| slack_sdk RTM v2 | json | 28,491 | 0.19 | 0.07 | 3.65 | 36 | 17 | 0 | 0 |
| slack_sdk Socket Mode | json | 9,475 | 0.06 | 0.02 | 10.56 | 35 | 13 | 0 | 36053 |
| Bolt, Socket Mode | json | 3,326 | 0.02 | 0.01 | 29.61 | 39 | 19 | 0 | 4 |
| csp, Socket Mode | json | 5,846 | 0.04 | 0.01 | 16.96 | 129 | 21 | 0 | 36962 |
| websocket-client | json | 8,354 | 0.06 | 0.02 | 11.97 | 26 | 1 | 0 | 0 |
| websockets | json | 106,274 | 0.71 | 0.27 | 0.94 | 31 | 1 | 0 | 0 |
| aiohttp | json | 150,609 | 1.00 | 0.38 | 0.67 | 39 | 1 | 0 | 0 |
| aiohttp, filter and map | json | 158,565 | 1.05 | 0.40 | 0.64 | 39 | 1 | 0 | 0 |
| rxslack, stock operators | orjson | 321,749 | 2.14 | 0.82 | 0.32 | 39 | 2 | 0 | 0 |
| rxslack | orjson | 250,042 | 1.66 | 0.64 | 0.40 | 39 | 2 | 0 | 0 |
| rxslack, filters alone | orjson | 291,515 | 1.94 | 0.74 | 0.35 | 39 | 2 | 0 | 0 |
| rxslack, events alone | orjson | 377,081 | 2.50 | 0.96 | 0.27 | 39 | 2 | 0 | 0 |
| rxslack, Socket Mode | orjson | 155,310 | 1.03 | 0.40 | 0.65 | 51 | 2 | 0 | 0 |
| aiohttp | orjson | 288,110 | 1.91 | 0.73 | 0.35 | 39 | 1 | 0 | 0 |
| picows | orjson | 392,396 | 2.61 | 1.00 | 0.27 | 35 | 1 | 0 | 0 |
| picows, filter and map | orjson | 349,476 | 2.32 | 0.89 | 0.30 | 36 | 1 | 0 | 0 |

![Events a CPU second, all decoded by orjson](../../tests/pictures/speed-floods.svg)

![CPU time an event, ns, where one in two hundred is wanted](../../tests/pictures/speed-selective.svg)

![Events a CPU second, of many workspaces in one process](../../tests/pictures/speed-workspaces.svg)

![CPU time of a post, µs](../../tests/pictures/speed-posting.svg)

![CPU time an event, ns](../../tests/pictures/speed-operators.svg)

<!-- end of speed -->

Of rxslack's operators these take more than 500 ns an event, each for a reason. `record` writes the JSON down; orjson
alone takes 2,500. `distinct` and `backfill` remember each message, by its channel and its time. `by_conversation` and
`by_thread` hand each event to the stream of its group, and reactivex's `merge_all`, measured with them, hands it back.
Where each message begins a thread, `by_thread` takes 5 µs of the 70; a merged `group_by` takes 230. The README's
pipeline makes an answer of each message, and takes a third to a half more than events alone; by hand, in one loop,
that is a sixth.

One command measures it on your machine, with selective pipelines, thousands of workspaces, latency, memory, posts,
exports, histories, recordings, frames, each operator, and the start of a program as well, beside other clients where
these are installed:

```sh
pip install -e '.[speed,bench,notebook,test]' csp-adapter-slack
python -m tests.benchmarks                     # --quick: a minute, only to see that it works
python -m tests.benchmarks --only costs        # one chapter
```

`python -m tests.benchmarks.connections` measures a thousand workspaces in one process, with cuts, and with
subscribers that sleep. `python -m tests.benchmarks.instructions` counts instructions where valgrind is installed:
a busy machine does not change these. A post takes less than `http.client` with a decoder does, and a sixth of what
slack_sdk's takes.

## Acknowledging

<!-- acknowledgements: written by tests/benchmarks/acknowledgements.py -->
10,000 envelopes at once, in each mode:

| acknowledged | how many | envelopes a second | CPU, µs an envelope | median, s | slowest, s | delivered again |
|---|---|---|---|---|---|---|
| on receipt | 10,000 | 11,648 | 11 | 0.40 | 0.50 | 0 |
| on receipt, the subscriber asleep | 10,000 | 17,257 | 6 | 0.21 | 0.30 | 0 |
| when done | 10,000 | 19,151 | 26 | 0.04 | 0.10 | 0 |
| by hand | 10,000 | 20,012 | 28 | 0.07 | 0.16 | 0 |
<!-- end of acknowledgements -->

Slack is simulated there, in a process of its own, and its sending is part of all figures but the
CPU. `python -m tests.benchmarks.acknowledgements` measures it on your machine.
"""
