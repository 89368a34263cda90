"""What the verbs of courses do, do twice, and refuse."""

import pytest

from courses import errors, services, signals
from courses.models import Course, Enrolment, ModuleProgress, StudentTeacher
from courses.permissions import is_certified, is_enrolled, takes_part
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import ban_account, system
from peerloop.core.presence.models import Availability
from peerloop.core.presence.services import set_availability
from tests.factories.courses import make_course


@pytest.fixture
def heard():
    """What the signals of courses said, in order."""
    told: list[tuple[str, str]] = []
    listeners = []
    for name in ("enrolled", "left", "certified", "decertified"):

        def listen(user, name=name, **kwargs):
            told.append((name, user.username))

        getattr(signals, name).connect(listen)
        listeners.append((getattr(signals, name), listen))
    yield told
    for signal, listen in listeners:
        signal.disconnect(listen)


def test_enrolling_twice_makes_one_row_and_tells_once(course, oskar, heard, django_capture_on_commit_callbacks):
    assert (is_enrolled(oskar, course), takes_part(oskar, course)) == (False, False)
    with django_capture_on_commit_callbacks(execute=True):
        first = services.enrol(course=course, by=oskar)
        again = services.enrol(course=course, by=oskar)
    assert (first, heard) == (again, [("enrolled", "oskar")])
    assert (is_enrolled(oskar, course), is_certified(oskar, course), takes_part(oskar, course)) == (True, False, True)


def test_leaving_twice_is_harmless_and_keeps_what_was_done(
    course, modules, ada, heard, django_capture_on_commit_callbacks
):
    services.complete_module(module=modules[0], by=ada)
    with django_capture_on_commit_callbacks(execute=True):
        services.leave(course=course, by=ada)
        services.leave(course=course, by=ada)
    assert (takes_part(ada, course), heard) == (False, [("left", "ada")])
    assert ModuleProgress.objects.get(user=ada).module == modules[0]


def test_nobody_enrols_in_a_draft_but_staff_may_enrol_others(course, oskar, root):
    draft = make_course("A draft", slug="draft", published=False)
    with pytest.raises(errors.CourseClosed):
        services.enrol(course=draft, by=oskar)
    services.enrol(course=draft, user=oskar, by=root)
    assert Enrolment.objects.get(course=draft).user == oskar


def test_oskar_moves_nobody_else_in_or_out(course, ada, mei, oskar):
    with pytest.raises(errors.OnlyStaffEnrolsOthers):
        services.enrol(course=course, user=mei, by=oskar)
    with pytest.raises(errors.OnlyStaffEnrolsOthers):
        services.leave(course=course, user=ada, by=oskar)
    assert set(Enrolment.objects.values_list("user", flat=True)) == {ada.pk}


@pytest.mark.covers("REC-39")
def test_a_student_teacher_is_a_helper_until_the_last_certification_goes(
    course, ben, root, heard, django_capture_on_commit_callbacks
):
    second = make_course("Terrain", slug="terrain")
    with django_capture_on_commit_callbacks(execute=True):
        services.certify(user=ben, course=second, by=root)
        services.certify(user=ben, course=second, by=root)
    assert StudentTeacher.objects.filter(user=ben).count() == 2
    services.withdraw_certification(user=ben, course=second, by=root)
    assert User.objects.get(pk=ben.pk).role == "helper"
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw_certification(user=ben, course=course, by=root)
        services.withdraw_certification(user=ben, course=course, by=root)
    assert (User.objects.get(pk=ben.pk).role, heard) == ("student", [("certified", "ben"), ("decertified", "ben")])


def test_who_is_no_longer_a_helper_is_no_longer_available(course, ben, root):
    set_availability(user=ben, available=True, by=ben)
    services.withdraw_certification(user=ben, course=course, by=root)
    assert Availability.objects.get(user=ben).is_available is False


@pytest.mark.parametrize("name", ["ada", "ben", "oskar"])
def test_only_staff_certifies_and_withdraws(course, ada, ben, oskar, name):
    somebody = {"ada": ada, "ben": ben, "oskar": oskar}[name]
    with pytest.raises(errors.OnlyStaffCertifies):
        services.certify(user=oskar, course=course, by=somebody)
    with pytest.raises(errors.OnlyStaffCertifies):
        services.withdraw_certification(user=ben, course=course, by=somebody)
    assert StudentTeacher.objects.get().user == ben


def test_a_closed_account_cannot_be_certified(course, oskar, root):
    ban_account(user=oskar, by=root)
    with pytest.raises(errors.AccountIsClosed) as refusal:
        services.certify(user=oskar, course=course, by=root)
    assert refusal.value.sentence == "Oskar Berg has no open account, so there is nobody to certify."
    with pytest.raises(errors.AccountIsClosed):
        services.certify(user=system(), course=course, by=root)


def test_a_banned_person_takes_part_in_nothing(course, ada, ben, root):
    for person in (ada, ben):
        ban_account(user=person, by=root)
    assert [takes_part(ada, course), is_enrolled(ada, course), is_certified(ben, course)] == [False, False, False]


def test_a_module_is_done_once_and_can_be_reopened(course, modules, ada):
    first = services.complete_module(module=modules[0], by=ada)
    assert services.complete_module(module=modules[0], by=ada) == first
    services.reopen_module(module=modules[0], by=ada)
    services.reopen_module(module=modules[0], by=ada)
    assert ModuleProgress.objects.count() == 0


def test_student_teachers_follow_the_course_too_but_oskar_does_not(course, modules, ben, oskar):
    services.complete_module(module=modules[1], by=ben)
    for verb in (services.complete_module, services.reopen_module):
        with pytest.raises(errors.EnrolFirst) as refusal:
            verb(module=modules[1], by=oskar)
    assert refusal.value.sentence == "Enrol to read this course."
    assert ModuleProgress.objects.get().user == ben


def test_only_staff_writes_courses(course, modules, ada):
    course.title, modules[0].title = "Ada's own", "Ada's own"
    with pytest.raises(errors.OnlyStaffWrites):
        services.write_course(course=course, by=ada)
    with pytest.raises(errors.OnlyStaffWrites):
        services.write_module(module=modules[0], by=ada)
    assert Course.objects.get().title == "Painting Miniatures: Foundations"


def test_hostile_markdown_is_stored_harmless(course, modules, root):
    modules[0].body = (
        "# Title\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![p](https://evil.example/p.png)\n\n"
        "<img src=x onerror=alert(1)>\n\n`code`"
    )
    html = services.write_module(module=modules[0], by=root).html
    assert "<h2>Title</h2>" in html
    assert "<code>code</code>" in html
    assert [bad for bad in ("<script", 'href="javascript', "<img src=x", 'evil.example/p.png"') if bad in html] == []


def test_a_deleted_account_leaves_all_courses(course, modules, ada, ben, heard, django_capture_on_commit_callbacks):
    services.complete_module(module=modules[0], by=ada)
    with django_capture_on_commit_callbacks(execute=True):
        for person in (ada, ben):
            services.forget_person(user=person)
    counts = [rows.objects.count() for rows in (Enrolment, StudentTeacher, ModuleProgress)]
    assert (counts, heard) == ([0, 0, 0], [("left", "ada"), ("decertified", "ben")])
