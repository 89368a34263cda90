"""Reads of notifications: the feed of the bell, the page, the choices."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.paging import Page, newest_first
from peerloop.core.push.models import PushDevice

from .kinds import WORTH_SENDING, Kind, kind_of, kinds
from .models import Digest, DigestPlan, Notification, Preference

SITE, EMAIL, PUSH = Preference.Channel.SITE, Preference.Channel.EMAIL, Preference.Channel.PUSH
DAILY = Preference.Channel.DAILY
PAGE = 30
# What one person chose, by kind and channel.
Own = dict[tuple[str, str], bool]


class Mail(enum.StrEnum):
    """When a kind is mailed to somebody. The empty one is false: never."""

    NEVER = ""
    AT_ONCE = "at_once"
    DAILY = "daily"


@dataclass(frozen=True)
class Feed:
    """What the bell holds: the newest unread lines, and how many those are."""

    user_id: UUID
    items: Sequence[Notification]

    @property
    def unread_count(self) -> int:
        return len(self.items)

    @property
    def badge(self) -> str:
        return "9+" if self.unread_count > 9 else str(self.unread_count)

    def line_of(self, notification: Notification) -> Notification:
        """How the feed shows it, with the people who are behind the line; itself if it is not there any more."""
        return next((each for each in self.items if each.pk == notification.pk), notification)


def feed(user: User) -> Feed:
    unread = Notification.objects.visible_to(user).unread().in_groups().select_related("by")
    return Feed(user.pk, list(unread.order_by("-pk")[: settings.PEERLOOP.FEED_ITEMS]))


def feeds(user_ids: Iterable[UUID]) -> list[Feed]:
    """The feeds of many people in one query; one for each id, in their order."""
    ids = list(user_ids)
    place = Window(RowNumber(), partition_by=F("recipient"), order_by=F("pk").desc())
    unread = Notification.objects.filter(recipient__in=ids, on_site=True).unread().in_groups().select_related("by")
    found: dict[UUID, list[Notification]] = defaultdict(list)
    for each in unread.annotate(place=place).filter(place__lte=settings.PEERLOOP.FEED_ITEMS).order_by("-pk"):
        found[each.recipient_id].append(each)
    return [Feed(user_id, found[user_id]) for user_id in ids]


def unread_counts(user_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many lines are in the feeds of these people, in one query."""
    lines = Notification.objects.filter(recipient__in=user_ids, on_site=True).unread().lines()
    counted = dict(lines.order_by().values_list("recipient").annotate(Count("pk")))
    return {user_id: min(counted.get(user_id, 0), settings.PEERLOOP.FEED_ITEMS) for user_id in user_ids}


def page_of(user: User, *, only_unread: bool, before: str | None) -> Page[Notification]:
    """All of a person's notifications, or the unread ones, in lines as the bell has them, newest first."""
    own = Notification.objects.visible_to(user).in_groups().select_related("by")
    return newest_first(own.unread() if only_unread else own, before=before, size=PAGE)


@dataclass(frozen=True)
class Choice:
    """One line of the preferences."""

    kind: Kind
    site: bool
    mail: Mail
    push: bool


def choices_of(user: User) -> list[Choice]:
    """What `user` can choose, in the order of the kinds. One query."""
    chosen = choices_by_person([user.pk])[user.pk]
    return [
        Choice(
            kind,
            site=chosen.get((name, SITE), True),
            mail=mail_of(kind, chosen),
            push=chosen.get((name, PUSH), kind.push_default),
        )
        for name, kind in kinds
        if kind.is_for(user)
    ]


def mail_of(kind: Kind, chosen: Own) -> Mail:
    """When `kind` is mailed to somebody who chose this. What cannot wait is mailed at once whatever they chose."""
    if not chosen.get((kind.name, EMAIL), kind.email_default):
        return Mail.NEVER
    return Mail.DAILY if kind.can_wait and chosen.get((kind.name, DAILY)) else Mail.AT_ONCE


def choices_by_person(user_ids: Iterable[UUID], kind: str | None = None) -> dict[UUID, Own]:
    """What these people chose, by person, then by kind and channel; only where somebody has chosen."""
    rows = Preference.objects.filter(user__in=user_ids)
    found: dict[UUID, Own] = defaultdict(dict)
    for row in rows.filter(kind=kind) if kind else rows:
        found[row.user_id][row.kind, row.channel] = row.on
    return found


def reached_by_push(kind: str, user_ids: Iterable[UUID]) -> list[UUID]:
    """Those of these people who have a device to which `kind` is pushed. Two queries; one if nobody has a device."""
    rows = PushDevice.objects.filter(user__in=list(user_ids)).order_by("user").values_list("user", flat=True)
    ids = list(rows.distinct())
    chosen = choices_by_person(ids, kind) if ids else {}
    return [each for each in ids if chosen.get(each, {}).get((kind, PUSH), kinds[kind].push_default)]


def digest_hour(user: User) -> int:
    """At which hour of their day `user` has the daily mail, or would have it."""
    hour = DigestPlan.objects.filter(user=user).values_list("hour", flat=True).first()
    return settings.PEERLOOP.DIGEST_HOUR if hour is None else hour


def is_wanted(notification: Notification) -> bool:
    """Whether it is still worth a mail or a push: unread, of today, and of something that the person may see."""
    return timezone.now() - notification.created_at < WORTH_SENDING and is_open_to(notification)


def is_open_to(notification: Notification) -> bool:
    """Whether it still awaits its person: unread, of somebody who is here, and of something that they may see."""
    return (
        not notification.is_read
        and notification.recipient.is_active
        and kind_of(notification.kind).may_mail(notification)
    )


def is_wanted_by_mail(notification: Notification) -> bool:
    """Whether its person still has this kind mailed; they may have ended that since."""
    chosen = choices_by_person([notification.recipient_id], notification.kind)
    return bool(mail_of(kind_of(notification.kind), chosen[notification.recipient_id]))


def for_digest(digest: Digest) -> list[Notification]:
    """What of a digest is worth mailing now."""
    chosen = choices_by_person([digest.user_id])[digest.user_id]
    rows = digest.notifications.select_related("recipient", "by")
    return [each for each in rows if mail_of(kind_of(each.kind), chosen) and is_open_to(each)]
