"""Helpers hear of a summons all at once, or the best candidates first and then ever more, as the settings say."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from courses.permissions import is_certified

from .. import tasks
from ..models import HelpSummons
from ..queries import available_ids_for, of_this_wave, untold
from .telling import tell_summoned
from .told import note_told


def time_of_the_next(now: datetime) -> datetime | None:
    """When more helpers hear of a summons that is told now; None when all hear at once."""
    numbers = settings.PEERLOOP
    return now + timedelta(seconds=numbers.SUMMON_WAVE_SECONDS) if numbers.SUMMON_WAVE_SIZE else None


def first_wave(summons: HelpSummons, helper_ids: list[UUID], *, student_teaches: bool) -> None:
    """Tell those of the helpers who hear first. For one summons once, in the transaction that stores it."""
    _send_out(summons, helper_ids, student_teaches=student_teaches)


@transaction.atomic
def widen(*, summons_id: UUID) -> bool:
    """Tell the next wave of a summons whose time for it has come; whether this call did.

    Each wave is twice as large as the one before, and who has become available in the meantime is among it. The job,
    the sweep and a last "not now" all call this: one conditional write decides which of them tells.
    """
    now = timezone.now()
    due = HelpSummons.objects.due_for_a_wave().filter(pk=summons_id)
    if not due.update(waves=F("waves") + 1, next_wave_at=time_of_the_next(now)):
        return False
    summons = HelpSummons.objects.with_all().get(pk=summons_id)
    teaches = is_certified(summons.student, summons.course)
    here = available_ids_for(summons.course_id, summons.student_id)
    _send_out(summons, untold(summons, here), student_teaches=teaches)
    return True


def widen_due() -> int:
    """Tell the next wave of every summons that is due for one; returns how many this call told."""
    ids = HelpSummons.objects.due_for_a_wave().values_list("pk", flat=True)
    return sum(widen(summons_id=summons_id) for summons_id in list(ids))


def _send_out(summons: HelpSummons, helper_ids: list[UUID], *, student_teaches: bool) -> None:
    chosen = of_this_wave(summons, helper_ids)
    if summons.next_wave_at:
        # The broker may be away; the sweep then goes on. (Django names what failed: no partial.)
        transaction.on_commit(lambda: _schedule(summons), robust=True)
        # Whom a wave told, the next one must know; otherwise the bells note it, and nobody waits for that.
        note_told(summons, chosen)
    if chosen:
        tell_summoned(summons, chosen, student_teaches=student_teaches)


def _schedule(summons: HelpSummons) -> None:
    tasks.next_wave.apply_async(args=[str(summons.pk)], eta=summons.next_wave_at)
