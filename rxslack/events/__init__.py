"""
What Slack sends, as types, and the questions one asks of it.

In the examples `web` is a `WebClient`, `events` its stream as it comes from `shared`, and `messages` the plain
messages in it; `ops` is `reactivex.operators`.

Every event of Slack's is a `TypedDict` named as Slack names the event: `reaction_added` is a
`ReactionAddedEvent`. `MessageEvent` is the plain message; a message with a `subtype` has a class of its
own, `AnyMessageEvent` is all of them, `SlackEvent` is everything. All are in `rxslack.events`; those used
most are also at the top, `rxslack.MessageEvent`. Types that rxslack does not know reach
you all the same, as plain dicts; the first of each is a line of the logger `rxslack.events`.

Each of these tells pyright and mypy what you hold:

```python
plain = events.pipe(rxslack.of_type(rxslack.MessageEvent))  # Observable[MessageEvent]
every = events.pipe(rxslack.narrow(rxslack.is_message))  # Observable[AnyMessageEvent]
texts = events.pipe(rxslack.select(rxslack.MessageEvent, lambda e: e["text"]))  # Observable[str]


def describe(event: rxslack.SlackEvent) -> str:
    match event["type"]:
        case "reaction_added":
            return f"{event['user']} likes it: {event['reaction']}"
        case "channel_rename":
            return event["channel"]["name"]
    return rxslack.text_of(event)
```

A dict nobody has looked into yet is asked with `is_event(item, rxslack.ReactionAddedEvent)`, `is_message`,
`is_plain_message` or `is_known`.

mypy cannot type a lambda inside `pipe`; give it a named function, or `select`.

What a message says is not always where one looks for it: an edit has its text and author inside, a
bot's post may have no user, a reply looks like any other message. `text_of`, `user_of`, `bot_of`,
`channel_of`, `ts_of`, `thread_of` and `message_of` find it; `is_new`, `is_edit`, `is_change`, `is_reply`,
`is_from_person`, `is_from_bot` and `is_from_me` answer; `mentions_in`, `channels_in`, `links_in`,
`plain_text` and `unescape` read the text. They take any event, and never raise. `escape` is for the way
back: what others wrote, inside a text that you post.

`rxslack.events.table` lists all events with their classes. The operators for these questions are in `rxslack.operators`.

## Inside

`types` has a `TypedDict` for each kind of event, one family a file. `messages` and `markup` say what an event
holds, without ever raising; `items` is about rxslack's own items, and `catalogue` is the table of all; `known`
are their types as plain words.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names
from rxslack.events import types

if TYPE_CHECKING:
    from rxslack.events.items import is_failure as is_failure
    from rxslack.events.markup import (
        Mark as Mark,
        channels_in as channels_in,
        escape as escape,
        is_mentioned as is_mentioned,
        links_in as links_in,
        marks_in as marks_in,
        mentions_in as mentions_in,
        plain_text as plain_text,
        unescape as unescape,
    )
    from rxslack.events.messages import (
        Identity as Identity,
        bot_of as bot_of,
        channel_of as channel_of,
        delivery_key as delivery_key,
        is_change as is_change,
        is_edit as is_edit,
        is_from_bot as is_from_bot,
        is_from_me as is_from_me,
        is_from_person as is_from_person,
        is_new as is_new,
        is_reply as is_reply,
        message_of as message_of,
        text_of as text_of,
        thread_of as thread_of,
        ts_of as ts_of,
        user_of as user_of,
    )
    from rxslack.events.types import *

lazy_names(
    __name__,
    {
        "rxslack.events.items": "is_failure",
        "rxslack.events.markup": """
            Mark channels_in escape is_mentioned links_in marks_in mentions_in
            plain_text unescape
        """,
        "rxslack.events.messages": """
            Identity bot_of channel_of delivery_key is_change is_edit is_from_bot
            is_from_me is_from_person is_new is_reply message_of text_of thread_of
            ts_of user_of
        """,
        "rxslack.events.types": " ".join(vars(types)["__all__"]),
    },
)
