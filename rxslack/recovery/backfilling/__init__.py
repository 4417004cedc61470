"""
The machine behind `backfill`.

`GapFilling` is the live side: it holds back what comes after a gap. `GapFiller`, on a thread of its own, fills
one gap after the other: an `OpenGap` asks `GapHistory` channel by channel, a `ChannelGap` puts what was found
and what came live in order, and `OrderedOutput` emits it. `Checkpoint` remembers in a file how far all this came.
"""
