"""Whom a summons was offered to, in which wave, and what they said."""

from collections.abc import Iterable

from django.utils import timezone

from peerloop.core.accounts.models import User

from ..models import HelpSummons, SummonsOffer


def note_told(summons: HelpSummons, helpers: Iterable[User], *, wave: int = 1) -> None:
    """These helpers are told now, in one query. Whoever was told or has dismissed it before keeps that."""
    rows = [SummonsOffer(summons=summons, helper=helper, wave=wave) for helper in helpers]
    SummonsOffer.objects.bulk_create(rows, ignore_conflicts=True)


def note_answer(summons: HelpSummons, by: User, answer: SummonsOffer.Answer) -> None:
    """`by` accepts or declines, told or not."""
    given = {"answer": answer, "answered_at": timezone.now()}
    if not SummonsOffer.objects.filter(summons=summons, helper=by).update(**given):
        SummonsOffer.objects.create(summons=summons, helper=by, wave=0, **given)
