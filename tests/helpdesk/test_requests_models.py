"""What the tables of help requests hold, refuse and show to whom."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from helpdesk.models import Claim, HelpRequest, HelpResponse, HelpSession, PhotoPin, RequestPhoto
from helpdesk.requests.categories import Category, icon_of, label_of
from peerloop.core.uploads.models import Upload
from tests.factories.requests import free_request, paid_request

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def refused(**fields) -> bool:
    """Whether the database refuses these fields of a request, each of which is fine by itself."""
    try:
        with transaction.atomic():
            free_request(**fields)
    except IntegrityError:
        return True
    return False


def titles(person) -> list[str]:
    return sorted(HelpRequest.objects.visible_to(person).values_list("title", flat=True))


@pytest.mark.covers("REC-91")
def test_each_sees_the_requests_that_concern_them(ada, ben, mei, oskar, root):
    free_request(ada, title="public")
    free_request(ada, title="private", is_public=False)
    free_request(ada, title="with Mei", is_public=False, status="in_progress", assigned_helper=mei)
    free_request(ada, title="hidden", hidden_at=timezone.now())
    paid_request(ada, title="paid")
    free_request(ada, title="not paid yet", amount=2000)
    ben.role = "helper"
    everything = ["hidden", "not paid yet", "paid", "private", "public", "with Mei"]
    assert titles(ada) == titles(root) == everything
    assert titles(ben) == ["paid", "public"]
    assert titles(mei) == ["public", "with Mei"]
    assert titles(oskar) == titles(NOBODY) == ["public"]


def test_responses_are_seen_with_their_request(ada, ben, oskar, root):
    public, private = free_request(ada), free_request(ada, is_public=False)
    for request, text in ((public, "Add water."), (private, "Use a wet palette.")):
        HelpResponse.objects.create(request=request, responder=ben, response_text=text)
    HelpResponse.objects.create(request=public, responder=ben, response_text="Rude", hidden_at=timezone.now())
    seen = {
        str(each): sorted(HelpResponse.objects.visible_to(each).values_list("response_text", flat=True))
        for each in (ada, ben, oskar, root, NOBODY)
    }
    assert seen == {
        "Ada Lind": ["Add water.", "Use a wet palette."],
        "Ben Okoro": ["Add water.", "Rude"],
        "Oskar Berg": ["Add water."],
        "Root Admin": ["Add water.", "Rude", "Use a wet palette."],
        "AnonymousUser": ["Add water."],
    }


@pytest.mark.covers("REQ-12", "REQ-13", "REQ-17", "REQ-18", "REQ-19", "REQ-20", "REQ-21")
def test_a_request_begins_open_public_and_unseen(ada):
    made = HelpRequest.objects.get(pk=free_request(ada).pk)
    assert (made.status, made.urgency, made.is_public, made.is_paid) == ("open", "normal", True, False)
    assert (made.view_count, made.helpful_count, made.resolved_at, made.closed_at) == (0, 0, None, None)
    assert made.payment_status == "none"
    assert made.updated_at - made.created_at < timedelta(seconds=5)


def test_a_free_request_has_nothing_to_do_with_money(ada):
    now = timezone.now()
    assert refused(requester=ada, payment_status="authorized")
    assert refused(requester=ada, payment_intent_id="pi_1")
    assert refused(requester=ada, dispatched_at=now, expires_at=now)
    assert refused(requester=ada, helpers_told=1)
    assert refused(requester=ada, ending="withdrawn", status="closed", closed_at=now)
    assert refused(requester=ada, amount=0)


def test_times_belong_to_what_happened(ada, ben):
    now = timezone.now()
    assert refused(requester=ada, status="resolved")
    assert refused(requester=ada, resolved_at=now)
    assert refused(requester=ada, status="closed")
    assert refused(requester=ada, closed_at=now)
    assert refused(requester=ada, status="in_progress")
    assert not refused(requester=ada, status="resolved", resolved_at=now)
    assert not refused(requester=ada, status="in_progress", assigned_helper=ben)


@pytest.mark.covers("SESS-12")
def test_only_what_was_paid_for_is_dispatched_and_only_what_is_dispatched_is_claimed(ada, ben):
    now = timezone.now()
    dispatched = {"requester": ada, "amount": 2000, "dispatched_at": now, "expires_at": now}
    assert refused(**dispatched)
    assert refused(**dispatched, payment_status="authorized")
    assert refused(**dispatched, payment_intent_id="pi_1", payment_status="failed")
    assert not refused(**dispatched, payment_intent_id="pi_1", payment_status="authorized")
    assert refused(requester=ada, amount=2000, status="in_progress", assigned_helper=ben)
    paid = {**dispatched, "payment_intent_id": "pi_1", "payment_status": "authorized", "assigned_helper": ben}
    assert refused(**paid, status="open")
    assert not refused(**paid, status="in_progress")


def test_a_paid_request_that_is_over_says_why(ada):
    now = timezone.now()
    assert refused(requester=ada, amount=2000, status="closed", closed_at=now)
    assert refused(requester=ada, amount=2000, status="closed", closed_at=now, ending="resolved")
    assert refused(requester=ada, amount=2000, status="resolved", resolved_at=now, ending="unresolved")
    assert refused(requester=ada, amount=2000, ending="withdrawn")
    assert not refused(requester=ada, amount=2000, status="resolved", resolved_at=now, ending="resolved")
    assert not refused(requester=ada, amount=2000, status="closed", closed_at=now, ending="withdrawn")


def test_paid_requests_are_found_by_how_they_stand(ada, ben):
    later, before = timezone.now() + timedelta(hours=1), timezone.now() - timedelta(hours=1)
    waiting = paid_request(ada, expires_at=later)
    overdue = paid_request(ada, expires_at=before)
    claimed = paid_request(ada, status="in_progress", assigned_helper=ben)
    lost = paid_request(ada, expires_at=later, payment_status="canceled")
    over = paid_request(ada, status="closed", closed_at=before, ending="unclaimed", expires_at=before)
    unpaid, free = free_request(ada, amount=2000), free_request(ada)
    every = HelpRequest.objects
    assert set(every.paid()) == {waiting, overdue, claimed, lost, over, unpaid}
    assert set(every.free()) == {free}
    assert set(every.dispatched()) == {waiting, overdue, lost}
    assert set(every.unclaimed()) == {waiting}
    assert set(every.overdue()) == {overdue}
    assert set(every.live()) == {waiting, overdue, claimed, lost, unpaid, free}


def claim(request: HelpRequest, helper, *, session: str = "waiting", **fields) -> Claim:
    started = timezone.now() if session == "active" else None
    talk = HelpSession.objects.create(student=request.requester, helper=helper, status=session, started_at=started)
    return Claim.objects.create(request=request, helper=helper, session=talk, start_by=timezone.now(), **fields)


def test_a_request_is_claimed_by_one_at_a_time(ada, ben, mei, oskar, root):
    request = paid_request(ada)
    first = claim(request, ben)
    HelpSession.objects.filter(pk=first.session_id).update(status="ended", ended_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        claim(request, mei)
    first.status, first.ended_at = "given_back", timezone.now()
    first.save()
    second = claim(request, mei)
    assert list(Claim.objects.late()) == list(Claim.objects.waiting()) == list(Claim.objects.live()) == [second]
    assert [Claim.objects.visible_to(each).count() for each in (ada, ben, mei, oskar, root)] == [2, 1, 1, 0, 2]


def test_the_database_knows_when_a_claim_is_over(ada, ben):
    request = paid_request(ada)
    for wrong in ({"status": "completed"}, {"ended_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            claim(request, ben, **wrong)


@pytest.mark.covers("SESS-97")
def test_a_session_is_what_its_times_say(ada, ben):
    now = timezone.now()
    over = {"status": "ended", "ended_at": now}
    wrong = [
        {"status": "waiting", "started_at": now},
        {**over, "started_at": now},
        {**over, "duration": 0},
        {**over, "outcome": "resolved"},
        {"status": "active", "started_at": now, "outcome": "resolved"},
        {"status": "active", "started_at": now, "notes": "Good"},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            HelpSession.objects.create(student=ada, helper=ben, **fields)
    never_started = HelpSession.objects.create(student=ada, helper=ben, **over)
    held = HelpSession.objects.create(student=ada, helper=ben, **over, started_at=now, duration=0, outcome="resolved")
    assert [each.duration for each in (never_started, held)] == [None, 0]


def test_one_solution_and_pins_on_the_photo(ada, ben):
    request = free_request(ada)
    HelpResponse.objects.create(request=request, responder=ben, response_text="Water", is_solution=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpResponse.objects.create(request=request, responder=ben, response_text="Wine", is_solution=True)
    upload = Upload.objects.create(owner=ada, width=10, height=10, bytes=1)
    photo = RequestPhoto.objects.create(request=request, upload=upload, place=1)
    PhotoPin.objects.create(photo=photo, by=ada, number=1, x=0, y=1)
    for wrong in ({"number": 1, "x": 0.5, "y": 0.5}, {"number": 2, "x": 1.1, "y": 0.5}, {"number": 0, "x": 0, "y": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PhotoPin.objects.create(photo=photo, by=ada, **wrong)


@pytest.mark.covers("REC-68", "REQ-09")
def test_four_categories_each_with_label_and_icon():
    assert [(each.value, each.label, each.icon) for each in Category] == [
        ("painting", "Painting", "brush"),
        ("modeling", "Modeling", "tools"),
        ("gaming", "Gaming", "dice-5"),
        ("general", "General", "chat-left-text"),
    ]
    sprite = (settings.BASE_DIR / "static" / "ui" / "icons.svg").read_text()
    assert [each.icon for each in Category if f'id="{each.icon}"' not in sprite] == []
    assert (label_of("gaming"), icon_of("gaming")) == ("Gaming", "dice-5")
    assert (label_of("plumbing"), icon_of("plumbing")) == ("", "house")


def test_a_response_counts_as_changed_once_its_words_are_not_the_first(ada, ben):
    response = HelpResponse.objects.create(request=free_request(ada), responder=ben, response_text="Thin it.")
    assert not response.is_changed
    response.updated_at += timedelta(minutes=1)
    assert response.is_changed
