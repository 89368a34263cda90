"""What a summons looks like to one of its two people: the state of the panel, its numbers and its words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.forms import Form
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from courses.models import Course, Module
from goodwill.models import Transaction
from goodwill.queries import balance_of
from peerloop.core.accounts.models import User
from peerloop.core.flags.permissions import can_access
from peerloop.core.redis import shared

from ..sessions.call import room_elsewhere
from ..sessions.models import HelpSession
from ..sessions.panels import Addresses, talk
from ..sessions.queries import helped_today
from . import queries
from .expectations import expected_seconds, in_words
from .forms import ThanksForm
from .models import HelperLimits, HelpSummons, minimum_seconds

Context = dict[str, Any]

STATES = {
    "pending": "waiting",
    "accepted": "connected",
    "completed": "complete",
    "cancelled": "cancelled",
    "timed_out": "timed-out",
}
BODIES = {"no-helpers": "nobody", "cancelled": "nobody", "timed-out": "nobody"}
GUIDE = [(10, "Helpful"), (15, "Very helpful"), (20, "Extremely helpful"), (25, "Exceptional")]
# For how long the pill reminds of thanks that were neither given nor skipped.
REMINDER = timedelta(minutes=10)
# How much of a question is the title of the help request that it becomes.
TITLE_CHARACTERS = 100


def minutes_and_seconds(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def seconds_since(when: datetime) -> float:
    """With their fraction, so that the clocks of both people turn at the same moment."""
    return round(max(0.0, (timezone.now() - when).total_seconds()), 2)


# -- a summons that goes on, or that can still be thanked for --------------------------------------------------------


@dataclass(frozen=True)
class Running:
    """A summons that waits, is connected or can still be thanked for, as the pill shows it."""

    summons: HelpSummons
    other: User | None
    elapsed: float

    @property
    def state(self) -> str:
        return STATES[self.summons.status]

    @property
    def elapsed_text(self) -> str:
        return minutes_and_seconds(self.elapsed)


def running_of(user: User) -> Running | None:
    """What `user` waits for, takes part in now, or has just ended and not thanked for. Up to three queries."""
    found = HelpSummons.objects.open().with_all().filter(Q(student=user) | Q(responder=user)).first()
    return running(found, user) if found else thanks_due(user)


def thanks_due(student: User) -> Running | None:
    """The helper may have ended the session while the student was between two pages."""
    just_ended = HelpSummons.objects.filter(
        student=student, status="completed", closed_at__gt=timezone.now() - REMINDER
    )
    found = just_ended.with_all().order_by("-closed_at").first()
    if found is None or shared.get(skipped_key(found)) or not may_award(found, student, award_for(found)):
        return None
    return Running(found, found.responder, 0)


def skipped_key(summons: HelpSummons) -> str:
    return f"summons:skipped:{summons.pk}"


def remember_skip(summons: HelpSummons) -> None:
    """No reminder any more; the thanks stay possible."""
    shared.set(skipped_key(summons), True, REMINDER.total_seconds())


def award_for(summons: HelpSummons) -> Transaction | None:
    return Transaction.objects.filter(reason="summon_help", reference_id=summons.pk).first()


def may_award(summons: HelpSummons, viewer: User, award: Transaction | None) -> bool:
    mine = viewer.pk == summons.student_id
    return mine and award is None and summons.is_eligible and can_access(viewer, "goodwill_points")


def running(summons: HelpSummons, viewer: User) -> Running | None:
    if not (summons.is_pending or summons.is_accepted):
        return None
    return Running(summons, other_of(summons, viewer), seconds_since(begin_of(summons)))


def begin_of(summons: HelpSummons) -> datetime:
    """When the waiting began, or the session."""
    session: HelpSession | None = summons.session
    return session.started_at if session and session.started_at else summons.created_at


def other_of(summons: HelpSummons, viewer: User) -> User | None:
    return summons.student if viewer.pk == summons.responder_id else summons.responder


# -- what waits for a helper -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A summons that a helper may accept, with the time that is left for it."""

    summons: HelpSummons
    left: float

    @property
    def left_text(self) -> str:
        return minutes_and_seconds(self.left)

    @property
    def share(self) -> int:
        return round(100 * self.left / settings.PEERLOOP.SUMMON_SECONDS)


def offers(waiting: Iterable[HelpSummons]) -> list[Offer]:
    now = timezone.now()
    return [Offer(each, round(max(0.0, (each.expires_at - now).total_seconds()), 2)) for each in waiting]


def rest_of(helper: User) -> str:
    """Why `helper` is not called now; empty for whoever is. One query; a second one with a daily cap."""
    limits = HelperLimits.objects.select_related("user").filter(user=helper).first()
    if limits is None:
        return ""
    if queries.is_quiet(limits.user, timezone.now()):
        return f"Quiet until {limits.quiet_until:%H:%M}"
    if limits.daily_cap and helped_today([helper])[helper.pk] >= limits.daily_cap:
        return "Done for today"
    return ""


def incoming(helper: User) -> Context:
    """What waits for `helper`; while quiet hours run or the day's sessions are done, why nothing does."""
    rest = rest_of(helper)
    return {
        "offers": [] if rest else offers(queries.incoming(helper)),
        "rest": rest,
        "limit": settings.PEERLOOP.SUMMON_SECONDS,
        "numbers": settings.PEERLOOP,
    }


