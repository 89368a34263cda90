"""Asking everybody for help, in writing."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from courses.models import Course
from peerloop.core.accounts.models import User
from peerloop.core.limits import at_most

from ..errors import CourseNotYours
from ..models import HelpRequest
from .drafts import forget_draft
from .news import tell_experts
from .pictures import Picture, hang_request_photos
from .wording import Wanted, check_may_write, checked

HOUR = 3600


@transaction.atomic
def ask_for_help(
    *,
    wanted: Wanted,
    by: User,
    pictures: Sequence[Picture] = (),
    course_id: UUID | None = None,
    draft_token: str = "",
) -> HelpRequest:
    """Ask a free request; whoever knows its category is told, if it is public. The person's draft is over with it.

    The same words again within PEERLOOP.SAME_WORDS_MINUTES give the request that stands. Raises Muted, TooFast,
    CourseNotYours, and what `wording.checked` and `pictures.hang_request_photos` refuse.
    """
    # One's own row is the lock: a double click is two at once.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    check_may_write(by)
    wanted = checked(wanted)
    if standing := _asked_before(wanted, by):
        return standing
    at_most("free help request", by.pk, times=settings.PEERLOOP.REQUESTS_AN_HOUR, seconds=HOUR)
    request = HelpRequest.objects.create(requester=by, course=_course(course_id, by), **asdict(wanted))
    hang_request_photos(request, pictures, by=by)
    forget_draft(by=by, token=draft_token)
    tell_experts(request)
    return request


def _asked_before(wanted: Wanted, by: User) -> HelpRequest | None:
    since = timezone.now() - timedelta(minutes=settings.PEERLOOP.SAME_WORDS_MINUTES)
    mine = HelpRequest.objects.free().live().of(by).filter(created_at__gte=since)
    return mine.filter(title=wanted.title, description=wanted.description, category=wanted.category).first()


def _course(course_id: UUID | None, by: User) -> Course | None:
    if course_id is None:
        return None
    course = Course.objects.joined_by(by).filter(pk=course_id).first()
    if course is None:
        raise CourseNotYours
    return course
