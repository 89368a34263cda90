"""How people are told of something, and how it is taken back."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.entities.rows import insert_new
from peerloop.core.push.models import PushDevice

from ..kinds import kinds
from ..models import Notification
from ..pushes import take_back
from ..queries import PUSH, SITE, Mail, choices_by_person, mail_of
from ..tasks import mail_notifications, push_notifications
from .ringing import ring_changed, ring_new

GONE = "This is not there any more."
DESCRIPTION = Notification._meta.get_field("description").max_length or 0
# So many rows a statement: SQLite takes some thirty thousand values.
ROWS_AT_ONCE = 1000
# A job of the worker takes so many mails: one mail server that is slow holds up no more than these.
MAILS_A_JOB = 25


@transaction.atomic
def notify(
    *,
    kind: str,
    to: Iterable[UUID],
    by: User | None,
    description: str,
    target: str,
    key: str = "",
    about: str = "",
    **fields: Any,
) -> list[Notification]:
    """Tell the people `to`, one or hundreds, of something of a declared `kind`, never `by` themself; returns the new.

    Each person gets a notice of their own, all in one batch: all of them or, if the transaction fails, none.
    `target` is the address on this site that the notice leads to; `description` is cut to 300 characters. `fields`
    are data (a dict with the places of the kind's title), request_id, category and amount (US cents). With a `key`
    each person is told once: again changes nothing for them. What one kind says `about` one thing is one line in the
    bell. Preferences are honoured; who wants no channel gets no row. Open pages hear of it after commit in one
    message, mails and pushes leave through the worker. Raises KeyError for an unknown kind.
    """
    rows = _rows(kind, {each for each in to if by is None or each != by.pk})
    for row in rows:
        row.by, row.target, row.key, row.about = by, target, key, about
        row.description = description if len(description) <= DESCRIPTION else f"{description[: DESCRIPTION - 1]}…"
        for name, value in fields.items():
            setattr(row, name, value)
    batches = (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))
    written = [row for batch in batches for row in insert_new(batch)]
    transaction.on_commit(partial(ring_new, written))
    # The broker may be away; the sweeps then mail and push. (Django names what failed, and a partial has no name.)
    transaction.on_commit(lambda: _schedule_mail(written), robust=True)
    transaction.on_commit(lambda: _schedule_push(written), robust=True)
    return written


@transaction.atomic
def withdraw(*, keys: Iterable[str], recipient_ids: Iterable[UUID] | None = None, why: str = GONE) -> int:
    """Take back what was told under these keys, from everybody or from some; returns how many rows went.

    For what was deleted, hidden, or may no longer be seen by the recipient. Where it was pushed it is closed, saying
    `why`. Again changes nothing.
    """
    rows = Notification.objects.filter(key__in=[key for key in keys if key])
    if recipient_ids is not None:
        rows = rows.filter(recipient__in=recipient_ids)
    # Locked, so that a push is either told that it is over or does not leave.
    told = list(rows.select_for_update().only("recipient", "key", "on_site", "pushed_at"))
    people = {row.recipient_id for row in told if row.on_site}
    take_back(told, why)
    count, _ = rows.delete()
    transaction.on_commit(partial(ring_changed, people))
    return count


def _rows(kind: str, ids: set[UUID]) -> list[Notification]:
    """One unsaved row for each person who is here and wants to be told of `kind` on some channel."""
    declared, now = kinds[kind], timezone.now()
    devices = PushDevice.objects.filter(user=OuterRef("pk"))
    people = User.objects.people().filter(pk__in=ids).annotate(has_device=Exists(devices)).order_by("pk")
    chosen = choices_by_person(ids, kind) if ids else {}
    rows = []
    for person in people if ids else ():
        own = chosen.get(person.pk, {})
        on_site, mail = own.get((kind, SITE), True), mail_of(declared, own)
        by_push = person.has_device and own.get((kind, PUSH), declared.push_default)
        if on_site or mail or by_push:
            row = Notification(recipient=person, kind=kind, on_site=on_site, created_at=now)
            row.mail_due_at = now if mail == Mail.AT_ONCE else None
            row.waits_for_digest = mail == Mail.DAILY
            row.push_due_at = now if by_push else None
            rows.append(row)
    return rows


def _schedule_mail(written: list[Notification]) -> None:
    ids = [str(row.pk) for row in written if row.mail_due_at]
    for start in range(0, len(ids), MAILS_A_JOB):
        mail_notifications.delay(ids[start : start + MAILS_A_JOB])


def _schedule_push(written: list[Notification]) -> None:
    # One job for all: who tells fifty does not wait for fifty jobs to be sent.
    if ids := [str(row.pk) for row in written if row.push_due_at]:
        push_notifications.delay(ids)
