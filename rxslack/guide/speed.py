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
CPython 3.11.7, 2 × AMD EPYC, Linux, November 2026; loopback.

100,000 messages of about 600 bytes, in one go:

| client | JSON by | events per CPU second | × aiohttp | × picows | wall, s | peak, MB | threads | lost | twice or out of order |
|---|---|---|---|---|---|---|---|---|---|
| rxslack, stock operators | json | 240,650 | 1.50 | 0.61 | 0.42 | 38 | 2 | 0 | 0 |
| rxslack | json | 214,451 | 1.33 | 0.54 | 0.47 | 38 | 2 | 0 | 0 |
| rxslack, events alone | json | 244,971 | 1.52 | 0.62 | 0.41 | 38 | 2 | 0 | 0 |
| rxslack, Socket Mode | json | 117,195 | 0.73 | 0.30 | 0.86 | 51 | 2 | 0 | 0 |
| slack_sdk RTM v2 | json | 32,818 | 0.20 | 0.08 | 3.24 | 36 | 17 | 0 | 0 |
| websocket-client | json | 8,494 | 0.05 | 0.02 | 11.77 | 27 | 1 | 0 | 0 |
| websockets | json | 104,918 | 0.65 | 0.27 | 0.95 | 31 | 1 | 0 | 0 |
| aiohttp | json | 160,894 | 1.00 | 0.41 | 0.62 | 39 | 1 | 0 | 0 |
| aiohttp, filter and map | json | 162,895 | 1.01 | 0.41 | 0.62 | 39 | 1 | 0 | 0 |
| rxslack, stock operators | orjson | 351,929 | 2.19 | 0.89 | 0.29 | 38 | 2 | 0 | 0 |
| rxslack | orjson | 296,467 | 1.84 | 0.75 | 0.34 | 39 | 2 | 0 | 0 |
| rxslack, events alone | orjson | 379,840 | 2.36 | 0.96 | 0.26 | 38 | 2 | 0 | 0 |
| rxslack, Socket Mode | orjson | 158,213 | 0.98 | 0.40 | 0.63 | 52 | 2 | 0 | 0 |
| aiohttp | orjson | 281,040 | 1.75 | 0.71 | 0.36 | 39 | 1 | 0 | 0 |
| picows | orjson | 395,240 | 2.46 | 1.00 | 0.26 | 35 | 1 | 0 | 0 |
| picows, filter and map | orjson | 382,840 | 2.38 | 0.97 | 0.26 | 35 | 1 | 0 | 0 |

<!-- end of speed -->

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
