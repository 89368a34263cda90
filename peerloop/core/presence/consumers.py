from collections import ChainMap
from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from peerloop.core.errors import Refusal
from peerloop.core.realtime import groups
from peerloop.core.realtime.consumers import Command, Socket, in_thread
from peerloop.core.realtime.event import encode

from .deeds import Deed, deeds
from .leases import EVERYWHERE, keeper
from .signals import people_changed


class PersonSocket(Socket):
    """`WS /api/me/connect`: what concerns one person on any page (notifications, points, summons), and their deeds."""

    commands: ClassVar[Mapping[str, type[Command]]] = ChainMap(deeds, {**Socket.commands})

    def audience(self) -> tuple[str, ...]:
        return (groups.person(self.user.pk),)

    async def welcome(self) -> None:
        await keeper().arrive(EVERYWHERE, self.user.pk, tell_apps)

    async def goodbye(self) -> None:
        await keeper().depart(EVERYWHERE, self.user.pk)

    async def obey(self, name: str, command: Command) -> None:
        """A deed is answered with `done` or `error`, both with the command's name."""
        if not isinstance(command, Deed):
            await super().obey(name, command)
            return
        try:
            done = await in_thread(command.do)(self.user)
        except Refusal as refusal:
            await self.refuse(refusal, command=name)
        else:
            await self.send(encode({"type": "done", "command": name, **done}))


async def tell_apps(arrived: set[UUID], gone: set[UUID]) -> None:
    """The floors above learn who came to the site and who left it, at most once a second for each process."""
    await in_thread(people_changed.send)(PersonSocket, arrived=arrived, gone=gone)
