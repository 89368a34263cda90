"""The log itself: how drafts become rows, each with the next number and version of its conversation."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from uuid_utils.compat import uuid7

from peerloop.core.accounts.models import User
from peerloop.core.entities.line import line
from peerloop.core.entities.rows import fetch, insert, mark_stored, places
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


async def store_admitted(model: type[Row], drafts: Sequence[Draft], *, admitted: str) -> list[tuple[Row, Any] | None]:
    """Judge and store drafts with one statement of the loop's own line to PostgreSQL, which is its own transaction.

    `admitted` is SQL that finds, of the rows `given`, which have the columns of `model`, the ids of those that may be
    stored, each with one more value. Returns each row with that value; None for what was not admitted, or has no
    conversation. Raises StatementFailed: nothing was stored, as if one was sent before; or the line broke, and all was
    stored or nothing.
    """
    rows = [_row(model, draft) for draft in drafts]
    given = [{column: row.__dict__[name] for name, column in _columns(model)} for row in rows]
    stored = {UUID(key): rest for key, *rest in await line().ask(_storing(model, admitted), given) or ()}
    for row in rows:
        if row.pk in stored:
            row.place(number=stored[row.pk][0], version=stored[row.pk][1])
    mark_stored([row for row in rows if row.pk in stored])
    return [(row, stored[row.pk][2]) if row.pk in stored else None for row in rows]


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
def _columns(model: type[Message]) -> list[tuple[str, str]]:
    return [(field.attname, str(field.column)) for field in model._meta.concrete_fields]


@cache
def _storing(model: type[Message], admitted: str) -> str:
    """The statement that judges, advances the conversations and inserts. `nth` counts the news of a conversation."""
    conversation, table = _conversation(model)._meta, model._meta.db_table
    key, here = conversation.pk.column, dict(_columns(model))[f"{model.CONVERSATION}_id"]
    columns = [column for _, column in _columns(model)]
    counted = {"version": "version", **dict.fromkeys(model.COUNTED, "number")}
    values = [
        f"COALESCE(draft.{each}, place.{counted[each]} - place.news + draft.nth)"
        if each in counted
        else f"draft.{each}"
        for each in columns
    ]
    return f"""
        WITH given AS (
            SELECT * FROM ROWS FROM (jsonb_populate_recordset(NULL::{table}, $1::jsonb)) WITH ORDINALITY
        ), admitted (id, found) AS ({admitted}), draft AS (
            SELECT given.*, found, row_number() OVER (PARTITION BY given.{here} ORDER BY ordinality) AS nth
            FROM given JOIN admitted USING (id)
        ), news AS (
            SELECT {here} AS at, count(*) AS news FROM draft GROUP BY {here}
        ), locked AS (
            SELECT {key} AS at FROM {conversation.db_table} WHERE {key} IN (SELECT at FROM news) ORDER BY 1 FOR UPDATE
        ), place AS (
            UPDATE {conversation.db_table} AS conversation
            SET version = version + news, last_number = last_number + news
            FROM news JOIN locked USING (at) WHERE conversation.{key} = news.at
            RETURNING at, news, version, last_number AS number
        ), stored AS (
            INSERT INTO {table} ({", ".join(columns)})
            SELECT {", ".join(values)} FROM draft JOIN place ON place.at = draft.{here} RETURNING id, number, version
        )
        SELECT json_agg(json_build_array(id, stored.number, stored.version, found)) FROM stored JOIN draft USING (id)
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
