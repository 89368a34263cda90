"""What people choose to be told about, on which channel, and when."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.entities.rows import insert_new

from ..days import next_time, zone_of
from ..errors import LinkNotGood
from ..models import Digest, DigestPlan, Notification, OptOut, Preference
from ..queries import DAILY, EMAIL, Mail, choices_of
from ..tickets import MailTicket


@transaction.atomic
def set_preferences(
    *, user: User, choices: dict[tuple[str, str], bool], by: User, digest_hour: int | None = None
) -> None:
    """Keep what `user` chose, by kind and channel, and the hour of their day at which the daily mail leaves.

    Kinds not named keep what they were, and so does an hour not given; again changes nothing. A mail that is due
    already leaves as it was to.
    """
    _keep(user, choices)
    wants_digest = any(on for (_, channel), on in choices.items() if channel == DAILY)
    plan = DigestPlan.objects.select_for_update().filter(user=user).first()
    if plan:
        _replan(plan, user, plan.hour if digest_hour is None else digest_hour)
    elif wants_digest or digest_hour not in (None, settings.PEERLOOP.DIGEST_HOUR):
        hour = settings.PEERLOOP.DIGEST_HOUR if digest_hour is None else digest_hour
        # Saved twice at once: the first one holds.
        insert_new([DigestPlan(user=user, hour=hour, due_at=_next(user, hour))])


@transaction.atomic
def replan(*, user: User) -> None:
    """Have the daily mail of `user` leave by the zone they are in now. Again changes nothing."""
    plan = DigestPlan.objects.select_for_update().filter(user=user).first()
    if plan:
        _replan(plan, user, plan.hour)


@transaction.atomic
def opt_out(*, ticket: MailTicket) -> bool:
    """End the mails that came with the mail of `ticket`: of its kind, or all that come once a day.

    The ticket stands for the person, signed in or not. It works once: again changes nothing, whatever they chose
    since, and answers False. Raises LinkNotGood for an account that is closed.
    """
    user = User.objects.people().filter(pk=ticket.user_id).first()
    if user is None:
        raise LinkNotGood
    if not insert_new([OptOut(user=user, mail=ticket.mail, kind=ticket.kind)]):
        return False
    daily = (choice.kind.name for choice in choices_of(user) if choice.mail == Mail.DAILY)
    _keep(user, {(kind, EMAIL): False for kind in ([ticket.kind] if ticket.kind else daily)})
    return True


@transaction.atomic
def forget(*, user: User) -> None:
    """Remove all that `user` was told and chose, when the account is deleted. Again changes nothing."""
    for model in (Preference, OptOut, DigestPlan, Digest):
        model.objects.filter(user=user).delete()
    Notification.objects.filter(recipient=user).delete()


def _keep(user: User, choices: dict[tuple[str, str], bool]) -> None:
    rows = [Preference(user=user, kind=kind, channel=channel, on=on) for (kind, channel), on in choices.items()]
    Preference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind", "channel"], update_fields=["on"]
    )


def _replan(plan: DigestPlan, user: User, hour: int) -> None:
    plan.hour = hour
    if plan.due_at > timezone.now():
        plan.due_at = _next(user, hour)
    plan.save(update_fields=["hour", "due_at"])


def _next(user: User, hour: int) -> datetime:
    last = Digest.objects.filter(user=user).order_by("-day").values_list("day", flat=True).first()
    return next_time(hour, zone=zone_of(user), after=timezone.now(), after_day=last)
