"""
Who and what is there, and the time: no sockets, no threads but that of the timers.

`team` has the people and channels, the lock that guards them, and the feed; `channel` what was said in one.
`messages`, `reactions` and `membership` change that, and publish the events that tell of it. `feed` passes
events to whoever listens, and lets a test wait for a change. `views`, `files`, `scheduled`, `functions` and
`huddles` hold what their names say; `documents` makes canvases, of which `canvases` knows the inside, as `lists`
does of lists. `file_objects` shows a file, with what `file_kinds` knows of its kind. `blocks`, `newer_blocks` and
`elements` check Block Kit. `access` says who may do what, how often, and how the workspace refuses. `clock` is the
time and what happens at a time, `ids` makes ids and time stamps, `text` JSON, escapes and rich text.
`transcript` keeps what came in and went out.

Functions that take a `Team` take its lock themselves; it is reentrant. `Channel`, `IdMaker`, `Stamps` and
`Feed` are to be used with the lock held.
"""
