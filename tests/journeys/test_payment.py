"""A card is refused, the next one asks at the bank, and then the money is on hold."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from peerloop.core.payments.services.opening import open_payment
from tests.factories.payments import CHECKED, DECLINED
from tests.support.axe import violations
from tests.support.browsers import PHONE

pytestmark = pytest.mark.browser


def test_ada_gives_a_card_that_is_refused_and_one_that_asks(ada, ben, heard, browse, windows):
    windows.expect_problem("status of 402")  # the first card
    payment = open_payment(purpose="lesson", subject_id=uuid4(), amount=2000, payee_id=ben.pk, by=ada)
    page, page_of_ben = browse(ada, width=PHONE), browse(ben)
    page.goto(f"/payments/{payment.pk}")
    expect(page.get_by_text("Test payments: cards are invented here and no money moves.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert violations(page) == []

    # The bank refuses the first card; her choice stays, and another one can be tried at once.
    card, hold = page.get_by_label("Test card"), page.get_by_role("button", name="Put $20.00 on hold")
    card.select_option(DECLINED)
    hold.click()
    expect(page.get_by_role("alert")).to_have_text("Your card was declined. Nothing was taken. Try another card.")
    expect(card).to_have_value(DECLINED)
    assert violations(page) == []

    # The next one is asked for by the bank; she says yes by the keyboard.
    card.select_option(CHECKED)
    hold.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm with your bank")
    assert violations(page) == []
    page.get_by_role("button", name="Confirm").press("Enter")
    expect(page.locator("main")).to_contain_text("On hold")
    expect(card).to_have_count(0)

    # Ben reads the same timeline.
    page_of_ben.goto(f"/payments/{payment.pk}")
    for reader in (page, page_of_ben):
        expect(reader.get_by_role("listitem").filter(has_text="Put on hold")).to_contain_text("$20.00")
        assert violations(reader) == []
