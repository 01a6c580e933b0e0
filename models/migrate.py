"""Bringing a database to the newest schema, or back to an earlier one."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models.database import async_url

_ONE_AT_A_TIME = 7_402_113  # key of the advisory lock: any number that is ours alone


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def revisions() -> list[str]:
    """Every revision of the schema, the oldest first."""
    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


async def upgrade(database_url: str, revision: str = "head") -> None:
    """Creates or upgrades the tables; several processes may call it at once."""
    await _migrate(database_url, revision, command.upgrade)


async def downgrade(database_url: str, revision: str) -> None:
    """Takes the tables back to an earlier revision; what that one has no place for is lost."""
    await _migrate(database_url, revision, command.downgrade)


async def _migrate(database_url: str, revision: str, move: Callable[[Config, str], None]) -> None:
    engine = create_async_engine(async_url(database_url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME}
            )

            def run(sync_connection: object) -> None:
                config = _config()
                config.attributes["connection"] = sync_connection
                move(config, revision)

            await connection.run_sync(run)
    finally:
        await engine.dispose()
