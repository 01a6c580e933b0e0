"""What a programme teaches next year's plan: its source, its shift, and what ran late."""

from datetime import UTC, datetime, timedelta

from roadmap.loader import Loaded, load_text
from roadmap.next_year import Lesson, next_year
from services.clock import SetClock
from services.karta import Karta
from services.plan.lessons import taught_by_plan, taught_by_programme
from services.plan.starting import start_programme
from services.steps.moves import skip_step
from tests.integration.conftest import Running, StartSchool


async def test_lateness_is_taken_from_the_journal(
    karta: Karta, running: Running, clock: SetClock
) -> None:
    await running.done("1.1")
    clock.moment = datetime(2021, 10, 5, 2, 0, tzinfo=UTC)  # 1.2 was due on 30 September
    await running.done("1.2")
    clock.moment = datetime(2021, 11, 3, 2, 0, tzinfo=UTC)  # October's were due on Friday the 29th
    curator = await running.actor("curator")
    await skip_step(karta, await running.target("1.3"), by=curator, reason="не нужно")

    taught = await taught_by_programme(karta, None)

    assert taught.lessons == (Lesson("1.2", 5), Lesson("1.4", 5, unfinished=True))
    assert (taught.shift_months, taught.file_name) == (0, "roadmap.yaml")
    year = next_year(taught.source, taught.file_name, 12, taught.lessons, taught.today)
    assert "# прошлый раз: выполнено на 5 дней позже срока" in year.text
    assert load_text(year.text).errors == ()


async def test_a_step_that_recurs_tells_how_often_it_was_late(
    karta: Karta, shipped: Loaded, start_school: StartSchool, clock: SetClock
) -> None:
    text = shipped.text.replace("due: Сентябрь 2021", "due: до 10 числа каждого месяца", 1)
    running = await start_school(load_text(text))
    await running.done("1.1")  # September's, in time
    for day in (13, 14):
        clock.moment = datetime(2021, 9, day, 2, 0, tzinfo=UTC) + timedelta(days=30)
        await running.done("1.1")

    (lesson,) = [
        each for each in (await taught_by_programme(karta, None)).lessons if each.step == "1.1"
    ]

    assert lesson.times == 1 and lesson.late_days == 5  # 10 October is a Sunday: due on the 8th


async def test_a_file_is_matched_with_the_programme_of_its_school_and_title(
    karta: Karta, shipped: Loaded
) -> None:
    await start_programme(karta, shipped, months=62)
    roadmap = shipped.require()

    taught = await taught_by_plan(karta, roadmap.title, roadmap.organisation.name)

    assert taught is not None and taught.shift_months == 62
    assert await taught_by_plan(karta, roadmap.title, "Другая школа") is None
    assert await taught_by_plan(karta, "Другой план", roadmap.organisation.name) is None
