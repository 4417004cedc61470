"""What is beyond a workspace: the organization it belongs to, other workspaces, guests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from rxslack.simulator.actions.administration import Administration
from rxslack.simulator.team.channel_events import announce
from rxslack.simulator.team.invites import connect, new_invite, tell_invite, user_shown
from rxslack.simulator.team.membership import join
from rxslack.simulator.team.messages import post
from rxslack.simulator.team.people import Enterprise, Guest, Person
from rxslack.simulator.team.text import Json

__all__ = ["Organizations"]


class Organizations(Administration):
    """Who is from elsewhere, and who may do less than a member."""

    def join_enterprise(self, name: str) -> str:
        """
        The workspace becomes one of an organization of Enterprise Grid; returns the organization's id.

        Tells `grid_migration_started` and `grid_migration_finished`. From then on events, answers and
        payloads say which organization it is, and people have an `enterprise_user`.

        Source: docs.slack.dev/enterprise, docs.slack.dev/reference/events/grid_migration_started.
        """
        team = self._team
        with team.lock:
            domain = "".join(c for c in name.lower() if c.isalnum())
            made = Enterprise(team.identity.new("E"), name, domain)
            event = {"enterprise_id": made.id}
            team.feed.publish({"type": "grid_migration_started", **event})
            team.enterprise = made
            team.feed.publish({"type": "grid_migration_finished", **event})
            return made.id

    def add_guest(
        self, name: str, channels: Sequence[str], *, invited_by: str = "alice", until: int = 0
    ) -> str:
        """
        Invite a guest, who sees some channels alone; returns the id.

        Tells `team_join`, and `member_joined_channel` of each channel.

        Args:
            name: the handle.
            channels: names or ids; one makes a single-channel guest.
            invited_by: name or id of a member.
            until: unix seconds; 0: for good.
        """
        team = self._team
        with team.lock:
            inside = [team.channel(channel) for channel in channels]
            guest = Guest(tuple(c.id for c in inside), self.user_id(invited_by), until)
            person = Person(team.identity.new("U"), name, int(team.clock()), guest=guest)
            team.add_outsider(person)
            team.tell_user(person, "team_join")
            for channel in inside:
                join(team, channel, person.id, inviter=guest.invited_by)
            return person.id

    def add_outsider(self, name: str, team_id: str) -> str:
        """
        Know somebody of another workspace, who may join what is shared with it; returns the id.

        Args:
            name: the handle.
            team_id: of the workspace, which `share_channel` told.

        Raises: LookupError when nothing was shared with such a workspace.
        """
        team = self._team
        if team_id not in team.connected:
            known = ", ".join(team.connected) or "none; share_channel makes one"
            raise LookupError(f"no other workspace has the id {team_id!r}; there are {known}")
        with team.lock:
            person = Person(team.identity.new("U"), name, int(team.clock()), team=team_id)
            team.add_outsider(person)
            return person.id

    def share_channel(self, channel: str, workspace: str) -> str:
        """
        Connect a channel with another workspace (Slack Connect), whose id is returned.

        Tells `channel_shared`. What people of there write has their `user_profile` and `user_team`.

        Args:
            channel: name or id.
            workspace: its name; the same name is the same workspace.

        Source: docs.slack.dev/apis/slack-connect, docs.slack.dev/reference/events/channel_shared.
        """
        return connect(self._team, self._team.channel(channel), workspace)

    def accept_invite(self, invite: str, name: str, workspace: str) -> str:
        """
        Somebody of another workspace accepts an invitation of conversations.inviteShared.

        Tells `shared_channel_invite_accepted`, `channel_shared`, and that somebody joined.

        Args:
            invite: its id.
            name: of who accepts, a stranger until then.
            workspace: from where that is.

        Returns: the id of who accepted.
        Raises: LookupError when there is no such invitation.
        """
        team, found = self._team, self._state.invites.get(invite)
        if found is None or (found["direction"], found["status"]) != ("outgoing", "sent"):
            raise LookupError(f"no invitation {invite!r} waits for an answer")
        with team.lock:
            found |= {"status": "accepted", "date_last_updated": int(team.clock())}
            place = team.channel(found["channel"]["id"])
            other = connect(team, place, workspace)
            user = self.add_outsider(name, other)
            teams = [
                {"id": team.id, "name": team.name, "domain": team.domain},
                {"id": other, "name": workspace, "domain": workspace.lower().replace(" ", "-")},
            ]
            shown = user_shown(team.people[user], team.id)
            about: Json = {"teams_in_channel": teams, "accepting_user": shown}
            tell_invite(team, found, "accepted", approval_required=False, **about)
            join(team, place, user)
            return user

    def invite_app(self, channel: str, workspace: str, by: str = "eve") -> str:
        """
        Another workspace invites the app into a channel of its own; returns the invitation's id.

        Tells `shared_channel_invite_received`; conversations.acceptSharedInvite accepts it.

        Args:
            channel: its name there.
            workspace: the other one's name.
            by: who invites, there.
        """
        team = self._team
        with team.lock:
            other = team.identity.new("T")
            person = Person(team.identity.new("U"), by, int(team.clock()), team=other)
            made = new_invite(
                team,
                "incoming",
                {"id": "", "name": channel, "is_private": False, "is_im": False},
                by=user_shown(person, other),
                workspace={"id": other, "name": workspace, "domain": workspace.lower()},
                recipient={"recipient_user_id": team.bot.user_id},
            )
            self._state.invites[made["invite"]["id"]] = made
            tell_invite(team, made, "received")
            return str(made["invite"]["id"])

    def unshare_channel(self, channel: str, team_id: str) -> None:
        """
        End it; who came from there leaves. Tells `channel_unshared`.

        Raises: LookupError when the channel is not shared with that workspace.
        Source: docs.slack.dev/reference/events/channel_unshared.
        """
        team, place = self._team, self._team.channel(channel)
        with team.lock:
            if team_id not in place.connected:
                raise LookupError(f"{channel!r} is not shared with {team_id!r}")
            place.connected.remove(team_id)
            for user in [*place.members]:
                if team.people[user].team == team_id:
                    del place.members[user]
            fields: Json = {
                "previously_connected_team_id": team_id,
                "is_ext_shared": bool(place.connected),
            }
            announce(team, place, "channel_unshared", **fields)

    def restrict(
        self,
        channel: str,
        *,
        posting: Iterable[str] | None = None,
        threads: Iterable[str] | None = None,
        huddles: bool = False,
        by: str = "alice",
    ) -> None:
        """
        Let only some people post, or answer in threads, as paid plans allow; or nobody begin a huddle.

        Tells the message `channel_posting_permissions`. Who may not is refused
        `restricted_action_read_only_channel` or `restricted_action_thread_locked`.

        Args:
            channel: name or id.
            posting: names or ids; None: everybody.
            threads: likewise.
            huddles: whether nobody may begin one.
            by: who decides that, by name or id.

        Source: slack.com/help/articles/360004635551, docs.slack.dev/reference/methods/chat.postMessage (errors).
        """
        team, place = self._team, self._team.channel(channel)
        allowed = {"posting": posting, "threads": threads}
        with team.lock:
            place.restrictions = {
                what: {"type": ["admin"], "user": [self.user_id(name) for name in people]}
                for what, people in allowed.items()
                if people is not None
            }
            place.restrictions["huddles"] = huddles
            draft = {
                "subtype": "channel_posting_permissions",
                "user": self.user_id(by),
                "text": "changed who may post in this channel",
            }
            post(team, place, draft)

    def secure(self, user: str, two_factor: Literal["app", "sms"] = "app") -> None:
        """Somebody signs in with a second factor from now on; tells `user_change`."""
        with self._team.lock:
            person = self._team.person(user)
            person.two_factor = two_factor
            self._team.tell_user(person, "user_change")
