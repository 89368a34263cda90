"""What moderators do about messages, and who may see the pictures in them."""

from collections.abc import Sequence
from uuid import UUID

from peerloop.core.accounts.models import User
from peerloop.core.moderation.kinds import FlaggableKind, Line, declare
from peerloop.core.uploads.models import Upload
from peerloop.core.uploads.viewers import viewers

from .models import ChatMessage
from .permissions import can_enter
from .services.messages import set_hidden

NEIGHBOURS = 3


def load(message_id: UUID) -> ChatMessage | None:
    return (
        ChatMessage.objects.for_drawing().select_related("room__course").filter(pk=message_id, deleted_at=None).first()
    )


def may_see(user: User, message: ChatMessage) -> bool:
    return not message.is_gone and can_enter(user, message.room.course)


def context(message: ChatMessage) -> Sequence[Line]:
    """The message among the few before and after it in its room."""
    here = ChatMessage.objects.filter(room=message.room_id, deleted_at=None).for_drawing()
    before = here.filter(number__lt=message.number).order_by("-number")[:NEIGHBOURS]
    after = here.filter(number__gt=message.number).order_by("number")[:NEIGHBOURS]
    return [line(each, message) for each in [*reversed(before), message, *after]]


def line(each: ChatMessage, flagged: ChatMessage) -> Line:
    return Line(
        author=str(each.author),
        text=each.content,
        at=each.created_at,
        flagged=each.pk == flagged.pk,
        pictures=[upload.thumb_url for upload in each.pictures],
    )


def may_see_picture(user: User, upload: Upload) -> bool:
    """Whoever may read the message; of a hidden one only moderators."""
    message = ChatMessage.objects.select_related("room__course").filter(attachments__upload=upload).first()
    if message is None or message.deleted_at:
        return False
    return user.is_staff or may_see(user, message)


declare(
    FlaggableKind(
        name="chat_message",
        label="Message in Course Chat",
        load=load,
        may_see=may_see,
        describe=lambda message: message.content,
        context=context,
        author=lambda message: message.author,
        address=lambda message: message.get_absolute_url(),
        hide=lambda message, by: set_hidden(message_id=message.pk, hidden=True, by=by),
        restore=lambda message, by: set_hidden(message_id=message.pk, hidden=False, by=by),
    )
)
viewers.add("chat_message", may_see_picture)
