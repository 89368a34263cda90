"""Writing and reading in a session."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from chat.errors import PictureNotYours, TooManyPictures
from peerloop.core.accounts.models import User
from peerloop.core.conversations import services as conversations
from peerloop.core.conversations.log import Draft
from peerloop.core.errors import Refusal
from peerloop.core.limits import wait_between
from peerloop.core.realtime.services import publish
from peerloop.core.uploads.models import Upload

from .. import events
from ..errors import NotInSession, SessionNotThere, SessionOver
from ..models import HelpSession, SessionAttachment, SessionMessage
from ..permissions import can_talk


def post_session_message(
    *,
    session_id: UUID,
    content: str,
    by: User,
    client_id: UUID | None = None,
    attachment_ids: Sequence[UUID] = (),
) -> SessionMessage:
    """Say something in a session that waits or goes on. The same `client_id` again returns the message stored before.

    Raises SessionNotThere, NotInSession, SessionOver, TooFast, Muted, EmptyMessage, MessageTooLong,
    ForbiddenCharacters, PictureNotYours, TooManyPictures, SentDifferently. Tells both parties.
    """
    draft = Draft(
        conversation_id=session_id,
        by=by,
        content=content,
        client_id=client_id or uuid7(),
        may_be_empty=bool(attachment_ids),
    )
    pause = settings.PEERLOOP.SECONDS_BETWEEN_MESSAGES
    wait_between("session message", by.pk, seconds=pause, token=draft.client_id.int)
    try:
        return _post(draft, attachment_ids)
    except IntegrityError:
        return _post(draft, attachment_ids, sent_before=True)


@transaction.atomic
def read_up_to(*, session_id: UUID, number: int, by: User) -> None:
    """Note that `by` has seen everything up to `number`, and tell the other one.

    A lower number than before changes and tells nothing; nor does a number of somebody who is not in the session.
    """
    session = HelpSession.objects.visible_to(by).filter(pk=session_id).only("student", "helper").first()
    column = session and {"student": "student_read", "helper": "helper_read"}.get(session.party(by))
    if not session or not column:
        return
    if HelpSession.objects.filter(pk=session_id, **{f"{column}__lt": number}).update(**{column: number}):
        publish(events.Seen(number=number), to=events.seat(session_id, session.other_id(by)))


@transaction.atomic
def set_hidden(*, message_id: UUID, hidden: bool, by: User) -> SessionMessage:
    """Moderation hides a message or shows it again. Repeating it changes nothing. Raises MessageNotThere."""

    def change(message: SessionMessage) -> Sequence[str]:
        if bool(message.hidden_at) == hidden:
            return ()
        message.hidden_at = timezone.now() if hidden else None
        return ("hidden_at",)

    message = conversations.revise(SessionMessage, message_id, change)
    publish(events.SessionMessageUpdated(data=events.message_data(message)), to=events.session(message.session_id))
    return message


@transaction.atomic
def _post(draft: Draft, attachment_ids: Sequence[UUID], *, sent_before: bool = False) -> SessionMessage:
    session = _locked(draft.conversation_id)
    check = partial(_refusal, session, attachment_ids)
    [(outcome, is_new)] = conversations.append(SessionMessage, [draft], check=check, sent_before=sent_before)
    if isinstance(outcome, Refusal):
        raise outcome
    if is_new:
        _complete(outcome, session)
        publish(events.SessionMessagePosted(data=events.message_data(outcome)), to=events.session(session.pk))
    return outcome


def _locked(session_id: UUID) -> HelpSession:
    rows = HelpSession.objects.select_for_update(of=("self",)).select_related("student", "helper").with_badges()
    session = rows.filter(pk=session_id).first()
    if session is None:
        raise SessionNotThere
    return session


def _refusal(session: HelpSession, attachment_ids: Sequence[UUID], draft: Draft) -> Refusal | None:
    """Why this draft may not be posted; if it may, its pictures are among its fields."""
    if not can_talk(draft.by, session):
        return NotInSession()
    if session.is_over:
        return SessionOver()
    author = session.student if draft.by.pk == session.student_id else session.helper
    return conversations.muted_refusal(author.muted_until) or _show_pictures(draft, attachment_ids)


def _show_pictures(draft: Draft, attachment_ids: Sequence[UUID]) -> Refusal | None:
    if len(attachment_ids) > settings.PEERLOOP.IMAGES_PER_ITEM:
        return TooManyPictures(limit=settings.PEERLOOP.IMAGES_PER_ITEM)
    own = Upload.objects.unattached().filter(owner=draft.by)
    found = own.in_bulk(list(attachment_ids)) if attachment_ids else {}
    if len(found) != len(attachment_ids):
        return PictureNotYours()
    pictures = [found[upload_id] for upload_id in attachment_ids]
    draft.fields["picture_sizes"] = [(str(each.pk), each.width, each.height) for each in pictures]
    return None


def _complete(message: SessionMessage, session: HelpSession) -> None:
    """Say whether its author has the badge, and make its pictures its own."""
    message.teaches = session.student_teaches if message.author_id == session.student_id else session.helper_teaches
    rows = [SessionAttachment(message=message, upload_id=picture.pk) for picture in message.pictures]
    if rows:
        SessionAttachment.objects.bulk_create(rows)
        Upload.objects.mark_attached(row.upload_id for row in rows)
