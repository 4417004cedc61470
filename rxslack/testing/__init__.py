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

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.testing.marbles import (
        ColdSource as ColdSource,
        HotSource as HotSource,
        Marbles as Marbles,
        Source as Source,
        VirtualTime as VirtualTime,
        diagram as diagram,
    )
    from rxslack.testing.records import Moment as Moment, Seen as Seen, Subscription as Subscription

lazy_names(
    __name__,
    {
        "rxslack.testing.marbles": "ColdSource HotSource Marbles Source VirtualTime diagram",
        "rxslack.testing.records": "Moment Seen Subscription",
    },
)
