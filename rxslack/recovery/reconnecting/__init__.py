"""
The machine behind `reconnect`; several Socket Mode connections use it as well.

    `Reconnection` ─ subscribes, pauses ─→ `AttemptObserver` ─ one connection's items ─→ `Emitter`

`attempts` has what is known of each connection, and in `Roles` which is the current one. `Coverage` is the
bookkeeping of what is known to have come, and holds the table of rules; it finds the gaps. `Duplicates` drops what
two connections bring. `Handover` looks after connections that stand side by side, until one is left. `pauses` says
how long is waited, and what is logged about it.
"""
