"""What Summon Help tells people in the bell."""

from django.urls import reverse

from peerloop.core.notifications.kinds import Action, Kind, Push, declare, for_a_day
from peerloop.core.notifications.models import Notification

from .models import HelpSummons, SummonsOffer
from .tickets import ticket_of


def still_waiting(notification: Notification) -> bool:
    """Nobody has accepted yet, and the student still waits."""
    return HelpSummons.objects.pending().filter(pk=notification.key.partition(":")[2]).exists()


def with_answers(notification: Notification) -> Push:
    """Until the summons' deadline, with "Accept" and "Not now"."""
    waiting = SummonsOffer.objects.select_related("summons").filter(helper=notification.recipient_id)
    offer = waiting.filter(summons=notification.request_id).first()
    if offer is None:  # told without having been offered it: the dashboard says what waits
        return for_a_day(notification)
    ticket = ticket_of(offer)
    return Push(
        until=offer.summons.expires_at,
        url=offer.summons.get_absolute_url(),
        actions=(
            Action(name="accept", label="Accept", address=reverse("summon_offer_acceptance", args=[ticket])),
            Action(name="decline", label="Not now", address=reverse("summon_offer_refusal", args=[ticket])),
        ),
        is_urgent=True,
    )


declare(
    Kind(
        name="summon",
        label="Students who need help now in courses I help in",
        title="Student needs help in {course}",
        icon="life-preserver",
        tone="lake",
        can_wait=False,
        may_mail=still_waiting,
        push_default=True,
        push=with_answers,
    )
)
