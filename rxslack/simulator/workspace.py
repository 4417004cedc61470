"""The workspace: what a test, a demo or a notebook uses."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from rxslack.simulator.actions import Actions
from rxslack.simulator.autosave import Autosave
from rxslack.simulator.beginnings import as_text, begin_with, write
from rxslack.simulator.faults import Faults
from rxslack.simulator.http.http_events import HttpDeliveries
from rxslack.simulator.http.response_urls import ResponseUrls
from rxslack.simulator.http.server import Server
from rxslack.simulator.interactions import Interactions
from rxslack.simulator.observations import Observations
from rxslack.simulator.options import Limits, RtmOptions, SocketModeOptions, StreamOptions
from rxslack.simulator.page import Page
from rxslack.simulator.sockets.registry import Sockets
from rxslack.simulator.sockets.rtm import Rtm
from rxslack.simulator.sockets.socket_mode import SocketMode
from rxslack.simulator.state import State
from rxslack.simulator.team.access import BOT_SCOPES, USER_SCOPES, Buckets
from rxslack.simulator.team.agent_sessions import AgentSessions
from rxslack.simulator.team.clock import Clock, Timers
from rxslack.simulator.team.ephemerals import Ephemerals
from rxslack.simulator.team.streams import Streams
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.transcript import Transcript
from rxslack.simulator.team.views import Views
from rxslack.web.client import WebClient
from rxslack.web.settings import Transport

__all__ = ["Workspace"]


class Workspace(Actions, Observations):
    """
    A local Slack: Web API and RTM on one port of this machine, everything held in memory.

    It runs from its making until `close()`, or the end of its `with`; any client of Slack's that
    can be told a base URL talks to it.

    >>> with Workspace() as slack:
    ...     message = slack.say("general", "alice", "Hello")
    ...     answer = slack.web.call("conversations.history", channel=message["channel"])
    ...     [m["text"] for m in answer["messages"]]
    ['Hello']

    Args:
        users: names of the people who are there from the beginning.
        channels: names of the public channels; everybody, and the bot, is a member of each.
        bot_name: of the workspace's one app.
        bot_scopes: of `bot_token`. Default: a classic bot's, with the history of channels. Messages
            stream with `AGENT_SCOPES`, which are those of a bot of today.
        limits: how often may be called. Default: much like Slack. `Limits.off()`: no limits.
        rtm: how RTM's websockets behave.
        socket_mode: how Socket Mode behaves.
        streams: how messages stream.
        host: address to listen on.
        port: to listen on; 0 finds one that is free.
        seed: makes ids, tokens, tickets, and what faults leave to chance the same in every run, so
            that who knows it knows the tokens. Default: nobody can guess them.
        clock: the workspace's time; `slack.clock.advance(60.0)` moves it.
        keep: how much of what is past is remembered, the newest: lines of the transcript, calls,
            deliveries, ended websockets, each for itself. Messages and files are all kept.
        tls: a server's context with its certificate; https: and wss: replace http: and ws:.
        transport: for `web`, `user_web` and `app`: with the authority that signed the certificate.
        data: a file to begin with in the place of `users` and `channels`: what `save` kept, Slack's
            export, or JSON written by hand; see the guide.
        hosts: names by which it may be called, and from whose pages, besides those of this machine
            and `host`. A browser sends what any web page wants; of other names it is refused.
        as_proxy: a server's context with a certificate of Slack's names, such as `local_authority`
            makes; then clients that cannot be told a base URL reach it as their HTTPS proxy.
        enterprise: name of the organization of Enterprise Grid that it belongs to; "" for none.

    Attributes:
        base_url: of the Web API, with a slash at the end.
        page_url: of a page that shows the workspace in a browser; who has it may do there what
            people and tests do.
        page: the same without a browser: what happens, and what people do.
        bot_token, user_token, app_token: to call it with. The user's is the first user's.
        web: a `WebClient` with the bot's token; `user_web` and `app` likewise with the others.
        faults: what can go wrong, each begun by a call.
        socket_mode: the app's websockets, and what was delivered over them.
        http_events: the app over HTTP: `slack.http_events.deliver_to(url)`.
        interactions: what people do with the app: commands, buttons, shortcuts, dialogs.
        clock: its time.
        bot_id, bot_user_id, team_id: of the app's bot, the user it acts as, the workspace.

    Raises: OSError when the port is taken.
    """

    def __init__(
        self,
        *,
        users: Sequence[str] = ("alice", "bob", "carol"),
        channels: Iterable[str] = ("general", "random"),
        bot_name: str = "greeter",
        bot_scopes: Sequence[str] = BOT_SCOPES,
        limits: Limits | None = None,
        rtm: RtmOptions | None = None,
        socket_mode: SocketModeOptions | None = None,
        streams: StreamOptions | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int | str | None = None,
        clock: Clock | None = None,
        keep: int = 10_000,
        tls: ssl.SSLContext | None = None,
        transport: Transport | None = None,
        data: str | os.PathLike[str] | None = None,
        hosts: Iterable[str] = (),
        as_proxy: ssl.SSLContext | None = None,
        enterprise: str = "",
    ) -> None:
        self.clock = clock or Clock()
        limits = limits or Limits()
        timers = Timers(self.clock)
        sockets = Sockets(keep=keep)
        team = Team(clock=self.clock, seed=seed, bot_name=bot_name)
        self.faults = Faults(team.changes, seed, sockets.open_numbers)
        self.socket_mode = SocketMode(
            team, timers, self.faults, socket_mode or SocketModeOptions(), seed=seed, keep=keep
        )
        ephemerals = Ephemerals(team, keep=keep)
        live = Streams(team, timers, streams or StreamOptions())
        state = State(
            team=team,
            limits=limits,
            faults=self.faults,
            transcript=Transcript(self.clock, keep=keep),
            buckets=Buckets(self.clock),
            rtm=Rtm(team, timers, self.faults, rtm or RtmOptions(), limits),
            socket_mode=self.socket_mode,
            sockets=sockets,
            views=Views(team),
            streams=live,
            agent_sessions=AgentSessions(team, live),
            ephemerals=ephemerals,
        )
        super().__init__(state)
        response_urls = ResponseUrls(team, keep=keep)
        self.http_events = HttpDeliveries(team, timers, self.socket_mode, keep=keep)
        self.interactions = Interactions(state, self.http_events.start, response_urls)
        self._timers = timers
        self._autosaves: list[Autosave] = []
        self._settle(users, channels)
        if data is not None:
            begin_with(state, Path(data))
        if enterprise and team.enterprise is None:
            self.join_enterprise(enterprise)
        self.page = Page(state, self.interactions, self.clock, seed=seed)
        self._server = Server(
            state,
            response_urls,
            host=host,
            port=port,
            tls=tls,
            hosts=hosts,
            page=self.page,
            as_proxy=as_proxy,
        )
        team.origin = f"http{'s' if tls else ''}://{host}:{self._server.port}"
        self.base_url = team.url("/api/")
        self.page_url = team.url(self.page.path)
        self._hand_out_tokens(bot_scopes, transport)

    def _settle(self, users: Sequence[str], channels: Iterable[str]) -> None:
        for name in users:
            self._team.add_person(name)
        everybody = self._team.humans()
        for name in channels:
            self._team.add_channel(name, members=everybody, creator=everybody[-1])

    def _hand_out_tokens(self, bot_scopes: Sequence[str], transport: Transport | None) -> None:
        self.bot_token = self._token("xoxb", self.bot_user_id, bot_scopes)
        people = [one for one in self._team.people.values() if one.id in self._team.humans()]
        humans = [person.id for person in people if not person.is_bot]
        owner = humans[0] if humans else self.bot_user_id
        self.user_token = self._token("xoxp", owner, USER_SCOPES)
        self.app_token = self._token("xapp", "", ("connections:write",))
        self.web = WebClient(self.bot_token, base_url=self.base_url, transport=transport)
        self.user_web = WebClient(self.user_token, base_url=self.base_url, transport=transport)
        self.app = WebClient(self.app_token, base_url=self.base_url, transport=transport)

    def __repr__(self) -> str:
        return f"<Workspace at {self.base_url}>"

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def save(self, path: str | os.PathLike[str]) -> None:
        """
        Keep people, channels, messages and files in a file, for `Workspace(data=path)`.

        Tokens are not kept: the same `seed` makes the same ones. Nor is what passes: websockets, faults,
        dialogs, messages that stream or wait for their time.

        Raises: OSError.
        """
        write(Path(path), as_text(self._state))

    def autosave(self, path: str | os.PathLike[str], *, every: float = 1.0) -> None:
        """
        Save now, after changes, and at the end, so that not even a crash loses more than seconds.

        What is large is saved more rarely: saving takes a tenth of the time at the most.

        Args:
            path: of the file, as `save` has it.
            every: seconds from one save to the next, at least.
        """
        text = partial(as_text, self._state)
        self._autosaves.append(Autosave(Path(path), text, self._team.changes, every=every))

    def close(self) -> None:
        """End every connection and thread. Again does nothing. Raises: OSError, when `autosave` cannot save."""
        with ExitStack() as last:
            for saving in self._autosaves:
                last.callback(saving.close)
            self._close()

    def _close(self) -> None:
        self.faults.close()
        self._timers.close()
        self.http_events.close()
        self.page.close()
        self._server.close()
        for client in (self.web, self.user_web, self.app):
            client.close()
