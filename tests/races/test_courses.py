"""Two at once, in threads with connections of their own, on the real database."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from courses import services
from courses.models import Enrolment, ModuleProgress, StudentTeacher
from peerloop.core.accounts.models import User
from tests.factories.courses import make_course

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*verbs: Callable[[], object]) -> list[Exception]:
    """Run all `verbs` at the same moment; what went wrong, if anything did."""
    barrier, failures = Barrier(len(verbs)), []

    def run(verb: Callable[[], object]) -> None:
        barrier.wait()
        try:
            verb()
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_parallel_enrolments_make_one_row(course, oskar):
    failures = at_once(*[lambda: services.enrol(course=course, by=oskar)] * 8)
    assert (failures, Enrolment.objects.filter(user=oskar).count()) == ([], 1)


def test_parallel_marks_make_one_row(course, modules, ada):
    failures = at_once(*[lambda: services.complete_module(module=modules[0], by=ada)] * 8)
    assert (failures, ModuleProgress.objects.count()) == ([], 1)


def test_the_role_follows_whatever_comes_last(course, ben, root):
    second = make_course("Terrain", slug="terrain", modules=0)
    for _ in range(3):
        failures = at_once(
            lambda: services.withdraw_certification(user=ben, course=course, by=root),
            lambda: services.certify(user=ben, course=second, by=root),
        )
        assert (failures, User.objects.get(pk=ben.pk).role) == ([], "helper")
        failures = at_once(
            lambda: services.withdraw_certification(user=ben, course=course, by=root),
            lambda: services.withdraw_certification(user=ben, course=second, by=root),
        )
        assert failures == []
        assert (StudentTeacher.objects.count(), User.objects.get(pk=ben.pk).role) == (0, "student")
        services.certify(user=ben, course=course, by=root)
