"""Calling, answering, ending: what each verb changes, tells and refuses."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from courses.services import certify, enrol, leave, withdraw_certification
from helpdesk.models import HelpSession, HelpSummons
from helpdesk.sessions.errors import HelperBusy, NotInSession
from helpdesk.summons import errors, queries
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import cancel_summons, expire_due, expire_summons, request_help
from helpdesk.summons.services.ending import Completion, complete_summons, end_abandoned
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import ban_account, system
from peerloop.core.analytics.models import AnalyticsEvent
from peerloop.core.conversations.errors import ForbiddenCharacters, Muted
from peerloop.core.errors import NotThere, TooFast
from peerloop.core.flags.memory import memory
from peerloop.core.flags.models import Flag
from peerloop.core.notifications.models import Notification
from peerloop.core.presence.services import set_availability
from tests.factories.helpdesk import age, arrive, available, depart, helpers_of, let_time_run_out
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def state() -> list[tuple]:
    """Everything that a refusal must leave as it was."""
    rows = HelpSummons.objects.order_by("pk").values_list("pk", "status", "responder", "session", "closed_at")
    return [*rows, *HelpSession.objects.order_by("pk").values_list("pk", "status", "ended_at")]


def refused(refusal, action) -> bool:
    before = state()
    with pytest.raises(refusal):
        action()
    return state() == before


# -- calling -----------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-03", "HELP-08", "HELP-13", "HELP-78", "HELP-83", "HELP-85", "HELP-112")
def test_a_call_waits_two_minutes_with_its_course_module_and_question(summons, ada, course, modules):
    stored = HelpSummons.objects.get()
    about = (stored.student, stored.course, stored.module, stored.message, stored.status, stored.responder_id)
    assert about == (ada, course, modules[0], "My paint is too thick.", "pending", None)
    assert stored.expires_at - stored.created_at == timedelta(minutes=2)
    assert stored.helpers_available == 1


@pytest.mark.covers("HELP-02", "HELP-76")
def test_only_students_of_the_course_call(course, helper, oskar, ben):
    for outsider in (oskar, ben):
        with pytest.raises(errors.EnrolFirst, match="Enrol in this course to summon help"):
            request_help(course_id=course.pk, by=outsider)
    assert HelpSummons.objects.count() == 0


@pytest.mark.covers("HELP-74", "HELP-75")
@pytest.mark.parametrize("name", ["summon_help", "course_chat", "goodwill_points"])
def test_switched_off_nobody_calls_or_answers(name, summons, helper, course, mei):
    enrol(course=course, by=mei)
    Flag.objects.filter(name=name).update(everyone=False)
    memory.forget()
    assert refused(errors.SummonOff, lambda: request_help(course_id=course.pk, by=mei))
    assert refused(errors.SummonOff, lambda: accept_summons(summons_id=summons.pk, by=helper))


@pytest.mark.covers("HELP-63", "HELP-70")
def test_with_nobody_there_no_summons_is_made(ada, course, helper):
    depart(helper)
    with pytest.raises(errors.NoHelpers, match="No helpers available right now"):
        request_help(course_id=course.pk, by=ada)
    assert HelpSummons.objects.count() == 0


def test_asking_again_answers_with_the_one_that_stands(summons, accepted, ada, course):
    assert request_help(course_id=course.pk, by=ada).pk == summons.pk
    assert HelpSummons.objects.count() == 1


def test_a_call_names_a_module_of_its_own_course_and_a_text_that_fits(
    ada, course, helper, other_course, without_pauses
):
    asked = {"course_id": course.pk, "by": ada}
    with pytest.raises(errors.ModuleNotInCourse):
        request_help(module_id=other_course.modules.first().pk, **asked)
    with pytest.raises(errors.QuestionTooLong, match="That is 501 characters; 500 fit"):
        request_help(message="x" * 501, **asked)
    with pytest.raises(ForbiddenCharacters):
        request_help(message="\x00", **asked)
    with pytest.raises(NotThere):
        request_help(course_id=uuid4(), by=ada)
    User.objects.filter(pk=ada.pk).update(muted_until=timezone.now() + timedelta(hours=1))
    with pytest.raises(Muted):
        request_help(**asked)
    assert HelpSummons.objects.count() == 0


def test_the_seventh_call_in_an_hour_is_too_fast(ada, course, helper):
    for _ in range(6):
        cancel_summons(summons_id=request_help(course_id=course.pk, by=ada).pk, by=ada)
    with pytest.raises(TooFast):
        request_help(course_id=course.pk, by=ada)


@pytest.mark.covers("HELP-87", "HELP-56", "HELP-11")
def test_each_available_helper_is_told_in_the_bell_and_nobody_else(course, helper, ada, mei, root, committed):
    away = person("away")
    certify(user=away, course=course, by=system())
    set_availability(user=away, available=True, by=away)
    other = helpers_of(course, 1)[0]
    arrive(mei, root)
    summons = committed(request_help, course_id=course.pk, message="Help!", by=ada)
    told = Notification.objects.filter(kind="summon")
    assert set(told.values_list("recipient", flat=True)) == {helper.pk, other.pk}
    assert {each.title for each in told} == {"Student needs help in Painting Miniatures: Foundations"}
    assert {(each.description, each.request_id) for each in told} == {("Help!", summons.pk)}


def test_who_cancels_and_calls_again_rings_no_bell_a_second_time(ada, course, helper, committed):
    first = committed(request_help, course_id=course.pk, by=ada)
    assert Notification.objects.filter(kind="summon", request_id=first.pk).count() == 1
    committed(cancel_summons, summons_id=first.pk, by=ada)
    committed(request_help, course_id=course.pk, by=ada)
    assert Notification.objects.filter(kind="summon").count() == 0


@pytest.mark.covers("METRIC-01", "METRIC-02")
def test_calling_is_counted(ada, course, modules, helper, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        request_help(course_id=course.pk, module_id=modules[0].pk, by=ada)
    rows = AnalyticsEvent.objects.filter(name__startswith="summon_").order_by("name")
    assert [(each.name, each.user, each.data) for each in rows] == [
        (
            "summon_initiated",
            ada,
            {"course_id": str(course.pk), "module_id": str(modules[0].pk), "helpers_available": 1},
        ),
        ("summon_waiting", ada, {}),
    ]


# -- answering ---------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-55", "HELP-57", "HELP-91", "HELP-92")
def test_accepting_connects_the_two(accepted, ada, ben, course):
    assert (accepted.status, accepted.responder, accepted.session_id) == ("accepted", ben, accepted.pk)
    session = HelpSession.objects.get()
    assert (session.student, session.helper, session.course, session.status) == (ada, ben, course, "active")
    assert accept_summons(summons_id=accepted.pk, by=ben) == accepted
    assert Notification.objects.filter(kind="summon").count() == 0


@pytest.mark.covers("HELP-89")
def test_whoever_comes_second_hears_that_it_is_taken(accepted, course):
    late = helpers_of(course, 1)[0]
    assert refused(errors.AlreadyTaken, lambda: accept_summons(summons_id=accepted.pk, by=late))


def test_accepting_what_is_over_changes_nothing(summons, helper, ada):
    assert refused(errors.SummonsNotThere, lambda: accept_summons(summons_id=uuid4(), by=helper))
    let_time_run_out(summons)
    assert refused(errors.Expired, lambda: accept_summons(summons_id=summons.pk, by=helper))
    expire_summons(summons_id=summons.pk)
    assert refused(errors.Expired, lambda: accept_summons(summons_id=summons.pk, by=helper))


def test_accepting_what_was_cancelled_changes_nothing(summons, helper, ada):
    cancel_summons(summons_id=summons.pk, by=ada)
    assert refused(errors.Cancelled, lambda: accept_summons(summons_id=summons.pk, by=helper))


@pytest.mark.covers("HELP-11")
def test_who_is_not_certified_or_not_any_more_cannot_accept(summons, helper, course, oskar):
    withdraw_certification(user=helper, course=course, by=system())
    for each in (helper, oskar):
        assert refused(errors.NotYourCourse, lambda each=each: accept_summons(summons_id=summons.pk, by=each))


def test_nobody_answers_oneself(ada, course, helper):
    certify(user=ada, course=course, by=system())
    ada.refresh_from_db()
    available(ada)
    assert queries.available_helpers(course, ada) == [helper]
    own = request_help(course_id=course.pk, by=ada)
    assert refused(errors.OwnSummons, lambda: accept_summons(summons_id=own.pk, by=ada))


def test_a_helper_in_a_session_cannot_take_another(accepted, helper, course, mei):
    enrol(course=course, by=mei)
    helpers_of(course, 1)
    second = request_help(course_id=course.pk, by=mei)
    assert refused(HelperBusy, lambda: accept_summons(summons_id=second.pk, by=helper))


def test_an_acceptance_that_is_undone_tells_nobody(
    accepted, helper, course, mei, committed, django_capture_on_commit_callbacks
):
    enrol(course=course, by=mei)
    helpers_of(course, 1)
    second = committed(request_help, course_id=course.pk, by=mei)
    with django_capture_on_commit_callbacks() as told, pytest.raises(HelperBusy):
        accept_summons(summons_id=second.pk, by=helper)
    assert told == []
    assert Notification.objects.filter(request_id=second.pk).count() == 1


@pytest.mark.covers("HELP-122", "REC-51")
def test_after_a_session_the_same_two_are_not_matched_for_fifteen_minutes(accepted, ada, helper, course):
    complete_summons(summons_id=accepted.pk, by=ada)
    other = helpers_of(course, 1)[0]
    assert queries.available_helpers(course, ada) == [other]
    second = request_help(course_id=course.pk, by=ada)
    assert queries.incoming(helper) == []
    assert queries.incoming(other) == [second]
    assert refused(errors.Cooldown, lambda: accept_summons(summons_id=second.pk, by=helper))
    HelpSession.objects.update(ended_at=timezone.now() - timedelta(minutes=15, seconds=1))
    assert accept_summons(summons_id=second.pk, by=helper).responder == helper


# -- cancelling, running out -------------------------------------------------------------------------------------


@pytest.mark.covers("METRIC-06")
def test_cancelling_is_counted_with_the_seconds_waited(summons, ada, django_capture_on_commit_callbacks):
    HelpSummons.objects.update(created_at=timezone.now() - timedelta(seconds=31))
    with django_capture_on_commit_callbacks(execute=True):
        cancel_summons(summons_id=summons.pk, by=ada)
        cancel_summons(summons_id=summons.pk, by=ada)
    counted = AnalyticsEvent.objects.filter(name="summon_cancelled")
    assert [(each.user, each.data) for each in counted] == [(ada, {"wait_time": 31})]


@pytest.mark.covers("HELP-29", "HELP-64")
def test_cancelling_ends_the_wait_once(summons, ada, oskar, helper):
    assert refused(errors.SummonsNotThere, lambda: cancel_summons(summons_id=summons.pk, by=oskar))
    assert refused(errors.SummonsNotThere, lambda: cancel_summons(summons_id=summons.pk, by=helper))
    closed = cancel_summons(summons_id=summons.pk, by=ada)
    assert (closed.status, Notification.objects.filter(kind="summon").count()) == ("cancelled", 0)
    assert cancel_summons(summons_id=summons.pk, by=ada).closed_at == closed.closed_at


def test_an_accepted_summons_is_not_cancelled_but_ended(accepted, ada):
    assert refused(errors.NotPending, lambda: cancel_summons(summons_id=accepted.pk, by=ada))


@pytest.mark.covers("HELP-124", "HELP-65", "METRIC-07")
def test_after_two_minutes_without_an_answer_it_times_out_once(summons, ada, django_capture_on_commit_callbacks):
    assert expire_summons(summons_id=summons.pk) is False
    HelpSummons.objects.update(
        created_at=timezone.now() - timedelta(seconds=121), expires_at=timezone.now() - timedelta(seconds=1)
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert expire_summons(summons_id=summons.pk) is True
        assert expire_summons(summons_id=summons.pk) is False
        assert expire_due() == 0
    counted = AnalyticsEvent.objects.filter(name="summon_timeout")
    assert [each.data for each in counted] == [{"wait_time": 121}]
    assert (HelpSummons.objects.get().status, Notification.objects.filter(kind="summon").count()) == ("timed_out", 0)


def test_the_command_closes_what_is_overdue(summons, capsys):
    let_time_run_out(summons)
    call_command("expire_summons")
    call_command("expire_summons")
    assert capsys.readouterr().out == "Closed: 1\nClosed: 0\n"


def test_who_leaves_the_course_does_not_wait(summons, ada, course, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        leave(course=course, by=ada)
    assert HelpSummons.objects.get().status == "cancelled"


def test_a_ban_ends_the_session(accepted, helper, root, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ban_account(user=helper, by=root)
    session = HelpSession.objects.get()
    assert (HelpSummons.objects.get().status, session.status, session.ended_by) == ("completed", "ended", "system")


# -- ending ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("HELP-104", "HELP-105", "HELP-106", "HELP-107", "METRIC-03", "METRIC-04")
@pytest.mark.parametrize(("seconds", "eligible"), [(299, False), (300, True)])
def test_the_servers_clock_decides_whether_points_may_thank(
    seconds, eligible, summons, helper, ada, django_capture_on_commit_callbacks
):
    HelpSummons.objects.update(created_at=timezone.now() - timedelta(seconds=7))
    with django_capture_on_commit_callbacks(execute=True):
        accepted = accept_summons(summons_id=summons.pk, by=helper)
        age(accepted.session, seconds=seconds)
        done = complete_summons(summons_id=summons.pk, by=ada, ended_by="student", duration_seconds=86_400)
    assert done == Completion(duration=seconds, eligible=eligible, suggested=15)
    stored = HelpSummons.objects.get()
    assert (stored.status, stored.session.duration, stored.session.ended_by) == ("completed", seconds, "student")
    assert complete_summons(summons_id=summons.pk, by=helper) == done
    assert HelpSession.objects.get().ended_by == "student"
    counted = AnalyticsEvent.objects.filter(name__in=["summon_connected", "summon_completed"]).order_by("name")
    assert [(each.user, each.data) for each in counted] == [
        (ada, {"helper_id": str(helper.pk), "duration": seconds}),
        (ada, {"helper_id": str(helper.pk), "wait_time": 7}),
    ]


@pytest.mark.covers("HELP-103")
def test_only_the_two_end_it_and_each_in_their_own_name(accepted, ada, helper, oskar, sam):
    for stranger in (oskar, sam):
        assert refused(NotInSession, lambda by=stranger: complete_summons(summons_id=accepted.pk, by=by))
    with pytest.raises(errors.NotEndedByYou, match="your part in this session is helper"):
        complete_summons(summons_id=accepted.pk, by=helper, ended_by="student")
    complete_summons(summons_id=accepted.pk, by=helper, ended_by="helper")
    assert HelpSession.objects.get().ended_by == "helper"


def test_what_nobody_accepted_cannot_be_completed(summons, ada, helper):
    assert refused(errors.NotConnected, lambda: complete_summons(summons_id=summons.pk, by=ada))
    assert refused(NotInSession, lambda: complete_summons(summons_id=summons.pk, by=helper))


def test_an_abandoned_session_ends_as_of_when_its_helper_left(accepted, root):
    start = HelpSession.objects.get().started_at
    HelpSession.objects.update(helper_left_at=start + timedelta(seconds=40))
    done = end_abandoned(summons_id=accepted.pk, by=root)
    assert done == Completion(duration=40, eligible=False, suggested=15)
    session = HelpSession.objects.get()
    assert (session.ended_by, session.ended_at) == ("system", start + timedelta(seconds=40))
