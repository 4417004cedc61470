"""
From the bytes of a websocket to dicts, and back.

    bytes ─ `websocket` ─ `frames` ─→ messages ─ `read_loop` ─ `decoding` ─→ bursts of dicts

`WebSocket` is one open connection: one thread at a time may be in its `receive`, the rest is safe from any
thread. `frames` cuts bytes into messages, and writes frames. `ReadLoop` has two threads, one that
reads and calls user code, and one that takes over while user code is busy. `envelopes` is Socket Mode's
wrapping. `bursts` lets operators work on all that one read brought, and still emits one item at a time. `wishes` has the
rule of what nobody needs, and is not decoded: subscribers are asked for their `wish` before each read.

Locks, the outer one first: `ReadLoop`'s, held by the one of the two that reads, also while `on_receipt` runs; then the
three of a `WebSocket`, see there. None of them is held while user code runs.
"""
