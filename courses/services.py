"""The verbs of courses, the only writers."""

from dataclasses import dataclass
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.dispatch import Signal

from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import set_role
from peerloop.core.markup.prose import render_article
from peerloop.core.presence.services import set_availability

from . import errors, permissions, signals
from .folders import CourseFolder, Page
from .models import Course, Enrolment, Module, ModuleProgress, StudentTeacher


@transaction.atomic
def enrol(*, course: Course, by: User, user: User | None = None) -> Enrolment:
    """Make `user` (without one: `by`) a student of `course`. Enrolled already: nothing changes, nobody is told.

    Raises CourseClosed for a draft, OnlyStaffEnrolsOthers when `by` may not enrol `user`.
    """
    user = user or by
    if not permissions.can_enrol(by, course, user):
        raise errors.CourseClosed if by.pk == user.pk else errors.OnlyStaffEnrolsOthers
    enrolment, new = Enrolment.objects.get_or_create(course=course, user=user)
    if new:
        tell(signals.enrolled, user, course)
    return enrolment


@transaction.atomic
def leave(*, course: Course, by: User, user: User | None = None) -> None:
    """End the enrolment of `user` (without one: `by`). What was marked as done is kept. Repeating it is harmless.

    Raises OnlyStaffEnrolsOthers when `by` may not remove `user`.
    """
    user = user or by
    if not permissions.can_leave(by, user):
        raise errors.OnlyStaffEnrolsOthers
    deleted, _ = Enrolment.objects.filter(course=course, user=user).delete()
    if deleted:
        tell(signals.left, user, course)


@transaction.atomic
def certify(*, user: User, course: Course, by: User) -> StudentTeacher:
    """Make `user` a Student-Teacher of `course` and so a helper. Certified already: nothing changes.

    Raises OnlyStaffCertifies, or AccountIsClosed for a banned, deleted or system account.
    """
    # The account's row decides its role: certifying and withdrawing at once must not pass each other.
    person = User.objects.select_for_update().get(pk=user.pk)
    if not permissions.can_certify(by):
        raise errors.OnlyStaffCertifies
    if not person.is_active or person.is_system:
        raise errors.AccountIsClosed(name=person)
    certification, new = StudentTeacher.objects.get_or_create(course=course, user=user, defaults={"certified_by": by})
    set_role(user=user, role=User.Role.HELPER, by=by)
    if new:
        tell(signals.certified, user, course)
    return certification


@transaction.atomic
def withdraw_certification(*, user: User, course: Course, by: User) -> None:
    """End the certification of `user`. With the last one goes the role of helper. Repeating it is harmless.

    Raises OnlyStaffCertifies.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if not permissions.can_certify(by):
        raise errors.OnlyStaffCertifies
    deleted, _ = StudentTeacher.objects.filter(course=course, user=user).delete()
    if not deleted:
        return
    if not StudentTeacher.objects.filter(user=user).exists():
        set_availability(user=user, available=False, by=by)
        set_role(user=user, role=User.Role.STUDENT, by=by)
    tell(signals.decertified, user, course)


@transaction.atomic
def complete_module(*, module: Module, by: User) -> ModuleProgress:
    """Mark `module` as done by `by`. Marked already: keeps its first time. Raises EnrolFirst for outsiders."""
    if not permissions.takes_part(by, module.course):
        raise errors.EnrolFirst
    return ModuleProgress.objects.get_or_create(module=module, user=by)[0]


@transaction.atomic
def reopen_module(*, module: Module, by: User) -> None:
    """Take the mark back. Without a mark nothing changes. Raises EnrolFirst for outsiders."""
    if not permissions.takes_part(by, module.course):
        raise errors.EnrolFirst
    ModuleProgress.objects.filter(module=module, user=by).delete()


@transaction.atomic
def forget_person(*, user: User) -> None:
    """Take `user`, whose account is being deleted, out of all courses. Repeating it is harmless."""
    for course in Course.objects.filter(enrolments__user=user):
        tell(signals.left, user, course)
    for course in Course.objects.filter(student_teachers__user=user):
        tell(signals.decertified, user, course)
    for rows in (Enrolment, StudentTeacher, ModuleProgress):
        rows.objects.filter(user=user).delete()


@transaction.atomic
def write_course(*, course: Course, by: User) -> Course:
    """Store a new or changed `course` with its description as safe HTML. Raises OnlyStaffWrites."""
    if not permissions.can_write(by):
        raise errors.OnlyStaffWrites
    course.html = render_article(course.description, top=3)  # below "About this course"
    course.save()
    return course


@transaction.atomic
def write_module(*, module: Module, by: User) -> Module:
    """Store a new or changed `module` with its body as safe HTML. Raises OnlyStaffWrites."""
    if not permissions.can_write(by):
        raise errors.OnlyStaffWrites
    module.html = render_article(module.body)
    module.save()
    return module


@dataclass(frozen=True)
class Imported:
    """What an import did. `kept` are modules that are not in the folder any more and now stand behind the others."""

    course: Course
    new: bool
    added: list[Module]
    changed: list[Module]
    kept: list[Module]


def import_course(*, folder: CourseFolder, by: User) -> Imported:
    """Make the course with the folder's slug what the folder says. People, progress and ids stay.

    A second import of the same folder changes nothing. A module that is gone from the folder is not deleted,
    because its readers' progress would go with it. Raises OnlyStaffWrites.
    """
    if not permissions.can_write(by):
        raise errors.OnlyStaffWrites
    # Outside of the transaction: files may be stored across the network.
    return write_folder(folder, store_cover(folder), by)


def store_cover(folder: CourseFolder) -> str:
    name = folder.cover_name()
    if folder.cover and not default_storage.exists(name):
        default_storage.save(name, ContentFile(folder.cover.read_bytes()))
    return name


@transaction.atomic
def write_folder(folder: CourseFolder, cover: str, by: User) -> Imported:
    present = Course.objects.select_for_update().filter(slug=folder.slug).first()
    course = present or Course(slug=folder.slug)
    if take_over(course, {**folder.fields, "cover": cover}):
        write_course(course=course, by=by)
    before = {module.slug: module for module in course.modules.all()}
    written = [write_page(course, page, before.get(page.slug), by) for page in folder.modules]
    kept = [module for slug, module in before.items() if slug not in {page.slug for page in folder.modules}]
    for position, module in enumerate(kept, start=len(folder.modules) + 1):
        Module.objects.filter(pk=module.pk).update(position=position)
    changed = [module for module in written if module and module.slug in before]
    return Imported(
        course, present is None, [module for module in written if module and module.slug not in before], changed, kept
    )


def write_page(course: Course, page: Page, module: Module | None, by: User) -> Module | None:
    """The module, if it had to be written."""
    module = module or Module(course=course, slug=page.slug)
    return write_module(module=module, by=by) if take_over(module, page.fields) else None


def take_over(row: Course | Module, fields: dict[str, object]) -> bool:
    """Set `fields` on `row`; whether that made a difference."""
    different = {name: value for name, value in fields.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def tell(signal: Signal, user: User, course: Course) -> None:
    transaction.on_commit(partial(signal.send, Course, user=user, course=course))
