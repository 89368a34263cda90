"""Jobs of summons. What one of them leaves undone, the sweep finishes."""

from uuid import UUID

from celery import shared_task


@shared_task
def expire_summons(summons_id: str) -> None:
    from .services import calling

    calling.expire_summons(summons_id=UUID(summons_id))


@shared_task
def next_wave(summons_id: str) -> None:
    from .services import waves

    waves.widen(summons_id=UUID(summons_id))


@shared_task
def ring(summons_id: str, helper_ids: list[str]) -> None:
    from .services import ringing

    ringing.ring(summons_id=UUID(summons_id), helper_ids=[UUID(each) for each in helper_ids])


@shared_task
def silence(summons_id: str) -> None:
    from .services import ringing

    ringing.silence(summons_id=UUID(summons_id))


@shared_task
def refresh_courses_of(helper_id: str) -> None:
    from .services import availability

    availability.refresh_courses_of(UUID(helper_id))


@shared_task
def sweep_summons() -> None:
    from .services.sweeping import sweep

    sweep()
