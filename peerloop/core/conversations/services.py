"""The verbs of every conversation. Apps wrap them in their own words and add their own checks and events."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from peerloop.core.accounts.models import User
from peerloop.core.errors import Refusal
from peerloop.core.markup.prose import render_message

from .errors import EmptyMessage, ForbiddenCharacters, MessageNotThere, MessageTooLong, Muted, NotYours, SentDifferently
from .log import Draft, Sending, clean, lock, store
from .models import Message

Row = TypeVar("Row", bound=Message)
# Control characters other than tab and line ends; PostgreSQL refuses NUL, and none of them can be seen.
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")
Check = Callable[[Draft], Refusal | None]


def append(
    model: type[Row], drafts: Sequence[Draft], *, check: Check, sent_before: bool = False
) -> list[tuple[Row | Refusal, bool]]:
    """Add all drafts that may be added in one transaction of the caller: each outcome, and whether it is new.

    The number of queries does not grow with the number of drafts. `check` is asked for each new one. Hardly any draft
    was sent before, so the first attempt does not look: if one was, the database refuses with an IntegrityError, and
    the caller tries once more with `sent_before`. Then such a draft gives the stored message, or SentDifferently if
    the text is another.
    """
    known = _already_sent(model, drafts) if sent_before else {}
    fresh: dict[Sending, Draft] = {}
    refusals: list[Refusal | None] = []
    for draft in drafts:
        is_known = draft.sending in known or draft.sending in fresh
        refusal = None if is_known else text_refusal(draft) or check(draft)
        refusals.append(refusal)
        if not (is_known or refusal):
            fresh[draft.sending] = draft
    known |= store(model, fresh.values())
    return [
        (refusal, False) if refusal else (_outcome(draft, known), fresh.get(draft.sending) is draft)
        for draft, refusal in zip(drafts, refusals, strict=True)
    ]


def revise(model: type[Row], message_id: UUID, change: Callable[[Row], Sequence[str]]) -> Row:
    """Change one message under its conversation's lock, in a transaction of the caller, and give it the next version.

    `change` checks, alters the message and returns the names of the fields it altered; none means "as it was".
    Raises MessageNotThere.
    """
    found = model._default_manager.filter(pk=message_id).values_list(f"{model.CONVERSATION}_id", flat=True).first()
    if found is None:
        raise MessageNotThere
    conversation = lock(model, {found})[found]
    rows: Any = model._default_manager
    message: Row = rows.for_drawing().get(pk=message_id)
    if names := change(message):
        conversation.version += 1
        message.version = conversation.version
        message.save(update_fields=[*names, "version"])
        conversation.save(update_fields=["version", "last_number"])
    return message


def edit(model: type[Row], *, message_id: UUID, content: str, by: User) -> Row:
    """Give the author's own message another text. The same text again changes nothing.

    Raises MessageNotThere, NotYours, Muted, EmptyMessage, MessageTooLong, ForbiddenCharacters.
    """

    def change(message: Row) -> Sequence[str]:
        check_own(message, by)
        if refusal := muted_refusal(by.muted_until) or text_refusal(Draft(message.pk, by, content)):
            raise refusal
        if message.content == clean(content):
            return ()
        message.content, message.html, message.edited_at = (
            clean(content),
            render_message(clean(content)),
            timezone.now(),
        )
        return ("content", "html", "edited_at")

    return revise(model, message_id, change)


def delete(model: type[Row], *, message_id: UUID, by: User) -> Row:
    """Turn the author's own message into a tombstone without text. Deleting it again changes nothing.

    Raises MessageNotThere, NotYours.
    """

    def change(message: Row) -> Sequence[str]:
        if message.author_id != by.pk:
            raise NotYours
        if message.deleted_at:
            return ()
        message.deleted_at, message.content, message.html = timezone.now(), "", ""
        return ("deleted_at", "content", "html")

    return revise(model, message_id, change)


def check_own(message: Message, by: User) -> None:
    if message.is_gone:
        raise MessageNotThere
    if message.author_id != by.pk:
        raise NotYours


def text_refusal(draft: Draft) -> Refusal | None:
    """What is wrong with the text, whatever the conversation."""
    text, limit = clean(draft.content), settings.PEERLOOP.MESSAGE_CHARACTERS
    if UNSEEN.search(text):
        return ForbiddenCharacters()
    if not (text or draft.may_be_empty):
        return EmptyMessage()
    return MessageTooLong(length=len(text), limit=limit) if len(text) > limit else None


def muted_refusal(until: datetime | None) -> Refusal | None:
    """Why somebody who is muted until `until` may not write now; None if the time is over or there is none."""
    if until is None or until <= timezone.now():
        return None
    return Muted(until=date_format(timezone.localtime(until), "j F, H:i"))


# -- inside ------------------------------------------------------------------------------------------------------


def _already_sent(model: type[Row], drafts: Sequence[Draft]) -> dict[Sending, Row]:
    conversation = f"{model.CONVERSATION}_id"
    rows: Any = model._default_manager
    sent = rows.for_drawing().filter(
        **{f"{conversation}__in": {draft.conversation_id for draft in drafts}},
        author_id__in={draft.by.pk for draft in drafts},
        client_id__in={draft.client_id for draft in drafts},
    )
    return {(getattr(row, conversation), row.author_id, row.client_id): row for row in sent}


def _outcome(draft: Draft, known: dict[Sending, Row]) -> Row | Refusal:
    row = known.get(draft.sending)
    if row is None:
        return MessageNotThere()
    return row if row.content == clean(draft.content) else SentDifferently()


def mark_read(participants: Any, *, number: int) -> None:
    """Note on the given participant rows that everything up to `number` was read. Never moves backwards."""
    with transaction.atomic():
        participants.filter(read_number__lt=number).update(read_number=number)
