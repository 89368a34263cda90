"""Home, dashboards (SDSH, TDSH) and profiles (PROF, STPR)."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from courses.queries import courses_taught_by, learnt_by, listed, shelf
from peerloop.core.accounts.models import User
from peerloop.core.accounts.requests import MemberRequest, SiteRequest
from peerloop.core.errors import SignInNeeded
from peerloop.core.presence.services import set_availability

from . import queries
from .errors import HelpersOnly

COURSES_ON_HOME = 4


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page for visitors; who is signed in goes on to their dashboard."""
    if request.user.is_authenticated:
        return redirect("helper_dashboard" if request.user.is_helper else "dashboard")
    first = shelf(listed(request.user), after=None, size=COURSES_ON_HOME)
    return render(request, "pages/home.html", {"courses": first.courses, "product": settings.PEERLOOP})


@login_required
@require_safe
def dashboard(request: MemberRequest) -> HttpResponse:
    context = {"desk": queries.desk_of(request.user), "greeting": greeting()}
    return render(request, "pages/dashboards/student.html", context)


@login_required
@require_safe
def helper_dashboard(request: MemberRequest) -> HttpResponse:
    if not request.user.is_helper:
        raise HelpersOnly
    courses = list(courses_taught_by(request.user))
    context = {"courses": courses, "is_available": queries.is_available(request.user)}
    return render(request, "pages/dashboards/helper.html", context)


@require_http_methods(["GET", "POST"])
def availability(request: SiteRequest) -> HttpResponse:
    """The switch; its box is sent only when it is on. A GET, as after signing in on the way, leads to the dashboard."""
    if request.method == "GET":
        return redirect("helper_dashboard")
    if not request.user.is_authenticated:
        raise SignInNeeded
    switch = set_availability(user=request.user, available="available" in request.POST, by=request.user)
    if request.htmx:
        context = {"is_available": switch.is_available, "turned": True}
        return render(request, "pages/dashboards/_availability.html", context)
    messages.success(request, f"You are {'available' if switch.is_available else 'not available'} to help.")
    return redirect("helper_dashboard")


@login_required
@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    return person_page(request, get_object_or_404(User.objects.people(), username=username), "person.html")


@require_safe
def helper_profile(request: HttpRequest, username: str) -> HttpResponse:
    """Helpers are for everybody to see. Who is not one, or no longer, has just a profile."""
    person = get_object_or_404(User.objects.people(), username=username)
    if not person.is_helper:
        return redirect("profile", username)
    return person_page(request, person, "helper.html")


def person_page(request: HttpRequest, person: User, template: str) -> HttpResponse:
    context = {
        "person": person,
        "taught": courses_taught_by(person).visible_to(request.user),
        "learnt": learnt_by(person).visible_to(request.user),
    }
    return render(request, f"pages/people/{template}", context)


def greeting() -> str:
    hour = timezone.localtime().hour
    if 5 <= hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= hour < 18 else "Good evening"
