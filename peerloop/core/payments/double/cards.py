"""The cards of Stripe's documentation for testing, and what happens to each."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Card:
    number: str
    method: str
    brand: str = "visa"
    label: str
    # The code and sentence with which the bank refuses it.
    code: str = ""
    decline_code: str = ""
    message: str = ""
    # The bank asks the payer first (3-D Secure).
    checks: bool = False


DECLINED = "Your card was declined."
CARDS = (
    Card(number="4242424242424242", method="pm_card_visa", label="Works"),
    Card(number="5555555555554444", method="pm_card_mastercard", brand="mastercard", label="Works"),
    Card(
        number="4000002500003155",
        method="pm_card_authenticationRequiredOnSetup",
        label="The bank asks you to confirm (3-D Secure)",
        checks=True,
    ),
    Card(
        number="4000002760003184",
        method="pm_card_authenticationRequired",
        label="The bank asks every time",
        checks=True,
    ),
    Card(
        number="4000008260003178",
        method="pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        label="Asks, then too little money",
        checks=True,
        code="card_declined",
        decline_code="insufficient_funds",
        message="Your card has insufficient funds.",
    ),
    Card(
        number="4000000000000002",
        method="pm_card_visa_chargeDeclined",
        label="Declined",
        code="card_declined",
        decline_code="generic_decline",
        message=DECLINED,
    ),
    Card(
        number="4000000000009995",
        method="pm_card_visa_chargeDeclinedInsufficientFunds",
        label="Too little money",
        code="card_declined",
        decline_code="insufficient_funds",
        message="Your card has insufficient funds.",
    ),
    Card(
        number="4000000000000069",
        method="pm_card_chargeDeclinedExpiredCard",
        label="Expired",
        code="expired_card",
        message="Your card has expired.",
    ),
    Card(
        number="4000000000000127",
        method="pm_card_chargeDeclinedIncorrectCvc",
        label="Wrong security code",
        code="incorrect_cvc",
        message="Your card's security code is incorrect.",
    ),
)
BY_METHOD = {card.method: card for card in CARDS}
