# A notebook of marimo's: `marimo edit notebooks/8-reactive-cells.py` opens it, `python` runs it once.
import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")


@app.cell
def _():
    import marimo as mo
    from reactivex import operators as ops

    import rxslack
    from rxslack.notebook import follow, plot

    return follow, mo, ops, plot, rxslack


@app.cell
def _(mo):
    mo.md("""
    # 8. Reactive cells

    In marimo a cell runs again when a value changes that it uses. `follow(stream)` is the latest item of a
    stream as such a value. Running a cell again, or deleting it, ends its subscription. It needs no token: the
    workspace is a simulated one.
    """)
    return


@app.cell
def _():
    from rxslack.simulator import Workspace
    from rxslack.simulator.chatter import Chatter, small_talk

    slack = Workspace(seed="notebook 8").__enter__()
    people = Chatter(slack, small_talk(seed=8), pace=0.3)
    people.start()
    return people, slack


@app.cell
def _(rxslack, slack):
    events = rxslack.shared(
        rxslack.socket_mode(slack.app).pipe(rxslack.reconnect(), rxslack.events_api()), linger=5
    )
    return (events,)


@app.cell
def _(events, follow, rxslack):
    latest = follow(events.pipe(rxslack.of_type(rxslack.MessageEvent)))
    return (latest,)


@app.cell
def _(latest, mo):
    said = latest()
    mo.md(f"**The latest message:** {said['text']}" if said else "Nothing was said yet.")
    return


@app.cell
def _(events, follow, ops, rxslack):
    def count(so_far, message):
        return {**so_far, message["user"]: so_far.get(message["user"], 0) + 1}

    counts = follow(
        events.pipe(rxslack.of_type(rxslack.MessageEvent), ops.scan(count, {})), initial={}
    )
    return (counts,)


@app.cell
def _(counts, mo, slack):
    names = {slack.user_id(name): name for name in ("alice", "bob", "carol")}
    mo.ui.table(
        [{"who": names.get(user, user), "messages": number} for user, number in counts().items()],
        selection=None,
    )
    return


@app.cell
def _(events, rxslack, slack):
    view = rxslack.live(events, web=slack.web, rows=6, title="the workspace")
    view
    return (view,)


@app.cell
def _(events, plot, slack):
    rates = plot(events, key="channel", web=slack.web, title="messages a second, by channel")
    rates
    return (rates,)


@app.cell
async def _(mo, people, rates, slack, view):
    if mo.app_meta().mode == "script":  # run once by `python`, it ends by itself
        import asyncio

        await asyncio.sleep(3)
        assert view.seen.total > 0
        for each in (view, rates):
            each.stop()
            each.wait(10)
        people.__exit__(None, None, None)
        slack.__exit__(None, None, None)
    return


if __name__ == "__main__":
    app.run()
