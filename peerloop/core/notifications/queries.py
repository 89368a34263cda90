"""Reads of notifications: the feed of the bell, the page, the choices."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from peerloop.core.accounts.models import User
from peerloop.core.paging import Page, newest_first

from .kinds import Kind, kinds
from .models import Notification, Preference

SITE, EMAIL, PUSH = Preference.Channel.SITE, Preference.Channel.EMAIL, Preference.Channel.PUSH
PAGE = 30


@dataclass(frozen=True)
class Feed:
    """What the bell holds: the newest unread ones, and how many those are."""

    user_id: UUID
    items: Sequence[Notification]

    @property
    def unread_count(self) -> int:
        return len(self.items)

    @property
    def badge(self) -> str:
        return "9+" if self.unread_count > 9 else str(self.unread_count)


def feed(user: User) -> Feed:
    unread = Notification.objects.visible_to(user).unread().select_related("by")
    return Feed(user.pk, list(unread.order_by("-pk")[: settings.PEERLOOP.FEED_ITEMS]))


def feeds(user_ids: Iterable[UUID]) -> list[Feed]:
    """The feeds of many people in one query; one for each id, in their order."""
    ids = list(user_ids)
    place = Window(RowNumber(), partition_by=F("recipient"), order_by=F("pk").desc())
    unread = Notification.objects.filter(recipient__in=ids, on_site=True).unread().select_related("by")
    found: dict[UUID, list[Notification]] = defaultdict(list)
    for each in unread.annotate(place=place).filter(place__lte=settings.PEERLOOP.FEED_ITEMS).order_by("-pk"):
        found[each.recipient_id].append(each)
    return [Feed(user_id, found[user_id]) for user_id in ids]


def page_of(user: User, *, only_unread: bool, before: str | None) -> Page[Notification]:
    """All of a person's notifications, or the unread ones, newest first."""
    own = Notification.objects.visible_to(user).select_related("by")
    return newest_first(own.unread() if only_unread else own, before=before, size=PAGE)


@dataclass(frozen=True)
class Choice:
    """One line of the preferences."""

    kind: Kind
    site: bool
    email: bool
    push: bool


def choices_of(user: User) -> list[Choice]:
    chosen = choices_by_person([user.pk])[user.pk]
    return [
        Choice(
            kind,
            site=chosen.get((name, SITE), True),
            email=chosen.get((name, EMAIL), kind.email_default),
            push=chosen.get((name, PUSH), kind.push_default),
        )
        for name, kind in kinds
    ]


def choices_by_person(user_ids: Iterable[UUID], kind: str | None = None) -> dict[UUID, dict[tuple[str, str], bool]]:
    """What these people chose, by person, then by kind and channel; only where somebody has chosen."""
    rows = Preference.objects.filter(user__in=user_ids)
    found: dict[UUID, dict[tuple[str, str], bool]] = defaultdict(dict)
    for row in rows.filter(kind=kind) if kind else rows:
        found[row.user_id][row.kind, row.channel] = row.on
    return found
