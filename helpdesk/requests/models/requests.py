from typing import Self
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course
from peerloop.core.accounts.models import User
from peerloop.core.entities.models import Entity
from peerloop.core.payments.money import in_words

from .. import addresses
from ..categories import Category, icon_of

TITLE_CHARACTERS = 200
# Names of categories and subcategories are this long at most.
NAME_CHARACTERS = 50
LIVE = ("open", "in_progress")
# A comparison with nothing is neither true nor false to a constraint, so both say whether there is an amount.
FREE, PAID = Q(amount=None), Q(amount__isnull=False, amount__gt=0)


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What `user` may know of: public free ones, one's own, those one helps with; helpers all that is dispatched.

        What moderation hid is there for its requester and for staff alone.
        """
        public = FREE & Q(is_public=True, hidden_at=None)
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_staff:
            return self
        mine = Q(requester=user.pk) | Q(assigned_helper=user.pk, hidden_at=None)
        dispatched = Q(amount__isnull=False, dispatched_at__isnull=False, hidden_at=None)
        return self.filter(public | mine | dispatched if user.is_helper else public | mine)

    def of(self, user: User) -> Self:
        """What `user` asked."""
        return self.filter(requester=user.pk)

    def free(self) -> Self:
        return self.filter(amount=None)

    def paid(self) -> Self:
        return self.filter(amount__isnull=False)

    def open(self) -> Self:
        """Those that nobody takes care of yet."""
        return self.filter(status="open")

    def live(self) -> Self:
        """Those that are not over."""
        return self.filter(status__in=LIVE)

    def dispatched(self) -> Self:
        """Paid ones that helpers were told of and that wait, in time or not."""
        return self.paid().open().filter(dispatched_at__isnull=False)

    def unclaimed(self) -> Self:
        """Paid ones that a helper can claim now."""
        return self.dispatched().filter(payment_status="authorized", expires_at__gt=timezone.now())

    def overdue(self) -> Self:
        """Paid ones that nobody claimed in time, and that nobody has closed yet."""
        return self.dispatched().filter(expires_at__lte=timezone.now())

    def with_people(self) -> Self:
        return self.select_related("requester", "assigned_helper", "course")


class HelpRequest(Entity):
    """Somebody asks for help: with an `amount` of one helper, live and for money; without one of everybody, in writing.

    `payment_status` follows the payment (REC-17). `expires_at` is until when a dispatched one can be claimed, and
    `ending` says why a paid one is over.
    """

    class Difficulty(models.TextChoices):
        BEGINNER = "beginner"
        INTERMEDIATE = "intermediate"
        ADVANCED = "advanced"

    class Urgency(models.TextChoices):
        LOW = "low"
        NORMAL = "normal"
        HIGH = "high"

    class Status(models.TextChoices):
        OPEN = "open"
        IN_PROGRESS = "in_progress", "In progress"
        RESOLVED = "resolved"
        CLOSED = "closed"

    class PaymentStatus(models.TextChoices):
        NONE = "none"
        AUTHORIZED = "authorized"
        CAPTURED = "captured"
        CANCELED = "canceled"
        FAILED = "failed"

    class Ending(models.TextChoices):
        RESOLVED = "resolved"
        UNRESOLVED = "unresolved", "Not resolved"
        ESCALATED = "escalated", "Needs an in-person visit"
        WITHDRAWN = "withdrawn"
        UNCLAIMED = "unclaimed", "Nobody took it in time"
        ABANDONED = "abandoned"
        HOLD_ENDED = "hold_ended", "The card's hold ended"
        DECLINED_CARD = "declined_card", "The card was refused"
        UNPAID = "unpaid", "Never paid"

    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="help_requests")
    title = models.CharField(max_length=TITLE_CHARACTERS)
    description = models.TextField(max_length=settings.PEERLOOP.HELP_REQUEST_CHARACTERS)
    category = models.CharField(max_length=NAME_CHARACTERS, choices=Category)
    subcategory = models.CharField(max_length=NAME_CHARACTERS, blank=True)
    difficulty_level = models.CharField(max_length=20, choices=Difficulty, blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.NORMAL)
    status = models.CharField(max_length=20, choices=Status, default=Status.OPEN)
    assigned_helper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="help_requests_assigned"
    )
    is_public = models.BooleanField(default=True)
    course = models.ForeignKey(Course, models.SET_NULL, null=True, blank=True, related_name="+")
    view_count = models.PositiveIntegerField(default=0)
    # The sum of the helpful votes on its responses.
    helpful_count = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 to 5, by its requester, once the help is over"
    )
    rating_words = models.TextField(max_length=settings.PEERLOOP.RATING_CHARACTERS, blank=True)

    amount = models.PositiveIntegerField(null=True, blank=True, help_text="US cents; empty: free")
    payment_intent_id = models.CharField(max_length=80, blank=True)
    payment_status = models.CharField(max_length=10, choices=PaymentStatus, default=PaymentStatus.NONE)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    helpers_told = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=20, choices=Ending, blank=True)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        db_table = "help_requests"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="resolved", resolved_at__isnull=False)
                | (~Q(status="resolved") & Q(resolved_at=None)),
                name="resolved_requests_have_their_time",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False) | (~Q(status="closed") & Q(closed_at=None)),
                name="closed_requests_have_their_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_progress") | Q(assigned_helper__isnull=False),
                name="requests_in_progress_have_a_helper",
            ),
            models.CheckConstraint(
                condition=FREE
                & Q(payment_status="none", payment_intent_id="", dispatched_at=None, helpers_told=0, ending="")
                | PAID & Q(status__in=LIVE, ending="")
                | PAID & Q(status="resolved", ending="resolved")
                | PAID & Q(status="closed") & ~Q(ending__in=["", "resolved"]),
                name="only_paid_requests_have_a_payment_and_an_ending",
            ),
            models.CheckConstraint(
                condition=Q(dispatched_at=None, expires_at=None)
                | (
                    Q(dispatched_at__isnull=False, expires_at__isnull=False)
                    & ~Q(payment_intent_id="")
                    & ~Q(payment_status__in=["none", "failed"])
                ),
                name="dispatched_requests_were_paid_for",
            ),
            models.CheckConstraint(
                condition=FREE
                | ~Q(status__in=LIVE)
                | Q(status="open", assigned_helper=None)
                | Q(status="in_progress", dispatched_at__isnull=False),
                name="only_dispatched_requests_are_claimed",
            ),
            models.CheckConstraint(
                condition=Q(rating=None, rating_words="") | Q(rating__gte=1, rating__lte=5), name="ratings_are_1_to_5"
            ),
        ]
        indexes = [
            models.Index(fields=["category", "id"], condition=Q(amount=None), name="free_requests_of_category"),
            models.Index(fields=["status", "id"], condition=Q(amount=None), name="free_requests_by_status"),
            models.Index(fields=["helpful_count", "id"], condition=Q(amount=None), name="free_requests_by_help"),
            models.Index(fields=["requester", "id"], name="requests_of_person"),
            models.Index(
                fields=["expires_at"], condition=Q(status="open", amount__isnull=False), name="paid_requests_open"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return addresses.status_page(self.pk) if self.is_paid else addresses.thread(self.pk)

    @property
    def is_paid(self) -> bool:
        return self.amount is not None

    @property
    def amount_in_words(self) -> str:
        """What is offered; $0.00 of a free one."""
        return in_words(self.amount or 0, settings.PEERLOOP.CURRENCY)

    @property
    def category_icon(self) -> str:
        return icon_of(self.category)

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def is_in_progress(self) -> bool:
        return self.status == self.Status.IN_PROGRESS

    @property
    def is_resolved(self) -> bool:
        return self.status == self.Status.RESOLVED

    @property
    def is_over(self) -> bool:
        return self.status not in LIVE

    @property
    def is_ratable(self) -> bool:
        """Whether its requester can say how the help was (REC-105)."""
        helped = self.ending in {self.Ending.RESOLVED, self.Ending.UNRESOLVED, self.Ending.ESCALATED}
        return helped if self.is_paid else self.is_resolved

    def parties(self) -> set[UUID]:
        """Its requester and, once there is one, its helper."""
        return {self.requester_id} | ({self.assigned_helper_id} if self.assigned_helper_id else set())


class RequestEdit(Entity):
    """What stood in a request before somebody changed it, at `created_at`."""

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="edits")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    title = models.CharField(max_length=TITLE_CHARACTERS)
    description = models.TextField()

    class Meta:
        db_table = "help_request_edits"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.request_id} before {self.created_at:%Y-%m-%d %H:%M}"


class RequestDraft(Entity):
    """What somebody has written and not asked yet: the form as it stood, with the ids of its uploads."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="help_request_draft")
    form = models.JSONField(default=dict)
    upload_ids = models.JSONField(default=list)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "help_request_drafts"

    def __str__(self) -> str:
        return f"Draft of {self.person_id}"
