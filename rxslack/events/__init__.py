"""Slack's events as TypedDicts, one family a file; no functions."""

from rxslack.events import (
    agents,
    apps,
    bots,
    channels,
    client_state,
    commands,
    connection,
    direct,
    envelopes,
    files,
    huddles,
    interactions,
    members,
    message,
    message_system,
    objects,
    objects_channel,
    objects_file,
    objects_message,
    objects_user,
    pins,
    presence,
    reactions,
    rxslack_items,
    shared_channels,
    subteams,
    team,
    union,
    users,
    workflows,
)
from rxslack.events.agents import *
from rxslack.events.apps import *
from rxslack.events.bots import *
from rxslack.events.channels import *
from rxslack.events.client_state import *
from rxslack.events.commands import *
from rxslack.events.connection import *
from rxslack.events.direct import *
from rxslack.events.envelopes import *
from rxslack.events.files import *
from rxslack.events.huddles import *
from rxslack.events.interactions import *
from rxslack.events.members import *
from rxslack.events.message import *
from rxslack.events.message_system import *
from rxslack.events.objects import *
from rxslack.events.objects_channel import *
from rxslack.events.objects_file import *
from rxslack.events.objects_message import *
from rxslack.events.objects_user import *
from rxslack.events.pins import *
from rxslack.events.presence import *
from rxslack.events.reactions import *
from rxslack.events.rxslack_items import *
from rxslack.events.shared_channels import *
from rxslack.events.subteams import *
from rxslack.events.team import *
from rxslack.events.union import *
from rxslack.events.users import *
from rxslack.events.workflows import *

__all__: list[str] = []
__all__ += agents.__all__
__all__ += apps.__all__
__all__ += bots.__all__
__all__ += channels.__all__
__all__ += client_state.__all__
__all__ += commands.__all__
__all__ += connection.__all__
__all__ += direct.__all__
__all__ += envelopes.__all__
__all__ += files.__all__
__all__ += huddles.__all__
__all__ += interactions.__all__
__all__ += members.__all__
__all__ += message.__all__
__all__ += message_system.__all__
__all__ += objects.__all__
__all__ += objects_channel.__all__
__all__ += objects_file.__all__
__all__ += objects_message.__all__
__all__ += objects_user.__all__
__all__ += pins.__all__
__all__ += presence.__all__
__all__ += reactions.__all__
__all__ += rxslack_items.__all__
__all__ += shared_channels.__all__
__all__ += subteams.__all__
__all__ += team.__all__
__all__ += union.__all__
__all__ += users.__all__
__all__ += workflows.__all__
