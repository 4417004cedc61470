"""
The machine behind `reconnect`; several Socket Mode connections use it as well.

    `Reconnection` ─ subscribes, pauses ─→ `AttemptObserver` ─ one connection's items ─→ `Emitter`

`attempts` has what is known of each connection, and in `Roles` which is the current one. `Coverage` is the
bookkeeping of what is known to have come, and holds the table of rules; it finds the gaps. `Duplicates` drops what
two connections bring. `HandoverTimer` looks after connections that stand side by side, until one is left. `recovery.backoff`
says how long is waited, and what is logged about it.

Threads: each connection emits, and ends, on a thread of its own; timers call `HandoverTimer`, and open the next
connection; answers to `Coverage`'s questions come on any thread; `dispose` may, too. What opens or ends a connection
goes through one `Serial`, which waits for nobody: who comes while another is at work leaves the step to that one.

Locks, the outer one first: that of the `Emitter`, held while the subscriber deals with an item; then that of `Roles` or
of `Coverage`, one at a time, held for a look only. Nobody who holds one of these two takes the first. `dispose`, timers that overtake, and answers never wait for the emitter's.
"""
