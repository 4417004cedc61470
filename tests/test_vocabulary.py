"""One word for one idea in all public signatures: a new word has to be argued for here."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import rxslack
import rxslack.sinks

# The classes that users make, and those of which they set options.
MADE = [
    "Budget",
    "Directory",
    "HealthApp",
    "Identity",
    "Metrics",
    "Status",
    "Transport",
    "UrlBudget",
    "WebClient",
]

WORDS = """
how much, and how often
    attempts             how often a call is tried in all
    burst                how many at once after a rest, before the pace holds
    channels_per_minute  the pace of one method, where there are two
    connections          how many websockets at once
    max_entries          how many events a log may hold
    limit                messages a call: Slack's word
    max_answer_size      bytes
    max_calls            calls that a gap may cost
    max_length           characters of a text
    max_message_size     bytes
    max_remembered       how many are known at once; the oldest is forgotten
    max_waiting          how many items may wait for something slower
    max_waiting_bytes    the same where bytes are counted
    per_minute           the pace in the long run, in Slack's unit
    rows                 of a table
    snapshot_every       items after which a state is written as a whole
    source               where tokens are
    speed                how many times as fast as it was
    total_per_minute     the pace of all channels together
    users_per_minute     the pace of one method, where there are two
    workers              how many at once, each on a thread or as a task

for how long, in seconds
    cap                  the longest pause (the word of the article on backoff)
    connect_timeout      the longest wait for a connection
    deadline             from its arrival on, until an envelope is acknowledged unasked
    drain                what sinks get for what is left, at an end
    every                between two looks, or two items of numbers
    first                the first pause
    keep                 for which a log has what every group is through with
    lease                after which what is held by nobody who is heard of is another's
    idle                 without an event, after which a conversation is over
    linger               after the last subscriber, before the connection is closed
    lookback             before a gap, or before now, in which something is looked for
    margin               before a gap, for clocks that differ
    patience             for which what an outbox keeps is tried
    pauses               before each further attempt, as a function of their iterator
    ping_after           of silence, before a ping
    read_timeout         the longest wait for an answer
    roll_over            after which what grows in one message goes on in another
    remember             for which what came is known when it comes again
    seconds              for which a view is live
    since                a moment, in unix seconds
    settle               until history has what was said
    silence              without a byte, after which a connection is lost
    stable               after which a connection has proved itself
    stagger              over which connections are spread
    escalate_after       after which further people are asked
    timeout              the longest wait for a result
    updates              between two of an answer that grows

who and where, mostly by id
    approvers            ids of those who may decide, or a function that says who may
    group                of readers that share the events of a log
    spread               where a log is that says who has which workspace
    where                a log is: a path, or a URL
    app                  the client of an app-level token
    base_url             where Slack's methods are
    bot_id               Slack's word
    channel              one
    client               what makes a client of a token
    channels             several; for `enriched`, whether they are looked up
    escalate_to          ids of further people
    directory            who knows names
    me                   the client whose messages are one's own, or its identity
    reader               the client that reads history for one that may not
    teams                ids of workspaces
    user                 one
    user_id              Slack's word
    users                several; for `enriched`, whether they are looked up
    web                  the client
    webs                 several

what comes in, and what is done with it
    answers              the stream of acknowledgements
    buttons              by the name of a decision what its button says
    chunks               what yields the text of an answer that grows
    columns              of a table
    commands             such as "/weather"
    event                a mapping from Slack
    event_class          its TypedDict
    events               many, in a list or a stream
    fields               more arguments of Slack's method
    function             of one event
    interactions         the stream of what people do with buttons
    kind                 of a chart
    item                 anything in a stream
    items                an async iterable, or a function that makes one
    key                  of an item: what it shares with others
    method               Slack's name, "pins.add"
    metrics              the numbers of a process
    name                 of an emoji
    operators            as `pipe` takes them
    options              see `SinkOptions`
    outgoing             the stream of what is sent
    pattern              a regular expression
    payload              what an acknowledgement answers
    predicate            whether an item stays
    sink                 an observer, or a function of an item
    step                 from a state and an item the next state
    stopped_by           the stream of events that stop answers
    stream               an Observable
    text                 as Slack marks it up
    text_or_function     a text, or a function that makes it of an event
    thing                a stream or a sink
    work                 the function that takes its time

how
    acknowledge          when an envelope is
    allow_http           beside https
    allowed_hosts        beside Slack's
    append               to a file that is there
    arguments            of rtm.connect
    broadcast            the answer in the channel, too
    budget               the pace that is shared
    ca_file              path of certificates
    checkpoint           path of what was delivered
    debug_reconnects     Slack's word
    display              what shows a view
    error                an exception
    expired              what is said when time is up
    form                 a block, text or a picture
    ignore_case          of letters
    in_channel           seen by all, as Slack's `response_type` has it
    level                logging's word
    latest               Slack's word; for `update_message`, whether older versions are passed over
    look_up              search history for what was perhaps posted
    named                whether items say from which team and connection they are
    oldest               Slack's word
    on_error             reactivex's word
    outbox               path of what is not sent yet
    overflow             what happens when `max_waiting` do
    overlap              what becomes of an item while another one of its key is inside
    path                 of a file
    progress             called with how far it is
    prompts              what somebody may say
    proxy                its URL
    refusal              what somebody is told who may not
    scheduler            reactivex's word
    seed                 the state before the first item
    serve                where numbers and health are told of
    signing_secret       Slack's word
    ssl_context          Python's
    store                path of what outlives a restart
    status               the state of a connection, or of an agent's thread
    thread_ts            Slack's word
    threads              whether their replies are read
    title                of a view, of a chart or a table, or of an agent's session
    to                   a file that is written to
    token                Slack's word
    too_long             what becomes of a text that is
    until                the moment at which something ends, in unix seconds
    upgrade              makes a state of this version of an earlier one
    version              of what a state looks like
    meter_provider       OpenTelemetry's word
    tracer_provider      OpenTelemetry's word
    transport            proxy, certificates, time-outs and bounds
    x_label              of the axis below
    y_label              of the axis at the side
    visible              who sees an answer grow

for tests, and for IPython
    clock                tells the time
    random               chooses a number
    shell                IPython's
    wait                 lets time pass
"""

TABLE = {line.split()[0] for line in WORDS.splitlines() if line.startswith("    ")}


def words() -> Iterator[str]:
    """The parameters of all public functions, and of the classes that users make."""
    for name in rxslack.__all__:
        value = getattr(rxslack, name)
        if name in MADE or not inspect.isclass(value):
            yield from inspect.signature(value).parameters if callable(value) else ()
    yield from rxslack.sinks.SinkOptions.__annotations__


def test_it_has_one_word_for_one_idea() -> None:
    used = set(words())
    assert sorted(used - TABLE) == [], "take a word that is there, or say what the new one means"
    assert sorted(TABLE - used) == [], "nobody uses these any more"
