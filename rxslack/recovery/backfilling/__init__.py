"""
The machine behind `backfill`.

`GapFilling`, in `recovery.backfill`, is the live side: it holds back what comes after a gap. `GapFiller`, on a
thread of its own, fills one gap after the other: an `OpenGap` says which channel is next, `GapHistory` asks for
it, a `ChannelState` puts what was found and what came live in order, and `OrderedOutput` emits it. `Checkpoint`
remembers in a file how far all this came.

Threads: the source's emits live events, the filler's emits the past, and `dispose` may come from any. Lock: there
is one, `OrderedOutput`'s, which is held by whoever emits (so also while the subscriber deals with an item), looks
at the channels, or writes the checkpoint; `changed` is its condition. No call to Slack is made while it is held.
`dispose` never waits for it: where user code holds it, the end is left to whoever releases it.
"""
