"""Reading a course: the content page, its refusals and the marks."""

import pytest

from courses.models import Module, ModuleProgress
from courses.services import complete_module, write_module
from tests.factories.courses import make_course, make_module
from tests.support.pages import HTMX, text_of


def done_by(user) -> list[str]:
    return sorted(ModuleProgress.objects.filter(user=user).values_list("module__slug", flat=True))


@pytest.mark.parametrize("name", ["ada", "ben"])
def test_students_and_student_teachers_read(course, modules, ada, ben, as_user, name):
    reader = {"ada": ada, "ben": ben}[name]
    text = text_of(as_user(reader).get(f"/courses/{course.pk}/content/{modules[1].pk}"))
    for shown in ("Priming and undercoats", "Module 2 of 3, 20 min", "Text of module 2.", "Mark as done", "0%"):
        assert shown in text
    assert "Text of module 1." not in text


def test_oskar_reads_why_he_may_not(course, modules, oskar, as_user):
    for address in (f"/courses/{course.pk}/content", f"/courses/{course.pk}/content/{modules[0].pk}"):
        response = as_user(oskar).get(address)
        assert response.status_code == 403
        assert "Enrol to read this course." in text_of(response)
        assert "Text of module 1." not in response.content.decode()


def test_oskar_marks_nothing(course, modules, oskar, as_user):
    address = f"/courses/{course.pk}/content/{modules[0].pk}/progress"
    for headers in ({}, HTMX):
        response = as_user(oskar).post(address, headers=headers)
        assert response.status_code == 403
        assert "Enrol to read this course." in response.content.decode()
    assert done_by(oskar) == []


def test_a_visitor_signs_in_first(course, modules, as_user):
    address = f"/courses/{course.pk}/content/{modules[0].pk}"
    assert as_user(None).get(address).url == f"/accounts/login/?next={address}"
    sent = as_user(None).post(f"{address}/progress", headers={"Referer": f"http://testserver{address}"})
    assert sent.url == f"/accounts/login/?next={address}"


def test_the_content_opens_at_the_first_module_that_is_not_done(course, modules, ada, as_user):
    client, address = as_user(ada), f"/courses/{course.pk}/content"
    assert client.get(address).url == f"{address}/{modules[0].pk}"
    complete_module(module=modules[0], by=ada)
    complete_module(module=modules[2], by=ada)
    assert client.get(address).url == f"{address}/{modules[1].pk}"
    complete_module(module=modules[1], by=ada)
    assert client.get(address).url == f"{address}/{modules[2].pk}"


def test_a_course_without_modules_says_so(course, ada, as_user):
    Module.objects.all().delete()
    assert "No modules yet" in text_of(as_user(ada).get(f"/courses/{course.pk}/content"))


def test_a_module_of_another_course_is_not_there(course, ada, as_user):
    other = make_module(make_course("Terrain", slug="terrain", modules=0), 1)
    for address in (f"/courses/{course.pk}/content/{other.pk}", f"/courses/{course.pk}/content/{other.pk}/progress"):
        assert as_user(ada).get(address).status_code == 404
    assert as_user(ada).post(f"/courses/{course.pk}/content/{other.pk}/progress").status_code == 404
    assert done_by(ada) == []


def test_marking_works_without_scripts(course, modules, ada, as_user):
    client, page = as_user(ada), f"/courses/{course.pk}/content/{modules[0].pk}"
    response = client.post(f"{page}/progress", {"action": "done"}, follow=True)
    assert response.redirect_chain == [(page, 302)]
    assert ("Next module" in text_of(response), "33%" in text_of(response), done_by(ada)) == (True, True, ["module-1"])
    client.post(f"{page}/progress", {"action": "undone"})
    assert done_by(ada) == []


def test_htmx_gets_the_steps_and_the_ring(course, modules, ada, as_user):
    page = f"/courses/{course.pk}/content/{modules[0].pk}"
    html = as_user(ada).post(f"{page}/progress", {"action": "done"}, headers=HTMX).content.decode()
    assert f'id="steps-module-{modules[0].pk}"' in html
    assert f'id="progress-course-{course.pk}"' in html
    assert html.count('hx-swap-oob="true"') == 1
    assert "<article" not in html


def test_the_last_mark_closes_the_course(course, modules, ada, as_user):
    for module in modules:
        complete_module(module=module, by=ada)
    text = text_of(as_user(ada).get(f"/courses/{course.pk}/content/{modules[2].pk}"))
    for shown in ("100%", "You have done the whole course.", "Back to the course"):
        assert shown in text


def test_neighbours_are_named(course, modules, ada, as_user):
    text = text_of(as_user(ada).get(f"/courses/{course.pk}/content/{modules[1].pk}"))
    assert "Previous: Brushes, paint and water" in text
    assert "Next: Layering & Edge Highlights" in text


def test_a_hostile_module_is_shown_harmless(course, modules, ada, root, as_user):
    modules[0].body = "<script>alert(1)</script>\n\n[x](javascript:alert(2))\n\n<img src=x onerror=alert(3)>"
    write_module(module=modules[0], by=root)
    html = as_user(ada).get(f"/courses/{course.pk}/content/{modules[0].pk}").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert [bad for bad in ("<script>alert", 'href="javascript', "<img src=x") if bad in html] == []


@pytest.mark.parametrize("more", [0, 30])
def test_a_module_costs_three_queries_however_long_the_course(
    course, modules, ada, as_user, more, django_assert_num_queries, own_pages_only
):
    for number in range(more):
        make_module(course, number + 10)
    reader = as_user(ada)
    with django_assert_num_queries(3):  # who is signed in, the course, its modules
        reader.get(f"/courses/{course.pk}/content/{modules[0].pk}")


def test_with_all_that_stands_in_it_a_module_costs_at_most_six_queries(
    course, modules, ada, as_user, django_assert_max_num_queries
):
    reader = as_user(ada)
    reader.get("/courses")
    with django_assert_max_num_queries(6):
        reader.get(f"/courses/{course.pk}/content/{modules[0].pk}")
    with django_assert_max_num_queries(6):
        reader.get("/courses")
