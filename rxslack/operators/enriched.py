"""Events together with the user and the channel that they only name."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Generic, TypeVar

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable

from rxslack.core.operator import operator
from rxslack.events.messages import channel_of, event_in, user_of
from rxslack.events.types.objects_channel import Channel, DirectChannel
from rxslack.events.types.objects_user import User
from rxslack.operators.directory import Abandoned, Directory

__all__ = ["Enriched", "enriched"]

E = TypeVar("E")


@dataclass(frozen=True)
class Enriched(Generic[E]):
    """
    An event, and who and where it is from.

    Attributes:
        event: the item as it came.
        user: the object of the user it is from; None when it is from none, Slack knows none, or
            users were not asked for.
        channel: the object of the conversation it belongs to; None as for `user`.
    """

    event: E
    user: User | None = None
    channel: Channel | DirectChannel | None = None


@operator
def enriched(
    source: Observable[E], directory: Directory, *, users: bool = True, channels: bool = True
) -> Observable[Enriched[E]]:
    """
    Add the user and the channel that an event only names.

    ::

        rxslack.rtm(web).pipe(
            rxslack.reconnect(),
            rxslack.of_type(rxslack.MessageEvent),
            rxslack.enriched(rxslack.Directory(web)),
        )

    Order is kept: what is behind an event whose user is not known yet waits until Slack has
    answered, on the thread of the stream. A name is asked for once, so this soon costs nothing.

    Args:
        source: Events.
        directory: Where names are looked up. Give the same one to several pipelines.
        users: Whether to look up users.
        channels: Whether to look up channels.

    Emits: an `Enriched` for each item, in order. Changes of users and channels that come by are
        learned, so the objects are up to date behind a source that has all events.
    Errors: what the directory raises, such as `MissingScope`; the source's own error, unchanged.
    Dispose: disposes the source, and ends a wait for Slack.
    Source: docs.slack.dev/reference/methods/users.info and …/conversations.info.
    """

    def subscribe(
        observer: abc.ObserverBase[Enriched[E]], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        stop = threading.Event()

        def on_next(item: E) -> None:
            event = event_in(item)
            user, channel = (
                user_of(event) if users else None,
                channel_of(event) if channels else None,
            )
            try:
                directory.learn(event)
                found = Enriched(
                    item,
                    directory.user(user, stop=stop) if user else None,
                    directory.channel(channel, stop=stop) if channel else None,
                )
            except Abandoned:
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, the subscriber has to know
                observer.on_error(error)
                return
            observer.on_next(found)

        upstream = source.subscribe(
            on_next, observer.on_error, observer.on_completed, scheduler=scheduler
        )
        return CompositeDisposable([Disposable(stop.set), upstream])

    return Observable(subscribe)
