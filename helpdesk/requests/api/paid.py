"""The JSON door of paid requests: customers follow and withdraw; helpers take one and go through its session."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.urls import reverse
from ninja import Router, Schema

from peerloop.core.accounts.models import User
from peerloop.core.accounts.requests import CallerRequest
from peerloop.core.conversations.payloads import Person, person
from peerloop.core.errors.replies import REFUSALS

from ...sessions.call import IceServer, ice_servers
from ...sessions.errors import SessionNotThere
from ..errors import OnlyHelpersClaim, RequestNotThere
from ..models import HelpRequest, ProblemReport
from ..queries.paid import offers_to, performance_of, standing_of, talk_of
from ..services import claiming, holding, problems, requesting, solving

router = Router(tags=["paid requests"])


class StandingOut(Schema):
    """A paid request as its customer watches it."""

    id: UUID
    title: str
    description: str
    category: str
    amount: int
    status: str
    # to_pay, being_paid, waiting, claimed, active or over; `ending` says why it is over.
    stage: str
    ending: str
    payment_status: str
    # Whether the money is on hold now; not any more from the hold's end on.
    is_held: bool
    # The page on which the customer gives a card; empty once there is nothing to pay.
    payment_url: str
    created_at: datetime
    updated_at: datetime
    dispatched_at: datetime | None
    # Until when a helper can take it.
    expires_at: datetime | None
    helpers_told: int
    helper: Person | None
    session_id: UUID | None


class OfferOut(Schema):
    """A paid request that the caller can take."""

    id: UUID
    category: str
    description: str
    amount: int
    created_at: datetime
    expires_at: datetime | None


class OffersOut(Schema):
    requests: list[OfferOut]


class ProblemOut(Schema):
    """What the customer reported, and what staff decided. `text` is for the customer alone; `amount` is in cents."""

    text: str
    # open, refunded or declined; `note` is what staff say of it.
    state: str
    amount: int
    note: str
    created_at: datetime
    decided_at: datetime | None


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
    # None while nothing was reported; the helper learns of a report once it is decided.
    problem: ProblemOut | None


class PerformanceOut(Schema):
    """`completed_sessions` counts every session that was held; the rest is of paid ones."""

    completed_sessions: int
    outcomes: dict[str, int]
    given_back: int
    # How long they lasted together.
    seconds: int
    # The mean of what customers said, 1 to 5, and how many did.
    rating: float | None
    ratings: int


class OutcomeIn(Schema):
    outcome: Literal["resolved", "unresolved", "escalated"]
    notes: str = ""


class RatedIn(Schema):
    """From 1 to 5; `words` may say why, and without them those of before stay."""

    rating: int
    words: str | None = None


class RatedOut(Schema):
    rating: int
    words: str


class ReportIn(Schema):
    text: str


@router.get("/help/requests/offers", response={200: OffersOut, **REFUSALS})
def offers(request: CallerRequest) -> OffersOut:
    """What the caller, a helper, can take now, the longest waiting first."""
    if not request.auth.is_helper:
        raise OnlyHelpersClaim
    return OffersOut(requests=[offer_out(each.request) for each in offers_to(request.auth)])


@router.get("/help/performance", response={200: PerformanceOut, **REFUSALS})
def performance(request: CallerRequest) -> PerformanceOut:
    """What the sessions of the caller, a helper, came to."""
    if not request.auth.is_helper:
        raise OnlyHelpersClaim
    done = performance_of(request.auth)
    return PerformanceOut(
        completed_sessions=done.completed,
        outcomes=done.outcomes,
        given_back=done.given_back,
        seconds=done.seconds,
        rating=done.rating,
        ratings=done.ratings,
    )


@router.get("/help/requests/{uuid:request_id}/standing", response={200: StandingOut, **REFUSALS})
def standing(request: CallerRequest, request_id: UUID) -> StandingOut:
    """Where a paid request of the caller stands."""
    return standing_out(request_id, request.auth)


@router.post("/help/requests/{uuid:request_id}/withdraw", response={200: StandingOut, **REFUSALS})
def withdraw(request: CallerRequest, request_id: UUID) -> StandingOut:
    """Ask for nothing any more; the hold on the card is released."""
    requesting.withdraw_request(request_id=request_id, by=request.auth)
    return standing_out(request_id, request.auth)


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


@router.post("/help/sessions/{uuid:session_id}/rating", response={200: RatedOut, **REFUSALS})
def rate(request: CallerRequest, session_id: UUID, body: RatedIn) -> RatedOut:
    """The customer says how the help was once the session is complete; again changes it."""
    seen = talk_of(session_id, request.auth)
    if seen is None:
        raise SessionNotThere
    rated = solving.rate_help(request_id=seen.request.pk, by=request.auth, **body.model_dump())
    return RatedOut(rating=rated.rating or 0, words=rated.rating_words)


@router.post("/help/sessions/{uuid:session_id}/report", response={200: ProblemOut, **REFUSALS})
def report(request: CallerRequest, session_id: UUID, body: ReportIn) -> ProblemOut:
    """The customer says what went wrong in a session that was paid; a second time answers how the report stands."""
    reported = problems.report_problem(session_id=session_id, by=request.auth, **body.model_dump())
    return problem_out(reported, is_helper=False)


def standing_out(request_id: UUID, viewer: User) -> StandingOut:
    found = standing_of(request_id, viewer)
    if found is None:
        raise RequestNotThere
    asked, helper = found.request, found.request.assigned_helper
    may_pay = found.payment is not None and found.payment.is_open and not asked.is_over
    names = ("title", "description", "category", "status", "ending", "payment_status", "created_at", "updated_at")
    return StandingOut(
        id=asked.pk,
        amount=asked.amount or 0,
        stage=found.stage,
        is_held=found.is_held,
        payment_url=reverse("payment", args=[found.payment.pk]) if found.payment and may_pay else "",
        dispatched_at=asked.dispatched_at,
        expires_at=asked.expires_at,
        helpers_told=asked.helpers_told,
        helper=person(helper, is_student_teacher=False) if helper else None,
        session_id=found.claim.session_id if found.claim and found.session_page else None,
        **{name: getattr(asked, name) for name in names},
    )


def offer_out(asked: HelpRequest) -> OfferOut:
    names = ("category", "description", "created_at", "expires_at")
    return OfferOut(id=asked.pk, amount=asked.amount or 0, **{name: getattr(asked, name) for name in names})


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
        problem=problem_out(seen.problem, is_helper=seen.is_helper) if seen.problem else None,
    )


def problem_out(reported: ProblemReport, *, is_helper: bool) -> ProblemOut:
    return ProblemOut(
        text="" if is_helper else reported.text,
        state=reported.state,
        amount=reported.amount,
        note=reported.note,
        created_at=reported.created_at,
        decided_at=reported.decided_at,
    )
