"""Bells ring right after a call is out, and fall silent right after it is over; a crash in between is made good."""

import pytest

from helpdesk.summons import tasks
from helpdesk.summons.services import ringing
from helpdesk.summons.services.answering import accept_summons
from helpdesk.summons.services.calling import cancel_summons, request_help
from helpdesk.summons.services.offers import decline_offer
from peerloop.core.notifications.models import Notification
from tests.factories.helpdesk import helpers_of

pytestmark = pytest.mark.django_db


def in_bells_of() -> set[str]:
    return set(Notification.objects.filter(kind="summon").values_list("recipient__username", flat=True))


def test_a_call_whose_process_died_before_the_bells_is_rung_by_the_sweep(summons, helper):
    assert in_bells_of() == set()
    tasks.sweep_summons()
    assert in_bells_of() == {helper.username}


def test_a_call_that_was_over_before_the_bells_rings_none(summons, ada):
    cancel_summons(summons_id=summons.pk, by=ada)
    assert ringing.ring(summons_id=summons.pk) is False
    assert in_bells_of() == set()


def test_an_accepted_call_whose_process_died_is_taken_out_of_the_bells_by_the_sweep(ada, course, helper, committed):
    summons = committed(request_help, course_id=course.pk, by=ada)
    accept_summons(summons_id=summons.pk, by=helper)
    assert in_bells_of() == {helper.username}
    tasks.sweep_summons()
    assert in_bells_of() == set()


def test_ringing_again_changes_nothing(summons, helper):
    assert ringing.ring(summons_id=summons.pk) is True
    assert ringing.ring(summons_id=summons.pk) is False
    assert ringing.ring_due() == 0
    assert Notification.objects.filter(kind="summon").count() == 1


def test_silencing_again_changes_nothing(ada, course, helper, committed):
    summons = committed(request_help, course_id=course.pk, by=ada)
    cancel_summons(summons_id=summons.pk, by=ada)
    assert ringing.silence(summons_id=summons.pk) is True
    assert ringing.silence(summons_id=summons.pk) is False
    assert ringing.ring_due() == 0


def test_who_dismissed_it_before_the_bells_hears_none(summons, course, helper):
    decline_offer(summons_id=summons.pk, by=helper)
    tasks.sweep_summons()
    assert in_bells_of() == set()


def test_only_those_to_whom_it_was_told_hear_a_bell(ada, course, helper, committed):
    committed(request_help, course_id=course.pk, by=ada)
    helpers_of(course, 1)
    tasks.sweep_summons()
    assert in_bells_of() == {helper.username}