# -- the panel -------------------------------------------------------------------------------------------------------


def opening(
    course: Course, module: Module | None, viewer: User, *, text: str = "", form: Form | None = None
) -> Context:
    """Before a summons: Initiating, or No Helpers when nobody could come."""
    helpers = queries.available_helpers(course, viewer)
    form = form or Form()
    reread = f"{reverse('summons')}?course={course.pk}" + (f"&module={module.pk}" if module else "")
    return {
        **frame("initiating" if helpers else "no-helpers", course, module),
        "helpers": helpers,
        "form": form,
        "text": text,
        "expected": in_words(expected_seconds(course.pk)) if helpers else "",
        "asking": "" if helpers else asking(course, module, text),
        "why": "" if helpers else queries.nobody_because().sentence,
        "reread": reread,
    }


def frame(state: str, course: Course, module: Module | None) -> Context:
    """What every state shows."""
    return {
        "state": state,
        "body": f"helpdesk/summons/_{BODIES.get(state, state)}.html",
        "course": course,
        "module": module,
        "back": module.get_absolute_url() if module else reverse("course_content", args=[course.pk]),
        "numbers": settings.PEERLOOP,
        "limit_text": f"{settings.PEERLOOP.SUMMON_SECONDS // 60} minutes",
        "limit_clock": minutes_and_seconds(settings.PEERLOOP.SUMMON_SECONDS),
    }


def panel(summons: HelpSummons, viewer: User, *, form: Form | None = None, again: bool = False) -> Context:
    """One summons, read `with_all`, as `viewer` sees it now. `again`: another summons follows once this is settled."""
    state = STATES[summons.status]
    is_helper = viewer.pk == summons.responder_id
    context = {
        **frame(state, summons.course, summons.module),
        "summons": summons,
        "session": summons.session,
        "other": other_of(summons, viewer),
        "is_helper": is_helper,
        "text": summons.message,
        "running": running(summons, viewer),
        "reread": summons.get_absolute_url(),
        "again": again,
    }
    if is_helper:
        context["back"] = reverse("helper_dashboard")
    return {**context, **DETAILS.get(state, nothing_more)(summons, viewer, form)}


def nothing_more(summons: HelpSummons, viewer: User, form: Form | None) -> Context:
    return {}


def come_to_nothing(summons: HelpSummons, viewer: User, form: Form | None) -> Context:
    return {"asking": asking(summons.course, summons.module, summons.message)}


def asking(course: Course, module: Module | None, text: str) -> str:
    """With what the form of a help request opens, as a query: the question, and where in the course it arose."""
    where = f"{module.title}, in {course.title}" if module else course.title
    first_line = text.strip().partition("\n")[0]
    title = Truncator(first_line or where).chars(TITLE_CHARACTERS)
    return urlencode({"title": title, "description": f"{text}\n\nIt is about {where}.".strip(), "course": course.pk})


def waiting(summons: HelpSummons, viewer: User, form: Form | None) -> Context:
    waited = seconds_since(summons.created_at)
    return {
        "count": len(queries.available_ids_for(summons.course_id, summons.student_id)),
        "waited": waited,
        "waited_text": minutes_and_seconds(waited),
        "expected": in_words(summons.expected_seconds),
    }


def connected(summons: HelpSummons, viewer: User, form: Form | None) -> Context:
    elapsed = seconds_since(begin_of(summons))
    to_go = round(max(0.0, minimum_seconds() - elapsed), 2)
    return {
        "elapsed": elapsed,
        "elapsed_text": minutes_and_seconds(elapsed),
        "to_go": to_go,
        "to_go_text": minutes_and_seconds(to_go),
        "room_url": room_elsewhere(summons.pk),
        **talk(summons.session, viewer, talk_at(summons), form=form),  # type: ignore[arg-type]
    }


def talk_at(summons: HelpSummons) -> Addresses:
    address = {name: reverse(f"summon_{name}", args=[summons.pk]) for name in ("messages", "changes")}
    return Addresses(**address, report="session_report")


def complete(summons: HelpSummons, viewer: User, form: Form | None) -> Context:
    award = award_for(summons)
    session: HelpSession | None = summons.session
    context = {
        "minutes": session.seconds // 60 if session else 0,
        "is_short": not summons.is_eligible,
        "award": award,
        "may_award": may_award(summons, viewer, award),
    }
    if not context["may_award"]:
        return context
    return {**context, **slider(viewer, form), "running": Running(summons, summons.responder, 0)}


def slider(viewer: User, form: Form | None) -> Context:
    """10 to 25 points, as far as the balance goes, starting at 15."""
    numbers, balance = settings.PEERLOOP, balance_of(viewer)
    most = max(numbers.SUMMON_AWARD_MIN, min(balance, numbers.SUMMON_AWARD_MAX))
    start = min(numbers.SUMMON_AWARD_DEFAULT, most)
    return {
        "form": form or ThanksForm(initial={"points": start}),
        "balance": balance,
        "least": numbers.SUMMON_AWARD_MIN,
        "most": most,
        "left": balance - start,
        "guide": [(points, word, points > most) for points, word in GUIDE],
    }


DETAILS = {
    "waiting": waiting,
    "connected": connected,
    "complete": complete,
    "cancelled": come_to_nothing,
    "timed-out": come_to_nothing,
}
