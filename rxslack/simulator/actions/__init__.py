"""
What a test does to a workspace, by idea; `Actions` is all of it.

`administration` who and what is there · `organizations` beyond it · `actions` what people say and do ·
`sharing` files, canvases, huddles · `workflows` · `announcements` what Slack says by itself
"""

from rxslack.simulator.actions.actions import Actions as Actions
from rxslack.simulator.actions.administration import Administration as Administration

__all__ = ["Actions", "Administration"]
