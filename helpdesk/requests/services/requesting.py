"""A customer asks for help for money, and may withdraw until the session has begun."""

from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from peerloop.core.accounts.models import User
from peerloop.core.conversations.errors import ForbiddenCharacters
from peerloop.core.conversations.log import clean
from peerloop.core.conversations.services import UNSEEN, muted_refusal
from peerloop.core.limits import at_most
from peerloop.core.payments.services.opening import open_payment

from ..categories import Category
from ..errors import (
    BeingHelped,
    DescriptionMissing,
    DescriptionTooLong,
    NotYourRequest,
    RequestNotThere,
    RequestOver,
    UnknownCategory,
)
from ..models import HelpRequest
from ..models.requests import TITLE_CHARACTERS
from ..permissions.paid import can_withdraw
from ..queries.paid import PURPOSE
from .closing import close
from .locking import live_claim, locked_with_payment

Ending = HelpRequest.Ending


@transaction.atomic
def request_paid_help(
    *, category: str, description: str, amount: int, by: User, request_id: UUID | None = None
) -> HelpRequest:
    """Ask for help for `amount` cents. It is dispatched once the customer has put the money on hold.

    `queries.paid.payment_of` gives the payment on whose page that is done. The same `request_id` again, or the same
    words while those wait for their money, return what stands. Raises PaymentsOff, OutOfBounds, UnknownCategory,
    DescriptionMissing, DescriptionTooLong, ForbiddenCharacters, Muted, TooFast (more than PEERLOOP.REQUESTS_AN_HOUR),
    NotYourPayment or RequestNotThere (the id is somebody else's).
    """
    if standing := _asked_before(request_id, by):
        return standing
    if category not in Category:
        raise UnknownCategory
    text = _words(description, by)
    # Pressed twice at once is asked twice, one after the other.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if standing := _asked_before(request_id, by) or _still_to_pay(by, category, text, amount):
        return standing
    key = request_id or uuid7()
    open_payment(purpose=PURPOSE, subject_id=key, amount=amount, by=by)
    about = {"title": title_of(text), "description": text, "category": category, "amount": amount}
    try:
        with transaction.atomic():
            request = HelpRequest.objects.create(pk=key, requester=by, **about)
    except IntegrityError:  # the id of something else
        raise RequestNotThere from None
    at_most("paid request", by.pk, times=settings.PEERLOOP.REQUESTS_AN_HOUR, seconds=3600)
    return request


@transaction.atomic
def withdraw_request(*, request_id: UUID, by: User) -> HelpRequest:
    """Ask for nothing any more: the hold is let go. Withdrawing again changes nothing.

    Possible until the session has begun. Raises RequestNotThere, NotYourRequest, BeingHelped, RequestOver.
    """
    _refuse_others(request_id, by)
    request = locked_with_payment(request_id)
    if request.ending == Ending.WITHDRAWN:
        return request
    if request.is_over:
        raise RequestOver
    claim = live_claim(request)
    if claim and claim.session.is_active:
        raise BeingHelped
    close(request, Ending.WITHDRAWN, by=by)
    return request


def title_of(description: str) -> str:
    """The first line of a description, cut at a word where it is too long for a title."""
    line = description.partition("\n")[0].strip()
    if len(line) <= TITLE_CHARACTERS:
        return line
    kept = line[:TITLE_CHARACTERS]
    return f"{kept[:-1].rpartition(' ')[0] or kept[:-1]}…"


def _words(description: str, by: User) -> str:
    text = clean(description)
    if refusal := muted_refusal(by.muted_until):
        raise refusal
    if not text:
        raise DescriptionMissing
    if UNSEEN.search(text):
        raise ForbiddenCharacters
    limit = settings.PEERLOOP.HELP_REQUEST_CHARACTERS
    if len(text) > limit:
        raise DescriptionTooLong(length=len(text), limit=limit)
    return text


def _asked_before(request_id: UUID | None, by: User) -> HelpRequest | None:
    return HelpRequest.objects.paid().of(by).filter(pk=request_id).first() if request_id else None


def _still_to_pay(by: User, category: str, text: str, amount: int) -> HelpRequest | None:
    unpaid = HelpRequest.objects.of(by).open().filter(dispatched_at=None)
    return unpaid.filter(category=category, description=text, amount=amount).first()


def _refuse_others(request_id: UUID, by: User) -> None:
    request = HelpRequest.objects.paid().filter(pk=request_id).first()
    if request and can_withdraw(by, request):
        return
    raise NotYourRequest if HelpRequest.objects.visible_to(by).filter(pk=request_id).exists() else RequestNotThere
