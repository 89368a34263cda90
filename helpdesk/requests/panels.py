"""What the pages of paid requests say to one person: how a request stands, and its session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from peerloop.core.payments.models import Payment
from peerloop.core.payments.money import in_words
from peerloop.core.payments.queries import timeline

from ..sessions import panels as conversation
from ..sessions.forms import TalkForm
from ..sessions.models import HelpSession
from .categories import Category, icon_of, label_of
from .forms.paid import OutcomeForm, PaidRequestForm
from .forms.rating import RatingForm
from .queries.paid import Standing, Talk, payment_of, report_until

Context = dict[str, Any]
CURRENCY = settings.PEERLOOP.CURRENCY
# The marks of the outcomes, as requirements name them.
MARKS = {"resolved": "✓", "unresolved": "✗", "escalated": "🛠"}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    mark: str


OUTCOMES = [Choice(each.value, each.label, MARKS[each]) for each in HelpSession.Outcome]


def asking(form: PaidRequestForm) -> Context:
    """The form, with what it may cost."""
    numbers = settings.PEERLOOP
    return {
        "form": form,
        "categories": list(Category),
        "chosen": form["category"].value(),
        "least": in_words(numbers.REQUEST_MINIMUM, CURRENCY),
        "most": in_words(numbers.REQUEST_MAXIMUM, CURRENCY),
        "hours": numbers.REQUEST_CLAIM_HOURS,
        "limit": numbers.HELP_REQUEST_CHARACTERS,
    }


def standing(found: Standing, *, is_customer: bool) -> Context:
    """The status page. A page with another `stamp` has something else to show."""
    payment, claim = found.payment, found.claim
    known = [payment.status, payment.wanted, found.is_held] if payment else []
    return {
        "standing": found,
        "found": found.request,
        "payment": payment,
        "events": timeline(payment, payment.payer_id) if payment else [],
        "is_customer": is_customer,
        "icon": icon_of(found.request.category),
        "category": label_of(found.request.category),
        "was_given_back": bool(claim and not claim.is_live),
        "stamp": stamp(found.stage, *known, found.request.ending, found.request.helpers_told, claim and claim.status),
    }


def talk(found: Talk, *, rating: RatingForm | None = None, **more: Any) -> Context:
    """The session for one of its two, with what became of the money once it is over."""
    session, claim = found.session, found.claim
    payment = payment_of(found.request.pk) if session.is_over else None
    left, problem = max(0, int((claim.start_by - timezone.now()).total_seconds())), found.problem
    return {
        "talk": found,
        "session": session,
        "found": found.request,
        "claim": claim,
        "other": found.other,
        "payment": payment,
        "elapsed": session.seconds,
        "elapsed_text": clock(session.seconds),
        "left": left,
        "left_text": clock(left),
        "stamp": stamp(
            session.status, claim.status, found.request.payment_status, bool(found.join_url), money(payment)
        ),
        "money": money(payment),
        "pays_out": bool(settings.PAYOUT_PERCENT),
        "problem": problem,
        "rating": rating or RatingForm.of(found.request),
        "report_until": None if problem or found.is_helper else reportable_until(found, payment),
        **more,
    }


def written(found: Talk, *, form: TalkForm | None = None) -> Context:
    """What the two have written, and where one writes. One query."""
    return conversation.talk(found.session, found.viewer, talk_at(found), form=form)


def talk_at(found: Talk) -> conversation.Addresses:
    address = {name: reverse(f"paid_session_{name}", args=[found.session.pk]) for name in ("messages", "changes")}
    return conversation.Addresses(**address, report="paid_message_report")


def reportable_until(found: Talk, payment: Payment | None) -> datetime | None:
    """Until when a problem can still be reported; None when it cannot."""
    until = report_until(found.claim, payment)
    return until if until and until > timezone.now() else None


def outcome(found: Talk, form: OutcomeForm, **more: Any) -> Context:
    context = {"talk": found, "session": found.session, "other": found.other, "form": form, "choices": OUTCOMES}
    return {**context, "limit": settings.PEERLOOP.OUTCOME_NOTES_CHARACTERS, **more}


def money(payment: Payment | None) -> str:
    """What became of the money, in one word: taken, taking, or free."""
    if payment is None or payment.status in Payment.OVER or payment.wanted == Payment.Wanted.RELEASE:
        return "free"
    if payment.status == Payment.Status.CAPTURED:
        return "taken"
    return "taking" if payment.is_held else "free"


def stamp(*known: Any) -> str:
    return "-".join(str(each) for each in known)


def clock(seconds: int) -> str:
    """494 is 8:14."""
    return f"{seconds // 60}:{seconds % 60:02}"
