"""Two web processes on one database: a room's numbers have no gap, and everybody hears everything in order."""

import pytest

from chat.models import ChatMessage
from tests.support.wire import Wire

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

MESSAGES = 40


@pytest.mark.covers("CHAT-79", "CHAT-101")
def test_two_processes_that_write_in_one_room_leave_no_gap(ada, ben, room, web, other_web):
    with Wire(web, room, ada) as adas, Wire(other_web, room, ben) as bens:
        for wire in (adas, bens):
            wire.next("presence")
        for number in range(MESSAGES):
            for wire, name in ((adas, "Ada"), (bens, "Ben")):
                wire.send(type="message", content=f"{name} {number}", is_question=False)
        for wire in (adas, bens):
            wire.until(lambda wire=wire: len(wire.messages()) == 2 * MESSAGES)
    heard = [adas.messages(), bens.messages()]
    stored = list(ChatMessage.objects.order_by("number").values_list("number", "version"))
    assert stored == [(place, place) for place in range(1, 2 * MESSAGES + 1)]
    for messages in heard:
        # One process tells in its order; what comes from two is put in its place by the number.
        assert sorted(each["number"] for each in messages) == list(range(1, 2 * MESSAGES + 1))
        for name in ("Ada", "Ben"):
            own = [each["content"] for each in messages if each["content"].startswith(name)]
            assert own == [f"{name} {number}" for number in range(MESSAGES)]
