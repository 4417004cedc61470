"""
From the bytes of a websocket to dicts, and back.

    bytes ─ `websocket` ─ `frames` ─→ messages ─ `read_loop` ─ `decoding` ─→ bursts of dicts
               └───────── `hub`: the threads that read all connections ────────┘

`WebSocket` is one open connection: one thread at a time may be in its `receive`, the rest is safe from any
thread. `frames` cuts bytes into messages, and writes frames. `Hub` has two threads for all connections of the process,
one that reads and calls user code, and one that takes over while user code is busy; `ReadLoop` is what it knows of
one connection: who emits, what waits meanwhile, and how it ends. `waits` has it call what is due later. `envelopes` is Socket Mode's wrapping. `bursts` lets operators work on all that one read brought, and still emits one item at a time. `wishes` says
what is of use: subscribers are asked for theirs before each read. `selection` has the rule of what is not decoded then.

Locks, the outer one first: `Hub._leading`, held by the thread that reads, also while `on_receipt` runs; then the three
of a `WebSocket`, see there. None of them is held while user code runs; `ReadLoop._emitting` is, and nobody waits for it.
"""
