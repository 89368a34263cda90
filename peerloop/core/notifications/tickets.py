"""A word at the foot of a mail that proves by itself whose mail it ends: its reader need not sign in."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing

from .errors import LinkNotGood

SALT = "notifications.opt-out"


@dataclass(frozen=True)
class MailTicket:
    """`mail` is the notification or the digest that was mailed; `kind` is empty for a digest."""

    user_id: UUID
    mail: UUID
    kind: str = ""


def written(ticket: MailTicket) -> str:
    return signing.dumps([ticket.user_id.hex, ticket.mail.hex, ticket.kind], salt=SALT)


def read(word: str) -> MailTicket:
    """Raises LinkNotGood for what we have not signed, or too long ago."""
    try:
        user, mail, kind = signing.loads(word, salt=SALT, max_age=timedelta(days=settings.PEERLOOP.OPT_OUT_DAYS))
    except signing.BadSignature:
        raise LinkNotGood from None
    return MailTicket(UUID(user), UUID(mail), kind)
