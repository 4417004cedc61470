"""auth.revoke, auth.teams.list, apps.uninstall, oauth.v2.access, openid.connect.token, openid.connect.userInfo."""

from __future__ import annotations

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.state import State
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import Json

__all__ = ["uninstall"]

ANYBODY = ("xoxb", "xoxp", "xapp")


@Method("auth.revoke", "tier3", takes_json=False)
def revoke(request: Request) -> Json:
    """Let the token be good no more. Source: docs.slack.dev/reference/methods/auth.revoke."""
    if request.flag("test"):
        return {"revoked": False}
    request.state.revoked[request.token.text] = "token_revoked"
    whose = {"bot" if request.token.is_bot else "oauth": [request.user_id]}
    with request.team.lock:
        _tell_app(request.state, {"type": "tokens_revoked", "tokens": whose})
    return {"revoked": True}


@Method("apps.uninstall", "tier1")
def uninstall_app(request: Request) -> Json:
    """Leave the workspace. Source: docs.slack.dev/reference/methods/apps.uninstall."""
    for name in ("client_id", "client_secret"):
        request.required(name)
    uninstall(request.state)
    return {}


def uninstall(state: State) -> None:
    """
    Let none of the app's tokens be good any more, and tell `tokens_revoked` and `app_uninstalled`.

    Source: docs.slack.dev/reference/events/app_uninstalled, .../tokens_revoked.
    """
    tokens = [token for token in state.tokens.values() if token.kind != "xapp"]
    with state.team.lock:
        for token in tokens:
            state.revoked[token.text] = "account_inactive" if token.is_bot else "token_revoked"
        whose: Json = {
            "oauth": sorted({token.user_id for token in tokens if not token.is_bot}),
            "bot": sorted({token.user_id for token in tokens if token.is_bot}),
        }
        _tell_app(state, {"type": "tokens_revoked", "tokens": whose})
        _tell_app(state, {"type": "app_uninstalled"})


def _tell_app(state: State, event: Json) -> None:
    stamped = {**event, "event_ts": state.team.stamps.next()}
    state.team.feed.tell_app(stamped, to=[state.team.bot.user_id])


@Method("auth.teams.list", "tier2")
def list_teams(request: Request) -> Json:
    """Where the app is installed: here. Source: docs.slack.dev/reference/methods/auth.teams.list."""
    team = request.team
    shown: Json = {"id": team.id, "name": team.name}
    if request.flag("include_icon"):
        shown["icon"] = team.icon()
    return {"teams": [shown], "response_metadata": {"next_cursor": ""}}


@Method("oauth.v2.access", "tier4", kinds=ANYBODY, needs_token=False)
def oauth_access(request: Request) -> Json:
    """
    Tokens for a code of `slack.install()`.

    Source: docs.slack.dev/reference/methods/oauth.v2.access.
    """
    person, team, grid = _installed(request), request.team, request.team.enterprise
    bot = next(t for t in request.state.tokens.values() if t.kind == "xoxb")
    return {
        "access_token": bot.text,
        "token_type": "bot",
        "scope": ",".join(bot.scopes),
        "bot_user_id": team.bot.user_id,
        "app_id": team.bot.app_id,
        "team": {"id": team.id, "name": team.name},
        "enterprise": grid and {"id": grid.id, "name": grid.name},
        "is_enterprise_install": False,
        "authed_user": {"id": person},
    }


@Method("openid.connect.token", "tier4", kinds=ANYBODY, needs_token=False)
def openid_token(request: Request) -> Json:
    """A token of who signed in. Source: docs.slack.dev/reference/methods/openid.connect.token."""
    person = _installed(request)
    found = [t for t in request.state.tokens.values() if t.user_id == person and t.kind == "xoxp"]
    if not found:
        raise Refused("invalid_code")
    return {"access_token": found[0].text, "token_type": "Bearer", "id_token": "", "state": ""}


@Method("openid.connect.userInfo", "tier4", takes_json=False)
def openid_user_info(request: Request) -> Json:
    """Who it is. Source: docs.slack.dev/reference/methods/openid.connect.userInfo."""
    team, person = request.team, request.team.people[request.user_id]
    return {
        "sub": person.id,
        "https://slack.com/user_id": person.id,
        "https://slack.com/team_id": team.id,
        "https://slack.com/team_name": team.name,
        "https://slack.com/team_domain": team.domain,
        "email": person.email,
        "email_verified": True,
        "name": person.real_name,
        "given_name": person.real_name,
        "locale": "en-US",
    }


def _installed(request: Request) -> str:
    """Who let the app in with that code, which is good once."""
    person = request.state.codes.pop(request.text("code"), None)
    if person is None:
        raise Refused("invalid_code")
    return person
