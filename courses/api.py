"""The JSON door of courses. Looking is open to visitors."""

from typing import Any
from uuid import UUID

from allauth.headless.contrib.ninja.security import x_session_token_auth
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from ninja.security import SessionAuth

from peerloop.core.accounts.requests import CallerRequest

from . import queries, services
from .models import Category, Course, Module

COURSES_PER_PAGE = 50

router = Router(tags=["courses"])


def visitor(request: CallerRequest) -> AnonymousUser:
    """Stands last in the list of ways to sign in: who comes without any is a visitor."""
    return AnonymousUser()


anyone: Any = [SessionAuth(csrf=True), x_session_token_auth, visitor]


class CourseLine(Schema):
    """`enrolled` and `certified` say what the caller is in the course."""

    id: UUID
    title: str
    slug: str
    summary: str
    category: str
    cover: str
    module_count: int
    minutes: int
    member_count: int
    enrolled: bool
    certified: bool

    @staticmethod
    def resolve_cover(course: Course) -> str:
        return course.cover_url


class ModuleLine(Schema):
    id: UUID
    title: str
    summary: str
    minutes: int
    done: bool


class CourseDetail(CourseLine):
    """`description` is safe HTML."""

    description: str
    modules: list[ModuleLine]

    @staticmethod
    def resolve_description(course: Course) -> str:
        return course.html

    @staticmethod
    def resolve_modules(course: Course, context: dict[str, Any]) -> list[Module]:
        return queries.curriculum(course, context["request"].auth)


class Courses(Schema):
    """In the order of the list; `after` is the cursor of the next page, or null at the end."""

    courses: list[CourseLine]
    after: str | None


class Filters(Schema):
    q: str = ""
    category: Category | None = None
    after: str | None = None


class Enrolled(Schema):
    enrolled: bool


class Problem(Schema):
    error: str


PROBLEMS = {400: Problem, 401: Problem, 403: Problem, 404: Problem}


@router.get("/courses", auth=anyone, response={200: Courses, **PROBLEMS})
def list_courses(request: CallerRequest, filters: Query[Filters]) -> Any:
    """The courses that the caller sees."""
    text = filters.q.replace("\x00", "")
    found = queries.listed(request.auth, category=filters.category or "", text=text)
    return queries.shelf(found, after=filters.after, size=COURSES_PER_PAGE)


@router.get("/courses/{uuid:course_id}", auth=anyone, response={200: CourseDetail, **PROBLEMS})
def get_course(request: CallerRequest, course_id: UUID) -> Any:
    """One course with its modules, and whether the caller has done them."""
    caller = request.auth
    return get_object_or_404(Course.objects.visible_to(caller).with_size().with_part_of(caller), pk=course_id)


@router.post("/courses/{uuid:course_id}/enrolment", response={200: Enrolled, **PROBLEMS})
def enrol(request: CallerRequest, course_id: UUID) -> Enrolled:
    """Enrol the caller. Enrolled already: nothing changes."""
    services.enrol(course=seen(request, course_id), by=request.auth)
    return Enrolled(enrolled=True)


@router.delete("/courses/{uuid:course_id}/enrolment", response={200: Enrolled, **PROBLEMS})
def leave(request: CallerRequest, course_id: UUID) -> Enrolled:
    """End the caller's enrolment; progress is kept. Not enrolled: nothing changes."""
    services.leave(course=seen(request, course_id), by=request.auth)
    return Enrolled(enrolled=False)


def seen(request: CallerRequest, course_id: UUID) -> Course:
    return get_object_or_404(Course.objects.visible_to(request.auth), pk=course_id)
