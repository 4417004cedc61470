"""
Where to read what: a page for each subject that no room is about, and all names.

`cookbook` has twenty recipes. `coming_from_bolt` puts Bolt's words beside rxslack's; `rxslack.compat` does so for slack_sdk. `deployment` is about
systemd, containers and Kubernetes, `notebooks` shows what they look like. `speed` has the measurements, `changelog` what has changed. All else is
in the docstring of the room that it is about.

| name | is |
|---|---|
| `WebClient(token)` | the Web API: `.call("chat.postMessage", …)`, `.chat_postMessage(…)`, `.pages("conversations.list")` |
| `rtm(web)` | source: everything Slack tells this token |
| `socket_mode(app)`, `http_events(secret)` | sources: what Slack delivers to an app, over Socket Mode and over HTTP |
| `events_api()`, `slash_commands()`, `interactions()` | operators: from envelopes to what is inside |
| `acknowledgement(…)`, `response(…)`, `respond(app)` | answers in the acknowledgement, and by response_url |
| `reconnect()`, `backoff()` | the retry operator; its pauses |
| `backfill(web, checkpoint=…)` | operator: what was said while nobody was connected |
| `Status`, `presence(users)`, `workspaces(webs)`, `installations(source)`, `UrlBudget` | how a stream fares; who is there; several workspaces, and their tokens; how often Slack is asked |
| `of_type(C, predicate)`, `select(C, function)` | typed filter; typed filter and map |
| `narrow(guard)`, `is_event(item, C)`, `is_message(item)` | the filter by a type guard; such guards |
| `containing`, `matching`, `in_channel`, `not_from_me`, `distinct`, `by_thread`, `enriched`, … | see `rxslack.operators` |
| `text_of`, `user_of`, `is_new`, `is_reply`, `mentions_in`, … | what a message says, of any event, without ever raising |
| `concurrent(key, work)` | work in order for a key, side by side over the keys |
| `folded(step, seed, store=…)` | a state folded from a stream, which outlives a restart |
| `isolate(…)`, `shared(stream)` | failures as items; one connection for many subscribers |
| `pipe(stream, …)` | `stream.pipe(…)` with types for ten operators, where reactivex has them for seven |
| `chart(kind, title=…, channel=…)`, `table(…)` | messages with Slack's own charts and tables, of the numbers of a window |
| `reply(…)`, `post_message(web)`, `run(stream, sink)` | answer, post, and be a program: `sys.exit(run(…))` is 0, or 1 when something had to be abandoned |
| `ask(web, interactions, store=…)` | operator: a card with buttons for each item; what was decided comes out |
| `keep_posted(web, key)` | one message for each key, edited to the latest value |
| `update_message`, `delete_message`, `react`, `upload_file`, `stream_message`, `open_view`, `publish_view`, `set_status`, `call` | the other sinks |
| `Metrics()`, `HealthApp`, `log_lines()`, `traced()`, `to_opentelemetry(metrics)` | numbers, health, log lines and traces of a service |
| `record(path)`, `replay(path, speed=…)` | operator and source: events in a file, with their times |
| `history(web, channel)`, `export(path)` | sources: past messages, from the API and from Slack's export |
| `first(stream)`, `aiter(stream)` | the bridge to asyncio: await the first item, iterate with async for |
| `live(stream)`, `start(stream, sink)`, `describe(stream)`, `to_frame(events)` | for notebooks; more are in `rxslack.notebook` |
| `MessageEvent`, … `SlackEvent` | the event types used most, a typed dict each, and their union; the others are in `rxslack.events` |
| `SlackError` and below, `is_retryable(error)` | the tree of errors |
| `Transport` | proxy, certificate authorities, timeouts, limits, and where a client may go |
| `rxslack.simulator.Workspace` | a Slack on this machine |
| `rxslack.testing` | marbles, virtual time, a pytest plugin |
"""
