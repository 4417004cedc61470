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
holds, without ever raising; `items` is about rxslack's own items, and `catalogue` is the table of all.
"""

from rxslack.events.items import is_failure
from rxslack.events.markup import (
    Mark,
    channels_in,
    escape,
    is_mentioned,
    links_in,
    marks_in,
    mentions_in,
    plain_text,
    unescape,
)
from rxslack.events.messages import (
    Identity,
    bot_of,
    channel_of,
    delivery_key,
    is_change,
    is_edit,
    is_from_bot,
    is_from_me,
    is_from_person,
    is_new,
    is_reply,
    message_of,
    text_of,
    thread_of,
    ts_of,
    user_of,
)
from rxslack.events.types import (
    agents,
    apps,
    bots,
    channels,
    client_state,
    commands,
    connection,
    direct,
    envelopes,
    files,
    huddles,
    interactions,
    members,
    message,
    message_system,
    objects,
    objects_channel,
    objects_file,
    objects_message,
    objects_user,
    pins,
    presence,
    reactions,
    rxslack_items,
    shared_channels,
    subteams,
    team,
    union,
    users,
    workflows,
)
from rxslack.events.types.agents import *
from rxslack.events.types.apps import *
from rxslack.events.types.bots import *
from rxslack.events.types.channels import *
from rxslack.events.types.client_state import *
from rxslack.events.types.commands import *
from rxslack.events.types.connection import *
from rxslack.events.types.direct import *
from rxslack.events.types.envelopes import *
from rxslack.events.types.files import *
from rxslack.events.types.huddles import *
from rxslack.events.types.interactions import *
from rxslack.events.types.members import *
from rxslack.events.types.message import *
from rxslack.events.types.message_system import *
from rxslack.events.types.objects import *
from rxslack.events.types.objects_channel import *
from rxslack.events.types.objects_file import *
from rxslack.events.types.objects_message import *
from rxslack.events.types.objects_user import *
from rxslack.events.types.pins import *
from rxslack.events.types.presence import *
from rxslack.events.types.reactions import *
from rxslack.events.types.rxslack_items import *
from rxslack.events.types.shared_channels import *
from rxslack.events.types.subteams import *
from rxslack.events.types.team import *
from rxslack.events.types.union import *
from rxslack.events.types.users import *
from rxslack.events.types.workflows import *

__all__: list[str] = [
    "Identity",
    "Mark",
    "bot_of",
    "channel_of",
    "channels_in",
    "delivery_key",
    "escape",
    "is_change",
    "is_edit",
    "is_failure",
    "is_from_bot",
    "is_from_me",
    "is_from_person",
    "is_mentioned",
    "is_new",
    "is_reply",
    "links_in",
    "marks_in",
    "mentions_in",
    "message_of",
    "plain_text",
    "text_of",
    "thread_of",
    "ts_of",
    "unescape",
    "user_of",
]
__all__ += agents.__all__
__all__ += apps.__all__
__all__ += bots.__all__
__all__ += channels.__all__
__all__ += client_state.__all__
__all__ += commands.__all__
__all__ += connection.__all__
__all__ += direct.__all__
__all__ += envelopes.__all__
__all__ += files.__all__
__all__ += huddles.__all__
__all__ += interactions.__all__
__all__ += members.__all__
__all__ += message.__all__
__all__ += message_system.__all__
__all__ += objects.__all__
__all__ += objects_channel.__all__
__all__ += objects_file.__all__
__all__ += objects_message.__all__
__all__ += objects_user.__all__
__all__ += pins.__all__
__all__ += presence.__all__
__all__ += reactions.__all__
__all__ += rxslack_items.__all__
__all__ += shared_channels.__all__
__all__ += subteams.__all__
__all__ += team.__all__
__all__ += union.__all__
__all__ += users.__all__
__all__ += workflows.__all__
