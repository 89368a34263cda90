"""How long a student will probably wait, read off past summons of the course, and how often that was true."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from .models import HelpSummons, HelpSummonsQuerySet

# What is promised holds in four of five cases; a median would be wrong every second time.
PROMISED = 0.8
STEP = 10
# Over how many of the latest promises their truth is counted.
PROMISES = 500


@dataclass(frozen=True)
class Wait:
    """How long a student waited, and whether somebody then accepted; if not, the answer would have come later."""

    seconds: float
    answered: bool


def quantile(waits: Iterable[Wait], share: float) -> float | None:
    """After how many seconds `share` of the summons were answered; None if that cannot be said.

    The product-limit estimate of Kaplan and Meier ("Nonparametric Estimation from Incomplete Observations", Journal of
    the American Statistical Association 53, 1958): a summons that timed out or was cancelled says only that its
    answer would have come later than that. Leaving these out would promise too much.
    """
    ordered = sorted(waits, key=lambda wait: (wait.seconds, not wait.answered))
    unanswered = 1.0
    for index, wait in enumerate(ordered):
        if wait.answered:
            unanswered *= 1 - 1 / (len(ordered) - index)
        if unanswered <= 1 - share + 1e-9:
            return wait.seconds
    return None


def expected_seconds(course_id: UUID) -> int | None:
    """Within how many seconds four of five summons of the course are answered, rounded up to tens. One query.

    None below PEERLOOP.EXPECTATION_MINIMUM cases, and when fewer than four of five are answered at all.
    """
    rows = HelpSummons.objects.waited_for().filter(course=course_id).order_by("-created_at")
    waits = waits_of(rows[: settings.PEERLOOP.EXPECTATION_CASES])
    if len(waits) < settings.PEERLOOP.EXPECTATION_MINIMUM:
        return None
    found = quantile(waits, PROMISED)
    return None if found is None else max(STEP, ceil(found / STEP) * STEP)


def waits_of(rows: QuerySet[HelpSummons]) -> list[Wait]:
    times = rows.values_list("created_at", "accepted_at", "closed_at", "expires_at")
    return [
        Wait(((accepted or min(closed or expires, expires)) - created).total_seconds(), accepted is not None)
        for created, accepted, closed, expires in times
    ]


@dataclass(frozen=True)
class Truth:
    """Of `promises` that could be checked, how many were kept."""

    kept: int
    promises: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.kept / self.promises) if self.promises else None


def truth(rows: HelpSummonsQuerySet | None = None) -> Truth:
    """How often the expected wait was true, over the latest PROMISES of `rows`. One query.

    Broken is also a promise whose time had passed when the student gave up. Who gave up before says nothing.
    """
    asked = (
        (HelpSummons.objects.all() if rows is None else rows)
        .waited_for()
        .filter(expected_seconds__isnull=False)
        .order_by("-created_at")[:PROMISES]
    )
    kept = broken = 0
    for created, accepted, closed, promised in asked.values_list(
        "created_at", "accepted_at", "closed_at", "expected_seconds"
    ):
        until = created + timedelta(seconds=promised or 0)
        if accepted and accepted <= until:
            kept += 1
        elif accepted or (closed and closed > until):
            broken += 1
    return Truth(kept, kept + broken)


def in_words(seconds: int | None) -> str:
    """The sentence for the student; empty when nothing can be promised."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"Usually answered within about {seconds} seconds"
    minutes, rest = divmod(seconds, 60)
    whole = f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"Usually answered within about {whole}{f' {rest} seconds' if rest else ''}"
