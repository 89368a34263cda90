"""The list, the detail page and the way in and out."""

import re
from html import unescape

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from courses.models import Enrolment
from courses.permissions import is_enrolled
from courses.services import certify, enrol
from tests.factories.courses import make_course, make_module
from tests.factories.people import person
from tests.support.pages import HTMX, text_of


def titles(response) -> list[str]:
    found = re.findall(r'<a class="stretch" href="[^"]+">([^<]+)</a>', response.content.decode())
    return [unescape(title) for title in found]


def test_the_list_shows_published_courses_in_their_order(course, as_user, root):
    make_course("Light Effects", slug="light", order=1)
    make_course("A draft", slug="draft", published=False)
    assert titles(as_user(None).get("/courses")) == ["Light Effects", "Painting Miniatures: Foundations"]
    assert titles(as_user(root).get("/courses")) == ["Light Effects", "Painting Miniatures: Foundations", "A draft"]


def test_the_list_is_searched_and_filtered(course, as_user):
    make_course("Dice and odds", slug="dice", category="gaming", summary="Chance at the table.")
    visitor = as_user(None)
    assert titles(visitor.get("/courses?q=CHANCE")) == ["Dice and odds"]
    assert titles(visitor.get("/courses?category=painting")) == ["Painting Miniatures: Foundations"]
    nothing = visitor.get("/courses?q=zebra&category=gaming")
    assert "No course fits" in text_of(nothing)


@pytest.mark.parametrize("address", ["/courses?q=%00", "/courses?category=zebra", "/courses?q=" + "x" * 81])
def test_a_damaged_filter_shows_a_page(course, as_user, address):
    assert as_user(None).get(address).status_code == 200


@pytest.mark.parametrize("cursor", ["zebra", "1.zebra", "1", "99999999999999999999999.x"])
def test_a_damaged_cursor_is_told(course, as_user, cursor):
    response = as_user(None).get(f"/courses?after={cursor}")
    assert response.status_code == 400
    assert "That page address is damaged. Open the list from its start." in text_of(response)


def test_the_list_pages_without_loss_or_repeat_when_orders_are_equal(as_user, db):
    made = {make_course(f"Course {number}", slug=f"c{number}", modules=0).title for number in range(30)}
    seen, address, visitor = [], "/courses", as_user(None)
    while address:
        page = visitor.get(address)
        seen += titles(page)
        more = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        address = more and unescape(more[1])
    assert (len(seen), set(seen)) == (30, made)


def test_before_the_first_course_the_list_says_so(as_user, db):
    assert "No courses yet" in text_of(as_user(None).get("/courses"))


def test_htmx_gets_only_the_results(course, as_user):
    response = as_user(None).get("/courses?q=paint", headers=HTMX)
    assert response.content.decode().strip().startswith('<section id="results"')
    assert response["Vary"].count("HX-Request") == 1


@pytest.mark.parametrize("more", [0, 20])
def test_the_list_makes_as_many_queries_for_one_course_as_for_many(
    course, ada, as_user, more, django_assert_num_queries, own_pages_only
):
    for number in range(more):
        make_course(f"Course {number}", slug=f"c{number}", modules=2)
    reader = as_user(ada)
    with django_assert_num_queries(2):  # who is signed in, the courses
        reader.get("/courses")


@pytest.mark.parametrize("more", [0, 20])
def test_the_detail_makes_as_many_queries_for_few_rows_as_for_many(
    course, ada, as_user, root, more, django_assert_num_queries, own_pages_only
):
    for number in range(more):
        member = person(f"member-{number}")
        enrol(course=course, by=member)
        certify(user=member, course=course, by=root)
        make_module(course, number + 10)
    reader = as_user(ada)
    with django_assert_num_queries(4):  # who is signed in, the course, its modules, its Student-Teachers
        reader.get(f"/courses/{course.pk}")


def test_a_visitor_reads_what_a_course_is_and_is_led_to_sign_in(course, as_user):
    response = as_user(None).get(f"/courses/{course.pk}")
    text = text_of(response)
    for shown in (
        "1 person is learning this.",
        "3 modules, 1 h",
        "Brushes, paint and water",
        "Thin paint.",
        "Ben Okoro",
        "Sign in to enrol",
    ):
        assert shown in text
    assert f"/courses/{course.pk}/content" not in response.content.decode()


def test_a_student_sees_her_progress_and_the_way_on(course, ada, as_user):
    text = text_of(as_user(ada).get(f"/courses/{course.pk}"))
    for shown in ("0 of 3 modules done", "Start the course", "Leave this course", "0%"):
        assert shown in text


def test_a_draft_is_not_there_for_oskar(course, oskar, root, as_user):
    draft = make_course("A draft", slug="draft", published=False)
    assert as_user(root).get(f"/courses/{draft.pk}").status_code == 200
    assert as_user(oskar).get(f"/courses/{draft.pk}").status_code == 404
    assert as_user(oskar).post(f"/courses/{draft.pk}/enrolment").status_code == 404
    assert "A draft" not in text_of(as_user(oskar).get("/courses"))


def test_enrolling_and_leaving_work_without_scripts(course, oskar, as_user):
    client = as_user(oskar)
    response = client.post(f"/courses/{course.pk}/enrolment", {"action": "enrol"}, follow=True)
    assert response.redirect_chain == [(f"/courses/{course.pk}", 302)]
    assert "You are enrolled in Painting Miniatures: Foundations." in response.content.decode()
    assert is_enrolled(oskar, course) is True
    response = client.post(f"/courses/{course.pk}/enrolment", {"action": "leave"}, follow=True)
    assert "What you marked as done is kept." in response.content.decode()
    assert is_enrolled(oskar, course) is False


def test_htmx_swaps_the_course_alone(course, oskar, as_user):
    response = as_user(oskar).post(f"/courses/{course.pk}/enrolment", {"action": "enrol"}, headers=HTMX)
    assert response.content.decode().strip().startswith(f'<div id="course-{course.pk}">')
    assert "You are enrolled. Every module is open to you." in text_of(response)


def test_leaving_a_draft_leads_back_to_the_list(course, ada, as_user):
    course.published = False
    course.save()
    response = as_user(ada).post(f"/courses/{course.pk}/enrolment", {"action": "leave"}, headers=HTMX)
    assert (response["HX-Redirect"], Enrolment.objects.count()) == ("/courses", 0)


def test_a_visitor_who_enrols_signs_in_first_and_comes_back_to_the_course(course, oskar, as_user):
    address = f"/courses/{course.pk}/enrolment"
    page = f"/courses/{course.pk}"
    sent = as_user(None).post(address, headers={"Referer": f"http://testserver{page}"})
    assert sent.url == f"/accounts/login/?next={page}"
    assert as_user(oskar).get(address).url == f"/courses/{course.pk}"
    assert as_user(None).post(address, headers=HTMX).status_code == 401


def test_a_cover_is_served_for_good(course, as_user):
    default_storage.save("courses/painting-abc.webp", ContentFile(b"RIFF"))
    response = as_user(None).get("/courses/covers/painting-abc.webp")
    assert (response["Content-Type"], response["Cache-Control"]) == (
        "image/webp",
        "public, max-age=31536000, immutable",
    )
    for missing in ("other.webp", "..%2f..%2fpeerloop.sqlite3", ".."):
        assert as_user(None).get(f"/courses/covers/{missing}").status_code == 404
