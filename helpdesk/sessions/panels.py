"""What the two of a session say to each other, as the pages of both kinds of sessions show it."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.forms import Form
from uuid_utils.compat import uuid7

from peerloop.core.accounts.models import User

from .models import HelpSession
from .queries import messages_of

Context = dict[str, Any]


@dataclass(frozen=True)
class Addresses:
    """Where a page sends what is written and reads what is new. `report` is a name: its address has a message's id."""

    messages: str
    changes: str
    report: str


def talk(session: HelpSession, viewer: User, at: Addresses, *, form: Form | None = None) -> Context:
    """For `_talk.html` and `_send.html`. One query.

    What was refused and is sent again is the same message, should the first have come through after all.
    """
    sent_as = getattr(form, "cleaned_data", {}).get("client_id")
    return {
        "said": messages_of(session.pk),
        "read_number": read_by_other(session, viewer),
        "at": at,
        "form": form,
        "client_id": sent_as or uuid7(),
        "numbers": settings.PEERLOOP,
    }


def read_by_other(session: HelpSession, viewer: User) -> int:
    """The number of the last message that the other one has read."""
    return session.student_read if viewer.pk == session.helper_id else session.helper_read
