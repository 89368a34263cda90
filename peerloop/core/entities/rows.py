"""Plain SQL for the statements that run with every message.

The ORM compiles a statement anew each time, which costs several times what the database needs to run it.
What is here speaks to PostgreSQL and SQLite alike; everything else stays with the ORM.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.models.expressions import Col
from uuid_utils.compat import uuid7

Row = TypeVar("Row", bound=Model)
# What psycopg takes from Python as it is; asking each field anew costs as much as sending the values.
NATIVE = (
    models.BooleanField,
    models.CharField,
    models.DateTimeField,
    models.ForeignKey,
    models.PositiveBigIntegerField,
    models.TextField,
    models.UUIDField,
)


def fetch(sql: str, values: Iterable[Any], *, fields: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows.

    `fields` say, column by column, what comes back; none are needed where numbers do.
    """
    here = connections[DEFAULT_DB_ALIAS]
    with _cursor(here) as cursor:
        cursor.execute(sql, _as_stored(here, values))
        rows = cursor.fetchall()
    columns, converters = _reading(tuple(fields), here.vendor)
    if any(converters):
        return [tuple(map(_as_read, row, converters, columns)) for row in rows]
    return rows


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one model with one statement. Raises IntegrityError as `save` does; sends no signals."""
    with _cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(*_insertion(rows))
    mark_stored(rows)


def insert_new(rows: Sequence[Row]) -> list[Row]:
    """The same for entities; what is there already, by some unique constraint, stays out. Returns what went in."""
    sql, values = _insertion(rows)
    with _cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(f"{sql} ON CONFLICT DO NOTHING RETURNING id", values)
        stored = {UUID(str(key)) for (key,) in cursor.fetchall()}
    new = [row for row in rows if row.pk in stored]
    mark_stored(new)
    return new


def insert_copies(row: Model, field: str, ids: Sequence[UUID]) -> None:
    """Insert a copy of the entity `row` for each of the ids, which stands in `field`; what is there stays as it is."""
    if not ids:
        return
    here, model = connections[DEFAULT_DB_ALIAS], type(row)
    keys = [uuid7() for _ in ids]
    if here.vendor != "postgresql":
        copies = [copy(row) for _ in ids]
        for each, key, there in zip(copies, keys, ids, strict=True):
            each.pk = key
            setattr(each, field, there)
        insert_new(copies)
        return
    # Two lists, however many rows: PostgreSQL makes the rows of them.
    lists = {model._meta.pk.attname: "each.key", field: "each.id"}
    fields = model._meta.concrete_fields
    columns = ", ".join(here.ops.quote_name(str(each.column)) for each in fields)
    values = ", ".join(lists.get(each.attname) or f"%s::{each.db_type(here)}" for each in fields)
    same = [value for each, value in zip(fields, stored_values(row), strict=True) if each.attname not in lists]
    sql = f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {values}"
    with _cursor(here) as cursor:
        cursor.execute(
            f"{sql} FROM unnest(%s::uuid[], %s::uuid[]) AS each(key, id) ON CONFLICT DO NOTHING",
            [*same, keys, list(ids)],
        )


def stored_values(row: Model) -> list[Any]:
    """What the database is given for each concrete field of `row`."""
    values, here = row.__dict__, connections[DEFAULT_DB_ALIAS]
    return [
        values[name] if prepare is None else prepare(values[name], here)
        for name, prepare in _prepared(type(row), here.vendor)
    ]


@cache
def _prepared(model: type[Model], vendor: str) -> list[tuple[str, Callable[[Any, Any], Any] | None]]:
    """How each field's value is made ready: not at all where the database takes Python's own."""
    native = NATIVE if vendor == "postgresql" else ()
    return [
        (field.attname, None if type(field) in native else field.get_db_prep_save)
        for field in model._meta.concrete_fields
    ]


def places(rows: int, columns: int = 1) -> str:
    """The placeholders of so many values in brackets: `(%s), (%s)`, or `(%s, %s), (%s, %s)`."""
    return ", ".join([f"({', '.join(['%s'] * columns)})"] * rows)


def _insertion(rows: Sequence[Model]) -> tuple[str, list[Any]]:
    model = type(rows[0])
    fields = model._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    values = [value for row in rows for value in stored_values(row)]
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES {places(len(rows), len(fields))}", values  # noqa: S608 (names of ours)


def mark_stored(rows: Sequence[Model]) -> None:
    """Let Django know that these rows are in the database."""
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _as_stored(here: BaseDatabaseWrapper, values: Iterable[Any]) -> list[Any]:
    if here.features.has_native_uuid_field:
        return list(values)
    return [value.hex if isinstance(value, UUID) else value for value in values]


@cache
def _reading(fields: tuple[Any, ...], vendor: str) -> tuple[list[Col], list[list[Any]]]:
    """The columns of these fields, and what turns their values of this kind of database into Python's."""
    columns = [field.get_col(field.model._meta.db_table) for field in fields]
    return columns, [[*connection.ops.get_db_converters(each), *each.get_db_converters(connection)] for each in columns]


def _as_read(value: Any, converters: list[Any], column: Col) -> Any:
    for convert in converters:
        value = convert(value, column, connection)
    return value


def _cursor(here: BaseDatabaseWrapper) -> Any:
    """Django's cursor; on PostgreSQL around one of psycopg's whose statements can stay prepared, as Django's cannot."""
    if here.vendor != "postgresql":
        return here.cursor()
    from psycopg import Cursor  # not there where SQLite is all one has

    here.ensure_connection()
    cursor: Any = Cursor(here.connection)
    return here.make_debug_cursor(cursor) if here.queries_logged else here.make_cursor(cursor)
