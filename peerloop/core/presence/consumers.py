from uuid import UUID

from peerloop.core.realtime import groups
from peerloop.core.realtime.consumers import Socket, in_thread

from .leases import EVERYWHERE, keeper
from .signals import people_changed


class PersonSocket(Socket):
    """`WS /api/me/connect`: what concerns one person on any page: notifications, points, summons."""

    def audience(self) -> tuple[str, ...]:
        return (groups.person(self.user.pk),)

    async def welcome(self) -> None:
        await keeper().arrive(EVERYWHERE, self.user.pk, tell_apps)

    async def goodbye(self) -> None:
        await keeper().depart(EVERYWHERE, self.user.pk)


async def tell_apps(arrived: set[UUID], gone: set[UUID]) -> None:
    """The floors above learn who came to the site and who left it, at most once a second for each process."""
    await in_thread(people_changed.send)(PersonSocket, arrived=arrived, gone=gone)
