"""Who may do what with a payment."""

from peerloop.core.accounts.models import User

from .models import Payment


def can_pay(by: User, payment: Payment) -> bool:
    return payment.payer_id == by.pk


def can_refund(by: User) -> bool:
    return bool(by.is_active and (by.is_staff or by.is_system))


def can_retry_payout(by: User) -> bool:
    return bool(by.is_active and by.is_staff)
