"""The migrations make exactly the tables that the classes describe, and lose nobody's rows."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from models import tables
from models.database import async_url
from models.migrate import downgrade, revisions, upgrade
from services.installation.postgres import with_database
from services.karta import Karta
from tests.conftest import execute
from tests.support.filled_database import Rows, fill, read

T = TypeVar("T")

EARLIER = revisions()[:-1]

# A column goes only with a migration that says so, and is named here.
DROPPED = {("letter", "claimed_until")}


@pytest.fixture
async def empty_url(postgres_url: str) -> AsyncIterator[str]:
    """A fresh database without a single table."""
    name = f"test_{uuid4().hex[:12]}"
    await execute(postgres_url, f'CREATE DATABASE "{name}"')
    yield with_database(postgres_url, name)
    await execute(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


async def on(url: str, work: Callable[[sa.Connection], T]) -> T:
    """What `work` makes of a connection to the database, committed."""
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def difference(connection: sa.Connection) -> list[Any]:
    """What Alembic would still change to make the database equal the classes."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return compare_metadata(context, SQLModel.metadata)


def kept(rows: Rows) -> Rows:
    """The rows without the columns that were dropped on purpose."""
    return {
        table: [{k: v for k, v in row.items() if (table, k) not in DROPPED} for row in found]
        for table, found in rows.items()
    }


def like(rows: Rows, earlier: Rows) -> Rows:
    """The rows with the tables and columns of an earlier revision alone."""
    return {
        table: [{k: row[k] for k in found[0] if k in row} for row in rows[table]]
        for table, found in earlier.items()
    }


def counts(rows: Rows) -> dict[str, int]:
    return {table: len(found) for table, found in rows.items()}


def read_by_classes(connection: sa.Connection) -> dict[str, int]:
    """How many rows of each table its class can read."""
    with Session(connection) as session:
        return {
            str(mapper.local_table.name): len(session.scalars(sa.select(mapper.class_)).all())
            for mapper in tables.Programme.__mapper__.registry.mappers
        }


async def test_a_migrated_database_equals_the_classes(karta: Karta) -> None:
    assert tables.Programme.metadata is SQLModel.metadata
    async with karta.engine.connect() as connection:
        assert await connection.run_sync(difference) == []


def labels(connection: sa.Connection) -> dict[str, set[str]]:
    """The database's enums with their labels, which Alembic does not compare."""
    return {enum["name"]: set(enum["labels"]) for enum in sa.inspect(connection).get_enums()}


async def test_a_migrated_database_has_every_label_of_the_enums(karta: Karta) -> None:
    declared = {
        column.type.name: set(column.type.enums)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.Enum)
    }

    async with karta.engine.connect() as connection:
        assert await connection.run_sync(labels) == declared


async def test_upgrading_again_changes_nothing(karta: Karta, database_url: str) -> None:
    await upgrade(database_url)
    await upgrade(database_url)


@pytest.mark.parametrize("revision", EARLIER)
async def test_a_filled_database_of_an_earlier_revision_is_upgraded_and_loses_nothing(
    empty_url: str, revision: str
) -> None:
    await upgrade(empty_url, revision)
    await on(empty_url, fill)
    before = await on(empty_url, read)
    assert all(len(rows) > 1 for rows in before.values())

    await upgrade(empty_url)

    after = await on(empty_url, read)
    assert like(after, before) == kept(before)
    assert await on(empty_url, read_by_classes) == counts(after)
    assert await on(empty_url, difference) == []


@pytest.mark.parametrize("revision", EARLIER)
async def test_an_upgrade_can_be_taken_back(empty_url: str, revision: str) -> None:
    await upgrade(empty_url, revision)
    await on(empty_url, fill)
    before = await on(empty_url, read)

    await upgrade(empty_url)
    await downgrade(empty_url, revision)

    assert kept(await on(empty_url, read)) == kept(before)


@pytest.mark.parametrize("revision", EARLIER)
async def test_a_filled_database_goes_back_to_an_earlier_revision_and_up_again(
    database_url: str, revision: str
) -> None:
    await on(database_url, fill)

    await downgrade(database_url, revision)
    await upgrade(database_url)

    assert await on(database_url, difference) == []
    left = await on(database_url, read)
    assert await on(database_url, read_by_classes) == {
        name: len(rows) for name, rows in left.items()
    }
