"""What Course Chat tells people in the bell."""

from courses.models import Course
from peerloop.core.notifications.kinds import Kind, declare
from peerloop.core.notifications.models import Notification

from .models import ChatMessage
from .permissions import can_enter


def still_there(notification: Notification) -> bool:
    """The message was neither deleted nor hidden, and its reader is still in the room."""
    message = ChatMessage.objects.shown().filter(pk=notification.key.partition(":")[2]).first()
    return message is not None and can_enter(notification.recipient, Course(pk=message.room_id))


def still_in_room(notification: Notification) -> bool:
    return can_enter(notification.recipient, Course(pk=notification.data["course_id"]))


declare(
    Kind(
        name="chat_mention",
        label="Mentions of me in Course Chat",
        title="{by} mentioned you",
        icon="at",
        tone="plum",
        email_default=True,
        push_default=True,
        may_mail=still_there,
    )
)
declare(
    Kind(
        name="chat_answer",
        label="Answers to my questions in Course Chat",
        title="{by} answered your question",
        icon="chat-left-text",
        tone="lake",
        email_default=True,
        push_default=True,
        may_mail=still_there,
    )
)
declare(
    Kind(
        name="chat_messages",
        label="New messages in rooms I have opened",
        title="New messages in {course}",
        icon="chat-dots",
        may_mail=still_in_room,
    )
)
