import json
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import transaction

from goodwill import errors, events, queries
from goodwill.models import Account, Entry, Transaction
from goodwill.reasons import Reason, declare, reasons
from goodwill.services import open_account
from goodwill.signals import points_awarded
from peerloop.core.accounts.models import SYSTEM_ID, User
from peerloop.core.accounts.services import ban_account, system
from peerloop.core.notifications.models import Notification
from peerloop.core.realtime import services as realtime

from .conftest import NOT_ELIGIBLE


@pytest.mark.covers("CHAT-15", "CHAT-45", "CHAT-46", "CHAT-93", "CHAT-94")
def test_an_award_moves_points_from_the_givers_balance_to_the_recipients(ada, ben, award, balances):
    award(ada, ben, 7)
    assert balances(ada, ben) == [43, 57]
    assert (queries.balance_of(ada), queries.received_total(ada)) == (43, 0)
    assert (queries.balance_of(ben), queries.received_total(ben)) == (57, 7)


@pytest.mark.covers("CHAT-16", "CHAT-95")
def test_an_award_writes_one_transaction_with_two_entries_that_cancel_out(ada, ben, award):
    thing = uuid4()
    booked = award(ada, ben, 7, reference_id=thing)
    rows = Transaction.objects.filter(reason="thanks").values_list(
        "from_user", "to_user", "points", "reason", "reference_id"
    )
    assert list(rows) == [(ada.pk, ben.pk, 7, "thanks", thing)]
    entries = booked.entries.order_by("amount").values_list("account__user", "amount")
    assert list(entries) == [(ada.pk, -7), (ben.pk, 7)]


def test_points_that_are_not_named_are_the_reasons_default(ada, ben, award):
    assert award(ada, ben, None).points == 5


def test_the_whole_balance_can_be_given(ada, ben, award, balances):
    for points in (25, 25):
        award(ada, ben, points)
    assert balances(ada, ben) == [0, 100]


@pytest.mark.covers("CHAT-92")
def test_more_than_the_balance_is_refused(ada, ben, award, balances):
    award(ada, ben, 25)
    award(ada, ben, 20)
    with pytest.raises(errors.InsufficientBalance, match=r"You have 5 to give, which is not enough\."):
        award(ada, ben, 6)
    assert balances(ada, ben) == [5, 95]


def test_a_second_award_for_the_same_thing_is_refused_and_moves_nothing(ada, ben, mei, award, balances):
    thing = uuid4()
    award(ada, ben, reference_id=thing)
    with pytest.raises(errors.AlreadyAwarded):
        award(ada, ben, 3, reference_id=thing)
    award(mei, ben, reference_id=thing)
    assert balances(ada, mei, ben) == [45, 45, 60]


@pytest.mark.parametrize(
    ("points", "refusal"),
    [
        (0, errors.OutOfRange),
        (-5, errors.OutOfRange),
        (26, errors.OutOfRange),
        (10**30, errors.OutOfRange),
        (5.0, errors.NotWhole),
        (True, errors.NotWhole),
        ("5", errors.NotWhole),
        (float("nan"), errors.NotWhole),
    ],
)
def test_points_that_are_no_whole_number_in_range_are_refused(ada, ben, award, balances, points, refusal):
    with pytest.raises(refusal):
        award(ada, ben, points)
    assert balances(ada, ben) == [50, 50]
    assert Transaction.objects.exclude(reason="starting_balance").count() == 0


def test_nobody_thanks_themself(ada, award, balances):
    with pytest.raises(errors.SelfAward):
        award(ada, ada)
    assert balances(ada) == [50]


@pytest.mark.parametrize("reason", ["", "starting_balance", "because", "thanks "])
def test_only_declared_reasons_move_points(ada, ben, award, balances, reason):
    with pytest.raises(errors.UnknownReason):
        award(ada, ben, reason=reason)
    assert balances(ada, ben) == [50, 50]


def test_whoever_is_banned_or_no_person_gets_no_points(ada, ben, root, award, balances):
    ban_account(user=ben, by=root)
    for recipient in (ben, system(), User(pk=uuid4())):
        with pytest.raises(errors.NoRecipient):
            award(ada, recipient)
    assert balances(ada, ben) == [50, 50]


