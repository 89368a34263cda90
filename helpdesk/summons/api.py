"""The JSON door of Summon Help."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status

from courses.models import Course
from courses.permissions import is_certified
from peerloop.core.accounts.requests import CallerRequest
from peerloop.core.conversations.payloads import Person, person
from peerloop.core.errors.replies import REFUSALS
from peerloop.core.realtime import tokens

from ..sessions.call import IceServer, ice_servers
from ..sessions.events import SessionMessageData, message_data
from ..sessions.queries import messages_of
from ..sessions.services.calls import callable_session, start_video
from . import queries
from .calls import call_url
from .errors import SummonsNotThere
from .models import HelpSummons
from .permissions import check_can_summon
from .services import answering, calling, ending, offers

router = Router(tags=["summons"])


class HelpersOut(Schema):
    helpers: list[Person]
    count: int


class RequestIn(Schema):
    course_id: UUID
    module_id: UUID | None = None
    message: str = ""


class RequestedOut(Schema):
    request_id: UUID
    available_helpers: int
    user_token: str


class AcceptedOut(Schema):
    request_id: UUID
    status: str
    helper_id: UUID
    student: Person
    user_token: str


class DeclinedOut(Schema):
    request_id: UUID
    answer: str


class CancelledOut(Schema):
    request_id: UUID
    status: str


class CompleteIn(Schema):
    """`duration_seconds` is taken and not believed: the server's clock decides."""

    ended_by: Literal["student", "helper"] | None = None
    duration_seconds: int | None = None


class CompletedOut(Schema):
    eligible_for_points: bool
    suggested_points: int
    # Whole seconds, by the server's clock.
    duration: int


class VideoOut(Schema):
    """Where the call is, and by which servers a browser may find the other one."""

    request_id: UUID
    url: str
    ice_servers: list[IceServer]


class SummonsOut(Schema):
    request_id: UUID
    status: str
    course_id: UUID
    module_id: UUID | None
    message: str
    student_id: UUID
    helper: Person | None
    available_helpers: int
    created_at: datetime
    expires_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    # Whole seconds of the session until now, or until it ended.
    duration: int
    eligible_for_points: bool
    suggested_points: int
    version: int
    messages: list[SessionMessageData]


@router.get("/courses/{uuid:course_id}/helpers/available", response={200: HelpersOut, **REFUSALS})
def available(request: CallerRequest, course_id: UUID) -> HelpersOut:
    """Who the caller can summon in the course now."""
    course = get_object_or_404(Course.objects.visible_to(request.auth), pk=course_id)
    check_can_summon(request.auth, course)
    helpers = [person(each, is_student_teacher=True) for each in queries.available_helpers(course, request.auth)]
    return HelpersOut(helpers=helpers, count=len(helpers))


@router.post("/help/request", response={201: RequestedOut, **REFUSALS})
def request_help(request: CallerRequest, body: RequestIn) -> Status[RequestedOut]:
    """Call the helpers of a course; while a summons of the caller stands, answer with that one."""
    summons = calling.request_help(by=request.auth, **body.model_dump())
    token = token_for(request, summons)
    return Status(
        201, RequestedOut(request_id=summons.pk, available_helpers=summons.helpers_available, user_token=token)
    )


@router.get("/help/{uuid:summons_id}", response={200: SummonsOut, **REFUSALS})
def state(request: CallerRequest, summons_id: UUID, since: int = 0) -> SummonsOut:
    """Where a summons of the caller stands, and what was said; with `since`, only what changed after that version."""
    summons = HelpSummons.objects.visible_to(request.auth).with_all().filter(pk=summons_id).first()
    if summons is None:
        raise SummonsNotThere
    session, come_of = summons.session, ending.completion(summons)
    return SummonsOut(
        request_id=summons.pk,
        status=summons.status,
        course_id=summons.course_id,
        module_id=summons.module_id,
        message=summons.message,
        student_id=summons.student_id,
        helper=person(summons.responder, is_student_teacher=True) if summons.responder else None,
        available_helpers=summons.helpers_available,
        created_at=summons.created_at,
        expires_at=summons.expires_at,
        started_at=session.started_at if session else None,
        ended_at=session.ended_at if session else None,
        duration=come_of.duration,
        eligible_for_points=summons.is_eligible,
        suggested_points=come_of.suggested,
        version=session.version if session else 0,
        messages=[message_data(each) for each in messages_of(summons.pk, since=since)] if session else [],
    )


@router.post("/help/{uuid:summons_id}/accept", response={200: AcceptedOut, **REFUSALS})
def accept(request: CallerRequest, summons_id: UUID) -> AcceptedOut:
    """Answer a summons; the first of many gets it."""
    summons = answering.accept_summons(summons_id=summons_id, by=request.auth)
    return AcceptedOut(
        request_id=summons.pk,
        status=summons.status,
        helper_id=request.auth.pk,
        student=person(summons.student, is_student_teacher=is_certified(summons.student, summons.course)),
        user_token=token_for(request, summons),
    )


@router.post("/help/{uuid:summons_id}/decline", response={200: DeclinedOut, **REFUSALS})
def decline(request: CallerRequest, summons_id: UUID) -> DeclinedOut:
    """Let others answer; the caller is not told of this summons again."""
    offer = offers.decline_offer(summons_id=summons_id, by=request.auth)
    return DeclinedOut(request_id=offer.summons_id, answer=offer.answer)


@router.post("/help/{uuid:summons_id}/cancel", response={200: CancelledOut, **REFUSALS})
def cancel(request: CallerRequest, summons_id: UUID) -> CancelledOut:
    """Stop waiting."""
    summons = calling.cancel_summons(summons_id=summons_id, by=request.auth)
    return CancelledOut(request_id=summons.pk, status=summons.status)


@router.post("/help/{uuid:summons_id}/video", response={200: VideoOut, **REFUSALS})
def video(request: CallerRequest, summons_id: UUID) -> VideoOut:
    """Open the video call of a session, also of a paid one; again answers the same, with credentials that are fresh."""
    url = callable_session(summons_id, request.auth).customer_join_url or call_url(summons_id)
    start_video(session_id=summons_id, url=url, by=request.auth)
    return VideoOut(request_id=summons_id, url=url, ice_servers=ice_servers(request.auth))


@router.post("/help/{uuid:summons_id}/complete", response={200: CompletedOut, **REFUSALS})
def complete(request: CallerRequest, summons_id: UUID, body: CompleteIn) -> CompletedOut:
    """End the session; a second time answers the same."""
    done = ending.complete_summons(summons_id=summons_id, by=request.auth, **body.model_dump())
    return CompletedOut(eligible_for_points=done.eligible, suggested_points=done.suggested, duration=done.duration)


def token_for(request: CallerRequest, summons: HelpSummons) -> str:
    """A token that opens the caller's socket of this summons."""
    return tokens.issue(user_id=request.auth.pk, room=summons.pk, session=request.session.session_key or "")
