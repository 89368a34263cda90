"""SBOK: the page on which a student asks for a session at a time."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from courses.models import Course
from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.errors import Refusal, SignInNeeded

from ...summons.models import HelpSummons
from .. import panels
from ..errors import ChooseTime
from ..forms import BookingForm
from ..services.requesting import course_to_book, request_booking
from ..times import starts_of_text

Asked = dict[str, Any]


@vary_on_headers("HX-Request", "HX-Target")
@require_http_methods(["GET", "POST"])
def book(request: MemberRequest, course_id: UUID) -> HttpResponse:
    """GET: the free times, `with` one helper; `question` and `module`, or a `summons` of one's own, come along."""
    if not request.user.is_authenticated:
        raise SignInNeeded
    course = course_to_book(course_id, request.user)
    if request.method == "POST":
        return ask(request, course)
    return show(request, course, asked=carried(request, course))


def ask(request: MemberRequest, course: Course) -> HttpResponse:
    form = BookingForm(request.POST)
    try:
        if not form.is_valid():
            return show(request, course, asked=typed(form, course), form=form, status=422)
        given = form.cleaned_data
        slot = panels.read_slot(given["slot"])
        moment = starts_of_text(slot[1]) if slot else None
        if slot is None or moment is None:
            raise ChooseTime
        made = request_booking(
            course_id=course.pk,
            helper_id=slot[0],
            starts_at=moment,
            note=given["question"],
            module_id=given["module"],
            by=request.user,
        )
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return show(request, course, asked=typed(form, course), form=form, status=refusal.status)
    messages.success(request, f"Your request is on its way to {made.helper}.")
    return redirect(made)


def show(
    request: MemberRequest, course: Course, *, asked: Asked, form: BookingForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        **panels.opening(course, request.user, helper_id=uuid_of((request.POST or request.GET).get("with"))),
        **asked,
    }
    context["form"] = form
    of_times = request.htmx and request.htmx.target == "times"
    template = "helpdesk/bookings/_times.html" if of_times else "helpdesk/bookings/book.html"
    return render(request, template, context, status=status)


def carried(request: MemberRequest, course: Course) -> Asked:
    """The question and the module that somebody comes with, from wherever they were asked before."""
    summons_id = uuid_of(request.GET.get("summons"))
    found = HelpSummons.objects.of(request.user).filter(pk=summons_id, course=course) if summons_id else None
    if found and (summons := found.select_related("module").first()):
        return {"question": summons.message, "module": summons.module}
    return {"question": request.GET.get("question", ""), "module": module_of(course, request.GET.get("module"))}


def typed(form: BookingForm, course: Course) -> Asked:
    """What stood in the form, for it to stand there again."""
    given = form.data
    return {
        "question": given.get("question", ""),
        "module": module_of(course, given.get("module")),
        "slot": given.get("slot", ""),
    }


def module_of(course: Course, text: str | None) -> Any:
    key = uuid_of(text)
    return course.modules.filter(pk=key).first() if key else None


def uuid_of(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
