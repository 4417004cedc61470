"""
What every room stands on, `errors` included; it imports from no other.

`unhandled` says what becomes of an exception that reaches nobody's `on_error`. `masking` takes secrets out
of texts, and `printable` what could drive a terminal. `fork` keeps a child from what is its parent's.
`files` guards files. `finishing` finds the sinks in a pipeline, so that `run` can wait for them. `serialized`
does steps one at a time. `operator` makes operators of functions.
`lazy_names` gives a room its public names, each from its file when it is asked for. `json_text` reads and writes JSON. `clocks` tells seconds by a scheduler.
"""
