"""
One connection, from the question for its URL to its end; RTM's and Socket Mode's alike.

`connection` is the whole; what the two have each of their own is a `SocketProtocol`. `SilenceWatch` pings, and ends what
is silent, unless it is this process that is slow: `Starvation` says so. `Acknowledger` answers envelopes in time,
and `Unanswered` counts what nobody answered; `DeliveryMemory` knows for a day what came already; `ConnectionCount`
finds connections of the same app that are not ours.

Threads: one of the connection's own asks for the URL, dials, and ends; from then on the hub's (see `wire.hub`), which
are those of all connections, read, watch the silence, send probes, and run user code; one more for each stream that
puts acknowledging off keeps the deadlines. `dispose`, and what sends, may come from any thread.

Locks: each class has one for its own fields. None is held while something is sent, emitted or called back, and none
is taken while another of this room's is held.
"""
