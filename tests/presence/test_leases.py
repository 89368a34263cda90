"""Who is here, in whatever numbers they come."""

import asyncio
from uuid import uuid4

from peerloop.core.presence.leases import aonline, keeper
from tests.support.sockets import on_a_loop


@on_a_loop
async def test_of_three_hundred_who_come_in_one_moment_and_leave_in_another_all_are_told():
    group, people = f"crowd.{uuid4()}", {uuid4() for _ in range(300)}
    told: list[set] = [set(), set()]

    async def tell(arrived, gone):
        told[0] |= arrived
        told[1] |= gone

    await asyncio.gather(*[keeper().arrive(group, each, tell) for each in people])
    assert await aonline(group) == people
    bulletin = keeper().bulletins[group]
    await bulletin._pending
    assert told == [people, set()]
    await asyncio.gather(*[keeper().depart(group, each) for each in people])
    await bulletin._pending
    assert told == [people, people]
    assert await aonline(group) == set()
