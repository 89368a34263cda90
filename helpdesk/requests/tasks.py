"""Jobs of paid requests. What one of them leaves undone, the sweep finishes."""

from uuid import UUID

from celery import shared_task


@shared_task
def expire_claim(claim_id: str) -> None:
    from .services import claiming

    claiming.expire_claim(claim_id=UUID(claim_id))


@shared_task
def sweep_requests() -> None:
    from .services.sweeping import sweep

    sweep()
