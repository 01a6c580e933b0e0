"""A programme under way, and the people who act in it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import pytest

from models.repository import ProgrammeRows, load_programme
from roadmap.loader import Loaded
from services.actor import Actor, actor_of
from services.karta import Karta
from services.people.finding import person_by
from services.plan.starting import start_programme
from services.steps.change import Target
from services.steps.moves import finish_step


@dataclass
class Running:
    """A started programme: look at it, act in it."""

    karta: Karta
    programme_id: UUID

    async def rows(self) -> ProgrammeRows:
        async with self.karta.transaction() as session:
            return await load_programme(session, self.programme_id)

    async def actor(self, key: str) -> Actor:
        rows = await self.rows()
        async with self.karta.transaction() as session:
            return actor_of(await person_by(session, key, rows.organisation.id))

    async def target(self, code: str) -> Target:
        step = (await self.rows()).step(code)
        return Target(step.id, step.version)

    async def done(self, *codes: str, reason: str = "видел сам") -> None:
        """The curator marks steps done, one after another."""
        curator = await self.actor("curator")
        for code in codes:
            await finish_step(self.karta, await self.target(code), by=curator, reason=reason)


@pytest.fixture
async def running(karta: Karta, shipped: Loaded) -> Running:
    """The shipped road map, just started."""
    started = await start_programme(karta, shipped)
    return Running(karta, started.programme_id)


StartSchool = Callable[[Loaded], Awaitable[Running]]


@pytest.fixture
def start_school(karta: Karta) -> StartSchool:
    """Starts any road map."""

    async def start(loaded: Loaded) -> Running:
        started = await start_programme(karta, loaded)
        return Running(karta, started.programme_id)

    return start
