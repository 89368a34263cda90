"""The pages of courses: list, detail (CDET), content (CCNT)."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from peerloop.core.accounts.requests import SiteRequest
from peerloop.core.errors import SignInNeeded

from . import errors, queries, services
from .forms import CourseFilter
from .models import Course, Module

COURSES_PER_PAGE = 12
TEACHERS_SHOWN = 12
YEAR = 365 * 24 * 3600


@require_safe
@vary_on_headers("HX-Request")
def course_list(request: SiteRequest) -> HttpResponse:
    form = CourseFilter(request.GET)
    form.is_valid()
    category, text = form.cleaned_data.get("category", ""), form.cleaned_data.get("q", "")
    found = queries.listed(request.user, category=category, text=text)
    shelf = queries.shelf(found, after=request.GET.get("after"), size=COURSES_PER_PAGE)
    context = {"form": form, "shelf": shelf, "category": category, "text": text}
    return render(request, "courses/courses/list.html" + ("#results" if request.htmx else ""), context)


@require_safe
@vary_on_headers("HX-Request")
def course_detail(request: SiteRequest, course_id: UUID) -> HttpResponse:
    return course_page(request, course_id)


@require_http_methods(["GET", "POST"])
def course_enrolment(request: SiteRequest, course_id: UUID) -> HttpResponse:
    """`action=enrol` or `action=leave`. A GET, as after signing in on the way, leads to the course."""
    course = visible_course(request, course_id)
    if request.method == "GET":
        return redirect(course)
    if not request.user.is_authenticated:
        raise SignInNeeded
    if request.POST.get("action") == "leave":
        services.leave(course=course, by=request.user)
        return after_leaving(request, course)
    services.enrol(course=course, by=request.user)
    if request.htmx:
        return course_page(request, course_id)
    messages.success(request, f"You are enrolled in {course}.")
    return redirect(course)


@login_required
@require_safe
def course_content(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Opens the first module that is not done; when all are, the last one."""
    course = visible_course(request, course_id)
    if not takes_part(course):
        return closed(request, course)
    module = course.next_module_id or course.modules.values_list("pk", flat=True).last()  # type: ignore[attr-defined]
    if not module:
        return render(request, "courses/modules/none.html", {"course": course})
    return redirect("module_detail", course.pk, module)


@login_required
@require_safe
def module_detail(request: HttpRequest, course_id: UUID, module_id: UUID) -> HttpResponse:
    course = visible_course(request, course_id)
    if not takes_part(course):
        return closed(request, course)
    return module_page(request, course, module_id, "courses/modules/module.html")


@require_http_methods(["GET", "POST"])
def module_progress(request: SiteRequest, course_id: UUID, module_id: UUID) -> HttpResponse:
    """`action=done` or `action=undone`. A GET, as after signing in on the way, leads to the module."""
    course = visible_course(request, course_id)
    module = get_object_or_404(Module, course=course, pk=module_id)
    if request.method == "GET":
        return redirect(module)
    if not request.user.is_authenticated:
        raise SignInNeeded
    if request.POST.get("action") == "undone":
        services.reopen_module(module=module, by=request.user)
    else:
        services.complete_module(module=module, by=request.user)
    if request.htmx:
        return module_page(request, course, module_id, "courses/modules/_marked.html")
    return redirect(module)


@require_safe
def course_cover(request: HttpRequest, name: str) -> FileResponse:
    """Covers are for everybody; a changed one has another name, so this one never changes."""
    path = f"courses/{name}"
    if not default_storage.exists(path):
        raise Http404
    return FileResponse(default_storage.open(path), headers={"Cache-Control": f"public, max-age={YEAR}, immutable"})


def visible_course(request: HttpRequest, course_id: UUID) -> Course:
    """The course with its size and what the viewer is and has done in it, or 404. One query."""
    courses = Course.objects.visible_to(request.user).with_size()
    return get_object_or_404(courses.with_part_of(request.user).with_progress_of(request.user), pk=course_id)


def takes_part(course: Course) -> bool:
    return course.enrolled or course.certified


def course_page(request: SiteRequest, course_id: UUID) -> HttpResponse:
    course = visible_course(request, course_id)
    context = {
        "course": course,
        "takes_part": takes_part(course),
        "modules": queries.curriculum(course, request.user),
        "teachers": queries.student_teachers(course)[:TEACHERS_SHOWN],
    }
    return render(request, "courses/courses/detail.html" + ("#course" if request.htmx else ""), context)


def after_leaving(request: SiteRequest, course: Course) -> HttpResponse:
    # A draft is out of sight for those who left it.
    if request.htmx and course.published:
        return course_page(request, course.pk)
    messages.success(request, f"You have left {course}. What you marked as done is kept.")
    target = course.get_absolute_url() if course.published else "/courses"
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


def closed(request: HttpRequest, course: Course) -> HttpResponse:
    refusal = errors.EnrolFirst()
    return render(request, "courses/courses/closed.html", {"course": course, "refusal": refusal}, status=refusal.status)


def module_page(request: HttpRequest, course: Course, module_id: UUID, template: str) -> HttpResponse:
    reading = queries.reading(course, request.user, module_id)
    if not reading:
        raise Http404
    return render(request, template, {"reading": reading, "course": course, "module": reading.module})
