"""The life of a PaymentIntent with manual capture: its states, limits and refusals, as Stripe documents them."""

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from . import storage
from .answers import Data, Fault, missing, unexpected, wrong
from .cards import BY_METHOD, Card

LEAST, MOST = 50, 99_999_999
HOLD = timedelta(days=7)
CANCELLABLE = {"requires_payment_method", "requires_confirmation", "requires_action", "requires_capture", "processing"}
CONFIRMABLE = {"requires_payment_method", "requires_confirmation", "requires_action"}


def create(given: Data) -> Data:
    amount = int(given["amount"])
    if amount < LEAST:
        raise wrong("amount_too_small", "Amount must be at least $0.50 usd", param="amount")
    if amount > MOST:
        raise wrong("amount_too_large", "Amount must be no more than $999,999.99", param="amount")
    intent = storage.new(
        "payment_intent",
        "pi",
        amount=amount,
        amount_capturable=0,
        amount_received=0,
        cancellation_reason=None,
        capture_method=given.get("capture_method", "automatic"),
        currency=given["currency"],
        description=given.get("description"),
        last_payment_error=None,
        latest_charge=None,
        metadata=given.get("metadata", {}),
        next_action=None,
        payment_method=None,
        status="requires_payment_method",
    )
    intent["client_secret"] = f"{intent['id']}_secret_{secrets.token_hex(12)}"
    return _now(intent, "payment_intent.created")


def show(name: str) -> Data:
    """The intent as it is by now: a hold that nobody captured in time has ended by itself."""
    intent = storage.read("payment_intent", name)
    if intent["status"] == "requires_capture":
        charge = storage.read("charge", intent["latest_charge"])
        before = charge["payment_method_details"]["card"]["capture_before"]
        if before <= timezone.now().timestamp():
            return _cancelled(intent, "automatic")
    return intent


def confirm(name: str, given: Data) -> Data:
    intent = show(name)
    if intent["status"] not in CONFIRMABLE:
        raise unexpected("confirmed", intent)
    method = given.get("payment_method", "")
    if method not in BY_METHOD:
        raise missing("PaymentMethod", method)
    card = BY_METHOD[method]
    intent |= {"payment_method": method, "last_payment_error": None, "test_card": card.method}
    if not card.checks:
        return _charged(intent, card)
    origin = urlsplit(given.get("return_url", ""))
    url = f"{origin.scheme}://{origin.netloc}/payments/check/{name}"
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": given.get("return_url")}}
    return _now(intent | {"status": "requires_action", "next_action": action}, "payment_intent.requires_action")


def answer_check(name: str, *, passed: bool) -> Data:
    """The payer answered the bank's question on the stand-in page. Answered already: nothing changes."""
    intent = show(name)
    if intent["status"] != "requires_action":
        return intent
    intent["next_action"] = None
    if passed:
        try:
            return _charged(intent, BY_METHOD[intent["test_card"]])
        except Fault:  # told to the payer by the intent itself: nobody waits for this call's answer
            return storage.read("payment_intent", name)
    message = (
        "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    )
    return _refused(intent, {"type": "card_error", "code": "payment_intent_authentication_failure", "message": message})


def capture(name: str, given: Data) -> Data:
    intent = show(name)
    if intent["status"] != "requires_capture":
        raise unexpected("captured", intent)
    amount = int(given.get("amount_to_capture") or intent["amount_capturable"])
    if amount > intent["amount_capturable"]:
        raise wrong("amount_too_large", "The amount to capture is greater than the amount that can be captured.")
    charge = storage.read("charge", intent["latest_charge"])
    storage.keep(charge | {"captured": True, "amount_captured": amount})
    storage.happened("charge.captured", charge)
    done = intent | {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    return _now(done, "payment_intent.succeeded")


def cancel(name: str, given: Data) -> Data:
    intent = show(name)
    if intent["status"] not in CANCELLABLE:
        raise unexpected("canceled", intent)
    return _cancelled(intent, given.get("cancellation_reason"))


def refund(given: Data) -> Data:
    intent = show(given["payment_intent"])
    if intent["status"] != "succeeded":
        raise wrong("charge_not_refundable", "This PaymentIntent does not have a successful charge to refund.")
    charge = storage.read("charge", intent["latest_charge"])
    if charge["disputed"]:
        raise wrong("charge_disputed", f"Charge {charge['id']} has been charged back; cannot issue a refund.")
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = int(given.get("amount") or left)
    if left == 0:
        raise wrong("charge_already_refunded", f"Charge {charge['id']} has already been refunded.")
    if amount > left:
        raise wrong(
            "amount_too_large", f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        )
    charge |= {"amount_refunded": charge["amount_refunded"] + amount, "refunded": amount == left}
    storage.keep(charge)
    about = {"charge": charge["id"], "payment_intent": intent["id"], "currency": intent["currency"]}
    made = storage.new("refund", "re", amount=amount, metadata=given.get("metadata", {}), status="succeeded", **about)
    storage.happened("charge.refunded", charge)
    return made


def _shown(card: Card) -> Data:
    return {"brand": card.brand, "last4": card.number[-4:]}


def _charged(intent: Data, card: Card) -> Data:
    if card.code:
        error = {"type": "card_error", "code": card.code, "message": card.message}
        error |= {"decline_code": card.decline_code} if card.decline_code else {}
        refused = _refused(intent, error)
        raise Fault(402, "card_error", card.code, card.message, **_more(error), payment_intent=refused)
    before = int((timezone.now() + HOLD).timestamp())
    charge = storage.new(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        captured=False,
        currency=intent["currency"],
        disputed=False,
        payment_intent=intent["id"],
        payment_method_details={"type": "card", "card": {**_shown(card), "capture_before": before}},
        refunded=False,
        status="succeeded",
    )
    held = {"status": "requires_capture", "amount_capturable": intent["amount"], "next_action": None}
    return _now(intent | held | {"latest_charge": charge["id"]}, "payment_intent.amount_capturable_updated")


def _more(error: Data) -> Data:
    return {"decline_code": error["decline_code"]} if "decline_code" in error else {}


def _refused(intent: Data, error: Data) -> Data:
    back = {"status": "requires_payment_method", "last_payment_error": error, "payment_method": None}
    return _now(intent | back, "payment_intent.payment_failed")


def _cancelled(intent: Data, reason: str | None) -> Data:
    over = {"status": "canceled", "cancellation_reason": reason, "amount_capturable": 0, "next_action": None}
    if intent["status"] == "requires_capture":
        charge = storage.read("charge", intent["latest_charge"])
        storage.keep(charge | {"amount_refunded": charge["amount"], "refunded": True})
    return _now(intent | over, "payment_intent.canceled")


def _now(intent: Data, event: str) -> Data:
    storage.keep(intent)
    storage.happened(event, intent)
    return intent
