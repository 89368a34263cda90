"""The log itself: how drafts become rows, each with the next number and version of its conversation."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from uuid_utils.compat import uuid7

from peerloop.core.accounts.models import User
from peerloop.core.entities.rows import fetch, insert, mark_stored, places, stored_values
from peerloop.core.markup.prose import render_message

from .models import Conversation, Message

Row = TypeVar("Row", bound=Message)


@dataclass(frozen=True)
class Draft:
    """What somebody wants to add. By `client_id`, the sending's name, a retry is recognised; `fields` are the app's."""

    conversation_id: UUID
    by: User
    content: str
    client_id: UUID = field(default_factory=uuid7)
    fields: dict[str, Any] = field(default_factory=dict)
    may_be_empty: bool = False  # a picture alone is a message too

    @property
    def sending(self) -> "Sending":
        return self.conversation_id, self.by.pk, self.client_id


Sending = tuple[UUID, UUID, UUID]


def clean(content: str) -> str:
    """The text as it is stored: line ends of one kind, no blank ends."""
    return content.replace("\r\n", "\n").strip()


def lock(model: type[Message], ids: set[UUID]) -> dict[UUID, Conversation]:
    """The conversations, locked in the order of their keys so that two writers never wait for each other."""
    conversations: Any = model._meta.get_field(model.CONVERSATION).related_model
    rows = conversations._default_manager.select_for_update().filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in rows}


def store(model: type[Row], drafts: Collection[Draft]) -> dict[Sending, Row]:
    """The rows of these drafts, inserted in a transaction of the caller; none for conversations that do not exist."""
    conversations = _advance(model, Counter(draft.conversation_id for draft in drafts))
    rows = {draft.sending: _row(model, draft) for draft in drafts if draft.conversation_id in conversations}
    for sending, row in rows.items():
        conversation = conversations[sending[0]]
        conversation.version += 1
        conversation.last_number += 1
        row.place(number=conversation.last_number, version=conversation.version)
    if rows:
        insert(list(rows.values()))
    return rows


class Admission(NamedTuple):
    """SQL that finds one row with one column for somebody who may write now, and none for anybody else."""

    sql: str
    values: Sequence[Any]


def store_admitted(model: type[Row], draft: Draft, admission: Admission) -> tuple[Row, Any] | None:
    """Judge and store one draft with one statement, which is its own transaction; its row, and what `admission` found.

    None if nothing was stored: not admitted, no such conversation, or no database that can do it (SQLite pays nothing
    for more statements). Raises IntegrityError if the draft was sent before.
    """
    here = connections[DEFAULT_DB_ALIAS]
    if here.vendor != "postgresql" or here.in_atomic_block:  # where what it raises would break the caller's transaction
        return None
    row = _row(model, draft)
    values = [*admission.values, draft.conversation_id, *stored_values(row)]
    for number, version, found in fetch(_storing(model, admission.sql), values):
        row.place(number=number, version=version)
        mark_stored([row])
        return row, found
    return None


def _row(model: type[Row], draft: Draft) -> Row:
    text = clean(draft.content)
    return model(
        **{f"{model.CONVERSATION}_id": draft.conversation_id},
        author=draft.by,
        client_id=draft.client_id,
        content=text,
        html=render_message(text),
        **draft.fields,
    )


@cache
def _storing(model: type[Message], admission: str) -> str:
    """The statement that judges, advances the conversation and inserts."""
    conversation, fields = _conversation(model)._meta, model._meta.concrete_fields
    places_of = {"version": "version", **dict.fromkeys(model.COUNTED, "number")}
    given = [(each.name, f"%s::{each.db_type(connection)}") for each in fields]
    chosen = [f"COALESCE({value}, place.{places_of[name]})" if name in places_of else value for name, value in given]
    return f"""
        WITH admitted (found) AS ({admission}), place AS (
            UPDATE {conversation.db_table} SET version = version + 1, last_number = last_number + 1
            WHERE {conversation.pk.column} = %s AND EXISTS (SELECT FROM admitted)
            RETURNING version, last_number AS number
        )
        INSERT INTO {model._meta.db_table} ({", ".join(str(each.column) for each in fields)})
        SELECT {", ".join(chosen)} FROM place RETURNING number, version, (SELECT found FROM admitted)
    """  # noqa: S608 (names of ours)


def _advance(model: type[Message], news: dict[UUID, int]) -> dict[UUID, Conversation]:
    """Reserve so many numbers and versions in each conversation; returns them, locked, as they were before."""
    conversation = _conversation(model)
    if len(news) > 1:  # a single row needs no order
        lock(model, set(news))
    meta = conversation._meta
    key, fields = meta.pk.column, [meta.pk, meta.get_field("version"), meta.get_field("last_number")]
    sql = f"""
        UPDATE {meta.db_table} SET version = version + news.column2, last_number = last_number + news.column2
        FROM (VALUES {places(len(news), 2)}) AS news WHERE {key} = news.column1 RETURNING {key}, version, last_number
    """  # noqa: S608 (names of ours)
    rows = fetch(sql, chain.from_iterable(news.items()), fields=fields) if news else []
    return {
        pk: conversation(pk=pk, version=version - news[pk], last_number=number - news[pk])
        for pk, version, number in rows
    }


def _conversation(model: type[Message]) -> Any:
    return model._meta.get_field(model.CONVERSATION).related_model
