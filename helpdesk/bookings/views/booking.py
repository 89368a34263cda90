"""One booking, for its two people, and the list of one's own."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal, SignInNeeded
from peerloop.core.paging import newest_first

from .. import panels, queries
from ..calendars import calendar_of
from ..errors import BookingNotThere
from ..forms import ReplyForm
from ..models import Booking
from ..services.answering import accept_booking, decline_booking
from ..services.ending import cancel_booking
from ..services.starting import start_booking

PAGE = 20


@require_GET
@login_required
def bookings(request: MemberRequest) -> HttpResponse:
    """What is ahead, the next one first, and what is over, page by page."""
    before = request.GET.get("before")
    page = newest_first(queries.behind(request.user), before=before, size=PAGE)
    context = {
        "ahead": [] if before else panels.seen(queries.ahead_of(request.user), request.user),
        "behind": panels.seen(page.rows, request.user),
        "older": page.older,
        "before": before,
    }
    return render(request, "helpdesk/bookings/list.html", context)


@require_GET
@login_required
def booking(request: MemberRequest, booking_id: UUID) -> HttpResponse:
    return show(request, own_booking(request, booking_id))


@require_POST
def accept(request: MemberRequest, booking_id: UUID) -> HttpResponse:
    return answer(request, booking_id, accept_booking)


@require_POST
def decline(request: MemberRequest, booking_id: UUID) -> HttpResponse:
    return answer(request, booking_id, decline_booking)


@require_POST
def cancel(request: MemberRequest, booking_id: UUID) -> HttpResponse:
    return answer(request, booking_id, cancel_booking)


@require_http_methods(["GET", "POST"])
def start(request: MemberRequest, booking_id: UUID) -> HttpResponse:
    """POST: on to the session. GET: for the open page, whether the session can be started by now."""
    found = own_booking(request, booking_id)
    if request.method == "GET":
        if not request.htmx:
            return redirect(found)
        return render(request, "helpdesk/bookings/_start.html", {"seen": panels.Seen(found, request.user)})
    try:
        return redirect(start_booking(booking_id=booking_id, by=request.user))
    except Refusal as refusal:
        return show(request, own_booking(request, booking_id), refusal=refusal)


@require_GET
@login_required
def calendar(request: MemberRequest, booking_id: UUID) -> HttpResponse:
    """The file for one's calendar; for the two alone."""
    found = own_booking(request, booking_id)
    if request.user.pk not in found.parties():
        raise BookingNotThere
    address = request.build_absolute_uri(found.get_absolute_url())
    file = calendar_of(found, request.user, address=address)
    return HttpResponse(
        file,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="peerloop-session.ics"', "Cache-Control": "no-store"},
    )


def own_booking(request: MemberRequest, booking_id: UUID) -> Booking:
    """The booking for those who may see it; nobody else learns that it is there."""
    if not request.user.is_authenticated:
        raise SignInNeeded
    found = Booking.objects.visible_to(request.user).with_all().filter(pk=booking_id).first()
    if found is None:
        raise BookingNotThere
    return found


def answer(request: MemberRequest, booking_id: UUID, service: Callable[..., Booking]) -> HttpResponse:
    """Do it; a refusal stands on the page, above the words as they were written."""
    found = own_booking(request, booking_id)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return show(request, found, form=form, status=422)
    try:
        return redirect(service(booking_id=booking_id, reply=form.cleaned_data["reply"], by=request.user))
    except Refusal as refusal:
        return show(request, own_booking(request, booking_id), form=form, refusal=refusal)


def show(
    request: MemberRequest,
    found: Booking,
    *,
    form: ReplyForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    seen = panels.Seen(found, request.user)
    context: dict[str, Any] = {"seen": seen, "form": form or ReplyForm(), "refusal": refusal}
    return render(request, "helpdesk/bookings/booking.html", context, status=refusal.status if refusal else status)
