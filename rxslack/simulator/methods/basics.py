"""api.test, auth.test, team.info."""

from __future__ import annotations

from rxslack.simulator.refusal import Refused
from rxslack.simulator.request import Method, Request
from rxslack.simulator.wire import Json

__all__ = ["METHODS"]


def api_test(request: Request) -> Json:
    """Says what it was told. Source: docs.slack.dev/reference/methods/api.test."""
    said = {name: value for name, value in request.arguments.items() if name != "token"}
    if error := request.text("error"):
        raise Refused(error, args=said)
    return {"args": said} if said else {}


def auth_test(request: Request) -> Json:
    """Whose token it is. Source: docs.slack.dev/reference/methods/auth.test."""
    team = request.state.team
    if request.token.kind == "xapp":
        return {"app_name": team.bot.name, "app_id": team.bot.app_id}
    person = team.people[request.user_id]
    answer: Json = {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": person.name,
        "team_id": team.id,
        "user_id": person.id,
        "is_enterprise_install": False,
    }
    return answer | ({"bot_id": person.bot_id} if request.token.is_bot else {})


def team_info(request: Request) -> Json:
    """The workspace. Source: docs.slack.dev/reference/methods/team.info."""
    team = request.state.team
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "domain": team.domain,
            "url": f"https://{team.domain}.slack.com/",
            "email_domain": "",
            "icon": {"image_default": True},
        }
    }


METHODS = {
    "api.test": Method(api_test, "special", kinds=("xoxb", "xoxp", "xapp"), needs_token=False),
    "auth.test": Method(auth_test, "special", kinds=("xoxb", "xoxp", "xapp")),
    "team.info": Method(team_info, "tier3", ("team:read",), takes_json=False),
}
