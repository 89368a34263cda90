"""A helper takes a paid request: who may, what happens to it in time and not in time, and how it is completed."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from helpdesk.models import Claim, HelperRecord, HelpRequest, HelpSession
from helpdesk.requests import errors, tasks
from helpdesk.requests.queries import paid as queries
from helpdesk.requests.services.claiming import claim_request, give_back_claim
from helpdesk.requests.services.holding import complete_session, end_abandoned, start_session
from helpdesk.requests.services.sweeping import sweep
from helpdesk.sessions import events as talk
from helpdesk.sessions.errors import HelperBusy, SessionNotThere, SessionOver, StudentBusy
from helpdesk.sessions.queries import completed_by, recently_ended
from peerloop.core.accounts.services import delete_account
from peerloop.core.accounts.signals import access_lost
from peerloop.core.conversations.errors import ForbiddenCharacters
from peerloop.core.notifications.models import Notification
from peerloop.core.payments.models import Payment
from peerloop.core.payments.services.sweeping import sweep as sweep_payments
from tests.factories.helpdesk import age, arrive
from tests.factories.payments import end_hold
from tests.factories.requests import (
    ask,
    claim_on,
    how_it_stands,
    let_claim_run_out,
    let_request_run_out,
    on_duty,
    payment_for,
    put_on_hold,
    reread,
)
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db


def session(of: HelpSession) -> HelpSession:
    return HelpSession.objects.get(pk=of.pk)


def in_bells(kind: str = "new_request") -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind=kind).order_by("recipient__username")
    return [(each.recipient.username, each.title) for each in rows]


# -- claiming --------------------------------------------------------------------------------------------------------


@pytest.mark.covers("SESS-96", "SESS-97", "SESS-100", "REC-02", "REC-18", "REC-65")
def test_claiming_opens_a_session_that_waits(dispatched, waiting, duty, ada, settings):
    claim = claim_on(dispatched)
    assert (claim.helper, claim.status, claim.session) == (duty, "live", waiting)
    assert (waiting.status, waiting.student, waiting.helper) == ("waiting", ada, duty)
    assert (waiting.started_at, waiting.duration, waiting.pk != dispatched.pk) == (None, None, True)
    assert waiting.claim.request_id == dispatched.pk
    assert waiting.customer_join_url == f"{settings.SITE_URL}/session/{waiting.pk}/call"
    assert (reread(dispatched).status, reread(dispatched).assigned_helper) == ("in_progress", duty)
    assert timedelta(minutes=14) < claim.start_by - timezone.now() <= timedelta(minutes=15)


@pytest.mark.covers("REC-65")
def test_a_room_elsewhere_replaces_the_built_in_call(dispatched, duty, settings):
    settings.VIDEO_ROOM_URL = "https://meet.example.com/{session_id}"
    url = claim_request(request_id=dispatched.pk, by=duty).customer_join_url
    assert url.startswith("https://meet.example.com/")
    assert str(dispatched.pk) not in url


def test_a_claimed_request_leaves_the_bells_and_its_customer_hears_of_it(dispatched, waiting, duty, ada):
    assert in_bells() == []
    assert in_bells("paid_request") == [("ada", "Ben Okoro takes your request and will start the session soon")]
    assert Notification.objects.get(kind="paid_request").target == f"/customer/session/{waiting.pk}"


def test_who_has_it_gets_it_again_and_a_second_helper_is_refused(dispatched, waiting, duty, mei):
    assert claim_request(request_id=dispatched.pk, by=duty) == waiting
    with pytest.raises(errors.ClaimedAlready):
        claim_request(request_id=dispatched.pk, by=on_duty(mei))
    assert Claim.objects.count() == HelpSession.objects.count() == 1


@pytest.mark.covers("REC-91")
def test_only_helpers_other_than_the_customer_claim(dispatched, ada, mei, oskar, root):
    assert HelpRequest.objects.filter(pk=dispatched.pk).exists()
    for person, refusal in (
        (oskar, errors.RequestNotThere),
        (root, errors.OnlyHelpersClaim),
        (ada, errors.OwnRequest),
        (on_duty(ada), errors.OwnRequest),
    ):
        with pytest.raises(refusal):
            claim_request(request_id=dispatched.pk, by=person)
    with pytest.raises(errors.RequestNotThere):
        claim_request(request_id=uuid4(), by=on_duty(mei))
    assert (how_it_stands(dispatched)[0], Claim.objects.count()) == ("open", 0)


def test_what_is_not_paid_over_or_too_late_is_not_claimed(ada, duty, dispatched, root):
    with pytest.raises(errors.RequestNotThere):
        claim_request(request_id=ask(ada).pk, by=duty)
    let_request_run_out(dispatched)
    with pytest.raises(errors.RequestOver):
        claim_request(request_id=dispatched.pk, by=duty)
    sweep()
    with pytest.raises(errors.RequestOver):
        claim_request(request_id=dispatched.pk, by=duty)
    assert Claim.objects.count() == 0


def test_a_hold_that_has_ended_is_not_claimed_whoever_has_noticed_it(dispatched, duty):
    payment = payment_for(dispatched)
    payment.hold_expires_at = timezone.now() - timedelta(seconds=1)
    payment.save()
    with pytest.raises(errors.NoMoneyHeld):
        claim_request(request_id=dispatched.pk, by=duty)
    assert how_it_stands(dispatched)[0] == "open"
    assert queries.standing_of(dispatched.pk, dispatched.requester).is_held is False


def test_one_helper_has_one_session_and_so_has_one_customer(dispatched, waiting, duty, ada, mei, sam):
    other = put_on_hold(ask(sam))
    with pytest.raises(HelperBusy):
        claim_request(request_id=other.pk, by=duty)
    second = put_on_hold(ask(ada))
    with pytest.raises(StudentBusy):
        claim_request(request_id=second.pk, by=on_duty(mei))
    assert [reread(each).status for each in (other, second)] == ["open", "open"]


# -- giving back -----------------------------------------------------------------------------------------------------


@pytest.mark.covers("REC-54", "SESS-35")
def test_giving_back_opens_the_request_for_others(dispatched, waiting, duty, mei, ada, committed):
    other = on_duty(mei)
    back = committed(give_back_claim, session_id=waiting.pk, by=duty)
    assert (back.status, back.assigned_helper, how_it_stands(dispatched)) == ("open", None, ("open", "authorized", ""))
    ended = session(waiting)
    assert (ended.status, ended.started_at, ended.duration, ended.ended_by) == ("ended", None, None, "helper")
    assert claim_on(dispatched).status == "given_back"
    assert in_bells() == [("mei", "New Painting Request")]
    assert ("ada", "Your request waits for another helper") in in_bells("paid_request")
    assert (completed_by(duty), HelpSession.objects.filter(recently_ended()).exists()) == (0, False)
    again = claim_request(request_id=dispatched.pk, by=other)
    assert (again.helper, again.pk != waiting.pk) == (other, True)


def test_giving_back_twice_is_once_and_what_has_begun_is_not_given_back(dispatched, waiting, duty, mei):
    give_back_claim(session_id=waiting.pk, by=duty)
    told = Notification.objects.count()
    give_back_claim(session_id=waiting.pk, by=duty)
    assert Notification.objects.count() == told
    second = claim_request(request_id=dispatched.pk, by=duty)
    start_session(session_id=second.pk, by=duty)
    with pytest.raises(errors.StartedAlready):
        give_back_claim(session_id=second.pk, by=duty)
    assert how_it_stands(dispatched)[0] == "in_progress"


def test_a_helper_who_does_not_begin_in_time_loses_it(dispatched, waiting, duty, mei, committed):
    tasks.expire_claim(str(claim_on(dispatched).pk))
    assert claim_on(dispatched).status == "live"
    on_duty(mei)
    late = let_claim_run_out(dispatched)
    with pytest.raises(errors.ClaimOver):
        start_session(session_id=waiting.pk, by=duty)
    committed(tasks.expire_claim, claim_id=str(late.pk))
    assert (claim_on(dispatched).status, how_it_stands(dispatched)) == ("expired", ("open", "authorized", ""))
    assert in_bells() == [("mei", "New Painting Request")]
    assert in_bells("claim") == [("ben", "Your time to start a request is over, so another helper may take it")]
    for verb in (start_session, give_back_claim):
        with pytest.raises((errors.ClaimOver, SessionOver)):
            verb(session_id=waiting.pk, by=duty)


def test_the_sweep_finishes_what_a_lost_job_left(dispatched, waiting, committed):
    let_claim_run_out(dispatched)
    committed(sweep)
    committed(sweep)
    assert (claim_on(dispatched).status, how_it_stands(dispatched)) == ("expired", ("open", "authorized", ""))


# -- the session -----------------------------------------------------------------------------------------------------


@pytest.mark.covers("SESS-98", "REC-18")
def test_starting_makes_it_active_once(dispatched, waiting, begun, duty, ada):
    assert (begun.status, begun.started_at is not None) == ("active", True)
    assert start_session(session_id=waiting.pk, by=duty).started_at == begun.started_at
    assert ("ada", "Ben Okoro has started your session") in in_bells("paid_request")
    tasks.expire_claim(str(let_claim_run_out(dispatched).pk))
    assert session(begun).status == "active"


@pytest.mark.covers("SESS-06", "SESS-09", "SESS-30", "SESS-31", "SESS-34", "SESS-35", "SESS-99", "SESS-104")
@pytest.mark.covers("SESS-108", "SESS-114", "SESS-115")
def test_completing_stores_the_outcome_takes_the_money_and_raises_the_record(dispatched, begun, duty, committed):
    age(begun, seconds=125)
    before = reread(dispatched).updated_at
    done = committed(complete_session, session_id=begun.pk, outcome="resolved", notes=" Wet palette. ", by=duty)
    assert (done.status, done.outcome, done.notes, done.duration) == ("ended", "resolved", "Wet palette.", 125)
    assert done.duration == int((done.ended_at - done.started_at).total_seconds())
    assert how_it_stands(dispatched) == ("resolved", "captured", "resolved")
    assert reread(dispatched).updated_at > before
    assert (payment_for(dispatched).status, payment_for(dispatched).captured) == ("captured", 2000)
    record = HelperRecord.objects.get(user=duty)
    assert (record.completed_sessions, record.updated_at) == (1, done.ended_at)
    assert claim_on(dispatched).status == "completed"


@pytest.mark.covers("SESS-105")
def test_the_helpers_profile_shows_one_session_more(begun, duty, ada, as_user, committed):
    page = as_user(ada)
    assert "Live help No session so far." in text_of(page.get(duty.get_absolute_url()))
    committed(complete_session, session_id=begun.pk, outcome="resolved", by=duty)
    assert "Live help 1 completed session" in text_of(page.get(duty.get_absolute_url()))


@pytest.mark.covers("REC-17", "REC-53")
@pytest.mark.parametrize(
    ("outcome", "status"), [("resolved", "resolved"), ("unresolved", "closed"), ("escalated", "closed")]
)
def test_every_outcome_is_paid_for(outcome, status, dispatched, begun, duty, committed):
    committed(complete_session, session_id=begun.pk, outcome=outcome, by=duty)
    assert how_it_stands(dispatched) == (status, "captured", outcome)


@pytest.mark.covers("REC-53")
def test_which_outcomes_are_paid_for_can_be_set(dispatched, begun, duty, committed, settings):
    settings.PEERLOOP = replace(settings.PEERLOOP, CAPTURED_OUTCOMES=("resolved",))
    committed(complete_session, session_id=begun.pk, outcome="unresolved", by=duty)
    assert how_it_stands(dispatched) == ("closed", "canceled", "unresolved")
    assert payment_for(dispatched).status == "released"


@pytest.mark.covers("SESS-29")
def test_the_first_completion_counts(dispatched, completed, duty, committed):
    again = committed(complete_session, session_id=completed.pk, outcome="unresolved", notes="Other", by=duty)
    assert (again.outcome, again.notes, again.ended_at) == ("resolved", "Wet palette.", completed.ended_at)
    assert how_it_stands(dispatched) == ("resolved", "captured", "resolved")
    assert completed_by(duty) == 1
    assert payment_for(dispatched).events.filter(what="captured").count() == 1
    session(completed).save()
    assert completed_by(duty) == 1


def test_a_session_of_no_seconds_is_a_session(dispatched, begun, duty, committed):
    HelpSession.objects.filter(pk=begun.pk).update(started_at=timezone.now() + timedelta(milliseconds=500))
    done = committed(complete_session, session_id=begun.pk, outcome="resolved", by=duty)
    assert (done.duration, how_it_stands(dispatched)) == (0, ("resolved", "captured", "resolved"))
    assert completed_by(duty) == 1


@pytest.mark.covers("SESS-69")
@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"outcome": ""}, errors.OutcomeMissing),
        ({"outcome": "splendid"}, errors.OutcomeMissing),
        ({"outcome": "resolved", "notes": "x" * 2001}, errors.NotesTooLong),
        ({"outcome": "resolved", "notes": "\x00"}, ForbiddenCharacters),
    ],
)
def test_what_cannot_be_an_outcome_changes_nothing(given, refusal, dispatched, begun, duty):
    with pytest.raises(refusal):
        complete_session(session_id=begun.pk, by=duty, **given)
    assert (session(begun).status, how_it_stands(dispatched)) == ("active", ("in_progress", "authorized", ""))


def test_only_its_helper_starts_gives_back_and_completes(dispatched, waiting, duty, ada, oskar, root, mei):
    verbs = (start_session, give_back_claim, lambda **about: complete_session(outcome="resolved", **about))
    for verb in verbs:
        for person, refusal in (
            (ada, errors.NotYourClaim),
            (root, errors.NotYourClaim),
            (oskar, SessionNotThere),
            (on_duty(mei), SessionNotThere),
        ):
            with pytest.raises(refusal):
                verb(session_id=waiting.pk, by=person)
        with pytest.raises(SessionNotThere):
            verb(session_id=uuid4(), by=duty)
    assert session(waiting).status == "waiting"


def test_what_has_not_begun_is_not_completed(dispatched, waiting, duty):
    with pytest.raises(errors.NotStarted):
        complete_session(session_id=waiting.pk, outcome="resolved", by=duty)
    give_back_claim(session_id=waiting.pk, by=duty)
    with pytest.raises(errors.ClaimOver):
        complete_session(session_id=waiting.pk, outcome="resolved", by=duty)
    assert how_it_stands(dispatched) == ("open", "authorized", "")


# -- abandoned -------------------------------------------------------------------------------------------------------


def hours_pass(begun: HelpSession, hours: float) -> None:
    Claim.objects.filter(session=begun).update(seen_at=timezone.now() - timedelta(hours=hours))


@pytest.mark.covers("SESS-05", "REC-53", "REC-54")
def test_an_abandoned_session_ends_by_itself_without_taking_money(dispatched, begun, duty, ada, committed):
    age(begun, seconds=6 * 3600)
    hours_pass(begun, 3.9)
    committed(sweep)
    assert session(begun).status == "active"
    hours_pass(begun, 4)
    committed(sweep)
    ended = session(begun)
    assert (ended.status, ended.ended_by, ended.outcome, ended.duration) == ("ended", "system", "", 2 * 3600)
    assert how_it_stands(dispatched) == ("closed", "canceled", "abandoned")
    assert (claim_on(dispatched).status, payment_for(dispatched).status) == ("abandoned", "released")
    assert ("ada", "Your session was not completed. The hold on your card is released") in in_bells("paid_request")
    with pytest.raises(SessionOver):
        complete_session(session_id=begun.pk, outcome="resolved", by=duty)
    committed(sweep)
    assert payment_for(dispatched).captured == 0


@pytest.mark.parametrize("name", ["student", "helper"])
def test_a_session_with_one_of_the_two_in_it_is_not_abandoned(name, begun, committed):
    hours_pass(begun, 10)
    arrive(getattr(begun, name), group=talk.session(begun.pk))
    committed(sweep)
    assert session(begun).status == "active"


@pytest.mark.covers("REC-54")
def test_staff_end_what_was_left_lying(dispatched, begun, duty, ada, root, committed, client):
    for other in (duty, ada):
        with pytest.raises(errors.OnlyStaffEnds):
            end_abandoned(claim_id=claim_on(dispatched).pk, by=other)
    client.force_login(root)
    about = {"action": "end_sessions", "_selected_action": [str(claim_on(dispatched).pk)]}
    answer = committed(client.post, path="/admin/helpdesk/claim/", data=about, follow=True)
    assert "Ended: 1" in answer.content.decode()
    assert (session(begun).status, how_it_stands(dispatched)) == ("ended", ("closed", "canceled", "abandoned"))
    assert end_abandoned(claim_id=claim_on(dispatched).pk, by=root) is False


def test_staff_give_a_session_that_never_began_to_others(dispatched, waiting, root, committed):
    committed(end_abandoned, claim_id=claim_on(dispatched).pk, by=root)
    assert (claim_on(dispatched).status, how_it_stands(dispatched)) == ("expired", ("open", "authorized", ""))


# -- people who leave ------------------------------------------------------------------------------------------------


def ban(user) -> None:
    user.is_active = False
    user.save()
    access_lost.send(type(user), user=user)


def test_a_banned_helper_gives_back_what_waits(dispatched, waiting, duty, committed):
    committed(ban, user=duty)
    assert (claim_on(dispatched).status, how_it_stands(dispatched)) == ("given_back", ("open", "authorized", ""))


@pytest.mark.parametrize("who", ["student", "helper"])
def test_a_session_that_one_cannot_go_on_with_ends_without_money(who, dispatched, begun, committed):
    committed(ban, user=getattr(begun, who))
    assert (claim_on(dispatched).status, how_it_stands(dispatched)) == (
        "abandoned",
        ("closed", "canceled", "abandoned"),
    )


def test_a_customer_who_leaves_asks_for_nothing_any_more(dispatched, ada, committed):
    committed(delete_account, user=ada, by=ada)
    assert how_it_stands(dispatched) == ("closed", "canceled", "withdrawn")
    assert in_bells() == []


# -- holds that end --------------------------------------------------------------------------------------------------


def notice_end(dispatched: HelpRequest) -> None:
    """The provider says that the hold is over, and the sweep asks it."""
    end_hold(payment_for(dispatched), at=1)
    past = timezone.now() - timedelta(hours=2)
    Payment.objects.update(looked_at=past, hold_expires_at=past)
    sweep_payments()


def test_a_hold_that_ends_closes_what_waits(dispatched, committed):
    committed(notice_end, dispatched=dispatched)
    assert how_it_stands(dispatched) == ("closed", "canceled", "hold_ended")
    assert in_bells("paid_request") == [("ada", "The hold on your card has ended, so your request is closed")]


def test_a_hold_that_ends_calls_off_who_has_not_begun(dispatched, waiting, committed):
    committed(notice_end, dispatched=dispatched)
    assert (claim_on(dispatched).status, how_it_stands(dispatched)) == (
        "called_off",
        ("closed", "canceled", "hold_ended"),
    )
    assert session(waiting).duration is None


def test_who_has_begun_when_the_hold_ends_still_says_how_it_went(dispatched, begun, duty, committed):
    committed(notice_end, dispatched=dispatched)
    assert how_it_stands(dispatched) == ("in_progress", "canceled", "")
    committed(complete_session, session_id=begun.pk, outcome="resolved", by=duty)
    assert how_it_stands(dispatched) == ("resolved", "canceled", "resolved")
    assert (payment_for(dispatched).captured, completed_by(duty)) == (0, 1)
