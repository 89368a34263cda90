"""How a notification, and a day's worth of them, read as a mail."""

from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from peerloop.core.accounts.models import User

from .kinds import Kind, kind_of, kinds
from .models import Digest, Notification
from .tickets import MailTicket, written


def letter(notification: Notification) -> EmailMessage:
    """The mail of one notification."""
    ticket = MailTicket(notification.recipient_id, notification.pk, notification.kind)
    context = {"notification": notification, "address": _open(notification)}
    return _message(notification.title, "notifications/mail.txt", notification.recipient, ticket, context)


def digest_letter(digest: Digest, notifications: list[Notification]) -> EmailMessage:
    """The daily mail: a section for each kind, newest first, and what belongs together in one line."""
    sections = sections_of(notifications)
    lines = sum(len(section.lines) for section in sections)
    subject = "1 thing awaits you on PeerLoop" if lines == 1 else f"{lines} things await you on PeerLoop"
    ticket, context = MailTicket(digest.user_id, digest.pk), {"digest": digest, "sections": sections}
    return _message(subject, "notifications/digest.txt", digest.user, ticket, context)


@dataclass(frozen=True)
class Line:
    notification: Notification
    address: str


@dataclass(frozen=True)
class Section:
    """What the digest says of one kind; of very much it shows the newest."""

    kind: Kind
    lines: list[Line]

    @property
    def shown(self) -> list[Line]:
        return self.lines[: settings.PEERLOOP.DIGEST_LINES]

    @property
    def more(self) -> int:
        return len(self.lines) - len(self.shown)


def sections_of(notifications: list[Notification]) -> list[Section]:
    """The notifications in lines, by kind, in the order of the preferences."""
    found: dict[str, list[Line]] = defaultdict(list)
    for each in _in_groups(notifications):
        found[each.kind].append(Line(each, _open(each)))
    declared = [name for name, _ in kinds]
    known = sorted(found, key=lambda name: declared.index(name) if name in declared else len(declared))
    return [Section(kind_of(name), found[name]) for name in known]


def _in_groups(notifications: list[Notification]) -> list[Notification]:
    """The newest of each group, knowing how many people are behind it."""
    groups: dict[object, list[Notification]] = defaultdict(list)
    for each in sorted(notifications, key=lambda each: each.pk, reverse=True):
        groups[(each.kind, each.about) if each.about else each.pk].append(each)
    for head, *others in groups.values():
        head.people_in_group = len({each.by_id for each in (head, *others)} - {None})
    return [head for head, *_ in groups.values()]


def _message(subject: str, template: str, to: User, ticket: MailTicket, context: dict[str, object]) -> EmailMessage:
    off = address(reverse("notification_opt_out", args=[written(ticket)]))
    context |= {"recipient": to, "off": off, "choices": address(reverse("notification_preferences"))}
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=render_to_string(template, context),
        to=[to.email],
        headers={
            # The same id at each attempt: should a server have taken it and we not know, its reader drops the second.
            "Message-ID": f"<{ticket.mail}@{urlsplit(settings.SITE_URL).hostname}>",
            "List-Unsubscribe": f"<{off}>",
            # RFC 8058: mail programs end it with one POST, which needs neither page nor sign-in.
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _open(notification: Notification) -> str:
    return address(reverse("notification_open", args=[notification.pk]))


def address(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
