"""
One connection, from the question for its URL to its end; RTM's and Socket Mode's alike.

`connection` is the whole; what the two have each of their own is a `SocketProtocol`. `SilenceWatch` pings, and ends what
is silent. `Acknowledger` answers envelopes in time, and `Unanswered` counts what nobody answered; `DeliveryMemory`
knows for a day what came already; `ConnectionCount` finds connections of the same app that are not ours.
"""
