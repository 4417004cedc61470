"""auth.revoke, auth.teams.list, oauth.v2.access, openid.connect.token, openid.connect.userInfo."""

from __future__ import annotations

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import Json

ANYBODY = ("xoxb", "xoxp", "xapp")


@Method("auth.revoke", "tier3", takes_json=False)
def revoke(request: Request) -> Json:
    """Let the token be good no more. Source: docs.slack.dev/reference/methods/auth.revoke."""
    if request.flag("test"):
        return {"revoked": False}
    request.state.revoked[request.token.text] = "token_revoked"
    return {"revoked": True}


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
    person, team = _installed(request), request.team
    bot = next(t for t in request.state.tokens.values() if t.kind == "xoxb")
    return {
        "access_token": bot.text,
        "token_type": "bot",
        "scope": ",".join(bot.scopes),
        "bot_user_id": team.bot.user_id,
        "app_id": team.bot.app_id,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
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
