"""Querysets whose SQL is made once.

Compiling a statement costs the ORM several times what the database needs to run it. Here a queryset is compiled at its
first use in a process, with marks where its values go, and only run from then on. The rule stays in the queryset.
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from datetime import UTC, datetime, timedelta
from functools import wraps
from random import randrange
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Model, QuerySet, sql
from django.db.models.query import FlatValuesListIterable, ModelIterable, get_related_populators

from .rows import fetch

Result = TypeVar("Result")
Written = tuple[QuerySet[Any], dict[str, Any]]
MARKS: dict[type, Callable[[], Any]] = {
    UUID: uuid4,
    datetime: lambda: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=randrange(10**14)),  # noqa: S311
}


def prepared(build: Callable[..., QuerySet[Any]]) -> Callable[..., list[Any]]:
    """A read. `build` takes ids and moments by position; another number of them, and each other value by keyword, makes
    a statement of its own.
    """
    kept: dict[Hashable, Read] = {}

    @wraps(build)
    def read(*values: Any, **shape: Any) -> list[Any]:
        key = (connection.vendor, len(values), *sorted(shape.items()))
        if key not in kept:
            kept[key] = Read(build, values, shape)
        return kept[key].run(values)

    return read


def prepared_update(build: Callable[..., Written]) -> Callable[..., int]:
    """An update of rows of one table; returns how many there were. `build` gives the rows, and the fields to write."""
    kept: dict[Hashable, Update] = {}

    @wraps(build)
    def update(*values: Any, **shape: Any) -> int:
        key = (connection.vendor, *sorted(shape.items()))
        if key not in kept:
            kept[key] = Update(build, values, shape)
        return kept[key].run(values)

    return update


def padded(ids: Collection[UUID]) -> list[UUID]:
    """At least one id, repeated up to a power of two: so that lists of any length share a few statements."""
    size = 1 << (len(ids) - 1).bit_length()
    return [*ids, *[next(iter(ids))] * (size - len(ids))]


class Statement:
    """SQL, and for each of its parameters what it is, or which of the given values goes there."""

    def __init__(self, text: str, parameters: Sequence[Any], marks: Sequence[Any]) -> None:
        self.text, self._parameters, stored = text, list(parameters), [as_stored(mark) for mark in marks]
        places = [(place, each) for place, each in enumerate(self._parameters) if type(each) in (UUID, datetime, str)]
        self._places = [(place, stored.index(each)) for place, each in places if each in stored]
        if len({index for _, index in self._places}) != len(marks):
            raise TypeError("A value that is given does not reach the statement as it is.")

    def rows(self, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        parameters, stored = self._parameters.copy(), [as_stored(value) for value in values]
        for place, index in self._places:
            parameters[place] = stored[index]
        return fetch(self.text, parameters)


class Read:
    def __init__(self, build: Callable[..., QuerySet[Any]], values: Sequence[Any], shape: dict[str, Any]) -> None:
        marks = [MARKS[type(value)]() for value in values]
        queryset = build(*marks, **shape)
        compiler = queryset.query.get_compiler(connection=connection)
        text, parameters = compiler.as_sql()
        self._statement = Statement(text, parameters, marks)
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        self._converters = [(place, *each) for place, each in compiler.get_converters(columns).items()]
        self._result = result_of(queryset, compiler)

    def run(self, values: Sequence[Any]) -> list[Any]:
        return [self._result(self._read(row)) for row in self._statement.rows(values)]

    def _read(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self._converters:
            return row
        read = list(row)
        for place, converters, column in self._converters:
            for convert in converters:
                read[place] = convert(read[place], column, connection)
        return read


class Update:
    def __init__(self, build: Callable[..., Written], values: Sequence[Any], shape: dict[str, Any]) -> None:
        marks = [MARKS[type(value)]() for value in values]
        queryset, fields = build(*marks, **shape)
        query: Any = queryset.query.chain(sql.UpdateQuery)
        query.add_update_values(fields)
        text, parameters = query.get_compiler(connection=connection).as_sql()
        self._statement = Statement(f"{text} RETURNING {queryset.model._meta.pk.column}", parameters, marks)

    def run(self, values: Sequence[Any]) -> int:
        return len(self._statement.rows(values))


def result_of(queryset: QuerySet[Any], compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What the queryset makes of a row: a model with all that was selected with it, a value, or a tuple."""
    shape: Any = queryset._iterable_class  # noqa: SLF001  (asked nowhere else)
    if shape is FlatValuesListIterable:
        return lambda row: row[0]
    return models_of(compiler) if shape is ModelIterable else tuple


def models_of(compiler: Any) -> Callable[[Sequence[Any]], Model]:
    """As ModelIterable does it, with what it finds out anew for each statement found out once."""
    about = compiler.klass_info
    first, last = about["select_fields"][0], about["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in compiler.select[first:last]]
    populators: Any = get_related_populators  # whose stub is of another Django
    related = populators(about, compiler.select, connection.alias)

    def model(row: Sequence[Any]) -> Model:
        made: Model = about["model"].from_db(connection.alias, names, row[first:last])
        for each in related:
            each.populate(row, made)
        for name, place in compiler.annotation_col_map.items():
            setattr(made, name, row[place])
        return made

    return model


def as_stored(value: Any) -> Any:
    """What Django gives the database for an id or a moment."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return connection.ops.adapt_datetimefield_value(value)
