"""Rows for any schema: what is in them follows from the tables as the database describes them."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

Rows = dict[str, list[dict[str, Any]]]

_NAMES = UUID("6f1d3a52-6a0e-4c3e-9b53-1f0a7b3f5c11")
_FIRST_DAY = date(2021, 9, 1)
_FEWEST = 3


def reflected(connection: sa.Connection) -> sa.MetaData:
    """The tables that the database has, Alembic's own apart."""
    schema = sa.MetaData()
    schema.reflect(connection, only=lambda name, _: name != "alembic_version")
    return schema


def fill(connection: sa.Connection) -> None:
    """Several rows for every table: each label of each enum, and both a value and none where a
    column allows none.
    """
    schema = reflected(connection)
    enums = [
        len(column.type.enums)
        for table in schema.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.Enum)
    ]
    count = max(_FEWEST, *enums)
    for table in schema.sorted_tables:
        for number in range(count):
            _insert(connection, table, number)


def read(connection: sa.Connection) -> Rows:
    """Every row of every table, in the order of the keys."""
    return {
        table.name: [
            dict(row)
            for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in reflected(connection).sorted_tables
    }


def _insert(connection: sa.Connection, table: sa.Table, number: int) -> None:
    checked = _checked(connection, table)
    row = {
        column.name: _value(column, number)
        for column in table.columns
        if column.identity is None
        and not (column.nullable and column.name not in checked and number % _FEWEST == 1)
    }
    refused: IntegrityError | None = None
    for empty in _choices(checked, number):
        chosen = {name: value for name, value in row.items() if name not in empty}
        try:
            with connection.begin_nested():
                connection.execute(table.insert().values(chosen))
        except IntegrityError as error:
            refused = error
        else:
            return
    raise AssertionError(f"no row could be made for the table {table.name}") from refused


def _checked(connection: sa.Connection, table: sa.Table) -> list[str]:
    """The columns that may be empty and of which the table's checks speak."""
    conditions = " ".join(
        check["sqltext"] for check in sa.inspect(connection).get_check_constraints(table.name)
    )
    return [c.name for c in table.columns if c.nullable and c.name in conditions]


def _choices(checked: list[str], number: int) -> list[set[str]]:
    """Which of these columns to leave empty: every way, each row beginning with its own."""
    choices = [
        {name for name, left_out in zip(checked, pattern, strict=True) if left_out}
        for pattern in product((False, True), repeat=len(checked))
    ]
    turn = number % len(choices)
    return choices[turn:] + choices[:turn]


def _value(column: sa.Column, number: int) -> Any:
    for key in column.foreign_keys:
        if key.column.table is not column.table:
            return _value(key.column, number)
        # A row may point at one of its own table that is there already.
        return _value(key.column, number - 1) if number else None
    match column.type:
        case sa.Enum(enums=labels):
            return labels[number % len(labels)]
        case sa.Uuid():
            return uuid5(_NAMES, f"{column.table.name}.{column.name} {number}")
        case sa.Boolean():
            return number % 2 == 0
        case sa.Integer():
            return number + 1
        case sa.Date():
            return _FIRST_DAY + timedelta(days=number)
        case sa.DateTime():
            return datetime(2021, 9, 1, 9, tzinfo=UTC) + timedelta(hours=number)
        case sa.ARRAY():
            return [f"{column.name} {number}", "«ёлка»"][: number % 3]
        case JSONB():
            return {"строка": number}
        case sa.LargeBinary():
            return bytes([0, number, 255])
        case sa.String():
            return f"{column.name} №{number}"
    raise AssertionError(f"no value is known for {column.table.name}.{column.name}: {column.type}")
