"""The JSON door of paid requests: withdraw one, take one, and go through its session."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Router, Schema

from peerloop.core.accounts.models import User
from peerloop.core.accounts.requests import CallerRequest
from peerloop.core.conversations.payloads import Person, person
from peerloop.core.errors.replies import REFUSALS

from ...sessions.call import IceServer, ice_servers
from ...sessions.errors import SessionNotThere
from ..queries.paid import talk_of
from ..services import claiming, holding, requesting

router = Router(tags=["paid requests"])


class WithdrawnOut(Schema):
    request_id: UUID
    status: str
    payment_status: str


class SessionOut(Schema):
    """The session of a paid request, for its two people. `notes` are the helper's own."""

    id: UUID
    request_id: UUID
    helper_id: UUID
    helper: Person
    customer: Person
    status: str
    started_at: datetime | None
    ended_at: datetime | None
    # Whole seconds, by the server's clock; none before the end, nor of a session that never started.
    duration: int | None
    outcome: str
    notes: str
    customer_join_url: str
    ice_servers: list[IceServer]
    # Until when the helper can start it.
    start_by: datetime
    request_status: str
    payment_status: str


class OutcomeIn(Schema):
    outcome: Literal["resolved", "unresolved", "escalated"]
    notes: str = ""


@router.post("/help/requests/{uuid:request_id}/withdraw", response={200: WithdrawnOut, **REFUSALS})
def withdraw(request: CallerRequest, request_id: UUID) -> WithdrawnOut:
    """Ask for nothing any more; the hold on the card is released."""
    done = requesting.withdraw_request(request_id=request_id, by=request.auth)
    return WithdrawnOut(request_id=done.pk, status=done.status, payment_status=done.payment_status)


@router.post("/help/requests/{uuid:request_id}/claim", response={200: SessionOut, **REFUSALS})
def claim(request: CallerRequest, request_id: UUID) -> SessionOut:
    """Take a paid request; of many the first gets it."""
    session = claiming.claim_request(request_id=request_id, by=request.auth)
    return session_out(session.pk, request.auth)


@router.get("/help/sessions/{uuid:session_id}", response={200: SessionOut, **REFUSALS})
def session(request: CallerRequest, session_id: UUID) -> SessionOut:
    """Where the session stands."""
    return session_out(session_id, request.auth)


@router.post("/help/sessions/{uuid:session_id}/start", response={200: SessionOut, **REFUSALS})
def start(request: CallerRequest, session_id: UUID) -> SessionOut:
    """The helper begins."""
    holding.start_session(session_id=session_id, by=request.auth)
    return session_out(session_id, request.auth)


@router.post("/help/sessions/{uuid:session_id}/give-back", response={200: SessionOut, **REFUSALS})
def give_back(request: CallerRequest, session_id: UUID) -> SessionOut:
    """The helper lets somebody else take the request."""
    claiming.give_back_claim(session_id=session_id, by=request.auth)
    return session_out(session_id, request.auth)


@router.post("/help/sessions/{uuid:session_id}/outcome", response={200: SessionOut, **REFUSALS})
def outcome(request: CallerRequest, session_id: UUID, body: OutcomeIn) -> SessionOut:
    """The helper ends the session and says how it went; a second time answers the same."""
    holding.complete_session(session_id=session_id, by=request.auth, **body.model_dump())
    return session_out(session_id, request.auth)


def session_out(session_id: UUID, viewer: User) -> SessionOut:
    seen = talk_of(session_id, viewer)
    if seen is None:
        raise SessionNotThere
    session, found, helper = seen.session, seen.request, seen.claim.helper
    return SessionOut(
        id=session.pk,
        request_id=found.pk,
        helper_id=helper.pk,
        helper=person(helper, is_student_teacher=False),
        customer=person(found.requester, is_student_teacher=False),
        status=session.status,
        started_at=session.started_at,
        ended_at=session.ended_at,
        duration=session.duration,
        outcome=session.outcome,
        notes=session.notes if seen.is_helper else "",
        customer_join_url=session.customer_join_url,
        ice_servers=ice_servers(viewer),
        start_by=seen.claim.start_by,
        request_status=found.status,
        payment_status=found.payment_status,
    )
