"""
The Web API's methods: a table of functions, one file a family.

A method is a function from a `Request` to the answer, with its terms above it:

    @Method("reactions.add", "tier3", ("reactions:write",))
    def add(request: Request) -> Json:
        '''React to a message. Source: docs.slack.dev/reference/methods/reactions.add.'''

It reads its arguments through `Request`, raises `Refused("already_reacted")` for `ok: false`, and returns
the answer's fields without `ok`. Token, scopes, limits, warnings and faults are dealt with before and after
it, in `http.api`. Methods run on the threads of their connections, several at once: what they read and
change in several steps they do with `team.lock` held.
"""

from rxslack.simulator.methods import (
    agents as agents,
    assistant as assistant,
    basics as basics,
    canvases as canvases,
    channel_changes as channel_changes,
    chat as chat,
    connect as connect,
    conversations as conversations,
    dialogs as dialogs,
    featured as featured,
    files as files,
    functions as functions,
    history as history,
    links as links,
    lists as lists,
    lookups as lookups,
    personal as personal,
    pins as pins,
    profiles as profiles,
    reactions as reactions,
    scheduled as scheduled,
    shared_invites as shared_invites,
    sign_in as sign_in,
    streams as streams,
    usergroups as usergroups,
    users as users,
    views as views,
)
from rxslack.simulator.methods.request import METHODS

__all__ = ["METHODS"]
