"""
The machine behind the sinks.

    item ─ `Sink` ─ `sending` ─→ `PendingCall`s ─ lanes ─→ `Deliverer` ─ `retry` ─→ Slack
                                                              └─ `outlets` ─→ replies, failures

An `Outbox` keeps calls in a file until they are over; `LookUp` asks Slack whether a post whose answer was
lost is there. `rules` says what Slack allows of a method; `sizes` and `cutting` keep messages within it.
"""
