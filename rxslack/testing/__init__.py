"""
Marbles and virtual time, for your operators as for ours.

```python
from rxslack.testing import Marbles

marbles = Marbles()
source = marbles.cold("-a-b-|")
assert marbles.run(source.pipe(ops.delay(2.0))) == marbles.seen("---a-b-|")
```

## In pytest

In pytest, `pytest_plugins = ["rxslack.testing.plugin"]` in the top `conftest.py` brings the
fixtures `marbles` and `slack`. Nothing here needs pytest but that plugin.
"""

from rxslack.testing.marbles import ColdSource, HotSource, Marbles, Source, VirtualTime, diagram
from rxslack.testing.records import Moment, Seen, Subscription

__all__ = [
    "ColdSource",
    "HotSource",
    "Marbles",
    "Moment",
    "Seen",
    "Source",
    "Subscription",
    "VirtualTime",
    "diagram",
]
