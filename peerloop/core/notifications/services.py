"""How people are told, and how they say that they have read it."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.push.models import PushDevice
from peerloop.core.realtime import groups
from peerloop.core.realtime.services import publish_together

from .bells import Printer
from .errors import NoSuchNotification
from .events import BellEvent, FeedChanged, NotificationData, Notified
from .kinds import kinds
from .models import Notification, Preference
from .pushes import take_back
from .queries import EMAIL, PUSH, SITE, Feed, choices_by_person, feeds
from .tasks import mail_notification, push_notifications

GONE = "This is not there any more."
DESCRIPTION = Notification._meta.get_field("description").max_length or 0


@transaction.atomic
def notify(
    *, kind: str, to: Iterable[UUID], by: User | None, description: str, target: str, key: str = "", **fields: Any
) -> list[Notification]:
    """Tell the people `to` of something of a declared `kind`, never `by` themself; returns what is new.

    `target` is the address on this site that the notice leads to; `description` is cut to 300 characters. `fields`
    are data (a dict with the places of the kind's title), request_id, category and amount (US cents). With a `key`
    each person is told once: again changes nothing for them. Preferences are honoured; who wants no channel gets no
    row. Open pages hear of it after commit, mails and pushes leave through the worker. Raises KeyError for an unknown
    kind.
    """
    rows = _rows(kind, {each for each in to if by is None or each != by.pk})
    for row in rows:
        row.by, row.target, row.key = by, target, key
        row.description = description if len(description) <= DESCRIPTION else f"{description[: DESCRIPTION - 1]}…"
        for name, value in fields.items():
            setattr(row, name, value)
    written = _write(rows, key)
    transaction.on_commit(partial(_tell, written))
    # The broker may be away; the sweeps then mail and push. (Django names what failed, and a partial has no name.)
    transaction.on_commit(lambda: _schedule_mail(written), robust=True)
    transaction.on_commit(lambda: _schedule_push(written), robust=True)
    return written


@transaction.atomic
def mark_as_read(*, notification_id: UUID, by: User) -> Notification:
    """Mark one notification of `by` read; again changes nothing. Raises NoSuchNotification for anybody else's."""
    notification = Notification.objects.visible_to(by).select_related("by").filter(pk=notification_id).first()
    if notification is None:
        raise NoSuchNotification
    if _mark([notification.pk], by):
        notification.refresh_from_db(fields=["read_at"])
    return notification


@transaction.atomic
def mark_all_read(*, by: User, shown: Iterable[UUID] | None = None) -> int:
    """Mark what is in the feed of `by` read; returns how many that were. Older ones then move up into the feed.

    With `shown`, the ids that the person had before their eyes, one that arrived since stays unread. Ids of other
    people's notifications are passed over. Again marks what is in the feed by then.
    """
    ids = list(shown) if shown is not None else [each.pk for each in feeds([by.pk])[0].items]
    return _mark(ids, by)


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
    transaction.on_commit(partial(_tell_changed, people))
    return count


@transaction.atomic
def set_preferences(*, user: User, choices: dict[tuple[str, str], bool], by: User) -> None:
    """Keep what `user` chose, by kind and channel. Kinds not named keep what they were; again changes nothing."""
    rows = [Preference(user=user, kind=kind, channel=channel, on=on) for (kind, channel), on in choices.items()]
    Preference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind", "channel"], update_fields=["on"]
    )


@transaction.atomic
def forget(*, user: User) -> None:
    """Remove all that `user` was told and chose, when the account is deleted. Again changes nothing."""
    Notification.objects.filter(recipient=user).delete()
    Preference.objects.filter(user=user).delete()


def _rows(kind: str, ids: set[UUID]) -> list[Notification]:
    """One unsaved row for each person who is here and wants to be told of `kind` on some channel."""
    declared, now = kinds[kind], timezone.now()
    devices = PushDevice.objects.filter(user=OuterRef("pk"))
    people = User.objects.people().filter(pk__in=ids).annotate(has_device=Exists(devices)).order_by("pk")
    chosen = choices_by_person(ids, kind) if ids else {}
    rows = []
    for person in people if ids else ():
        own = chosen.get(person.pk, {})
        on_site, by_mail = own.get((kind, SITE), True), own.get((kind, EMAIL), declared.email_default)
        by_push = person.has_device and own.get((kind, PUSH), declared.push_default)
        if on_site or by_mail or by_push:
            due = {"mail_due_at": now if by_mail else None, "push_due_at": now if by_push else None}
            rows.append(Notification(recipient=person, kind=kind, on_site=on_site, created_at=now, **due))
    return rows


def _write(rows: list[Notification], key: str) -> list[Notification]:
    if not rows:
        return []
    Notification.objects.bulk_create(rows, ignore_conflicts=bool(key))
    if not key:
        return rows
    # Which rows met no older one with their key, the database alone knows.
    new = set(Notification.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [row for row in rows if row.pk in new]


def _mark(ids: list[UUID], by: User) -> int:
    count = Notification.objects.visible_to(by).unread().filter(pk__in=ids).update(read_at=timezone.now())
    if count:
        transaction.on_commit(partial(_tell_changed, {by.pk}))
    return count


def _tell(written: list[Notification]) -> None:
    # Read after commit: of two notices at once, the later frame shows both.
    on_site = {row.recipient_id: row for row in written if row.on_site}
    _ring((feed, Notified(data=NotificationData.of(on_site[feed.user_id]))) for feed in feeds(on_site))


def _schedule_mail(written: list[Notification]) -> None:
    for row in written:
        if row.mail_due_at:
            mail_notification.delay(str(row.pk))


def _schedule_push(written: list[Notification]) -> None:
    # One job for all: who tells fifty does not wait for fifty jobs to be sent.
    if ids := [str(row.pk) for row in written if row.push_due_at]:
        push_notifications.delay(ids)


def _tell_changed(user_ids: set[UUID]) -> None:
    _ring((feed, FeedChanged(unread_count=feed.unread_count)) for feed in feeds(user_ids))


def _ring(bells: Iterable[tuple[Feed, BellEvent]]) -> None:
    printer = Printer()
    publish_together((event, groups.person(feed.user_id), {"feed": feed, "printer": printer}) for feed, event in bells)
