"""
Slack's real-time websocket as a ReactiveX `Observable` of typed event dicts.

`rxslack.guide` lists what there is, and has recipes. The docstring of each room is its guide: `help(rxslack.sources)`.

The way of a greeting, from Slack and back:

    Slack ── `web.dialing` ── `wire.WebSocket` ─ `wire.ReadLoop` ─ `wire.decoding`      bytes to dicts
               `sources.rtm`, over `sources.connection`                                 one connection
               `recovery.reconnect`: `Reconnection` ─ `AttemptObserver` ─ `Emitter`     connections in a row
               `recovery.backfill`:  `GapFilling`, and after a gap `GapFiller`          what was missed
               `operators`: `of_type`, `containing`, …, and yours                       what is wanted
               `sinks.post_message`: `Sink` ─ `lanes` ─ `Deliverer`                     in order, at a pace
    Slack ── `web.WebClient.call`

Where things are decided, for who reads the code:

    a ping after silence                   `sources.connection.silence`: `SilenceWatch`
    another connection at a `goodbye`      `recovery.reconnecting.reconnection`: `_open_replacement`
    whether two connections overlapped     `recovery.reconnecting.coverage`: `Coverage`
    a 429 that pauses one channel          `sinks.delivery.delivery`: `_hold_channel_or_method`
    the calls for the messages of a gap    `recovery.backfilling.history`: `GapHistory`
    what `of_type` checks of an item       `operators.event_checks`
    the ticket of a simulated connection   `simulator.sockets.rtm` and `.socket_mode`: `issue_ticket`

Each room imports from those above it only; its docstring is its guide:

    core, errors         what all stand on             past         recordings, history, exports
    events               types, and questions          operators    what users compose
    lanes                jobs in order, at a pace      sources      what Slack says now
    log                  events that are kept          metrics      how a service fares
    web                  HTTP to Slack                 sinks        what is done about it
    wire                 websocket bytes to dicts      running      `run`, and asyncio
    recovery             nothing lost in between       notebook, testing, simulator, compat, cli, guide
"""

from typing import TYPE_CHECKING, Final

from rxslack.core.lazy_names import lazy_names

__all__: list[str]

# A room is imported when one of its names is first asked for; only type checkers read all of these.
if TYPE_CHECKING:
    from rxslack import (
        events as events,
        lanes as lanes,
        log as log,
        metrics as metrics,
        notebook as notebook,
        operators as operators,
        past as past,
        recovery as recovery,
        running as running,
        sinks as sinks,
        sources as sources,
        web as web,
    )
    from rxslack.errors import *
    from rxslack.events import (
        AnyMessageEvent as AnyMessageEvent,
        AppMentionEvent as AppMentionEvent,
        BlockActions as BlockActions,
        BotMessageEvent as BotMessageEvent,
        FailureEvent as FailureEvent,
        GapEvent as GapEvent,
        Identity as Identity,
        Mark as Mark,
        MemberJoinedChannelEvent as MemberJoinedChannelEvent,
        MessageEvent as MessageEvent,
        ReactionAddedEvent as ReactionAddedEvent,
        SlackEvent as SlackEvent,
        SlashCommand as SlashCommand,
        bot_of as bot_of,
        channel_of as channel_of,
        channels_in as channels_in,
        delivery_key as delivery_key,
        escape as escape,
        is_change as is_change,
        is_edit as is_edit,
        is_failure as is_failure,
        is_from_bot as is_from_bot,
        is_from_me as is_from_me,
        is_from_person as is_from_person,
        is_mentioned as is_mentioned,
        is_new as is_new,
        is_reply as is_reply,
        links_in as links_in,
        marks_in as marks_in,
        mentions_in as mentions_in,
        message_of as message_of,
        plain_text as plain_text,
        text_of as text_of,
        thread_of as thread_of,
        ts_of as ts_of,
        unescape as unescape,
        user_of as user_of,
    )
    from rxslack.lanes import *
    from rxslack.log import *
    from rxslack.metrics import *
    from rxslack.notebook import (
        Running as Running,
        View as View,
        describe as describe,
        live as live,
        load_ipython_extension as load_ipython_extension,
        start as start,
        to_frame as to_frame,
        unload_ipython_extension as unload_ipython_extension,
    )
    from rxslack.operators import *
    from rxslack.past import *
    from rxslack.recovery import *
    from rxslack.running import *
    from rxslack.sinks import *
    from rxslack.sources import *
    from rxslack.web import *

__version__ = "0.1.0"  # pyproject.toml reads it here

_ROOMS: Final = {
    "rxslack.errors": """
        ApiError AuthenticationError BufferFull ConfigurationError ConnectionClosed
        ConnectionRefused FrameError HandshakeRefused MissingScope RateLimited
        RepeatedCursor ServerError Silent SlackError SocketModeDisabled StaleUrl
        TimedOut TooLong TransportError UnreadableResponse is_retryable
    """,
    "rxslack.events": """
        AnyMessageEvent AppMentionEvent BlockActions BotMessageEvent FailureEvent
        GapEvent Identity Mark MemberJoinedChannelEvent MessageEvent ReactionAddedEvent
        SlackEvent SlashCommand bot_of channel_of channels_in delivery_key escape
        is_change is_edit is_failure is_from_bot is_from_me is_from_person is_mentioned
        is_new is_reply links_in marks_in mentions_in message_of plain_text text_of
        thread_of ts_of unescape user_of
    """,
    "rxslack.lanes": """
        Budget ItemHold hold
    """,
    "rxslack.log": """
        GroupSnapshot LogSink LogSnapshot LogStatus from_log leased to_log
    """,
    "rxslack.metrics": """
        HealthApp Measurement Metrics log_lines to_opentelemetry traced
    """,
    "rxslack.notebook": """
        Running View describe live load_ipython_extension start to_frame
        unload_ipython_extension
    """,
    "rxslack.operators": """
        Acknowledgement Conversation Directory Enriched Matched PostMessageArguments
        ResponseArguments acknowledgement by_conversation by_thread chart concurrent
        containing distinct enriched events_api folded from_user in_channel in_thread
        interactions is_event is_known is_message is_plain_message isolate matching
        mentioning mentioning_me narrow not_from_bots not_from_me of_type pipe reply
        response select shared slash_commands table until_stopped
    """,
    "rxslack.past": """
        HistoryProgress export history record replay
    """,
    "rxslack.recovery": """
        backfill backoff reconnect
    """,
    "rxslack.running": """
        aiter arun first from_aiter run
    """,
    "rxslack.sinks": """
        Progress Sink SinkOptions StreamReply ask call delete_message keep_posted
        open_view post_message publish_view react rename_session respond set_session set_status
        stream_message stream_reply suggest_prompts update_message upload_file
    """,
    "rxslack.sources": """
        HttpEvents Snapshot Status UrlBudget http_events installations presence rtm socket_mode
        workspaces
    """,
    "rxslack.web": """
        DIRECT Response Transport WebClient
    """,
}

lazy_names(__name__, _ROOMS)
