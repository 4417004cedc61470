"""
HTTP: the server, the Web API's front, events to a URL, and answers to what somebody did.

`listener` accepts connections, each on a thread of its own; with TLS, `tls_proxy` stands in front: `server`
has them all. `handler` reads requests and says where they go: to `api`, which checks token, scopes and
limits and calls a function of `methods`; to `response_urls`; or, by `upgrades`, to a websocket of `sockets`. `http_events` is a client: it sends the
Events API's events to the app's URL, on a thread of its own.
"""
