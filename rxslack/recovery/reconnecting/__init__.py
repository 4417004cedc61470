"""
The machine behind `reconnect`; several Socket Mode connections use it as well.

    `Reconnection` ─ subscribes, pauses ─→ `AttemptObserver` ─ one connection's items ─→ `Emitter`

`Roles` knows which connection is the current one, and which stand beside it. `Coverage` is the bookkeeping
of what is known of each, and holds the table of rules; it finds the gaps. `Duplicates` drops what two connections
bring. `Handover` looks after connections that stand side by side, until one is left.
"""