def test_what_the_reason_refuses_is_refused(ada, ben, award, balances):
    with pytest.raises(errors.NoRecipient):
        award(ada, ben, reference_id=NOT_ELIGIBLE)
    assert balances(ada, ben) == [50, 50]


def test_with_goodwill_switched_off_nothing_moves(ada, ben, award, goodwill_off):
    with pytest.raises(errors.GoodwillOff, match=r"switched off at the moment\."):
        award(ada, ben)
    assert Transaction.objects.filter(reason="thanks").count() == 0


@pytest.mark.covers("CHAT-96")
def test_when_what_follows_an_award_fails_no_point_has_moved(ada, ben, thanks, award, balances, monkeypatch):
    def fail(booked):
        assert Transaction.objects.filter(pk=booked.pk).exists()
        raise ZeroDivisionError

    monkeypatch.setitem(reasons._things, "thanks", replace(thanks, awarded=fail))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        award(ada, ben)
    assert balances(ada, ben) == [50, 50]
    assert Transaction.objects.filter(reason="thanks").count() == 0


def test_the_signal_is_sent_after_commit_only(ada, ben, award, django_capture_on_commit_callbacks):
    heard = []

    def listen(transaction, **about):
        heard.append(transaction)

    points_awarded.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        booked = award(ada, ben)
        assert heard == []
    assert heard == [booked]
    points_awarded.disconnect(listen)


def test_both_open_pages_hear_their_new_balance(ada, ben, award, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(realtime, "send", lambda group, frame: told.append((group, json.loads(frame["json"]))))
    with django_capture_on_commit_callbacks(execute=True):
        award(ada, ben, 7)
    assert sorted(each for each in told if each[1]["type"] == "points") == sorted(
        [
            (f"person.{ada.pk}", {"type": "points", "balance": 43}),
            (f"person.{ben.pk}", {"type": "points", "balance": 57}),
        ]
    )


def test_the_live_fragment_is_drawn_without_a_request(ada):
    frame = events.Points(balance=1).for_pages({"account": Account(user=ada, balance=1)})
    assert 'aria-label="1 point to give"' in json.loads(frame)["html"]


@pytest.mark.parametrize(("points", "title"), [(1, "Ada Lind gave you 1 point"), (7, "Ada Lind gave you 7 points")])
def test_the_recipient_is_told_who_gave_how_much_for_what(ada, ben, award, points, title):
    booked = award(ada, ben, points)
    notice = Notification.objects.get()
    assert (notice.recipient, notice.title, notice.description) == (ben, title, "A thing in the tests")
    assert notice.target == f"/things/{booked.reference_id}"


def test_an_account_opens_with_the_starting_balance_which_is_itself_a_transaction(ada):
    booked = Transaction.objects.get()
    assert (booked.from_user_id, booked.to_user, booked.points) == (SYSTEM_ID, ada, 50)
    assert (queries.balance_of(ada), queries.received_total(ada)) == (50, 0)
    assert Account.objects.get(user=SYSTEM_ID).balance == -50


def test_opening_an_account_again_changes_nothing(ada):
    account = Account.objects.get(user=ada)
    assert [open_account(user=ada), open_account(user=ada)] == [account, account]
    assert (Transaction.objects.count(), Entry.objects.count()) == (1, 2)


def test_whoever_came_in_bulk_gets_an_account_with_the_first_award(ada, award, balances):
    [late] = User.objects.bulk_create([User(username="late", email="late@example.com", name="Late")])
    assert queries.balance_of(late) == 0
    award(ada, late, 5)
    assert balances(ada, late) == [45, 55]


def test_whoever_came_in_bulk_gets_an_account_at_sign_in(db, as_user):
    [late] = User.objects.bulk_create([User(username="late", email="late@example.com", name="Late")])
    as_user(late)
    assert queries.balance_of(late) == 50


def test_a_reason_is_declared_once(thanks):
    with pytest.raises(ValueError, match="'thanks' is declared twice"):
        declare(Reason(name="thanks", label="", least=1, most=2, default=1, check=thanks.check))
