"""
The websockets, RTM's and Socket Mode's, from the handshake to the end.

`server_socket` is one websocket of either kind: it reads with `frames` on the thread of its connection,
and sends through `writer`, which has a thread, so that nobody waits for a client that does not read.
`rtm_socket` is what RTM says over it, and how it takes what a client says; `rtm` has the tickets and what
those sockets share. `socket_mode` has both for Socket Mode, `deliveries` its envelopes, until they are
acknowledged or given up, and `events_api` says which events there are, and what is around them.
`registry` knows all websockets, open and past.

`serve` runs on the connection's thread until its end. `offer`, `tell`, `say_goodbye`, `part` and `close`
may be called from any thread, with or without the team's lock.
"""
