"""Jobs of payments. What one of them leaves undone, the sweep finishes."""

from uuid import UUID

from celery import shared_task


@shared_task
def finish_payment(payment_id: str) -> None:
    from .services.wishes import finish

    finish(payment_id=UUID(payment_id))


@shared_task
def finish_refund(refund_id: str) -> None:
    from .services.refunds import finish_refund

    finish_refund(refund_id=UUID(refund_id))


@shared_task
def finish_payout(payout_id: str) -> None:
    from .services.paying_out import finish_payout

    finish_payout(payout_id=UUID(payout_id))


@shared_task
def sweep_payments() -> None:
    from .services.sweeping import sweep

    sweep()


@shared_task
def reconcile_payments() -> None:
    from .services.reconciling import reconcile

    reconcile()
