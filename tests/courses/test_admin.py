"""The staff door: every change goes through a service."""

from django.urls import reverse

from courses.models import Course, Enrolment, Module, StudentTeacher
from courses.services import complete_module
from peerloop.core.accounts.models import User


def act(client, model: str, action: str, *rows):
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows], "post": "yes"}
    return client.post(reverse(f"admin:courses_{model}_changelist"), chosen, follow=True)


def test_oskar_does_not_come_in(course, oskar, root, as_user):
    address = reverse("admin:courses_course_changelist")
    assert as_user(root).get(address).status_code == 200
    assert as_user(oskar).get(address).status_code == 302


def test_every_list_opens(course, modules, ada, root, as_user):
    complete_module(module=modules[0], by=ada)
    for model in ("course", "module", "enrolment", "studentteacher", "moduleprogress"):
        assert as_user(root).get(reverse(f"admin:courses_{model}_changelist")).status_code == 200


def test_a_course_and_its_modules_are_stored_with_safe_html(course, root, as_user):
    client = as_user(root)
    form = {
        "title": "Terrain",
        "slug": "terrain",
        "summary": "Foam.",
        "description": "**Foam** <script>alert(1)</script>",
        "category": "modeling",
        "order": "5",
        "published": "on",
    }
    client.post(reverse("admin:courses_course_add"), form)
    made = Course.objects.get(slug="terrain")
    assert made.html == "<p><strong>Foam</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    form = {"course": str(made.pk), "title": "Foam", "slug": "foam", "position": "1", "minutes": "5", "body": "*Cut.*"}
    client.post(reverse("admin:courses_module_add"), form)
    assert Module.objects.get(slug="foam").html == "<p><em>Cut.</em></p>"


def test_courses_are_published_and_made_drafts(course, root, as_user):
    client = as_user(root)
    act(client, "course", "make_draft", course)
    assert Course.objects.get().published is False
    act(client, "course", "publish", course)
    assert Course.objects.get().published is True


def test_certifying_makes_a_helper_and_deleting_unmakes_one(course, ada, root, as_user):
    client = as_user(root)
    client.post(reverse("admin:courses_studentteacher_add"), {"user": str(ada.pk), "course": str(course.pk)})
    made = StudentTeacher.objects.get(user=ada)
    assert (made.certified_by, User.objects.get(pk=ada.pk).role) == (root, "helper")
    act(client, "studentteacher", "delete_selected", made)
    assert (StudentTeacher.objects.filter(user=ada).count(), User.objects.get(pk=ada.pk).role) == (0, "student")


def test_staff_enrols_and_removes(course, oskar, root, as_user):
    client = as_user(root)
    client.post(reverse("admin:courses_enrolment_add"), {"user": str(oskar.pk), "course": str(course.pk)})
    made = Enrolment.objects.get(user=oskar)
    client.post(reverse("admin:courses_enrolment_delete", args=[made.pk]), {"post": "yes"})
    assert Enrolment.objects.filter(user=oskar).count() == 0
