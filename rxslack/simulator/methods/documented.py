"""Which methods Slack documents, so that one that is not simulated is not taken for a typing error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

__all__ = ["RETIRED", "is_documented"]

# docs.slack.dev/reference/methods, by family; the many of admin.* are told by their family.
_DOCUMENTED: Final = """
agents: conversations.archive conversations.create conversations.getCanvas
    conversations.listViews conversations.removeView conversations.setCanvasContent
    conversations.setCommands conversations.setProperties conversations.setView
    sessions.rename sessions.setStatus
api: test
apps: auth.external.delete auth.external.get connections.open datastore.bulkDelete
    datastore.bulkGet datastore.bulkPut datastore.count datastore.delete datastore.get
    datastore.put datastore.query datastore.update event.authorizations.list icon.set
    managed.permissions.set manifest.create manifest.delete manifest.export manifest.update
    manifest.validate uninstall user.connection.bulkUpdate user.connection.requestAuth
    user.connection.update
assistant: search.context search.info threads.setStatus threads.setSuggestedPrompts
    threads.setTitle
auth: revoke teams.list test
blocks: validate
bookmarks: add edit list remove
bots: info
calls: add end info participants.add participants.remove update
canvases: access.delete access.set create delete edit getContent sections.lookup
chat: appendStream delete deleteScheduledMessage getPermalink meMessage postEphemeral
    postMessage scheduleMessage scheduledMessages.list startStream stopStream unfurl update
conversations: acceptSharedInvite approveSharedInvite archive canvases.create close create
    declineSharedInvite externalInvitePermissions.set history info invite inviteShared join
    kick leave list listConnectInvites mark members open rename replies
    requestSharedInvite.approve requestSharedInvite.deny requestSharedInvite.list setPurpose
    setTopic unarchive
dialog: open
dnd: endDnd endSnooze info setSnooze teamInfo
emoji: list
entity: presentDetails
files: completeUploadExternal delete getUploadURLExternal info list remote.add remote.info
    remote.list remote.remove remote.share remote.update revokePublicURL sharedPublicURL
functions: completeError completeSuccess distributions.permissions.add
    distributions.permissions.list distributions.permissions.remove
    distributions.permissions.set workflows.steps.list workflows.steps.responses.export
migration: exchange
oauth: v2.access v2.exchange
openid: connect.token connect.userInfo
pins: add list remove
reactions: add get list remove
reminders: add complete delete info list
rtm: connect start
search: all files messages
slackLists: access.delete access.set create download.get download.start items.create
    items.delete items.deleteMultiple items.info items.list items.update update
slackbot: skills.create skills.delete skills.info skills.library.add skills.library.remove
    skills.list skills.update
stars: add list remove
team: accessLogs billableInfo billing.info externalTeams.disconnect externalTeams.list info
    integrationLogs preferences.list profile.get
tooling: tokens.rotate
usergroups: create disable enable list update users.list users.update
users: conversations deletePhoto discoverableContacts.lookup getPresence identity info list
    lookupByEmail profile.get profile.set setActive setPhoto setPresence
views: open publish push update
workflows: featured.add featured.list featured.remove featured.set stepCompleted stepFailed
    triggers.permissions.add triggers.permissions.list triggers.permissions.remove
    triggers.permissions.set updateStep
"""

# What the same pages call retired.
_RETIRED: Final = """
channels: archive create history info invite join kick leave list mark rename replies
    setPurpose setTopic unarchive
files: comments.delete upload
groups: archive create createChild history info invite kick leave list mark open rename
    replies setPurpose setTopic unarchive
im: close history list mark open replies
mpim: close history list mark open replies
oauth: access
"""


def is_documented(name: str) -> bool:
    """
    Whether Slack documents a method.

    >>> is_documented("canvases.create"), is_documented("canvases.craete")
    (True, False)
    """
    return name in _KNOWN or name.startswith("admin.")


def _names(table: str) -> Iterator[str]:
    family = ""
    for word in table.split():
        if word.endswith(":"):
            family = word.removesuffix(":")
        else:
            yield f"{family}.{word}"


_KNOWN: Final = frozenset(_names(_DOCUMENTED))
RETIRED: Final = frozenset(_names(_RETIRED))
"""Methods that Slack has ended."""
