"""Whom a summons was offered to, in which wave, and what they said."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.entities.prepared import Written, prepared_update
from peerloop.core.entities.rows import insert_copies

from ..models import HelpSummons, SummonsOffer


def note_told(summons: HelpSummons, helper_ids: Iterable[UUID]) -> None:
    """These helpers are told in the present wave, in one query. Whoever was told or has answered before keeps that."""
    insert_copies(SummonsOffer(summons=summons, wave=summons.waves), "helper_id", list(helper_ids))


def note_answer(summons: HelpSummons, by: User, answer: SummonsOffer.Answer) -> None:
    """`by` accepts or declines, told or not."""
    now = timezone.now()
    if not _answer(summons.pk, by.pk, now, answer=answer.value):
        SummonsOffer.objects.create(summons=summons, helper=by, wave=0, answer=answer, answered_at=now)


@prepared_update
def _answer(summons_id: UUID, helper_id: UUID, now: datetime, *, answer: str) -> Written:
    return SummonsOffer.objects.filter(summons=summons_id, helper=helper_id), {"answer": answer, "answered_at": now}
