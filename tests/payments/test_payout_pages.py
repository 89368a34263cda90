"""Where a payee sets up payouts and reads them, what payer and outsider see of it, and the staff door."""

from uuid import uuid4

import pytest
from django.urls import reverse

from peerloop.core.accounts.exports import exports
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import set_role
from peerloop.core.payments import queries
from peerloop.core.payments.models import Payout, PayoutAccount
from peerloop.core.payments.services.opening import open_payment
from peerloop.core.payments.services.sweeping import sweep
from peerloop.core.payments.services.wishes import capture
from tests.factories.payments import OFFLINE, account_of, ask_owner, lesson_page, pay
from tests.payments.test_refunds import give_back
from tests.payments.test_views import page, read

pytestmark = pytest.mark.django_db
PAYOUTS, SETUP = "/payouts", "/payouts/account"


@pytest.fixture
def sent(held, ada, ben_account):
    paid = capture(payment_id=held.pk, by=ada)
    sweep()
    return paid


def says(text: str, *words: str) -> list[bool]:
    return [each in text for each in words]


def test_the_first_time_leads_to_the_provider_and_back(pays_out, edge, ben, as_user):
    visitor = as_user(ben)
    text = read(visitor, PAYOUTS)
    assert says(
        text, "Get paid for your sessions", "you get 80 per cent", "Set up payouts", "What you have earned"
    ) == [
        True,
        True,
        True,
        False,
    ]
    there = visitor.post(SETUP)["Location"]
    assert there == f"http://testserver/payouts/test/{PayoutAccount.objects.get().account_id}"
    assert says(read(visitor, there), "This is a test", "Finish") == [True, True]
    assert visitor.post(there)["Location"] == "/payouts/return"
    assert visitor.get("/payouts/return")["Location"] == PAYOUTS
    assert says(read(visitor, PAYOUTS), "Payouts are set up", "Nothing yet") == [True, True]


def test_who_did_not_finish_reads_what_is_asked_and_what_waits(held, ada, ben, pays_out, as_user):
    visitor = as_user(ben)
    account_of(ben, is_finished=False)
    capture(payment_id=held.pk, by=ada)
    text = read(visitor, PAYOUTS)
    assert says(text, "One step is left", "<li>Your bank account</li>", "<li>Your date of birth</li>") == [True] * 3
    assert text.count("<li>Your name and how you are reached</li>") == 1
    assert says(text, "$16.00</b> waits for your account", "Waits until your account is set up") == [True, True]
    assert visitor.get(SETUP)["Location"] == f"http://testserver/payouts/test/{PayoutAccount.objects.get().account_id}"


def test_who_is_asked_for_more_reads_what(pays_out, ben, ben_account, as_user):
    ask_owner(ben_account, "individual.verification.document", "something.new")
    assert as_user(ben).get("/payouts/return").status_code == 302
    text = read(as_user(ben), PAYOUTS)
    assert says(text, "needs more", "<li>A paper that shows who you are</li>", "<li>More about you</li>") == [True] * 3


def test_an_account_that_is_being_checked_needs_nothing(pays_out, edge, ben, as_user):
    account_of(ben, is_finished=False)
    PayoutAccount.objects.update(is_submitted=True, asks=[])
    text = read(as_user(ben), PAYOUTS)
    assert says(text, "Your details are being checked", "Go on at the payment service") == [True, False]


def test_an_old_address_of_the_provider_leads_on_only_who_has_begun(pays_out, edge, ben, as_user):
    assert as_user(ben).get(SETUP)["Location"] == PAYOUTS
    assert PayoutAccount.objects.count() == 0


def test_a_silent_provider_is_said_on_the_page(pays_out, edge, ben, as_user):
    edge.fails["POST accounts"] = ("before", OFFLINE)
    answer = as_user(ben).post(SETUP)
    text = answer.content.decode()
    assert (answer.status_code, says(text, "does not answer", "Set up payouts")) == (503, [True, True])


def test_the_payee_reads_the_payout_and_the_payer_does_not(sent, ada, ben, as_user):
    text = read(as_user(ben), page(sent))
    assert says(text, "Sent to your account", "$16.00", "Your part", "Visa 4242") == [True, True, True, False]
    assert says(text, 'class="pl-crumb" href="/payouts"', lesson_page(sent)) == [True, False]
    text = read(as_user(ada), page(sent))
    assert says(text, "Sent to", "$16.00", "Your part", "Visa 4242") == [False, False, False, True]
    assert says(read(as_user(ben), PAYOUTS), "A lesson", page(sent), "$16.00") == [True] * 3


def test_what_was_taken_back_is_said(sent, root, ben, as_user):
    give_back(sent, root, 500)
    sweep()
    text = read(as_user(ben), PAYOUTS)
    assert says(text, "$4.00 of it was taken back for a refund", "$12.00</b>") == [True, True]
    assert "Taken back from your account for a refund" in read(as_user(ben), page(sent))


