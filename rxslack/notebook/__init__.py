"""
rxslack in a notebook: a live view, and things that describe themselves.

In the examples `web` is a `WebClient`, `events` its stream as it comes from `shared`, and `messages` the plain
messages in it; `ops` is `reactivex.operators`.

```python
events = rxslack.shared(rxslack.rtm(web).pipe(rxslack.reconnect()), linger=60.0)
view = rxslack.live(events, web=web)
view  # as the last thing in a cell: it goes on while others run
view.stop()
```

The view is a widget: pause it, filter it by text, type, channel and person, scroll back, open an event's JSON and its
thread. The same in JupyterLab, Notebook 7, VS Code and marimo; elsewhere, and in what is saved, it is a picture.

```python
shown = rxslack.describe(messages)
shown  # the stages, and what goes in and out of each while it runs
shown.close()
```

```python
from rxslack.notebook import plot

shown = plot(events, key="channel", web=web, seconds=60)
shown  # zoom into it while it grows
chart = {"channel": "general", "filename": "hour.png", "content": shown.png()}  # for upload_file
shown.stop()
```

`explore("monday.jsonl.gz")`, of a recording, an export or a history, is a DataFrame and an Arrow table with people
and channels by name, timelines, response times, who answers whom and the busiest hours; of a million messages in seconds.

`travel("monday.jsonl.gz", *operators)` is a slider over a recording: what the pipeline had made of it at each event,
step by step, and from a failure to the events before it.

In marimo `latest = follow(messages)` is the latest message as a value: cells that call `latest()` run again with
each, and all of it, as every view there, ends with its cell.

A stream that fails shows its traceback in its cell, and names the stage whose function raised it.

`await rxslack.first(events)` waits for one event, `async for event in rxslack.aiter(events)` takes them
all, and the stop button works in both. `rxslack.start(stream, sink)` subscribes and goes on; what it
returns says what it has seen. After `%load_ext rxslack` a stream in a cell shows what it is made of.
`pip install 'rxslack[notebook]'`; the notebooks in the project's repository begin at the beginning, and need no token.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.notebook.describe import (
        Description as Description,
        describe as describe,
        load_ipython_extension as load_ipython_extension,
        unload_ipython_extension as unload_ipython_extension,
    )
    from rxslack.notebook.explore import Explored as Explored, explore as explore
    from rxslack.notebook.follow import follow as follow
    from rxslack.notebook.frame import to_frame as to_frame
    from rxslack.notebook.plot import Plot as Plot, plot as plot
    from rxslack.notebook.subscription import Running as Running, start as start
    from rxslack.notebook.travel import Travel as Travel, travel as travel
    from rxslack.notebook.view import View as View, live as live

lazy_names(
    __name__,
    {
        "rxslack.notebook.describe": """
            Description describe load_ipython_extension unload_ipython_extension
        """,
        "rxslack.notebook.explore": "Explored explore",
        "rxslack.notebook.follow": "follow",
        "rxslack.notebook.frame": "to_frame",
        "rxslack.notebook.plot": "Plot plot",
        "rxslack.notebook.subscription": "Running start",
        "rxslack.notebook.travel": "Travel travel",
        "rxslack.notebook.view": "View live",
    },
)
