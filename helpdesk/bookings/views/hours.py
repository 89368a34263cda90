"""When a helper can be booked."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal, SignInNeeded

from ..errors import HelpersAreBooked
from ..forms import DayOffForm, HoursForm
from ..models import DayOff, Weekday, WeeklyHours
from ..services import hours as services
from ..times import zone_of


@login_required
@require_http_methods(["GET", "POST"])
def hours(request: MemberRequest) -> HttpResponse:
    """The hours and days off; POST adds hours."""
    check_helper(request)
    if request.method == "GET":
        return show(request)
    form = HoursForm(request.POST)
    if form.is_valid():
        try:
            services.add_hours(by=request.user, **form.cleaned_data)
            return redirect("bookable_hours")
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
    return show(request, hours_form=form, status=422)


@require_POST
def remove_hours(request: MemberRequest, hours_id: UUID) -> HttpResponse:
    check_helper(request)
    services.remove_hours(hours_id=hours_id, by=request.user)
    return redirect("bookable_hours")


@require_POST
def add_day_off(request: MemberRequest) -> HttpResponse:
    check_helper(request)
    form = DayOffForm(request.POST)
    if form.is_valid():
        try:
            services.add_day_off(by=request.user, **form.cleaned_data)
            return redirect("bookable_hours")
        except Refusal as refusal:
            form.add_error("day", refusal.sentence)
    return show(request, day_form=form, status=422)


@require_POST
def remove_day_off(request: MemberRequest, day_off_id: UUID) -> HttpResponse:
    check_helper(request)
    services.remove_day_off(day_off_id=day_off_id, by=request.user)
    return redirect("bookable_hours")


def check_helper(request: MemberRequest) -> None:
    if not request.user.is_authenticated:
        raise SignInNeeded
    if not request.user.is_helper:
        raise HelpersAreBooked


def show(
    request: MemberRequest, *, hours_form: Form | None = None, day_form: Form | None = None, status: int = 200
) -> HttpResponse:
    rows = list(WeeklyHours.objects.filter(helper=request.user))
    today = timezone.now().astimezone(zone_of(request.user)).date()
    context: dict[str, Any] = {
        "week": [(day.label, of_day) for day in Weekday if (of_day := [row for row in rows if row.weekday == day])],
        "days_off": list(DayOff.objects.filter(helper=request.user, day__gte=today)),
        "hours_form": hours_form or HoursForm(),
        "day_form": day_form or DayOffForm(),
    }
    return render(request, "helpdesk/bookings/hours.html", context, status=status)
