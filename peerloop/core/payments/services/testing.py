"""What the test provider's bank asks the payer. There is no such verb with Stripe, where the bank asks by itself."""

from uuid import UUID

from django.db import transaction

from peerloop.core.accounts.models import User

from ..double import intents
from ..errors import NoSuchPayment
from ..models import Payment


def answer_check(*, payment_id: UUID, passed: bool, by: User) -> None:
    """Answer the test bank's question; `confirm` then sees what came of it. Again changes nothing.

    Raises NoSuchPayment for anybody else's.
    """
    payment = Payment.objects.filter(pk=payment_id, payer=by, provider="test").first()
    if payment is None:
        raise NoSuchPayment
    with transaction.atomic(durable=True):
        intents.answer_check(payment.intent_id, passed=passed)
