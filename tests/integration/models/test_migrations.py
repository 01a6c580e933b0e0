"""The migrations make exactly the tables that the classes describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from models import tables
from models.migrate import upgrade
from services.karta import Karta


async def test_a_migrated_database_equals_the_classes(karta: Karta) -> None:
    assert tables.Programme.metadata is SQLModel.metadata
    async with karta.engine.connect() as connection:
        difference = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"compare_type": True}), SQLModel.metadata
            )
        )

    assert difference == []


async def test_upgrading_again_changes_nothing(karta: Karta, database_url: str) -> None:
    await upgrade(database_url)
    await upgrade(database_url)
