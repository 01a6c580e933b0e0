"""Everything a process of Карта works with, put together once and passed on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from models.database import AsyncEngine, AsyncSession, make_engine, unit_of_work
from services.clock import Clock, SystemClock
from services.settings import Settings
from services.tokens import load_secret


@dataclass(frozen=True)
class Karta:
    """One process's collaborators.

    secret: 32 bytes from which links and codes are derived.
    """

    settings: Settings
    engine: AsyncEngine
    clock: Clock
    secret: bytes

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One unit of work: committed at the end, rolled back when it raises."""
        async with unit_of_work(self.engine) as session:
            yield session

    async def close(self) -> None:
        await self.engine.dispose()


def wire(
    settings: Settings, database_url: str, *, clock: Clock | None = None, pool_size: int = 5
) -> Karta:
    """The collaborators for these settings; opens no connection yet."""
    if settings.secret:
        secret = bytes.fromhex(settings.secret)
    else:
        secret = load_secret(settings.home / "secret")
    engine = make_engine(database_url, pool_size)
    return Karta(settings, engine, clock or SystemClock(), secret)
