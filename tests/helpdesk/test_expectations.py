"""What students are told about the wait: read off the past, honest about the unanswered, and held to account."""

from datetime import timedelta

import pytest
from django.utils import timezone

from helpdesk.models import HelpSession, HelpSummons
from helpdesk.summons.expectations import Truth, Wait, expected_seconds, in_words, quantile, truth
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import request_help
from tests.factories.people import person
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
PANEL = {"HX-Request": "true", "HX-Target": "summon"}


@pytest.fixture
def past(course, ben, mei):
    """`past(35)`: a summons of Mei's that was answered after 35 seconds; `past(120, "timed_out")`: one that was not."""

    def store(seconds: float, status: str = "completed", *, promised: int | None = None, booked: bool = False) -> None:
        created = timezone.now() - timedelta(days=1)
        end = created + timedelta(seconds=seconds)
        about: dict = {"closed_at": end}
        if status == "completed":
            about |= {"responder": ben, "accepted_at": end, "session": session(end)}
        HelpSummons.objects.create(
            student=mei,
            course=course,
            status=status,
            created_at=created,
            expires_at=created if booked else created + timedelta(seconds=120),
            expected_seconds=promised,
            **about,
        )

    def session(at) -> HelpSession:
        return HelpSession.objects.create(
            student=mei, helper=ben, course=course, status="ended", started_at=at, ended_at=at, duration=0
        )

    return store


def waits(*answered: float, unanswered: tuple = ()) -> list[Wait]:
    return [Wait(each, True) for each in answered] + [Wait(each, False) for each in unanswered]


def test_four_of_five_are_answered_by_then():
    assert quantile(waits(10, 20, 30, 40, 50), 0.8) == 40
    assert quantile(waits(10, 20, 30, 40, 50), 0.5) == 30


def test_who_was_never_answered_counts_as_answered_later():
    assert quantile(waits(10, 20, 30, 40, unanswered=(120,)), 0.8) == 40
    assert quantile(waits(10, 20, 30, unanswered=(120, 120)), 0.8) is None


def test_who_gave_up_early_counts_for_as_long_as_they_waited():
    # The textbook's own way: of five, one gave up at 15, so that from then on each answer counts for a quarter more.
    assert quantile(waits(10, 20, 30, 40, unanswered=(15,)), 0.5) == 30
    assert quantile(waits(10, 20, 30, 40, unanswered=(5,)), 0.5) == 20


def test_below_twenty_cases_nothing_is_promised(past, course, django_assert_num_queries):
    for _ in range(19):
        past(31)
    assert expected_seconds(course.pk) is None
    past(31)
    with django_assert_num_queries(1):
        assert expected_seconds(course.pk) == 40


def test_what_was_booked_or_belongs_to_another_course_says_nothing(past, course, other_course):
    for _ in range(20):
        past(31, booked=True)
    assert expected_seconds(course.pk) is None
    for _ in range(20):
        past(31)
    assert (expected_seconds(course.pk), expected_seconds(other_course.pk)) == (40, None)


def test_only_the_latest_hundred_count(past, course, django_assert_num_queries):
    for _ in range(100):
        past(12)
    HelpSummons.objects.update(created_at=timezone.now() - timedelta(hours=2))
    HelpSummons.objects.update(
        accepted_at=timezone.now() - timedelta(hours=2) + timedelta(seconds=12), expires_at=timezone.now()
    )
    for _ in range(30):
        past(100)
    with django_assert_num_queries(1):
        assert expected_seconds(course.pk) == 20


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (40, "Usually answered within about 40 seconds"),
        (60, "Usually answered within about 1 minute"),
        (80, "Usually answered within about 1 minute 20 seconds"),
        (120, "Usually answered within about 2 minutes"),
    ],
)
def test_it_is_said_in_words(seconds, words):
    assert in_words(seconds) == words


def test_the_student_reads_it_before_calling_and_while_waiting(past, as_user, ada, course, helper, committed):
    adas = as_user(ada)
    assert "Usually answered" not in text_of(adas.get("/summons", {"course": course.pk}, headers=PANEL))
    for _ in range(20):
        past(38)
    assert "Usually answered within about 40 seconds" in text_of(
        adas.get("/summons", {"course": course.pk}, headers=PANEL)
    )
    committed(adas.post, path="/summons", data={"course": course.pk}, headers=PANEL)
    assert "Usually answered within about 40 seconds" in text_of(
        adas.get("/summons", {"course": course.pk}, headers=PANEL)
    )
    assert HelpSummons.objects.get(student=ada).expected_seconds == 40


def test_it_is_counted_how_often_that_was_true(past, django_assert_num_queries):
    assert truth() == Truth(0, 0)
    past(39, promised=40)
    past(40, promised=40)
    past(41, promised=40)
    past(120, "timed_out", promised=40)
    past(60, "cancelled", promised=40)
    past(39, "cancelled", promised=40)  # gave up before the time was over: nobody knows
    past(10)  # nothing was promised
    with django_assert_num_queries(1):
        assert truth() == Truth(2, 5)
    assert (truth().percent, Truth(0, 0).percent) == (40, None)


def test_a_promise_is_kept_by_a_real_acceptance(past, ada, course, helper, committed):
    for _ in range(20):
        past(38)
    summons = committed(request_help, course_id=course.pk, by=ada)
    assert truth() == Truth(0, 0)
    accept_summons(summons_id=summons.pk, by=helper)
    assert truth() == Truth(1, 1)


def test_staff_see_the_figure_and_nobody_else_does(past, as_user, root, oskar):
    place = "/admin/helpdesk/helpsummons/"
    assert "Nobody has been told an expected wait yet" in as_user(root).get(place).content.decode()
    past(39, promised=40)
    past(41, promised=40)
    html = as_user(root).get(place).content.decode()
    assert "The expected wait was true for 1 of 2 students who were told one (50 %; promised are 80 %)." in html
    assert as_user(oskar).get(place).status_code == 302


def test_others_hear_nothing_of_the_promise(past, as_user, ada, course, helper):
    for _ in range(20):
        past(38)
    request_help(course_id=course.pk, by=ada)
    stranger = person("stranger")
    assert as_user(stranger).get("/summons", {"course": course.pk}, headers=PANEL).status_code == 403
