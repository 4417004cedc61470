"""
The machine behind the sinks.

    item ─ `Sink` ─→ `PendingCall`s ─ lanes ─→ `Deliverer` ─→ Slack
                                                  └─ `receivers` ─→ replies, failures

An `Outbox` keeps calls in a file until they are over; `LookUp` asks Slack whether a post whose answer was
lost is there. `rules` says what Slack allows of a method, and which failures are tried again; `calls`
makes them of an item, and keeps messages within what Slack takes. `Versions` passes over what is out of date before it is sent.

Threads: a thread of the lanes carries calls out, one of a lane at a time, and tells the receivers; the
thread that emits an item only puts it in. No lock is held while Slack is called. Subscribers are told one
at a time: those of the failures under the lock of `DeadLetters`, then, when that is let go, that of the
operator under the lock of its `Replies`, inside which `LeftBehind` may take its own. The lock of `Versions`, that of the
lanes' `Budget`, under which `rules` and paces are looked up, and that of the `Outbox`, under which the
disk is waited for, are taken for one step each and never inside one another.
"""
