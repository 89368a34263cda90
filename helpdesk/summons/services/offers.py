"""A helper lets a summons pass."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User

from ..errors import SummonsNotThere
from ..models import HelpSummons, SummonsOffer
from ..permissions import check_can_accept, check_waits
from .telling import tell_dismissed
from .told import note_answer
from .waves import widen


@transaction.atomic
def decline_offer(*, summons_id: UUID, by: User) -> SummonsOffer:
    """Let others answer: `by` is not told of this summons again. Declining again changes and tells nothing.

    When nobody of those who were told is left, the next wave goes out at once.

    Raises SummonsNotThere, SummonOff, OwnSummons, NotYourCourse, AlreadyYours, AlreadyTaken, Cancelled, Expired;
    then nothing has changed.
    """
    summons = HelpSummons.objects.select_for_update(of=("self",)).with_all().filter(pk=summons_id).first()
    if summons is None:
        raise SummonsNotThere
    check_can_accept(by, summons)
    own = SummonsOffer.objects.filter(summons=summons, helper=by)
    if not own.filter(answer="declined").exists():
        check_waits(by, summons)
        note_answer(summons, by, SummonsOffer.Answer.DECLINED)
        tell_dismissed(summons, by)
        _go_on_if_nobody_is_left(summons)
    return own.get()


def _go_on_if_nobody_is_left(summons: HelpSummons) -> None:
    """When everybody who was told has declined, the next wave need not wait for its time."""
    if summons.next_wave_at and not SummonsOffer.objects.filter(summons=summons, answer="").exists():
        HelpSummons.objects.filter(pk=summons.pk).update(next_wave_at=timezone.now())
        widen(summons_id=summons.pk)
