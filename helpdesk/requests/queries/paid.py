"""Reads of paid requests: who is told of one, where it stands, what a helper can take and has done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Avg, Count, Q, QuerySet, Sum
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.payments.models import Payment
from peerloop.core.payments.money import in_words
from peerloop.core.presence.leases import EVERYWHERE, online

from ...sessions.call import room_elsewhere
from ...sessions.models import HelpSession
from ...sessions.queries import completed_by
from .. import addresses
from ..categories import icon_of, label_of
from ..models import Claim, HelpRequest, ProblemReport

PURPOSE = "help_request"
# How many open requests stand on a helper's dashboard.
SHOWN = 20


def helpers_to_tell(request: HelpRequest) -> list[UUID]:
    """Ids of every helper who is switched to available and is not the customer. One query."""
    people = User.objects.people().filter(role=User.Role.HELPER, availability__is_available=True)
    return list(people.exclude(pk=request.requester_id).values_list("pk", flat=True))


def here(people: Iterable[UUID]) -> list[UUID]:
    """Those of these people who have a page open now. No query."""
    present = online(EVERYWHERE)
    return [each for each in people if each in present]


def helpers_here(request: HelpRequest) -> list[UUID]:
    """Ids of the helpers who have a page open now, without the customer. One query."""
    people = User.objects.people().filter(role=User.Role.HELPER, pk__in=online(EVERYWHERE))
    return list(people.exclude(pk=request.requester_id).values_list("pk", flat=True))


def deciders(claim: Claim) -> QuerySet[User]:
    """Whoever may decide about a report on this session: staff, but neither of its two."""
    return User.objects.people().filter(is_staff=True).exclude(pk__in=(claim.helper_id, claim.request.requester_id))


def payment_of(request_id: UUID) -> Payment | None:
    """The latest payment for a request. One query."""
    return Payment.objects.filter(purpose=PURPOSE, subject_id=request_id).order_by("-number").first()


def claim_of(request_id: UUID) -> Claim | None:
    """The claim of a request that is live, else the last one. One query."""
    return Claim.objects.filter(request=request_id).with_all().order_by("-pk").first()


def report_until(claim: Claim, payment: Payment | None) -> datetime | None:
    """Until when its customer can report a problem; None of a session that no money was taken for. No query."""
    was_paid = payment is not None and payment.status == Payment.Status.CAPTURED
    if claim.status != Claim.Status.COMPLETED or claim.ended_at is None or not was_paid:
        return None
    return claim.ended_at + timedelta(days=settings.PEERLOOP.PROBLEM_REPORT_DAYS)


# -- the customer ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """A paid request as its customer watches it. `claim` is the live or the last one."""

    request: HelpRequest
    payment: Payment | None
    claim: Claim | None

    @property
    def stage(self) -> str:
        """Where it stands in one word: to_pay, being_paid, waiting, claimed, active, or over."""
        if self.request.is_over:
            return "over"
        if self.request.is_in_progress and self.claim:
            return "active" if self.claim.session.is_active else "claimed"
        if self.request.dispatched_at:
            return "waiting"
        return "being_paid" if self.payment and self.payment.status == Payment.Status.NEEDS_ACTION else "to_pay"

    @property
    def is_held(self) -> bool:
        """The money is on hold now; not any more from the hold's end on, whoever has noticed it yet."""
        return self.payment is not None and self.payment.is_held

    @property
    def may_withdraw(self) -> bool:
        return self.stage not in ("active", "over")

    @property
    def session_page(self) -> str:
        """Where the customer goes on once the request is claimed; empty before that."""
        is_there = self.claim and (self.claim.is_live or self.claim.status == Claim.Status.COMPLETED)
        return addresses.customer_session(self.claim.session_id) if self.claim and is_there else ""

    @property
    def amount(self) -> str:
        return dollars(self.request)


def standing_of(request_id: UUID, user: User) -> Standing | None:
    """The status page of a paid request, for its customer and for staff; None for anybody else. Three queries."""
    rows = HelpRequest.objects.paid() if user.is_staff else HelpRequest.objects.paid().of(user)
    request = rows.with_people().filter(pk=request_id).first()
    return Standing(request, payment_of(request.pk), claim_of(request.pk)) if request else None


def paid_requests_of(customer: User) -> QuerySet[HelpRequest]:
    """What `customer` has asked for money, to be paged newest first."""
    return HelpRequest.objects.paid().of(customer).with_people()


