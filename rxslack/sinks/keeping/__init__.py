"""
The machine behind `keep_posted`: one message for each key, found, posted, edited.

`Places` knows where the messages are; `KeepingDeliverer` makes the calls. Threads are those of
`rxslack.sinks.delivery`; the lock of `Places` is taken for one step each, and nothing is called inside of it.
"""
