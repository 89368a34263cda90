"""What a helper has done: the figures of the dashboard, and every session."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from goodwill.models import Transaction
from peerloop.core.accounts.models import User
from peerloop.core.paging import Page, newest_first

from ..sessions.models import HelpSession
from ..sessions.queries import completed_by
from .models import HelpSummons
from .services.thanks import SUMMON_HELP

WEEKS, SESSIONS = 8, 20
# Of so many of the latest acceptances the median is taken.
LATEST = 200


@dataclass(frozen=True)
class Week:
    monday: date
    accepted: int


@dataclass(frozen=True)
class Figures:
    """`seconds` is the median time from a student's call to this helper's acceptance; None before the first."""

    completed: int
    accepted: int
    seconds: int | None
    points: int
    weeks: list[Week]

    @property
    def peak(self) -> int:
        return max(week.accepted for week in self.weeks)


def figures_of(helper: User) -> Figures:
    """Five queries, however much somebody has helped."""
    accepted = HelpSummons.objects.waited_for().filter(responder=helper)
    times = accepted.order_by("-accepted_at")[:LATEST].values_list("created_at", "accepted_at")
    waits = [(taken - called).total_seconds() for called, taken in times if taken]
    thanks = Transaction.objects.filter(to_user=helper, reason=SUMMON_HELP.name)
    return Figures(
        completed=completed_by(helper),
        accepted=accepted.count(),
        seconds=round(median(waits)) if waits else None,
        points=thanks.aggregate(total=Sum("points"))["total"] or 0,
        weeks=weeks_of(accepted),
    )


def weeks_of(accepted: QuerySet[HelpSummons]) -> list[Week]:
    """The last WEEKS weeks, oldest first, on the viewer's calendar; a week without a session is there as well."""
    today = timezone.localdate()
    mondays = [today - timedelta(days=today.weekday(), weeks=ago) for ago in reversed(range(WEEKS))]
    rows = accepted.filter(accepted_at__gte=timezone.now() - timedelta(weeks=WEEKS))
    days = [timezone.localdate(at) for at in rows.values_list("accepted_at", flat=True) if at]
    counts = Counter(day - timedelta(days=day.weekday()) for day in days)
    return [Week(monday, counts[monday]) for monday in mondays]


def sessions_of(helper: User, *, before: str | None = None, size: int = SESSIONS) -> Page[HelpSession]:
    """A page of the sessions in which `helper` helped, called or paid, newest first, each with its `points`. One query.

    What each came of is read along: its summons with the module, or its claim with the request.
    """
    given = Transaction.objects.filter(reason=SUMMON_HELP.name, reference_id=OuterRef("pk"), to_user=helper)
    held = HelpSession.objects.filter(helper=helper, status="ended", started_at__isnull=False)
    rows = held.select_related("student", "course", "summons__module", "claim__request")
    return newest_first(rows.annotate(points=Subquery(given.values("points")[:1])), before=before, size=size)
