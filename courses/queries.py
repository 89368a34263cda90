"""Reads of courses that need several tables."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When

from peerloop.core.accounts.models import User
from peerloop.core.paging import BadCursor

from .models import Course, CourseQuerySet, Enrolment, Module, ModuleProgress, StudentTeacher

Person = User | AnonymousUser


@dataclass(frozen=True)
class Shelf:
    """Some courses in their order; `after` is the cursor of the next ones, or None at the end."""

    courses: list[Course]
    after: str | None


def shelf(courses: QuerySet[Course], *, after: str | None, size: int) -> Shelf:
    """The `size` courses behind the cursor `after` (without one: the first). Raises BadCursor."""
    if after:
        order, key = read_cursor(after)
        courses = courses.filter(Q(order__gt=order) | Q(order=order, pk__gt=key))
    found = list(courses.order_by("order", "pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Shelf(found[:size], f"{last.order}.{last.pk}" if last else None)


def read_cursor(text: str) -> tuple[int, UUID]:
    order, _, key = text.partition(".")
    try:
        return int(order), UUID(key)
    except ValueError:
        raise BadCursor from None


def listed(user: Person, *, category: str = "", text: str = "") -> QuerySet[Course]:
    """The courses that `user` sees, of one category and with these words if given, as the list shows them."""
    courses = Course.objects.visible_to(user).with_size().with_part_of(user).defer("description", "html")
    if category:
        courses = courses.filter(category=category)
    return courses.matching(text) if text else courses


def courses_of(user: Person) -> QuerySet[Course]:
    """The courses in which `user` is enrolled, with their progress, the one they were last busy in first. One query."""
    mine = Enrolment.objects.filter(course=OuterRef("pk"), user=user.pk)
    done = ModuleProgress.objects.filter(module__course=OuterRef("pk"), user=user.pk).order_by("-created_at")
    return (
        Course.objects.filter(Exists(mine))
        .defer("description", "html")
        .with_progress_of(user)
        .annotate(joined_at=mine.values("created_at")[:1], done_at=done.values("created_at")[:1])
        .annotate(busy_at=Case(When(done_at__gt=F("joined_at"), then="done_at"), default="joined_at"))
        .order_by("-busy_at", "-pk")
    )


def learnt_by(user: Person) -> CourseQuerySet:
    """The courses in which `user` is enrolled, in the order of the list. One query."""
    enrolled = Enrolment.objects.filter(course=OuterRef("pk"), user=user.pk)
    return Course.objects.filter(Exists(enrolled)).defer("description", "html").order_by("order", "pk")


def courses_taught_by(user: Person) -> CourseQuerySet:
    """The courses for which `user` is certified, in the order of the list, with their size. One query."""
    certified = StudentTeacher.objects.filter(course=OuterRef("pk"), user=user.pk)
    return Course.objects.filter(Exists(certified)).defer("description", "html").with_size().order_by("order", "pk")


@dataclass(frozen=True)
class Reading:
    """A course as somebody reads it: its modules with `done`, and the one that lies open, with its text as `page`."""

    course: Course
    modules: list[Module]
    module: Module

    @property
    def index(self) -> int:
        return self.modules.index(self.module)

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def previous(self) -> Module | None:
        return self.modules[self.index - 1] if self.index else None

    @property
    def next(self) -> Module | None:
        return self.modules[self.number] if self.number < len(self.modules) else None

    @property
    def done_count(self) -> int:
        return sum(module.done for module in self.modules)  # type: ignore[attr-defined]

    @property
    def percent(self) -> int:
        return self.done_count * 100 // len(self.modules)


def reading(course: Course, user: Person, opened: UUID) -> Reading | None:
    """`course` as `user` reads it with the module `opened`, or None if it has no such module. One query."""
    modules = curriculum(course, user, opened=opened)
    found = next((module for module in modules if module.pk == opened), None)
    return Reading(course, modules, found) if found else None


def curriculum(course: Course, user: Person, *, opened: UUID | None = None) -> list[Module]:
    """The modules in order, with `done` for `user`; only the `opened` one has its text, as `page`. One query."""
    page = Case(When(pk=opened, then=F("html")), default=Value(""), output_field=TextField())
    return list(course.modules.with_done_by(user).annotate(page=page).defer("body", "html"))


def student_teacher_ids(course_id: UUID) -> set[UUID]:
    """Who carries the badge in this course: certified for it, with an open account."""
    certified = StudentTeacher.objects.filter(course=course_id, user__is_active=True)
    return set(certified.values_list("user_id", flat=True))


def student_teachers(course: Course) -> QuerySet[User]:
    """The same as people, the longest certified first."""
    return User.objects.people().filter(certifications__course=course.pk).order_by("certifications__created_at")
