"""What moderators do about messages of sessions."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

from peerloop.core.accounts.models import User
from peerloop.core.moderation.kinds import FlaggableKind, Line, declare

from ..sessions.models import SessionMessage
from ..sessions.services.messages import set_hidden

NEIGHBOURS = 3
SESSION_MESSAGE = "session_message"


def load(message_id: UUID) -> SessionMessage | None:
    shown = SessionMessage.objects.for_drawing().select_related("session").filter(deleted_at=None)
    return shown.filter(pk=message_id).first()


def may_see(user: User, message: SessionMessage) -> bool:
    """The two of the session; being of the staff opens the case, not the talk."""
    return not message.is_gone and bool(message.session.party(user))


def context(message: SessionMessage) -> Sequence[Line]:
    """The message among the few before and after it in its session."""
    here = SessionMessage.objects.filter(session=message.session_id, deleted_at=None).for_drawing()
    before = here.filter(number__lt=message.number).order_by("-number")[:NEIGHBOURS]
    after = here.filter(number__gt=message.number).order_by("number")[:NEIGHBOURS]
    return [line(each, message) for each in [*reversed(before), message, *after]]


def line(each: SessionMessage, flagged: SessionMessage) -> Line:
    return Line(
        author=str(each.author),
        text=each.content,
        at=each.created_at,
        flagged=each.pk == flagged.pk,
        pictures=[upload.thumb_url for upload in each.pictures],
    )


def address(message: SessionMessage) -> str:
    """Where the message was written; of a paid session the page of its request, which staff may open."""
    claim = getattr(message.session, "claim", None)
    return claim.request.get_absolute_url() if claim else reverse("summon_session", args=[message.session_id])


declare(
    FlaggableKind(
        name=SESSION_MESSAGE,
        label="Message in a live session",
        load=load,
        may_see=may_see,
        describe=lambda message: message.content,
        context=context,
        author=lambda message: message.author,
        address=address,
        hide=lambda message, by: set_hidden(message_id=message.pk, hidden=True, by=by),
        restore=lambda message, by: set_hidden(message_id=message.pk, hidden=False, by=by),
    )
)
