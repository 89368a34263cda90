"""Bells and devices of helpers: rung once the call is out, silent again once it is over.

The worker does both: nobody's frame may wait while fifty notices are drawn. The row knows what was rung, so whatever
a lost job or a crash leaves behind the sweep puts right.
"""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from peerloop.core.notifications.queries import reached_by_push
from peerloop.core.notifications.services import notify, withdraw
from peerloop.core.redis import shared

from .. import tasks
from ..models import HelpSummons, HelpSummonsQuerySet
from ..queries import available_ids_for, away_ids_for, of_this_wave, untold
from .told import note_told

SUMMON = "summon"
# Who cancels and calls again at once reaches the dashboards, but rings nobody's bell a second time.
SECONDS_BETWEEN_ALERTS = 60
# What devices show for a moment when the call on them is taken back.
TAKEN, OVER = "Somebody is helping now.", "The student is not waiting any more."


def ring_after_commit(summons: HelpSummons, told: Iterable[UUID]) -> None:
    """Have the bells of those rung who are told of it on their pages."""
    helper_ids = [str(each) for each in told]
    transaction.on_commit(
        lambda: tasks.ring.delay(str(summons.pk), helper_ids), robust=True
    )  # Django names what failed: no partial


def silence_after_commit(summons: HelpSummons) -> None:
    transaction.on_commit(lambda: tasks.silence.delay(str(summons.pk)), robust=True)


@transaction.atomic
def ring(*, summons_id: UUID, helper_ids: Iterable[UUID] | None = None) -> bool:
    """Give notice of a summons that waits to whom it was told and who has not answered; whether this call did.

    `helper_ids` were told on their pages; without them, whoever can be called now is among those who are told. Whose
    devices alone can be reached is told of it here. Nobody gets a second notice of it, whoever calls this again or at
    the same time.
    """
    summons = _locked(HelpSummons.objects.to_ring(), summons_id)
    if summons is None:
        return False
    if summons.next_wave_at is None:
        here = available_ids_for(summons.course_id, summons.student_id) if helper_ids is None else helper_ids
        note_told(summons, here)
    _tell_those_away(summons)
    told = list(summons.offers.filter(answer="").values_list("helper", flat=True))
    notify(
        kind=SUMMON,
        to=_not_alerted_just_now(summons.student_id, told),
        by=summons.student,
        description=summons.message or str(summons.module or ""),
        target=reverse("helper_dashboard"),
        key=notice_key(summons),
        data={"course": summons.course.title},
        request_id=summons.pk,
    )
    HelpSummons.objects.filter(pk=summons_id).update(rung=summons.waves)
    return True


@transaction.atomic
def silence(*, summons_id: UUID) -> bool:
    """Take a summons that is over out of the bells; whether this call did."""
    summons = _locked(HelpSummons.objects.to_silence(), summons_id)
    if summons is None:
        return False
    withdraw(keys=[notice_key(summons)], why=TAKEN if summons.responder_id else OVER)
    HelpSummons.objects.filter(pk=summons_id).update(rung=0)
    return True


def ring_due() -> int:
    """Ring for every summons, and silence every one, that a crash has left; returns how many."""
    rung = [ring(summons_id=pk) for pk in HelpSummons.objects.to_ring().values_list("pk", flat=True)]
    silenced = [silence(summons_id=pk) for pk in HelpSummons.objects.to_silence().values_list("pk", flat=True)]
    return sum(rung) + sum(silenced)


def notice_key(summons: HelpSummons) -> str:
    return f"summon:{summons.pk}"


def _tell_those_away(summons: HelpSummons) -> None:
    """Who has switched on and closed the last page is not counted, but may come from a locked phone (ADR 14)."""
    away = reached_by_push(SUMMON, away_ids_for(summons.course_id, summons.student_id))
    if away and (chosen := of_this_wave(summons, untold(summons, away))):
        note_told(summons, chosen)


def _locked(rows: HelpSummonsQuerySet, summons_id: UUID) -> HelpSummons | None:
    return rows.select_for_update(of=("self",)).with_all().filter(pk=summons_id).first()


def _not_alerted_just_now(student_id: UUID, helper_ids: list[UUID]) -> list[UUID]:
    """Those of the helpers whom this student has not called within a minute; from now on they have been."""
    keys = {f"summon:alerted:{student_id}:{helper_id}": helper_id for helper_id in helper_ids}
    alerted = shared.get_many(keys)
    fresh = [key for key in keys if key not in alerted]
    transaction.on_commit(partial(shared.set_many, dict.fromkeys(fresh, 1), SECONDS_BETWEEN_ALERTS))
    return [keys[key] for key in fresh]
