"""The JSON door of points."""

from datetime import datetime
from uuid import UUID

from ninja import Router, Schema
from pydantic import StrictInt

from peerloop.core.accounts.requests import CallerRequest

from . import queries, services

router = Router(tags=["goodwill"])


class Award(Schema):
    """`points` may be left out: the reason then decides, 5 for `chat_help`."""

    recipient_id: UUID
    points: StrictInt | None = None
    reason: str
    reference_id: UUID


class Booked(Schema):
    id: UUID
    from_user_id: UUID
    to_user_id: UUID
    points: int
    reason: str
    reference_id: UUID
    created_at: datetime


class Awarded(Schema):
    transaction: Booked
    balance: int


class Balance(Schema):
    balance: int
    received_total: int


class Transactions(Schema):
    """Newest first; `older` is the `before` of the next page, or null at the end."""

    transactions: list[Booked]
    older: str | None


class Problem(Schema):
    error: str


@router.post("/award", response={200: Awarded, 400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem})
def award(request: CallerRequest, wanted: Award) -> Awarded:
    """Give points of the caller's own to somebody who helped."""
    booked = services.award_points(by=request.auth, **wanted.dict())
    return Awarded(transaction=Booked.from_orm(booked), balance=queries.balance_of(request.auth))


@router.get("/balance", response={200: Balance, 401: Problem})
def balance(request: CallerRequest) -> Balance:
    """What the caller has to give, and has been given over all time."""
    caller = request.auth
    return Balance(balance=queries.balance_of(caller), received_total=queries.received_total(caller))


@router.get("/transactions", response={200: Transactions, 400: Problem, 401: Problem})
def transactions(request: CallerRequest, before: str | None = None) -> Transactions:
    """The caller's own transactions, a page at a time."""
    page = queries.transactions_of(request.auth, before=before)
    return Transactions(transactions=[Booked.from_orm(each) for each in page.rows], older=page.older)
