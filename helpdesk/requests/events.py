"""What a paid request tells its customer, its helper, and the helpers who could take it; a free one, who reads it.

All are hints: the page that hears one reads its part anew, and the database says how things stand.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from peerloop.core.conversations.payloads import Person, person
from peerloop.core.realtime.event import Event

from ..sessions.models import HelpSession
from .models import Claim, HelpRequest


def request(request_id: UUID) -> str:
    """The group of the open status pages of a paid request."""
    return f"request.{request_id}"


def thread(request_id: UUID) -> str:
    """The group of the open pages of a free request."""
    return f"thread.{request_id}"


class RequestOpen(Event):
    """`request_open`: a paid request waits for a helper, for the first time or again."""

    name: ClassVar[str] = "request_open"
    heard_by: ClassVar[str] = "available helpers but its customer, on any page"
    request_id: UUID
    category: str
    description: str
    amount: int
    created_at: datetime


class RequestTaken(Event):
    """`request_taken`: a paid request does not wait any more: a helper has claimed it, or it is over."""

    name: ClassVar[str] = "request_taken"
    heard_by: ClassVar[str] = "all helpers but its customer, on any page"
    request_id: UUID


class RequestUpdated(Event):
    """`request_updated`: a paid request stands differently: its status, its payment or its helper has changed."""

    name: ClassVar[str] = "request_updated"
    heard_by: ClassVar[str] = "the customer of a paid request; its helper while there is one"
    request_id: UUID
    status: str
    payment_status: str
    ending: str
    helper: Person | None
    session_id: UUID | None


class SessionUpdated(Event):
    """`session_updated`: the session of a paid request waits, goes on or has ended."""

    name: ClassVar[str] = "session_updated"
    heard_by: ClassVar[str] = "the customer of a paid request, and the helper of the session"
    session_id: UUID
    request_id: UUID
    status: str
    started_at: datetime | None
    ended_at: datetime | None
    duration: int | None
    outcome: str
    customer_join_url: str


class ThreadChanged(Event):
    """`thread_changed`: a free request, its marks, its responses or their votes have changed."""

    name: ClassVar[str] = "thread_changed"
    heard_by: ClassVar[str] = "whoever may see a free request and has it open"
    request_id: UUID


def opened(found: HelpRequest, description: str) -> RequestOpen:
    return RequestOpen(
        request_id=found.pk,
        category=found.category,
        description=description,
        amount=found.amount or 0,
        created_at=found.created_at,
    )


def updated(found: HelpRequest, claim: Claim | None) -> RequestUpdated:
    """Of a request and the claim that is live, or was the last to be."""
    helper = found.assigned_helper
    return RequestUpdated(
        request_id=found.pk,
        status=found.status,
        payment_status=found.payment_status,
        ending=found.ending,
        helper=person(helper, is_student_teacher=False) if helper else None,
        session_id=claim.session_id if claim else None,
    )


def session_updated(session: HelpSession, request_id: UUID) -> SessionUpdated:
    return SessionUpdated(
        session_id=session.pk,
        request_id=request_id,
        status=session.status,
        started_at=session.started_at,
        ended_at=session.ended_at,
        duration=session.duration,
        outcome=session.outcome,
        customer_join_url=session.customer_join_url,
    )
