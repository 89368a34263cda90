"""The pages of a payment, its card form with test cards, the bank's question, and the staff door."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from peerloop.core.accounts.exports import exports
from peerloop.core.payments.models import Payment, PaymentEvent
from peerloop.core.payments.money import in_units, in_words, minor
from peerloop.core.payments.services.settling import write_event
from peerloop.core.payments.services.wishes import ask_release, capture
from tests.factories.payments import CHECKED, DECLINED, VISA, lesson_page

pytestmark = pytest.mark.django_db


def page(payment) -> str:
    return reverse("payment", args=[payment.pk])


def read(client, where, status=200) -> str:
    answer = client.get(where)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_payer_gives_a_test_card_and_reads_the_hold(opened, ada, as_user):
    visitor = as_user(ada)
    assert "Test payments" in read(visitor, page(opened))
    answer = visitor.post(page(opened), {"card": VISA})
    assert (answer.status_code, answer["Location"]) == (302, lesson_page(opened))
    text = read(visitor, page(opened))
    assert f'href="{lesson_page(opened)}"' in text
    assert ("On hold" in text, "Visa 4242" in text, "Your card" in text, "Test payments" in text) == (
        True,
        True,
        False,
        True,
    )


def test_a_refused_card_is_said_and_the_choice_kept(opened, ada, as_user):
    answer = as_user(ada).post(page(opened), {"card": DECLINED})
    text = answer.content.decode()
    assert (answer.status_code, "Your card was declined. Nothing was taken. Try another card." in text) == (402, True)
    assert f'<option value="{DECLINED}" selected>' in text


def test_what_is_no_test_card_is_refused_and_nothing_held(opened, ada, as_user):
    assert as_user(ada).post(page(opened), {"card": "4111111111111111"}).status_code == 400
    assert Payment.objects.get().status == "created"


@pytest.mark.parametrize(("answer", "status"), [("yes", "authorised"), ("no", "failed")])
def test_the_bank_asks_on_a_page_of_its_own(answer, status, opened, ada, as_user):
    payer = as_user(ada)
    asked = payer.post(page(opened), {"card": CHECKED})["Location"]
    assert "Confirm with your bank" in read(payer, asked)
    back = payer.post(asked, {"passed": answer})["Location"]
    onwards = {"yes": lesson_page(opened), "no": page(opened)}
    assert payer.get(back)["Location"] == onwards[answer]
    assert Payment.objects.get().status == status


def test_both_parties_read_the_timeline_and_an_outsider_nothing(held, ada, ben, oskar, as_user):
    capture(payment_id=held.pk, by=ada)
    for person in (ada, ben):
        text = read(as_user(person), page(held))
        assert ("Receipt" in text, "Put on hold" in text, "Ada Lind" in text) == (True, True, True)
    assert '<dl class="pl-kv">' in as_user(ada).get(page(held)).content.decode()
    read(as_user(oskar), page(held), 404)
    assert as_user(oskar).post(page(held), {"card": VISA}).status_code == 404
    assert as_user(oskar).get(reverse("payment_return", args=[held.pk])).status_code == 404
    assert as_user(oskar).get(f"/payments/check/{held.intent_id}").status_code == 404


def test_the_payee_reads_neither_the_card_nor_a_report_nor_the_payers_way_back(held, ada, ben, as_user):
    write_event(held, PaymentEvent.What.PROBLEM, amount=held.amount, by=ada)
    hidden = ("Visa 4242", "A problem was reported", lesson_page(held))
    shown = {person: [each in read(as_user(person), page(held)) for each in hidden] for person in (ada, ben)}
    assert shown == {ada: [True, True, True], ben: [False, False, False]}
    [adas], [bens] = (list(exports["payments"].rows(person)) for person in (ada, ben))
    assert [each["what"] for each in adas["events"]] == ["opened", "authorised", "problem"]
    assert [each["what"] for each in bens["events"]] == ["opened", "authorised"]


def test_who_is_paid_sees_no_card_form_and_cannot_pay(opened, ben, as_user):
    assert "Your card" not in read(as_user(ben), page(opened))
    assert as_user(ben).post(page(opened), {"card": VISA}).status_code == 403
    assert as_user(ben).get(reverse("payment_return", args=[opened.pk])).status_code == 403


def test_a_release_under_way_is_said(held, ada, as_user):
    ask_release(payment_id=held.pk, by=ada)
    assert "Being released" in read(as_user(ada), page(held))


def test_with_stripe_the_card_goes_to_stripe_alone(opened, ada, as_user, settings):
    settings.TEST_PAYMENTS, settings.STRIPE_SECRET_KEY = False, "sk_live_x"
    settings.STRIPE_PUBLISHABLE_KEY, settings.PAYMENTS_ARE_TESTS = "pk_live_x", False
    text = read(as_user(ada), page(opened))
    assert ('data-key="pk_live_x"' in text, 'data-secret="pi_' in text, "Test payments" in text) == (True, True, False)
    assert as_user(ada).post(page(opened), {"card": VISA}).status_code == 404
    assert as_user(ada).get(f"/payments/check/{Payment.objects.get().intent_id}").status_code == 404


def act(client, payment, action, **more):
    where = reverse("admin:payments_payment_changelist")
    return client.post(where, {"action": action, "_selected_action": [payment.pk], **more}, follow=True)


def test_staff_read_release_and_refund(held, root, as_user, ben, ada):
    staff = as_user(root)
    assert "Put on hold" in read(staff, reverse("admin:payments_payment_change", args=[held.pk]))
    capture(payment_id=held.pk, by=ada)
    assert "The money has been taken already" in act(staff, held, "release_the_hold").content.decode()
    asked = act(staff, held, "refund_payment").content.decode()
    assert ("$20.00 can still be refunded" in asked, 'value="20.00"' in asked) == (True, True)
    given = {"refund": uuid4(), "amount": "7.50", "reason": "Too short"}
    assert "Refunded $7.50" in act(staff, held, "refund_payment", **given).content.decode()
    again = act(staff, held, "refund_payment", **{**given, "refund": uuid4(), "amount": "99"}).content.decode()
    assert ("At most $12.50 can still be refunded" in again, 'value="99"' in again) == (True, True)
    held.refresh_from_db()
    assert held.refunded == 750


def test_staff_release_a_hold(held, root, as_user):
    act(as_user(root), held, "release_the_hold")
    held.refresh_from_db()
    assert (held.status, held.wanted_by) == ("released", root)


def test_a_person_takes_along_what_they_paid(held, ada, oskar):
    [row] = exports["payments"].rows(ada)
    assert (row["amount"], [each["what"] for each in row["events"]]) == (2000, ["opened", "authorised"])
    assert list(exports["payments"].rows(oskar)) == []


def test_amounts_are_read_and_written_in_their_currency():
    assert (in_words(2000, "usd"), in_words(2000, "jpy"), in_words(123456, "chf")) == (
        "$20.00",
        "¥2,000",
        "1,234.56 CHF",
    )
    assert (minor(Decimal("20.5"), "usd"), minor(Decimal(20), "jpy"), in_units(2050, "eur")) == (
        2050,
        20,
        Decimal("20.50"),
    )
