"""
The machine behind `ask`: questions on cards, in a file, until somebody has decided.

`AskStore` keeps the questions, `card` draws them, `AskedPlaces` notes where the cards are, `Deadlines` rings when time is up,
and `Questions` is one subscription.

Threads: items come on the thread of the stream, clicks on that of the interactions, what has become of the cards
on those of the sink that posts them, and time on the scheduler's. Each takes the lock of `Questions`, under which
the file is written and a decision is emitted: the lock of the file, and those of the lanes and of `Places`, are
taken inside it and never around it.
"""
