"""What time brings, once each: with clocks moved by hand, passes repeated, and processes killed."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from models.tables import Letter, Programme
from notifications.mailer import RecordingMailer
from roadmap.loader import Loaded
from roadmap.spec import Organisation
from services.clock import SetClock
from services.karta import Karta
from services.letters.delivery import deliver_due
from services.plan.starting import start_programme
from services.prefect_view.database import DatabaseView

ROOT = Path(__file__).parents[3]
SCHOOL = ZoneInfo("Asia/Magadan")
FIRST = date(2021, 9, 8)
DAYS = 45


def at(day: date, hours: int = 7, minutes: int = 30) -> datetime:
    return datetime.combine(day, time(hours, minutes), SCHOOL).astimezone(UTC)


def of_school(loaded: Loaded, name: str) -> Loaded:
    organisation = Organisation(name=name, zone="Asia/Magadan")
    return replace(
        loaded, roadmap=loaded.require().model_copy(update={"organisation": organisation})
    )


async def start(karta: Karta, shipped: Loaded, name: str) -> UUID:
    return (await start_programme(karta, of_school(shipped, name))).programme_id


async def letters(karta: Karta, programme_id: UUID) -> list[Letter]:
    async with karta.transaction() as session:
        found = await session.exec(
            select(Letter)
            .where(Letter.programme_id == programme_id, col(Letter.kind).in_(("daily", "digest")))
            .order_by(col(Letter.created_at), col(Letter.key))
        )
        return list(found)


def reminders(found: list[Letter]) -> Counter[tuple[str, str, bool]]:
    """Whom, of which step, and whether before or after its date: how often."""
    return Counter(
        (letter.to_address, item["step"]["code"], item["urgent"])
        for letter in found
        for item in letter.payload["items"]
    )


async def live(karta: Karta, clock: SetClock, programme_id: UUID, days: list[int]) -> list[Letter]:
    """A pass on each of these days, counted from the first; the letters there are afterwards."""
    truth = DatabaseView(karta, lambda: None)
    for day in days:
        clock.moment = at(FIRST + timedelta(days=day))
        await truth.daily(programme_id)
    return await letters(karta, programme_id)


ORDINARY = list(range(DAYS))


def with_slips(days: list[int], slips: dict[int, list[int]]) -> list[int]:
    """The days with what the clock showed besides, after a given one."""
    return [shown for day in days for shown in (day, *slips.get(day, ()))]


@pytest.mark.parametrize(
    "days",
    [
        pytest.param([d for d in ORDINARY for _ in range(2)], id="every pass twice"),
        pytest.param(with_slips(ORDINARY, {15: [14], 22: [21], 30: [29]}), id="a day back"),
        pytest.param(with_slips(ORDINARY, {14: [15], 21: [22], 29: [30]}), id="a day forward"),
    ],
)
async def test_no_reminder_is_doubled_and_none_is_lost(
    karta: Karta, clock: SetClock, shipped: Loaded, days: list[int]
) -> None:
    clock.moment = at(FIRST - timedelta(days=1), 10)
    plain = await start(karta, shipped, "Школа обычная")
    other = await start(karta, shipped, "Школа с часами")

    expected = await live(karta, clock, plain, ORDINARY)
    clock.moment = at(FIRST, 0)
    found = await live(karta, clock, other, days)

    assert sum(reminders(expected).values()) > 10
    assert reminders(found) == reminders(expected)
    a_day = Counter((letter.to_address, letter.key.split(":")[2]) for letter in found)
    assert set(a_day.values()) == {1}


async def test_a_missed_week_is_made_up_once(
    karta: Karta, clock: SetClock, shipped: Loaded
) -> None:
    clock.moment = at(FIRST - timedelta(days=1), 10)
    programme_id = await start(karta, shipped, "Школа")
    away = [day for day in ORDINARY if not 14 <= day <= 20]  # over the week-before reminder

    found = await live(karta, clock, programme_id, away)

    soon = [item for x in found for item in x.payload["items"] if not item["urgent"]]
    weeks = [item for item in soon if item["step"]["code"] == "1.1"]
    assert [item["why"] for item in weeks] == ["срок завтра", "срок сегодня"]


async def test_nothing_comes_on_a_day_off(karta: Karta, clock: SetClock, shipped: Loaded) -> None:
    clock.moment = at(FIRST - timedelta(days=1), 10)
    programme_id = await start(karta, shipped, "Школа")

    found = await live(karta, clock, programme_id, ORDINARY)

    days = {x.created_at.astimezone(SCHOOL).date() for x in found}
    assert days and all(day.weekday() < 5 for day in days)


async def test_curator_and_director_get_a_digest_once_a_week(
    karta: Karta, clock: SetClock, shipped: Loaded
) -> None:
    clock.moment = at(FIRST - timedelta(days=1), 10)
    programme_id = await start(karta, shipped, "Школа")

    found = await live(karta, clock, programme_id, list(range(28)))

    digests = [x for x in found if x.kind == "digest"]
    days = {x.created_at.astimezone(SCHOOL).date() for x in digests}
    assert days == {date(2021, 9, 27), date(2021, 10, 4)}  # two quiet Mondays before say nothing
    assert {x.to_address.split("@")[0] for x in digests} == {"curator", "director"}
    sections = [s["title"] for d in digests[-1].payload["digests"] for s in d["sections"]]
    assert "Просрочено" in sections


async def test_two_programmes_of_one_school_write_one_letter_a_day(
    karta: Karta, clock: SetClock, shipped: Loaded
) -> None:
    clock.moment = at(FIRST - timedelta(days=1), 10)
    first = await start(karta, shipped, "Школа")
    second = await start(karta, shipped, "Школа")
    truth = DatabaseView(karta, lambda: None)
    clock.moment = at(date(2021, 9, 23))

    for programme_id in await truth.programmes_in("Asia/Magadan"):
        await truth.daily(programme_id)

    (one,) = [*await letters(karta, first), *await letters(karta, second)]
    assert [item["step"]["code"] for item in one.payload["items"]] == ["1.1", "1.2"] * 2
    clock.moment += timedelta(minutes=1)
    mailer = RecordingMailer()
    await deliver_due(karta, mailer)
    assert len([m for m in mailer.sent if m["Message-ID"] == one.message_id]) == 1


PASSES = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from services.clock import SetClock
from services.settings import Settings
from services.prefect_view.database import DatabaseView
from services.karta import wire

async def go():
    clock = SetClock(datetime.fromisoformat(sys.argv[3]))
    karta = wire(Settings(home=Path(sys.argv[1]), _env_file=None), sys.argv[2], clock=clock)
    truth = DatabaseView(karta, lambda: None)
    for programme_id in await truth.programmes_in("Asia/Magadan"):
        await truth.daily(programme_id)
        print("passed", flush=True)
        await asyncio.sleep(float(sys.argv[4]))

asyncio.run(go())
"""


async def test_a_pass_killed_half_way_is_finished_by_the_next(
    karta: Karta, clock: SetClock, shipped: Loaded, database_url: str
) -> None:
    clock.moment = at(FIRST - timedelta(days=1), 10)
    schools = [await start(karta, shipped, f"Школа № {n}") for n in range(12)]
    morning = at(date(2021, 9, 23))
    command = [sys.executable, "-c", PASSES, str(karta.settings.home), database_url,
               morning.isoformat()]  # fmt: skip
    process = await asyncio.create_subprocess_exec(*command, "0.3", cwd=ROOT, stdout=PIPE)
    for _ in range(3):
        assert await process.stdout.readline()
    process.kill()
    await process.wait()

    async with karta.transaction() as session:
        done = await session.exec(select(Programme.daily_done))
        assert 3 <= sum(day == date(2021, 9, 23) for day in done) < 12
    again = await asyncio.create_subprocess_exec(*command, "0", cwd=ROOT, stdout=PIPE)
    await again.communicate()
    assert again.returncode == 0

    for programme_id in schools:
        (letter,) = await letters(karta, programme_id)
        assert [item["step"]["code"] for item in letter.payload["items"]] == ["1.1", "1.2"]
