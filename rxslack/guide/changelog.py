"""
What has changed, the newest first.

## 0.1.0

The first version that is numbered. For whoever used rxslack before it:

- `rxslack doctor` checks tokens, scopes, Socket Mode, clock, proxy and TLS. `rxslack tail` and `record` take
  `--base-url`, or `SLACK_BASE_URL`; where both tokens are set they use Socket Mode.
- `rxslack --version`, `python -m rxslack` and `rxslack.__version__` are there.
- `rxslack replay` ends at once on Ctrl-C and when its reader has seen enough.
- A `WebClient` is refused a word that is no token; a token in place of a client is told at once.
- `BlockActions` promises `trigger_id`, a `View` its `state`, `callback_id` and `private_metadata`, and so on.
- The extra `notebook` brings matplotlib and pandas, which the notebooks use.
- The README is short; the guide is the docstrings of the rooms.
"""
