"""What the test provider asks payers and payees. There are no such verbs with Stripe, which asks by itself."""

from uuid import UUID

from django.db import transaction

from peerloop.core.accounts.models import User

from ..double import accounts, intents
from ..errors import NoSuchPayment, NoSuchPayout
from ..models import Payment, PayoutAccount


def answer_check(*, payment_id: UUID, passed: bool, by: User) -> None:
    """Answer the test bank's question; `confirm` then sees what came of it. Again changes nothing.

    Raises NoSuchPayment for anybody else's.
    """
    payment = Payment.objects.filter(pk=payment_id, payer=by, provider="test").first()
    if payment is None:
        raise NoSuchPayment
    with transaction.atomic(durable=True):
        intents.answer_check(payment.intent_id, passed=passed)


def finish_account(*, account_id: str, by: User) -> None:
    """Give the test provider all that it asks for; `come_back` then sees what came of it. Again changes nothing.

    Raises NoSuchPayout for anybody else's.
    """
    if not PayoutAccount.objects.filter(account_id=account_id, person=by, provider="test").exists():
        raise NoSuchPayout
    with transaction.atomic(durable=True):
        accounts.finish(account_id)
