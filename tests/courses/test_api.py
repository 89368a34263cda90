"""The JSON door of courses."""

import pytest

from courses.models import Enrolment
from courses.services import complete_module
from tests.factories.courses import make_course


def line(course, **differing) -> dict:
    return {
        "id": str(course.pk),
        "title": "Painting Miniatures: Foundations",
        "slug": "painting",
        "summary": "From primer to a finished piece.",
        "category": "painting",
        "cover": "",
        "module_count": 3,
        "minutes": 60,
        "member_count": 1,
        "enrolled": False,
        "certified": False,
    } | differing


@pytest.mark.covers("REC-06", "REC-21")
def test_the_list_says_what_the_caller_is_in_each_course(course, ada, ben, as_user):
    assert as_user(None).get("/api/courses").json() == {"courses": [line(course)], "after": None}
    assert as_user(ada).get("/api/courses").json()["courses"] == [line(course, enrolled=True)]
    assert as_user(ben).get("/api/courses").json()["courses"] == [line(course, certified=True)]


def test_the_list_is_filtered_and_paged(course, as_user):
    for number in range(60):
        make_course(f"Course {number}", slug=f"c{number}", modules=0, category="gaming")
    visitor = as_user(None)
    first = visitor.get("/api/courses?category=gaming").json()
    second = visitor.get(f"/api/courses?category=gaming&after={first['after']}").json()
    titles = [each["title"] for each in first["courses"] + second["courses"]]
    assert (titles, second["after"]) == ([f"Course {number}" for number in range(60)], None)
    assert [each["slug"] for each in visitor.get("/api/courses?q=miniatures").json()["courses"]] == ["painting"]


@pytest.mark.parametrize("query", ["category=zebra", "after=zebra"])
def test_damaged_filters_are_refused(course, as_user, query):
    response = as_user(None).get(f"/api/courses?{query}")
    assert (response.status_code, list(response.json())) == (400, ["error"])


def test_one_course_has_its_modules(course, modules, ada, as_user):
    complete_module(module=modules[0], by=ada)
    found = as_user(ada).get(f"/api/courses/{course.pk}").json()
    assert found["description"] == "<p>Thin paint.</p>"
    assert [(module["id"], module["done"]) for module in found["modules"]] == [
        (str(modules[0].pk), True),
        (str(modules[1].pk), False),
        (str(modules[2].pk), False),
    ]
    assert {key: found[key] for key in line(course)} == line(course, enrolled=True)


def test_a_draft_is_not_there_for_oskar(course, oskar, root, as_user):
    draft = make_course("A draft", slug="draft", published=False)
    address = f"/api/courses/{draft.pk}"
    assert as_user(root).get(address).status_code == 200
    missing = {"error": "That is not here, or not for you to see."}
    for response in (as_user(oskar).get(address), as_user(oskar).post(f"{address}/enrolment")):
        assert (response.status_code, response.json()) == (404, missing)


def test_enrolling_and_leaving_twice_is_harmless(course, oskar, as_user):
    client, address = as_user(oskar), f"/api/courses/{course.pk}/enrolment"
    for _ in range(2):
        assert client.post(address).json() == {"enrolled": True}
    assert Enrolment.objects.filter(user=oskar).count() == 1
    for _ in range(2):
        assert client.delete(address).json() == {"enrolled": False}
    assert Enrolment.objects.filter(user=oskar).count() == 0


def test_a_visitor_enrols_nowhere(course, as_user):
    for call in (as_user(None).post, as_user(None).delete):
        response = call(f"/api/courses/{course.pk}/enrolment")
        assert (response.status_code, response.json()) == (401, {"error": "Sign in first."})
    assert Enrolment.objects.count() == 1


def test_a_forged_form_of_another_site_enrols_nobody(course, oskar):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(oskar)
    assert client.post(f"/api/courses/{course.pk}/enrolment").status_code == 403
    assert Enrolment.objects.filter(user=oskar).count() == 0
