"""What a helper has done: counted once per session, shown on the dashboard, listed page by page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.services import enrol
from goodwill.services import award_points
from helpdesk.models import HelperRecord, HelpSession, HelpSummons
from helpdesk.sessions.services import lifecycle
from helpdesk.summons.helping import figures_of, sessions_of
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import request_help
from helpdesk.summons.services.ending import complete_summons, end_abandoned
from tests.factories.helpdesk import age
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def helped(mei, helper, course, modules):
    """`helped(3)`: Ben has helped Mei three times, 21 s after her call, for 12 minutes; `ago`: that long ago."""
    enrol(course=course, by=mei)

    def store(count: int = 1, *, wait: int = 21, **ago) -> list[HelpSummons]:
        return [one(wait, timezone.now() - timedelta(**ago)) for _ in range(count)]

    def one(wait: int, at) -> HelpSummons:
        about = {"student": mei, "course": course}
        session = HelpSession.objects.create(
            helper=helper, status="ended", started_at=at, ended_at=at, duration=12 * 60 + 59, **about
        )
        return HelpSummons.objects.create(
            **about,
            pk=session.pk,
            module=modules[0],
            status="completed",
            responder=helper,
            session=session,
            created_at=at - timedelta(seconds=wait),
            accepted_at=at,
            expires_at=at + timedelta(seconds=60),
            closed_at=at,
        )

    return store


# -- completed sessions ------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-02")
def test_an_ended_session_raises_the_helpers_count_once(accepted, ada, helper, root):
    before = timezone.now()
    complete_summons(summons_id=accepted.pk, by=ada)
    complete_summons(summons_id=accepted.pk, by=helper)
    end_abandoned(summons_id=accepted.pk, by=root)
    record = HelperRecord.objects.get()
    assert (record.user, record.completed_sessions) == (helper, 1)
    assert record.updated_at >= before


def test_an_end_that_is_undone_counts_nothing_and_the_next_one_counts(accepted, ada, monkeypatch):
    def crash(*args, **about) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(lifecycle, "publish", crash)
        with pytest.raises(RuntimeError):
            complete_summons(summons_id=accepted.pk, by=ada)
    assert (HelperRecord.objects.count(), HelpSession.objects.get().status) == (0, "active")
    complete_summons(summons_id=accepted.pk, by=ada)
    assert HelperRecord.objects.get().completed_sessions == 1


@pytest.mark.covers("REC-02")
def test_the_helpers_profile_shows_it_one_higher(as_user, oskar, accepted, ada, ben):
    oskars = as_user(oskar)
    assert "No session so far." in text_of(oskars.get(f"/helpers/{ben.username}"))
    complete_summons(summons_id=accepted.pk, by=ada)
    assert "1 completed session" in text_of(oskars.get(f"/helpers/{ben.username}"))


# -- figures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 30])
def test_the_figures_of_a_helper_cost_five_queries(count, helped, helper, django_assert_num_queries):
    helped(count)
    with django_assert_num_queries(5):
        figures = figures_of(helper)
    assert (figures.accepted, figures.seconds, figures.points, figures.peak) == (count, 21, 0, count)


def test_the_figures_add_up(helped, helper, ada, course, accepted):
    helped(1, wait=10, weeks=1)
    helped(1, wait=90, weeks=3)
    HelpSummons.objects.filter(pk=accepted.pk).update(created_at=accepted.accepted_at - timedelta(seconds=30))
    age(accepted.session, seconds=301)
    complete_summons(summons_id=accepted.pk, by=ada)
    award_points(by=ada, recipient_id=helper.pk, points=20, reason="summon_help", reference_id=accepted.pk)
    figures = figures_of(helper)
    assert (figures.completed, figures.accepted, figures.seconds, figures.points) == (1, 3, 30, 20)
    assert [week.accepted for week in figures.weeks] == [0, 0, 0, 0, 1, 0, 1, 1]


def test_what_was_booked_is_no_answer_to_a_call(helped, helper):
    [booked] = helped(1)
    HelpSummons.objects.filter(pk=booked.pk).update(expires_at=booked.accepted_at, created_at=booked.accepted_at)
    assert (figures_of(helper).accepted, figures_of(helper).seconds) == (0, None)


# -- the pages ---------------------------------------------------------------------------------------------------


def test_at_first_the_dashboard_says_how_it_begins(as_user, helper):
    words = text_of(as_user(helper).get("/helper/dashboard"))
    assert "Your first session will stand here" in words
    assert "Median time to accept" not in words


def test_the_dashboard_shows_the_latest_sessions_the_figures_and_a_table_of_weeks(as_user, helped, helper):
    helped(5)
    answer = as_user(helper).get("/helper/dashboard")
    html, words = answer.content.decode(), text_of(answer)
    assert html.count('id="helped-') == 4
    assert '<a href="/helper/sessions">All sessions</a>' in html
    assert "21 s Median time to accept" in words or "Median time to accept 21 s" in words
    assert "Summons accepted by week" in words


def test_the_history_names_student_course_module_length_and_points(as_user, accepted, ada, helper, modules):
    age(accepted.session, seconds=12 * 60 + 59)
    complete_summons(summons_id=accepted.pk, by=ada)
    award_points(by=ada, recipient_id=helper.pk, points=20, reason="summon_help", reference_id=accepted.pk)
    words = text_of(as_user(helper).get("/helper/sessions"))
    for each in ("Ada Lind", "Painting Miniatures: Foundations", modules[0].title, "12 minutes", "20 points"):
        assert each in words


def test_the_history_goes_on_page_by_page(as_user, helped, helper):
    everything = helped(25)
    bens = as_user(helper)
    first = bens.get("/helper/sessions").content.decode()
    older = f"?before={everything[5].pk}"
    assert (first.count('id="helped-'), older in first) == (20, True)
    second = bens.get(f"/helper/sessions{older}").content.decode()
    assert (second.count('id="helped-'), "Older<" in second, 'href="/helper/sessions" rel="prev"' in second) == (
        5,
        False,
        True,
    )
    assert bens.get("/helper/sessions?before=x").status_code == 400


@pytest.mark.parametrize("count", [1, 20])
def test_a_page_of_sessions_is_one_query(count, helped, helper, django_assert_num_queries):
    helped(count)
    with django_assert_num_queries(1):
        assert len(sessions_of(helper).rows) == count


def test_paid_sessions_stand_among_those_that_were_called_newest_first(
    as_user, duty, completed, mei, sam, django_assert_num_queries
):
    about = {"helper": duty, "status": "ended", "duration": 60}
    long_ago, now = timezone.now() - timedelta(days=1), timezone.now()
    HelpSession.objects.create(student=mei, started_at=long_ago, ended_at=long_ago, **about)
    HelpSession.objects.create(student=sam, started_at=None, ended_at=now, **{**about, "duration": None})
    with django_assert_num_queries(1):
        assert [each.student.name for each in sessions_of(duty).rows] == ["Mei Tan", "Ada Lind"]
    for page in ("/helper/dashboard", "/helper/sessions"):
        answer = as_user(duty).get(page)
        assert f'href="/helper/session/{completed.pk}">Ada Lind' in answer.content.decode()
        assert "Ada Lind My paint dries too fast. Paid session" in text_of(answer)


def test_nobody_reads_somebody_elses_sessions(as_user, helped, mei, oskar, ada, course, helper):
    helped(1)
    assert as_user(oskar).get("/helper/sessions").status_code == 403
    assert "Mei" in text_of(as_user(helper).get("/helper/sessions"))
    assert as_user(mei).get("/helper/sessions").status_code == 403
    summons = request_help(course_id=course.pk, by=ada)
    accept_summons(summons_id=summons.pk, by=helper)
    assert len(sessions_of(helper).rows) == 1
