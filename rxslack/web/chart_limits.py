"""
How much a chart in a message holds.

A chart took 6 series, and a pie 6 segments, in June 2026, when the block came, and Slack's page on it said so;
those who check it themselves go by 12 from August on.

Sources: docs.slack.dev/reference/block-kit/blocks/data-visualization-block; for 6
github.com/slackapi/node-slack-sdk/pull/2637; for 12 docs.openclaw.ai/channels/slack/rich-messages,
docs.rs/slack-morphism ("1–12 segments") and github.com/CopilotKit/CopilotKit/pull/6342.
"""

from typing import Final

__all__ = ["CHART_CATEGORIES", "CHART_LABEL", "CHART_SERIES", "CHART_TITLE"]

CHART_TITLE: Final = 50  # characters, and of the names of the axes
CHART_LABEL: Final = 20  # characters, and of the name of a series
CHART_SERIES: Final = 12  # and segments of a pie
CHART_CATEGORIES: Final = 20