# -- the session -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Talk:
    """The session of a claim as one of its two sees it."""

    claim: Claim
    viewer: User

    @property
    def session(self) -> HelpSession:
        return self.claim.session

    @property
    def request(self) -> HelpRequest:
        return self.claim.request

    @property
    def is_helper(self) -> bool:
        return self.viewer.pk == self.claim.helper_id

    @property
    def other(self) -> User:
        return self.request.requester if self.is_helper else self.claim.helper

    @property
    def join_url(self) -> str:
        """The way into the call, one for both; empty while there is none."""
        return self.session.customer_join_url

    @property
    def may_start(self) -> bool:
        """The helper, in time."""
        return self.is_helper and self.claim.is_live and self.is_waiting and self.claim.start_by > timezone.now()

    @property
    def is_lost(self) -> bool:
        """It ended before it began: the customer watches the request again, and the helper is free."""
        return not self.claim.is_live and self.session.started_at is None

    @property
    def is_waiting(self) -> bool:
        return self.session.status == HelpSession.Status.WAITING

    @property
    def problem(self) -> ProblemReport | None:
        """What the customer reported; the helper learns of it once it is decided."""
        found: ProblemReport | None = getattr(self.claim, "problem", None)
        return None if found and found.is_open and self.is_helper else found

    @property
    def amount(self) -> str:
        return dollars(self.request)


def talk_of(session_id: UUID, viewer: User) -> Talk | None:
    """The session of a claim, for its two people; None for anybody else. One query."""
    rows = Claim.objects.with_all().select_related("problem__refund")
    claim = rows.filter(Q(helper=viewer) | Q(request__requester=viewer), session=session_id).first()
    return Talk(claim, viewer) if claim else None


def join_url(session_id: UUID) -> str:
    """Where the call of a session is: the room elsewhere if there is one, else the built-in call."""
    return room_elsewhere(session_id) or f"{settings.SITE_URL}{addresses.call(session_id)}"


def helper_of(session_id: UUID) -> UUID | None:
    return HelpSession.objects.filter(pk=session_id).values_list("helper", flat=True).first()


# -- helpers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A paid request that a helper can take."""

    request: HelpRequest

    @property
    def category(self) -> str:
        return label_of(self.request.category)

    @property
    def icon(self) -> str:
        return icon_of(self.request.category)

    @property
    def amount(self) -> str:
        return dollars(self.request)


def offers_to(helper: User) -> list[Offer]:
    """What `helper` can take now, the longest waiting first, at most SHOWN. One query."""
    rows = HelpRequest.objects.unclaimed().exclude(requester=helper).filter(hidden_at=None).with_people()
    return [Offer(each) for each in rows.order_by("dispatched_at", "pk")[:SHOWN]]


def work_of(helper: User) -> Talk | None:
    """What `helper` has taken and not finished. One query."""
    claim = Claim.objects.live().with_all().filter(helper=helper).first()
    return Talk(claim, helper) if claim else None


@dataclass(frozen=True)
class Performance:
    """What the paid sessions of a helper came to. `completed` counts every session that was held, paid or not.

    `rating` is the mean of what customers said, from 1 to 5; None before the first.
    """

    completed: int
    outcomes: dict[str, int]
    given_back: int
    seconds: int
    rating: float | None
    ratings: int


def performance_of(helper: User) -> Performance:
    """Four queries, however much somebody has helped."""
    held = HelpSession.objects.filter(helper=helper, claim__status=Claim.Status.COMPLETED)
    left = Claim.objects.filter(helper=helper, status__in=[Claim.Status.GIVEN_BACK, Claim.Status.EXPIRED])
    of_outcomes = _by_outcome(held)
    return Performance(
        completed=completed_by(helper),
        outcomes={outcome: count for outcome, (count, _) in of_outcomes.items()},
        given_back=left.count(),
        seconds=sum(seconds for _, seconds in of_outcomes.values()),
        **_ratings(helper),
    )


@dataclass(frozen=True)
class MeanRating:
    """What customers said of a helper's sessions: their mean, from 1 to 5, and how many they are."""

    mean: float
    count: int


def mean_rating(helper: User) -> MeanRating | None:
    """For everybody to see; None below PEERLOOP.RATINGS_MINIMUM, which could be traced to single people. One query."""
    found = _ratings(helper)
    is_enough = found["ratings"] >= settings.PEERLOOP.RATINGS_MINIMUM
    return MeanRating(found["rating"], found["ratings"]) if is_enough else None


def _ratings(helper: User) -> dict[str, Any]:
    rated = HelpRequest.objects.paid().filter(assigned_helper=helper, rating__isnull=False)
    return rated.aggregate(ratings=Count("pk"), rating=Avg("rating"))


def _by_outcome(sessions: QuerySet[HelpSession]) -> dict[str, tuple[int, int]]:
    """How many there are of each outcome, and how many seconds they lasted together."""
    rows = sessions.order_by().values_list("outcome").annotate(count=Count("pk"), lasted=Sum("duration"))
    return {outcome: (count, seconds or 0) for outcome, count, seconds in rows}


def dollars(request: HelpRequest) -> str:
    return in_words(request.amount or 0, settings.PEERLOOP.CURRENCY)
