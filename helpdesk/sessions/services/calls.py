"""The video call of a session: that it was opened is noted, what the browsers agree on is nobody's but theirs."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.realtime.services import publish

from .. import events
from ..errors import NotInSession, SessionNotThere, SessionOver
from ..models import HelpSession
from ..permissions import can_talk


@transaction.atomic
def start_video(*, session_id: UUID, url: str, by: User) -> HelpSession:
    """Note that the talk of the two goes on by video at `url`, and tell both. The first time counts and is told.

    Raises SessionNotThere, NotInSession, SessionOver.
    """
    session = callable_session(session_id, by)
    opened = HelpSession.objects.live().filter(pk=session_id, video_started_at=None)
    if opened.update(video_started_at=timezone.now()):
        session.refresh_from_db(fields=["video_started_at"])
        publish(events.VideoStarted(url=url), to=events.session(session_id))
    return session


def callable_session(session_id: UUID, by: User) -> HelpSession:
    """The session if `by` may call in it now: one that waits to be started can be awaited in the call.

    Raises SessionNotThere, NotInSession, SessionOver.
    """
    session = HelpSession.objects.filter(pk=session_id).first()
    if session is None:
        raise SessionNotThere
    if not can_talk(by, session):
        raise NotInSession
    if session.is_over:
        raise SessionOver
    return session
