"""What a person takes along: where they are enrolled, what they have done, for what they are certified."""

from peerloop.core.accounts.exports import Export, Rows, exports
from peerloop.core.accounts.models import User

from .models import Enrolment, ModuleProgress, StudentTeacher


def enrolments(user: User) -> Rows:
    return Enrolment.objects.filter(user=user).order_by("pk").values("created_at", "course__title")


def progress(user: User) -> Rows:
    done = ModuleProgress.objects.filter(user=user).order_by("pk")
    return done.values("created_at", "module__course__title", "module__title")


def certifications(user: User) -> Rows:
    return StudentTeacher.objects.filter(user=user).order_by("pk").values("created_at", "course__title")


exports.add("enrolments", Export(enrolments))
exports.add("progress", Export(progress))
exports.add("certifications", Export(certifications))
