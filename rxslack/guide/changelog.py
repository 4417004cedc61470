"""
What has changed, the newest first.

## 0.1.0

The first version that is numbered. For whoever used rxslack before it:

- A simulated workspace has a page: `rxslack simulate --open` and `rxslack demo --open` show it in a browser, with
  conversations, Block Kit, modals, a log of calls and events, connections, and a switch for each fault; `--chat`
  in a terminal. `slack.page_url` is its address. `slack.open_home(user)` opens the app's home tab, whose buttons can
  be clicked; `click` takes `block_id` and `values`.
- Two threads read for all connections of a process, in place of two for each; a subscriber that is busy holds up
  its own connection's events only. Events may come on another thread after that: what is bound to a thread, such
  as a connection of `sqlite3` with its default settings, is opened anew, or with ``check_same_thread=False``.
- A durable log between who listens and who answers: `to_log`, `from_log`, in a file, or on Redis or Valkey with the
  extra `redis`; see `rxslack.log`.
- ``post_message(web, outbox=LOG)`` answers each event of a log once, whichever process dies over it;
  ``budget=LOG``, for posting and for connecting, keeps one pace over all processes.
- ``workspaces(webs, spread=LOG)`` spreads workspaces over processes; `leased` is active in one process at a time.
- `rxslack log` says how a log fares, prints what could not be dealt with, and replays; `LogStatus` is the same for
  programs.
- `delivery_key` knows any event with an `event_ts`: reactions, channels renamed; so does `distinct`.
- ``socket_mode(acknowledge="when_done")`` waits for `concurrent`, for every sink that took the item, for the gap
  that `backfill` fills before it and for what `hold` holds; with ``deadline=None`` nothing is acknowledged that is not done.
- Answers that grow: `stream_message`, `stream_reply`, `until_stopped`, and the sinks `set_session`,
  `rename_session` and `suggest_prompts`; `update_message(latest=True)`. The simulated Slack speaks all of it.
- `live` is a widget in JupyterLab, Notebook 7, VS Code and marimo: pause, filter, scroll back, open an event and
  its thread; of a replay it shows the replay's time. All events are counted, and of a flood a thousand a second
  are kept. A stream that fails shows its traceback in its cell, with the
  stage whose function raised it.
- `keep_posted(web, key)` keeps one message for each key, edited to the latest value at Slack's pace.
- `ask(web, interactions, store=…)` asks people by cards with buttons, whose decisions outlive a restart.
- `folded(step, seed, store=…)` is `scan` whose state outlives a restart; `replay(path, until=…)` ends at a moment.
- `chart` and `table` make messages with Slack's own charts and tables.
- `Metrics()` counts what all of the process does: as items, for Prometheus, for OpenTelemetry (extra `otel`).
  `run(…, serve=":9090")` serves `/metrics`, `/health` and `/ready`; `log_lines` writes structured lines, and `traced`
  follows an event through lanes and logs, into the process that reads it. What waits in a log is among the numbers.
- `rxslack run module:pipeline` runs a pipeline as a service: logs, numbers, health, signals, `--otel`, `--reload`, `--simulate`.
- `workspaces(installations(source))` follows tokens in a file, the environment, a store of slack_sdk's or a function: added,
  removed and rotated while it runs. `WebClient.renew(token)`.
- Coroutines where a function may take its time: the work of `concurrent`, what `run` and `start` are given, the callbacks of sinks.
  `arun` is `run` in an asyncio program, `from_aiter` makes a stream of an async iterable, `WebClient.acall` calls
  a method. `concurrent(overlap="latest")` lets a newer item replace an older one, `"join"` takes them together.
- A call of the Web API costs a quarter of the CPU time that it did, and a coroutine's `acall` needs no thread
  of its own. `Response.headers` is a mapping of rxslack's; in `rxslack.compat` retry handlers get an answer of
  rxslack's and none of requests'.
- The simulated Slack is closer to Slack: multipart forms, Block Kit that is checked and gets its ids, `state.values`
  of dialogs, rich text, messages of bots with granular scopes, files that people share (`slack.upload`), incoming
  webhooks, commands and interactions over HTTP, messages for one person that can be clicked. A method of Slack's that
  it lacks is `not_simulated`; it has 55 more than before: channels are made and changed, pins, bookmarks, profiles,
  groups, search, workflow steps. `slack.emit_rare(name)` says any event that Slack documents. `MODERN_BOT_SCOPES` are those of a bot of today. What is posted with `user_token` was typed by that person, and has no `bot_id`.
- The simulated Slack has what was beyond everyday talk: Enterprise Grid, Slack Connect, guests, canvases, lists,
  huddles, recordings and mails, link unfurling, steps of workflows with their own token, assistant threads, other
  apps' bots, dialogs; its guide has a table. Events that it causes now are no longer among `RARE_EVENTS`.
- It checks the blocks of 2026, too: cards, carousels, containers, plans, tables, charts, with their limits.
- A program imports only the files of the names that it asks for, and builds only the event classes of their families:
  the README's first starts in 1.3 times what `reactivex`, `websocket-client` and `requests` alone take, not in 1.8.
- `not_from_bots`, `matching`, `mentioning`, `from_user`, `distinct` and what else looks at messages costs a plain one a
  fraction of what it did.
- Exports, histories, recordings and their replay are read and written by orjson, where it is installed.
- `rxslack simulate` begins with a file or with Slack's export (`--data`), is there again tomorrow, or after a crash (`--keep`), has a
  bot of today (`--bot modern`), and is slack.com for a bot that takes no base URL (`--tls`, with the extra `tls`).
- Slack's own SDKs for Python and Node and five bot frameworks are run, unmodified, at a simulated https://slack.com.
- `web.chat_postMessage(…)` and the fifty methods that bots use most complete their arguments in an editor, and type
  checkers reject a misspelt one; all other methods, and `web.call`, take any.
- `post_message` refuses an event that is handed to it as it came, which would be echoed, and says what to write:
  `ops.map(reply(…))` in front. Where one is to be repeated, map it to `channel` and `text`.
- `pipe` keeps the types of ten operators; `reconnect`, `backfill` and `record` are in `rxslack.operators`, too.
- One word for one idea: `max_waiting` (was `queue`, `buffer`, `size`), `max_waiting_bytes`, `per_minute` and
  `total_per_minute` (were `rate`, `total`, `every`), `remember` and `max_remembered`, `drain` (was `deadline` of a
  sink), `limit` (was `page`), `key` (was `lane`), `max_length`, `timeout`, `max_connections`.
- `WebClient` has Slack's method families as attributes and nothing else: a typing error is an `AttributeError`.
- `backfill` emits of a channel that it cannot ask to the end no more than the gap, so that live events keep
  their order.
- What no pipeline needs is not decoded: `of_type`, `containing`, `in_channel` and the other operators of rxslack's in
  front of the first function of yours say what is necessary in a frame. A selective pipeline reads a flood three
  and a half times as fast as picows and orjson decode it, and over Socket Mode, all acknowledged, 1.8 times;
  `Status().now.left_out` counts what was left out. `ops.filter` and `ops.map` are no longer looked into; right behind
  a source `of_type`, `select` and `narrow` are the faster spelling.
- The pings of all connections leave together: a thousand that are quiet cost 0.4 % of a core, in place of 1.2.
- Over TLS several records are read together: a flood takes a seventh less CPU time.
- A frame whose `type` is a list or an object does not end a stream behind `reconnect` any more.
- On a machine that is too busy no connection is given up as silent for bytes that nobody has read yet; a
  warning of the logger ``rxslack.sources`` says that the process was starved.
- `rxslack.notebook.plot` draws counts, rates and lag of a stream by key while it runs, to zoom into, and as a PNG;
  `rxslack.notebook.explore` makes tables and pictures of a recording, an export or a history;
  `rxslack.notebook.travel` goes back and forth in a recording, with the pipeline's state as of then;
  in marimo `rxslack.notebook.follow` is a stream as a value on which cells depend.
- `describe` draws what a stream is made of, and counts what goes in and out of each stage.
- `rxslack doctor` checks tokens, scopes, Socket Mode, clock, proxy and TLS. `rxslack tail` and `record` take
  `--base-url`, or `SLACK_BASE_URL`; where both tokens are set they use Socket Mode.
- `rxslack --version`, `python -m rxslack` and `rxslack.__version__` are there.
- `rxslack replay` ends at once on Ctrl-C and when its reader has seen enough.
- A `WebClient` is refused a word that is no token; a token in place of a client is told at once.
- `BlockActions` promises `trigger_id`, a `View` its `state`, `callback_id` and `private_metadata`, and so on.
- The extra `notebook` brings matplotlib and pandas, which the notebooks use.
- The README is short; the guide is the docstrings of the rooms.
- Python 3.14 and 3.15 are tried, 3.14.10 and 3.15.2 of them. Free-threaded builds have not been tried: Debian has none.
- The file of a log is closed when nothing uses it any more; before, Python's collector did that, and from 3.13 on said so.
- With tracing, a coroutine of `concurrent` that ended at once could end the stream with `cannot enter context`.
"""
