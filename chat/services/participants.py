"""What one person keeps of a room: how far it was read, what to be told."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.conversations.services import mark_read
from peerloop.core.notifications.services import notify
from peerloop.core.presence.leases import online

from ..events import room as room_group
from ..models import ChatMessage, Room, RoomParticipant
from ..permissions import participants_among

# A message is worth a notice once it has gone unread for a while, and only if it is fresh.
UNREAD_FOR = timedelta(minutes=1)
FRESH_FOR = timedelta(hours=1)
QUOTED_CHARACTERS = 120


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


def tell_of_unread() -> int:
    """Tell who has messages waiting in rooms that want all told: one notice for each room and absence.

    Run every minute by the worker; nothing is written per message and member. Returns how many people were told.
    A second run tells nobody again until they have read and new messages wait.
    """
    now = timezone.now()
    fresh = ChatMessage.objects.shown().filter(created_at__gt=now - FRESH_FOR, created_at__lte=now - UNREAD_FOR)
    rooms = Room.objects.filter(messages__in=fresh).distinct().select_related("course")
    return sum(_tell_room(room) for room in rooms)


@transaction.atomic
def _tell_room(room: Room) -> int:
    last = ChatMessage.objects.shown().filter(room=room).select_related("author").order_by("-number").first()
    if last is None:
        return 0
    waiting = RoomParticipant.objects.filter(room=room, tell=RoomParticipant.Tell.ALL, read_number__lt=last.number)
    waiting = waiting.filter(told_number__lte=F("read_number")).exclude(user=last.author_id)
    away = set(waiting.values_list("user_id", flat=True)) - online(room_group(room.pk))
    people = {user_id for user_id, _ in participants_among(away, [room.pk])}
    if people:
        RoomParticipant.objects.filter(room=room, user__in=people).update(told_number=last.number)
        notify(
            kind="chat_messages",
            to=people,
            by=None,
            description=f"{last.author}: {last.content[:QUOTED_CHARACTERS]}",
            target=room.get_absolute_url(),
            key=f"chat_messages:{room.pk}:{last.number}",
            data={"course": room.course.title, "course_id": str(room.pk)},
        )
    return len(people)
