"""
What notebooks show: live views, plots, pipelines, a past, and a slider over it.

`pip install 'rxslack[notebook]'` brings all of it; `rxslack.notebook` says how each is called. The notebooks of the
repository run without a token. Each of these pictures was taken by the test that presses the buttons in it.

## A stream, live

`live(events, web=web)` in JupyterLab, Notebook 7, VS Code and marimo: pause it, filter it by text, type, channel and
person, scroll back through what was kept. Edits are struck, gaps between connections stand in line, and the bars are
the events of each type in each second. However many come, it is painted four times a second, and what is pressed is
answered by the page itself.

![A live view: state, rates by type, filters, and events with names, emoji, links and an edit](../../tests/pictures/live-light.png)
![The same on a dark page](../../tests/pictures/live-dark.png)

A press on a row opens its JSON, and its thread.

![A message, its thread and its JSON](../../tests/pictures/live-thread.png)

In JupyterLab:

![A notebook in JupyterLab with a live view and the JSON of an event](../../tests/pictures/jupyterlab-dark.png)

## A plot

`plot(events, "total", key="channel")`: rates, counts, totals or lag, by type, channel, person or any key. The wheel
zooms, a drag zooms into what it spans; the red span is a gap between two connections.

![Messages so far by channel, with a gap](../../tests/pictures/plot-light.png)
![The same on a dark page](../../tests/pictures/plot-dark.png)

## What a pipeline is made of

`describe(stream)`: the stages, what went from each to the next while it ran, failures where they were made, and the
marbles of a stage at a press.

![Three stages, of which the last failed](../../tests/pictures/describe.png)

## A past

`explore("monday.jsonl.gz")`: messages in time, the busiest hours, how long people wait for an answer, and who answers
whom; all of it as tables, too.

![Four pictures of a day](../../tests/pictures/explore.png)

`travel("monday.jsonl.gz", *operators)`: a slider; what had come, and what the pipeline had made of it by then. The
step after a failure goes straight to the events before it.

![A slider over a recording, at a failure](../../tests/pictures/travel.png)

## In marimo

`latest = follow(messages)` is a stream as a value: the cells that call `latest()` run again with each item.

![A notebook in marimo with a message, a table, a live view and a plot](../../tests/pictures/marimo.png)
"""