def test_an_outsider_sees_neither_the_payouts_nor_the_account_of_another(sent, ben_account, oskar, ben, as_user):
    assert "$16.00" in read(as_user(ben), PAYOUTS)
    assert says(read(as_user(oskar), PAYOUTS), "$16.00", "Set up payouts") == [False, True]
    there = f"/payouts/test/{ben_account.account_id}"
    assert read(as_user(ben), there)
    assert (as_user(oskar).get(there).status_code, as_user(oskar).post(there).status_code) == (404, 404)
    assert as_user(oskar).get(page(sent)).status_code == 404


def test_switched_off_there_is_no_page_and_no_way_to_one(sent, ben, as_user, settings):
    set_role(user=ben, role=User.Role.HELPER, by=ben)
    shown = [says(read(as_user(ben), where), PAYOUTS) for where in ("/helper/dashboard", page(sent))]
    settings.PAYOUT_PERCENT = 0
    hidden = [says(read(as_user(ben), where), PAYOUTS) for where in ("/helper/dashboard", page(sent))]
    assert (shown, hidden) == ([[True], [True]], [[False], [False]])
    for where in (PAYOUTS, SETUP, "/payouts/return", "/payouts/test/acct_1"):
        assert as_user(ben).get(where).status_code == 404
    assert as_user(ben).post(SETUP).status_code == 404


def test_without_the_test_provider_there_is_no_test_page(ben_account, ben, as_user, settings):
    settings.TEST_PAYMENTS, settings.STRIPE_SECRET_KEY = False, "sk_live_x"
    assert as_user(ben).get(f"/payouts/test/{ben_account.account_id}").status_code == 404


def test_the_dashboard_leads_a_helper_to_what_is_next(held, ada, ben, pays_out, as_user):
    set_role(user=ben, role=User.Role.HELPER, by=ben)
    assert "Get paid for your sessions." in read(as_user(ben), "/helper/dashboard")
    capture(payment_id=held.pk, by=ada)
    text = read(as_user(ben), "/helper/dashboard")
    assert says(text, "$16.00</b> waits for your account.", "Set up payouts") == [True, True]


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_takes_the_same_queries_for_one_and_for_many(
    count, ada, ben, ben_account, heard, as_user, django_assert_num_queries
):
    for _ in range(count):
        payment = open_payment(purpose="lesson", subject_id=uuid4(), amount=2000, payee_id=ben.pk, by=ada)
        capture(payment_id=pay(payment, ada).pk, by=ada)
    visitor = as_user(ben)
    visitor.get(PAYOUTS)
    with django_assert_num_queries(5):
        text = read(visitor, PAYOUTS)
    assert text.count("Being sent to your account") == count


def test_older_payouts_are_on_the_next_page(ada, ben, ben_account, heard, as_user, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    for amount in (1000, 2000, 3000):
        payment = open_payment(purpose="lesson", subject_id=uuid4(), amount=amount, payee_id=ben.pk, by=ada)
        capture(payment_id=pay(payment, ada).pk, by=ada)
    first = read(as_user(ben), PAYOUTS)
    assert says(first, "$24.00", "$16.00", "$8.00", "Older") == [True, True, False, True]
    last = Payout.objects.order_by("-pk")[1]
    second = read(as_user(ben), f"{PAYOUTS}?before={last.pk}")
    assert says(second, "$24.00", "$16.00", "$8.00", "Older") == [False, False, True, False]
    assert as_user(ben).get(f"{PAYOUTS}?before=nonsense").status_code == 400


def test_staff_read_payouts_and_have_a_failed_one_tried_again(sent, root, as_user):
    staff, where = as_user(root), reverse("admin:payments_payout_changelist")
    payout = Payout.objects.get()
    chosen = {"action": "try_again", "_selected_action": [payout.pk]}
    assert (
        "Only a payout that could not be sent is tried again" in staff.post(where, chosen, follow=True).content.decode()
    )
    Payout.objects.update(status="failed", sent=0, sent_at=None, transfer_id="", error="No such luck.")
    assert "No such luck." in read(staff, where)
    assert "$16.00 is sent soon" in staff.post(where, chosen, follow=True).content.decode()
    assert Payout.objects.get().status == "due"
    assert says(read(staff, reverse("admin:payments_payoutaccount_changelist")), "acct_") == [True]
    assert "Sent to the payee" in read(staff, reverse("admin:payments_payment_change", args=[sent.pk]))


def test_people_take_along_their_own_payouts_alone(sent, ada, ben, oskar):
    [row] = exports["payouts"].rows(ben)
    assert (row["payment_id"], row["amount"], row["sent"], row["status"]) == (sent.pk, 1600, 1600, "sent")
    assert [each["is_ready"] for each in exports["payout-accounts"].rows(ben)] == [True]
    for person in (ada, oskar):
        assert (list(exports["payouts"].rows(person)), list(exports["payout-accounts"].rows(person))) == ([], [])
    [adas], [bens] = (list(exports["payments"].rows(person)) for person in (ada, ben))
    assert [each["what"] for each in adas["events"]] == ["opened", "authorised", "captured"]
    assert [each["what"] for each in bens["events"]] == ["opened", "authorised", "captured", "paid_out"]
