"""api.test, auth.test, team.info, bots.info."""

from __future__ import annotations

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.bots import bot_object
from rxslack.simulator.team.text import Json


@Method("api.test", "special", kinds=("xoxb", "xoxp", "xapp"), needs_token=False)
def api_test(request: Request) -> Json:
    """Says what it was told. Source: docs.slack.dev/reference/methods/api.test."""
    said = {name: value for name, value in request.arguments.items() if name != "token"}
    if error := request.text("error"):
        raise Refused(error, args=said)
    return {"args": said} if said else {}


@Method("auth.test", "special", kinds=("xoxb", "xoxp", "xapp"))
def auth_test(request: Request) -> Json:
    """Whose token it is. Source: docs.slack.dev/reference/methods/auth.test."""
    team = request.team
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
    if team.enterprise is not None:
        answer["enterprise_id"] = team.enterprise.id
    return answer | ({"bot_id": person.bot_id} if request.token.is_bot else {})


@Method("team.info", "tier3", ("team:read",), takes_json=False)
def team_info(request: Request) -> Json:
    """The workspace. Source: docs.slack.dev/reference/methods/team.info."""
    team = request.team
    shown: Json = {
        "id": team.id,
        "name": team.name,
        "domain": team.domain,
        "url": f"https://{team.domain}.slack.com/",
        "email_domain": "simulated.example",
        "icon": team.icon(),
        "is_verified": False,
        "discoverable": "unlisted",
        "avatar_base_url": f"https://{team.domain}.slack.com/",
        "locale": "en-US",
        "lob_sales_home_enabled": False,
        "is_sfdc_auto_slack": False,
        "pay_prod_cur": "",
    }
    if (enterprise := team.enterprise) is not None:
        shown |= {
            "enterprise_id": enterprise.id,
            "enterprise_name": enterprise.name,
            "enterprise_domain": enterprise.domain,
            # An organization signs its people in: here, by SAML.
            "sso_provider": {"type": "saml", "name": "saml", "label": "SAML"},
        }
    return {"team": shown}


@Method("bots.info", "tier3", ("users:read",), takes_json=False)
def info(request: Request) -> Json:
    """A bot by its id. Source: docs.slack.dev/reference/methods/bots.info."""
    team, wanted = request.team, request.required("bot")
    bots = [team.bot, *team.other_bots.values()]
    bot = next((one for one in bots if one.id == wanted), None)
    if bot is None:
        raise Refused("bot_not_found")
    return {"bot": bot_object(bot)}
