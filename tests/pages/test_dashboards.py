"""Home, the student's dashboard (SDSH) and the helper's (TDSH)."""

import pytest
from django.utils import timezone

from courses.services import complete_module, enrol
from peerloop.core.presence.models import Availability
from tests.factories.courses import make_course
from tests.support.pages import HTMX, text_of


def test_home_shows_visitors_the_first_courses(course, as_user):
    for number in range(6):
        make_course(f"Course {number}", slug=f"c{number}", modules=1, order=number)
    text = text_of(as_user(None).get("/"))
    assert [f"Course {number}" in text for number in range(6)] == [True] * 4 + [False] * 2


@pytest.mark.covers("SESS-71", "REC-61")
def test_who_is_signed_in_goes_on_to_the_dashboard(course, ada, ben, as_user):
    assert as_user(ada).get("/").url == "/dashboard"
    assert as_user(ben).get("/").url == "/helper/dashboard"


def test_at_first_use_the_dashboard_leads_to_the_courses(oskar, as_user):
    response = as_user(oskar).get("/dashboard")
    assert "Your courses will stand here" in text_of(response)
    assert '<a class="btn btn-primary" href="/courses">Find a course</a>' in response.content.decode()


def test_the_dashboard_goes_on_where_the_student_was_last_busy(course, modules, ada, as_user):
    complete_module(module=modules[0], by=ada)
    later = make_course("Terrain", slug="terrain", modules=1)
    enrol(course=later, by=ada)
    text = text_of(as_user(ada).get("/dashboard"))
    assert "You are in module 1 of Terrain." in text
    complete_module(module=later.modules.get(), by=ada)
    text = text_of(as_user(ada).get("/dashboard"))
    for shown in ("You are in module 2 of Painting", "2. Priming and undercoats", "33%", "All modules done"):
        assert shown in text


@pytest.mark.parametrize(("hour", "greeting"), [(6, "Good morning"), (12, "Good afternoon"), (2, "Good evening")])
def test_the_greeting_knows_the_viewers_zone(ada, as_user, monkeypatch, hour, greeting):
    ada.time_zone = "Asia/Tokyo"
    ada.save()
    now = timezone.now().replace(hour=(hour - 9) % 24, minute=30)
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert f"{greeting}, Ada Lind" in text_of(as_user(ada).get("/dashboard"))


def test_the_dashboards_belong_to_those_who_are_signed_in(course, as_user):
    for address in ("/dashboard", "/helper/dashboard"):
        assert as_user(None).get(address).url == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("more", [0, 15])
def test_the_dashboard_makes_as_many_queries_for_one_course_as_for_many(
    course, ada, as_user, more, django_assert_num_queries, own_pages_only
):
    for number in range(more):
        enrol(course=make_course(f"Course {number}", slug=f"c{number}"), by=ada)
    client = as_user(ada)
    with django_assert_num_queries(3):  # who is signed in, her courses, the module to go on with
        client.get("/dashboard")


def test_oskar_and_ada_read_why_the_helper_dashboard_is_not_theirs(course, ada, oskar, as_user):
    for person in (ada, oskar):
        response = as_user(person).get("/helper/dashboard")
        assert response.status_code == 403
        assert "This page is for helpers." in text_of(response)


def test_a_helper_sees_the_courses_and_the_switch(course, ben, as_user):
    text = text_of(as_user(ben).get("/helper/dashboard"))
    for shown in (
        "You are a Student-Teacher in 1 course.",
        "Painting Miniatures: Foundations",
        "3 modules, 1 student",
        "Nobody is sent to you.",
    ):
        assert shown in text


def test_the_switch_works_without_scripts(course, ben, as_user):
    client = as_user(ben)
    response = client.post("/helper/availability", {"available": "on"}, follow=True)
    assert response.redirect_chain == [("/helper/dashboard", 302)]
    assert "You are available to help." in response.content.decode()
    assert Availability.objects.get(user=ben).is_available is True
    client.post("/helper/availability")
    assert Availability.objects.get(user=ben).is_available is False


def test_htmx_gets_the_switch_alone(course, ben, as_user):
    html = as_user(ben).post("/helper/availability", {"available": "on"}, headers=HTMX).content.decode()
    assert 'id="availability"' in html
    assert " checked" in html
    assert "<html" not in html


def test_oskar_cannot_turn_a_switch(course, oskar, as_user):
    response = as_user(oskar).post("/helper/availability", {"available": "on"})
    assert response.status_code == 403
    assert "Only helpers can be available to help." in text_of(response)
    sent = as_user(None).post("/helper/availability", headers={"Referer": "http://testserver/helper/dashboard"})
    assert sent.url == "/accounts/login/?next=/helper/dashboard"
    assert Availability.objects.count() == 0
