"""Who hears of what: the room through events, single people through notices. All after commit."""

import re
from uuid import UUID

from peerloop.core.accounts.models import User
from peerloop.core.notifications.services import notify, withdraw
from peerloop.core.realtime.services import Letter, publish

from .. import events
from ..models import ChatMessage, RoomParticipant
from ..permissions import participants_among
from ..queries import add_givers, online_helpers, pending_questions

MENTION = re.compile(r"(?<![\w@])@([a-z0-9][a-z0-9_.-]{1,29})", re.IGNORECASE)
QUOTED_CHARACTERS = 140


def tell_posted(message: ChatMessage) -> None:
    """Tell the room of a new message, its mentioned people and the author of the question it answers."""
    told = _notify_mentioned(message)
    if message.reply_to and message.reply_to.author_id not in told:
        _notify_asker(message)
    event, room, drawn = posted_letter(message)
    publish(event, to=room, draw=drawn)


def posted_letter(message: ChatMessage) -> Letter:
    """What a room is told of a new message: the event, its group and what it draws with."""
    event = events.MessagePosted(data=events.message_data(message))
    return event, events.room(message.room_id), {"message": message}


def tell_changed(message: ChatMessage) -> None:
    """Tell the room what became of a message, read `for_drawing`."""
    add_givers([message])
    event = events.MessageUpdated(data=events.message_data(message))
    publish(event, to=events.room(message.room_id), draw={"message": message})


def tell_queue(course_id: UUID) -> None:
    """Tell the room which questions are pending now."""
    pending = pending_questions(course_id)
    event = events.QueueChanged(question_ids=[each.pk for each in pending])
    publish(event, to=events.room(course_id), draw={"pending": pending, "course_id": course_id})


def tell_helpers(course_id: UUID) -> None:
    """Tell the room which Student-Teachers are online, and who of them is available."""
    helpers = online_helpers(course_id)
    event = events.HelpersChanged(helper_ids=[each.user.pk for each in helpers])
    publish(event, to=events.room(course_id), draw={"online_helpers": helpers, "course_id": course_id})


def withdraw_notices(message: ChatMessage) -> None:
    """Take back what single people were told of a message that is gone: its text must not stay in their bells."""
    withdraw(keys=[f"{kind}:{message.pk}" for kind in ("chat_mention", "chat_answer")])


def _notify_mentioned(message: ChatMessage) -> set[UUID]:
    names = {name.lower().rstrip(".-_") for name in MENTION.findall(message.content)}
    if not names:
        return set()
    mentioned = set(User.objects.people().filter(username__in=names).values_list("pk", flat=True))
    here = {user_id for user_id, _ in participants_among(mentioned, [message.room_id])}
    return _notify("chat_mention", message, here - {message.author_id})


def _notify_asker(message: ChatMessage) -> None:
    question = message.reply_to
    if question and question.author_id != message.author_id:
        _notify("chat_answer", message, {question.author_id}, about=f"chat_message:{question.pk}")


def _notify(kind: str, message: ChatMessage, people: set[UUID], *, about: str = "") -> set[UUID]:
    muted = RoomParticipant.objects.filter(room=message.room_id, user__in=people, tell=RoomParticipant.Tell.NOTHING)
    to = people - set(muted.values_list("user_id", flat=True))
    if to:
        notify(
            kind=kind,
            to=to,
            by=message.author,
            description=message.content[:QUOTED_CHARACTERS],
            target=message.get_absolute_url(),
            key=f"{kind}:{message.pk}",
            about=about,
        )
    return to
