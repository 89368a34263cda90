"""Who may do what in a course. Visitors and closed accounts may nothing but look."""

from django.contrib.auth.models import AnonymousUser

from peerloop.core.accounts.models import User

from .models import Course, Enrolment, StudentTeacher


def is_enrolled(user: User | AnonymousUser, course: Course) -> bool:
    """Whether `user` is a student of `course`."""
    return user.is_active and Enrolment.objects.filter(course=course.pk, user=user.pk).exists()


def is_certified(user: User | AnonymousUser, course: Course) -> bool:
    """Whether `user` is a Student-Teacher of `course`."""
    return user.is_active and StudentTeacher.objects.filter(course=course.pk, user=user.pk).exists()


def takes_part(user: User | AnonymousUser, course: Course) -> bool:
    """Whether `user` is either: the condition of its content and its chat. One query."""
    return user.is_active and Course.objects.filter(pk=course.pk).joined_by(user).exists()


def can_enrol(by: User, course: Course, user: User) -> bool:
    """Whether `by` may enrol `user`: oneself in a published course, anybody as staff."""
    return is_staff(by) or (by.is_active and by.pk == user.pk and course.published)


def can_leave(by: User, user: User) -> bool:
    return is_staff(by) or by.pk == user.pk


def can_certify(by: User) -> bool:
    """Whether `by` may certify Student-Teachers and withdraw that again."""
    return is_staff(by)


def can_write(by: User) -> bool:
    """Whether `by` may change courses and their modules."""
    return is_staff(by)


def is_staff(by: User) -> bool:
    return by.is_system or (by.is_active and by.is_staff)
