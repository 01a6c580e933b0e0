"""The engine and the unit of work. Made from a URL that is an argument; importing opens nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import literal
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

__all__ = [
    "AWAY", "AsyncEngine", "AsyncSession", "asyncpg_arguments", "make_engine", "notify", "ping",
    "unit_of_work",
]  # fmt: skip

AWAY = (OperationalError, InterfaceError, DBAPIError, OSError, TimeoutError)
"""What a database that does not answer raises."""


def async_url(url: str) -> URL:
    """`postgresql://…` in any spelling → the same database through asyncpg."""
    return make_url(url).set(drivername="postgresql+asyncpg")


def make_engine(url: str, pool_size: int = 5) -> AsyncEngine:
    """An engine of at most `pool_size` + 5 connections; opens none until used."""
    return create_async_engine(
        async_url(url), pool_size=pool_size, max_overflow=5, pool_pre_ping=True
    )


def asyncpg_arguments(url: str) -> dict[str, object]:
    """Arguments of `asyncpg.connect` for the same database, for LISTEN and session locks."""
    parts = async_url(url)
    query = parse_qs(urlsplit(url).query)
    return {
        "host": parts.host or next(iter(query.get("host", [])), None),
        "port": parts.port,
        "user": parts.username,
        "password": parts.password,
        "database": parts.database,
    }


async def notify(session: AsyncSession, channel: str, payload: str = "") -> None:
    """Wakes who listens to the channel, on commit."""
    await session.exec(select(func.pg_notify(channel, payload)))


@asynccontextmanager
async def unit_of_work(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        yield session


async def ping(session: AsyncSession) -> None:
    """Asks the database for nothing; raises one of `AWAY` when it does not answer."""
    await session.exec(select(literal(1)))
