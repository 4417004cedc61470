"""
The machine behind `backfill`.

`GapFilling`, in `recovery.backfill`, is the live side: it holds back what comes after a gap. `GapFiller`, on a
thread of its own, fills one gap after the other: an `OpenGap` says which channel is next, `GapHistory` asks for
it, a `ChannelState` puts what was found and what came live in order, and `OrderedOutput` emits it. `Checkpoint`
remembers in a file how far all this came.
"""
