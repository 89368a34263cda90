"""Who leaves keeps no money on hold, and gives up what waits for an account that they never set up."""

from typing import Any

from django.dispatch import receiver

from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import system
from peerloop.core.accounts.signals import account_deleted

from .models import Payment
from .services.paying_out import cancel_waiting
from .services.wishes import ask_release


@receiver(account_deleted)
def let_go(sender: Any, user: User, **about: Any) -> None:
    live = Payment.objects.live().filter(payer=user).exclude(status=Payment.Status.CAPTURED).exclude(wanted="capture")
    for payment in live:
        ask_release(payment_id=payment.pk, by=system())
    cancel_waiting(person=user)
