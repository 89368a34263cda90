"""The log itself: how drafts become rows, each with the next number and version of its conversation."""

from collections import Counter
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.transaction import atomic
from uuid_utils.compat import uuid7

from peerloop.core.accounts.models import User
from peerloop.core.entities.rows import fetch, insert, places, stored_values
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


def together(drafts: Collection[Draft], *, alone: bool) -> AbstractContextManager[Any]:
    """The transaction in which `store` and what belongs to it happen.

    It is none if the drafts are all that is written (`alone`) and one statement stores them: that statement's own
    commit costs two trips less.
    """
    return nullcontext() if alone and _in_one_statement(drafts) and not connection.in_atomic_block else atomic()


def store(model: type[Row], drafts: Collection[Draft]) -> dict[Sending, Row]:
    """The rows of these drafts, inserted; those of conversations that do not exist are left out."""
    rows = {draft.sending: _row(model, draft) for draft in drafts}
    if _in_one_statement(drafts):
        return rows if _place_and_insert(model, list(rows.values())) else {}
    conversations = _advance(model, Counter(draft.conversation_id for draft in drafts))
    there = {sending: row for sending, row in rows.items() if sending[0] in conversations}
    for sending, row in there.items():
        conversation = conversations[sending[0]]
        conversation.version += 1
        conversation.last_number += 1
        row.place(number=conversation.last_number, version=conversation.version)
    if there:
        insert(list(there.values()))
    return there


def _in_one_statement(drafts: Collection[Draft]) -> bool:
    """SQLite knows no statement that advances and inserts, and pays nothing for trips."""
    return connection.vendor == "postgresql" and len({draft.conversation_id for draft in drafts}) == 1


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


def _place_and_insert(model: type[Message], rows: list[Any]) -> bool:
    """Advance one conversation and insert its next rows with one statement; whether the conversation exists."""
    count, key = len(rows), getattr(rows[0], f"{model.CONVERSATION}_id")
    values = chain.from_iterable([*stored_values(row), ordinal] for ordinal, row in enumerate(rows, start=1))
    stored = fetch(_placing(model, count), [count, count, key, count, count, *values])
    for row, (number, version) in zip(rows, sorted(stored), strict=False):
        row.place(number=number, version=version)
        row._state.adding, row._state.db = False, connection.alias
    return bool(stored)


@cache
def _placing(model: type[Message], count: int) -> str:
    """The statement that advances a conversation and inserts so many rows."""
    conversation, fields = _conversation(model)._meta, model._meta.concrete_fields
    columns = [str(each.column) for each in fields]
    places_of = {"version": "place.version", **dict.fromkeys(model.COUNTED, "place.number")}
    chosen = [
        f"COALESCE({own}, {places_of[each.name]} + ordinal)" if each.name in places_of else own
        for each, own in zip(fields, (f"new.{column}" for column in columns), strict=True)
    ]
    typed = ", ".join(f"%s::{each.db_type(connection)}" for each in fields)
    new = ", ".join([f"({typed}, %s::bigint)"] * count)
    return f"""
        WITH place AS (
            UPDATE {conversation.db_table} SET version = version + %s, last_number = last_number + %s
            WHERE {conversation.pk.column} = %s RETURNING version - %s AS version, last_number - %s AS number
        )
        INSERT INTO {model._meta.db_table} ({", ".join(columns)})
        SELECT {", ".join(chosen)} FROM place, (VALUES {new}) AS new ({", ".join(columns)}, ordinal)
        RETURNING number, version
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
