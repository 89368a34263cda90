"""Tables and rules that others build on."""

import pytest
from django.db import IntegrityError, connection, transaction

from courses.models import Category, Course, Enrolment, Module, ModuleProgress, StudentTeacher
from courses.queries import student_teacher_ids
from courses.services import certify
from peerloop.core.accounts.services import ban_account
from tests.factories.courses import make_course


@pytest.mark.covers("CHAT-17", "HELP-11", "HELP-13", "REC-06")
def test_the_tables_have_the_names_and_columns_of_the_requirements(course, modules, ben):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, title FROM courses")
        assert len(cursor.fetchall()) == 1
        cursor.execute("SELECT title FROM course_curriculum ORDER BY position")
        assert [title for (title,) in cursor.fetchall()] == [module.title for module in modules]
        cursor.execute("SELECT user_id, course_id FROM student_teachers")
        assert len(cursor.fetchall()) == 1
    assert [len(str(row.pk)) for row in (course, modules[0], StudentTeacher.objects.get())] == [36, 36, 36]


@pytest.mark.covers("REC-68")
def test_the_categories_have_labels_and_icons():
    assert [(each.value, each.label, each.icon) for each in Category] == [
        ("painting", "Painting", "brush"),
        ("modeling", "Modeling", "tools"),
        ("gaming", "Gaming", "dice-5"),
        ("general", "General", "journal-bookmark"),
    ]


def test_the_database_itself_refuses_doubles(course, modules, ada, ben, root):
    ModuleProgress.objects.create(module=modules[0], user=ada)
    doubles = [
        Enrolment(course=course, user=ada),
        StudentTeacher(course=course, user=ben, certified_by=root),
        ModuleProgress(module=modules[0], user=ada),
        Module(course=course, slug="module-1", title="Again", position=9),
        Course(slug="painting", title="Again"),
    ]
    for row in doubles:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_the_badge_is_per_course_and_for_open_accounts(course, ada, ben, mei, root):
    other = make_course("Terrain", slug="terrain", modules=0)
    certify(user=mei, course=course, by=root)
    certify(user=ada, course=other, by=root)
    assert (student_teacher_ids(course), student_teacher_ids(other)) == ({ben.pk, mei.pk}, {ada.pk})
    ban_account(user=mei, by=root)
    assert student_teacher_ids(course) == {ben.pk}
