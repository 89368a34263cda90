"""What happens by the clock, and what staff may do by hand."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from helpdesk.models import HelpSession, HelpSummons, SessionMessage
from helpdesk.sessions.events import session as group
from helpdesk.sessions.services.messages import post_session_message
from helpdesk.summons import tasks
from helpdesk.summons.services.calling import cancel_summons, request_help
from helpdesk.summons.services.ending import complete_summons
from peerloop.core.accounts.exports import exports
from peerloop.core.presence.leases import key
from peerloop.core.realtime.bus import client
from tests.factories.helpdesk import arrive, depart, let_time_run_out

pytestmark = pytest.mark.django_db


def left_ago(**ago) -> None:
    HelpSession.objects.update(helper_left_at=timezone.now() - timedelta(**ago))


def test_a_call_orders_the_job_that_will_close_it(ada, course, helper, monkeypatch, django_capture_on_commit_callbacks):
    ordered = []
    monkeypatch.setattr(tasks.expire_summons, "apply_async", lambda **order: ordered.append(order))
    with django_capture_on_commit_callbacks(execute=True):
        summons = request_help(course_id=course.pk, by=ada)
    assert ordered == [{"args": [str(summons.pk)], "eta": summons.expires_at}]


def test_a_call_stands_though_the_worker_cannot_be_told(
    ada, course, helper, monkeypatch, django_capture_on_commit_callbacks
):
    def broken(**order) -> None:
        raise ConnectionError("the broker is away")

    monkeypatch.setattr(tasks.expire_summons, "apply_async", broken)
    with django_capture_on_commit_callbacks(execute=True):
        request_help(course_id=course.pk, by=ada)
    assert HelpSummons.objects.get().status == "pending"


@pytest.mark.covers("HELP-124", "HELP-65")
def test_job_and_sweep_close_what_is_overdue_and_nothing_else(summons):
    tasks.expire_summons(str(summons.pk))
    tasks.sweep_summons()
    assert HelpSummons.objects.get().status == "pending"
    let_time_run_out(summons)
    tasks.sweep_summons()
    closed = HelpSummons.objects.get()
    tasks.expire_summons(str(summons.pk))
    tasks.sweep_summons()
    assert (closed.status, HelpSummons.objects.get().closed_at) == ("timed_out", closed.closed_at)


def test_the_job_of_a_cancelled_summons_finds_nothing_to_do(summons, ada):
    cancel_summons(summons_id=summons.pk, by=ada)
    let_time_run_out(summons)
    tasks.expire_summons(str(summons.pk))
    assert HelpSummons.objects.get().status == "cancelled"


def test_the_worker_sweeps_every_five_seconds():
    entry = settings.CELERY_BEAT_SCHEDULE["sweep-summons"]
    assert (entry["task"], entry["schedule"]) == (tasks.sweep_summons.name, 5)


@pytest.mark.covers("HELP-72")
def test_a_helper_of_a_killed_server_is_missed_and_found_again(accepted, helper):
    session = HelpSession.objects
    arrive(helper, group=group(accepted.pk))
    tasks.sweep_summons()
    assert session.get().helper_left_at is None
    depart(helper, group=group(accepted.pk))
    tasks.sweep_summons()
    assert (session.get().helper_left_at is None, session.get().helper_gone_at) == (False, None)
    left_ago(seconds=16)
    tasks.sweep_summons()
    told_at = session.get().helper_gone_at
    tasks.sweep_summons()
    assert told_at is not None
    assert session.get().helper_gone_at == told_at
    arrive(helper, group=group(accepted.pk))
    tasks.sweep_summons()
    assert (session.get().helper_left_at, session.get().helper_gone_at) == (None, None)


def test_within_the_grace_nobody_is_missed(accepted):
    left_ago(seconds=14)
    tasks.sweep_summons()
    assert HelpSession.objects.get().helper_gone_at is None


def test_a_session_that_its_helper_left_for_good_is_ended_as_of_then(accepted):
    start = HelpSession.objects.get().started_at - timedelta(minutes=20)
    HelpSession.objects.update(started_at=start, helper_left_at=start + timedelta(minutes=6))
    tasks.sweep_summons()
    tasks.sweep_summons()
    stored = HelpSummons.objects.get()
    assert (stored.status, stored.session.duration, stored.session.ended_by) == ("completed", 360, "system")
    assert stored.is_eligible


def test_a_lease_that_has_run_out_counts_for_nobody(accepted, helper):
    arrive(helper, group=group(accepted.pk), seconds=-1)
    assert client().zcard(key(group(accepted.pk))) == 1
    left_ago(seconds=16)
    tasks.sweep_summons()
    assert HelpSession.objects.get().helper_gone_at is not None


# -- staff -------------------------------------------------------------------------------------------------------


def act(client, *summons) -> None:
    chosen = {"action": "end_abandoned_session", "_selected_action": [str(each.pk) for each in summons]}
    assert client.post("/admin/helpdesk/helpsummons/", chosen).status_code == 302


def test_staff_end_an_abandoned_session(as_user, root, accepted):
    act(as_user(root), accepted)
    stored = HelpSummons.objects.get()
    assert (stored.status, stored.session.status, stored.session.ended_by) == ("completed", "ended", "system")
    act(as_user(root), accepted)
    assert HelpSummons.objects.get().closed_at == stored.closed_at


def test_staff_look_and_change_nothing_else(as_user, root, sam, accepted, ada):
    roots = as_user(root)
    for table in ("helpsummons", "helpsession"):
        codes = [
            roots.get(f"/admin/helpdesk/{table}/{page}").status_code for page in ("", f"{accepted.pk}/change/", "add/")
        ]
        assert codes == [200, 200, 403]
        assert roots.post(f"/admin/helpdesk/{table}/{accepted.pk}/delete/").status_code == 403
        assert as_user(sam).get(f"/admin/helpdesk/{table}/").status_code == 302


def test_everybody_can_take_their_own_words_along(accepted, ada, helper, oskar, without_pauses):
    post_session_message(session_id=accepted.pk, content="Hello", by=ada)
    complete_summons(summons_id=accepted.pk, by=ada)
    taken = {
        each.username: (
            len(list(exports["session_messages"].rows(each))),
            len(list(exports["help_summons"].rows(each))),
        )
        for each in (ada, helper, oskar)
    }
    assert taken == {"ada": (1, 1), "ben": (0, 1), "oskar": (0, 0)}
    assert SessionMessage.objects.count() == 1
