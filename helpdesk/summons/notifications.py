"""What Summon Help tells people in the bell."""

from peerloop.core.notifications.kinds import Kind, declare
from peerloop.core.notifications.models import Notification

from .models import HelpSummons


def still_waiting(notification: Notification) -> bool:
    """Nobody has accepted yet, and the student still waits."""
    return HelpSummons.objects.pending().filter(pk=notification.key.partition(":")[2]).exists()


declare(
    Kind(
        name="summon",
        label="Students who need help now in courses I help in",
        title="Student needs help in {course}",
        icon="life-preserver",
        tone="lake",
        may_mail=still_waiting,
    )
)
