"""Reads of timelines."""

from uuid import UUID

from django.db.models import QuerySet

from .models import Payment, PaymentEvent


def timeline(payment: Payment, person_id: UUID) -> QuerySet[PaymentEvent]:
    """What a person may read of what happened to a payment, the oldest first. One query."""
    hidden = PaymentEvent.OF_PAYER if person_id == payment.payee_id else ()
    return payment.events.exclude(what__in=hidden).select_related("by", "payment")
