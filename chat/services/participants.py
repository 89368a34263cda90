"""What one person keeps of a room: how far it was read, what to be told."""

from uuid import UUID

from peerloop.core.accounts.models import User
from peerloop.core.conversations.services import mark_read

from ..models import Room, RoomParticipant


def participant(*, room: Room, by: User) -> RoomParticipant:
    """The person's row for this room, made on the first visit with everything up to now counted as read."""
    return RoomParticipant.objects.get_or_create(room=room, user=by, defaults={"read_number": room.last_number})[0]


def read_up_to(*, course_id: UUID, number: int, by: User) -> None:
    """Note that `by` has seen everything up to `number`; a lower number than before changes nothing."""
    mark_read(RoomParticipant.objects.filter(room=course_id, user=by), number=number)


def choose_notices(*, room: Room, tell: RoomParticipant.Tell, by: User) -> RoomParticipant:
    """Be told of all messages, of mentions only, or of nothing in this room."""
    row = participant(room=room, by=by)
    row.tell = tell
    row.save(update_fields=["tell"])
    return row
