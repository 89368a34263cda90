"""The pages of notifications, and the bell."""

from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.push.queries import devices_of
from peerloop.core.push.services.devices import remove_device
from peerloop.core.push.services.keys import public_key

from . import queries, services, tickets
from .errors import NoSuchNotification
from .forms import chosen, digest_hour
from .kinds import kind_of

DAY = 24 * 3600
YEAR = 365 * DAY


@login_required
@require_safe
def notifications(request: MemberRequest) -> HttpResponse:
    only_unread = request.GET.get("show") == "unread"
    page = queries.page_of(request.user, only_unread=only_unread, before=request.GET.get("before"))
    context = {"page": page, "only_unread": only_unread, "feed": queries.feed(request.user)}
    return render(request, "notifications/list/list.html", context)


@login_required
@require_safe
def bell(request: MemberRequest) -> HttpResponse:
    """The bell as it is now, and what else the header shows of this person, for a page that was away."""
    return render(request, "notifications/_live.html", {"feed": queries.feed(request.user)})


@login_required
@require_safe
def open_notification(request: MemberRequest, notification_id: UUID) -> HttpResponse:
    """Mark it read and go where it leads. A link, so that it opens in a new tab or from a mail as well."""
    return redirect(services.mark_as_read(notification_id=notification_id, by=request.user).target)


@login_required
@require_POST
def read(request: MemberRequest, notification_id: UUID) -> HttpResponse:
    notification = services.mark_as_read(notification_id=notification_id, by=request.user)
    if request.htmx:
        return render(request, "notifications/list/_row.html", {"notification": notification})
    return redirect(came_from(request))


@login_required
@require_POST
def read_all(request: MemberRequest) -> HttpResponse:
    services.mark_all_read(by=request.user, shown=shown(request))
    if request.htmx:
        return render(request, "notifications/_bell.html", {"feed": queries.feed(request.user)})
    return redirect(came_from(request))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: MemberRequest) -> HttpResponse:
    if request.method == "POST":
        hour = digest_hour(request.POST)
        choices = chosen(request.POST, request.user)
        services.set_preferences(user=request.user, choices=choices, by=request.user, digest_hour=hour)
        messages.success(request, "Saved.")
        return with_sound(redirect("notification_preferences"), "sound" in request.POST)
    context = {
        "choices": queries.choices_of(request.user),
        "digest_hour": queries.digest_hour(request.user),
        "hours": range(24),
        "sound": request.COOKIES.get("sound") == "on",
        "devices": devices_of(request.user),
        "public_key": public_key(),
    }
    return render(request, "notifications/preferences/preferences.html", context)


@login_required
@require_safe
def devices(request: MemberRequest) -> HttpResponse:
    """Where push is on, for the page of the preferences to show after a change."""
    if not request.htmx:
        return redirect("notification_preferences")
    return render(request, "notifications/preferences/_devices.html", {"devices": devices_of(request.user)})


@login_required
@require_POST
def device_removal(request: MemberRequest, device_id: UUID) -> HttpResponse:
    remove_device(device_id=device_id, by=request.user)
    if request.htmx:
        return render(request, "notifications/preferences/_devices.html", {"devices": devices_of(request.user)})
    messages.success(request, "Push is off on that device.")
    return redirect("notification_preferences")


@csrf_exempt  # what mail programs send for their reader comes from no page of ours; the ticket says for whom
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, ticket: str) -> HttpResponse:
    """Behind the link of a mail: asks, because programs follow links too; a POST ends the mails, as RFC 8058 says."""
    given = tickets.read(ticket)
    state = "asked"
    if request.method == "POST":
        state = "done" if services.opt_out(ticket=given) else "used"
    what = kind_of(given.kind).label if given.kind else "the daily mail"
    context = {"what": what[:1].upper() + what[1:], "state": state}
    return render(request, "notifications/opt_out/opt_out.html", context)


@require_safe
def sound(request: HttpRequest) -> HttpResponse:
    """What js/bell.js plays for those who want it."""
    chime = Path(str(finders.find("ui/notification.mp3"))).read_bytes()
    return HttpResponse(chime, content_type="audio/mpeg", headers={"Cache-Control": f"public, max-age={DAY}"})


def with_sound(response: HttpResponse, on: bool) -> HttpResponse:
    """Kept in the browser: the one at work may be silent and the one at home not."""
    response.set_cookie("sound", "on" if on else "", max_age=YEAR if on else 0, samesite="Lax", httponly=True)
    return response


def shown(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(each) for each in request.POST.getlist("shown")]
    except ValueError:
        raise NoSuchNotification from None


def came_from(request: HttpRequest) -> str:
    """The page on which the button was, so that a plain form leads back to it."""
    page = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if ours else "notifications"
