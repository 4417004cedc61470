"""
The machine behind `stream_message`.

    chunks ─ `Producer` ─→ `Draft` ─ `StreamDeliverer` ─→ chat.startStream, appendStream, stopStream
                                                     └─→ chat.postMessage, chat.update

`Draft` knows what a stream has to say, what was said, and where one message ends and the next begins; with
`chunks` and `markdown` it does no I/O and knows no time. A `Producer` iterates, or subscribes.
`StreamDeliverer` decides which call is next, and is the work of the sink's lanes, one for each stream.

Threads: a producer adds to its draft on a thread, or a loop, of its own; a thread of the lanes takes from it.
Locks: each stream has one, for its draft and its flags, inside which nothing is called. `hasten`, which
takes the lock of the lanes, is called when it is let go.
"""
