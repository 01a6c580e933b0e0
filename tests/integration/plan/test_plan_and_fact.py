"""The journal of dates and owners, what has changed since a day, lateness and the forecast."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select

from models.tables import Event
from roadmap.errors import InputWrong, MoveRefused
from roadmap.lateness import Lateness
from roadmap.loader import Loaded, load_text
from services.clock import SetClock
from services.karta import Karta
from services.plan.changes import PlanChange, changes_since, day_since
from services.plan.forecast import forecast_of, later_words
from services.plan.plan_and_fact import plan_and_fact
from services.plan.revision import apply_revision
from services.plan.starting import start_programme
from services.programme.stopping import stop_programme
from services.steps.corrections import change_owner, move_due
from services.steps.evidence import LinkAttachment
from services.steps.moves import finish_step, report_step
from tests.integration.conftest import Running, StartSchool
from tests.support.school_year import TODAY, live_through

LONG_AGO = date(2021, 1, 1)


async def events(running: Running, kind: str) -> list[Event]:
    async with running.karta.transaction() as session:
        found = await session.exec(select(Event).where(Event.kind == kind).order_by(col(Event.id)))
        return list(found)


async def changes(running: Running, since: date = LONG_AGO) -> tuple[PlanChange, ...]:
    rows = await running.rows()
    async with running.karta.transaction() as session:
        return await changes_since(session, rows, since)


def later_in(clock: SetClock, year: int, month: int, day: int) -> None:
    clock.moment = datetime(year, month, day - 1, 23, 0, tzinfo=UTC)  # ten in Magadan


async def test_moving_a_date_keeps_the_days_and_words_of_both(running: Running) -> None:
    curator = await running.actor("curator")

    await move_due(running.karta, await running.target("2.1"), by=curator,
                   end=date(2021, 12, 20), reason="карантин")  # fmt: skip

    (event,) = await events(running, "step.due_moved")
    assert (event.by_id, event.reason) == (curator.person_id, "карантин")
    assert event.details == {
        "before": "ноябрь 2021",
        "after": "01.11.2021 – 20.12.2021",
        "before_start": "2021-11-01",
        "before_end": "2021-11-30",
        "after_start": "2021-11-01",
        "after_end": "2021-12-20",
    }


async def test_a_change_of_owner_keeps_the_names_of_that_day(running: Running) -> None:
    curator, social = await running.actor("curator"), await running.actor("social")

    await change_owner(
        running.karta, await running.target("1.2"), by=curator, owner_id=social.person_id
    )

    async with running.karta.transaction() as session:
        person = (await running.rows()).people[social.person_id]
        person.name = "Другая Фамилия"
        session.add(person)
    (change,) = await changes(running)
    assert change.before == "Москвина Т.Н., директор школы"
    assert change.after == "Белякова Т.Ю., соц. педагог"


async def test_a_revision_leaves_an_entry_for_each_date_and_owner(
    running: Running, shipped: Loaded
) -> None:
    curator = await running.actor("curator")
    text = shipped.text.replace("due: Ноябрь 2021\n        owner: social",
                                "due: Декабрь 2021\n        owner: director", 1)  # fmt: skip
    text = text.replace("Формирование базы наставников\n", "База наставников\n", 1)

    await apply_revision(
        running.karta, running.programme_id, load_text(text), by=curator, reason="решил педсовет"
    )

    (moved,) = await events(running, "step.due_moved")
    (owner,) = await events(running, "step.owner_changed")
    assert moved.text == "2.1: срок декабрь 2021 (был ноябрь 2021)"
    assert (moved.details["before_end"], moved.details["after_end"]) == ("2021-11-30", "2021-12-31")
    assert owner.details["after_name"] == "Москвина Т.Н., директор школы"
    assert {moved.reason, owner.reason} == {"решил педсовет"}
    revision = (await changes(running))[0]
    assert (revision.before, revision.after) == ("редакция 1", "редакция 2")
    assert revision.more == ("этап 3, название: «База наставников»",)


async def test_a_date_moved_by_hand_is_what_a_revision_changes(
    running: Running, shipped: Loaded
) -> None:
    curator = await running.actor("curator")
    await move_due(running.karta, await running.target("2.1"), by=curator,
                   end=date(2021, 12, 20), reason="карантин")  # fmt: skip

    text = shipped.text.replace("due: Ноябрь 2021", "due: Январь 2022", 1)
    await apply_revision(running.karta, running.programme_id, load_text(text), by=curator)

    last = (await events(running, "step.due_moved"))[-1]
    assert last.details["before_end"] == "2021-12-20"
    assert last.reason == "редакция 2 дорожной карты"


SMALL = """
title: План
organisation: {name: Школа, zone: Asia/Magadan}
period: {start: 01.09.2021, end: 31.05.2022}
people:
  c: {post: куратор, email: c@school.example, roles: [curator, director]}
stages:
  - id: 1
    title: Работа
    steps:
      - {id: 1.1, title: Приказ, due: до 20.09.2021, owner: c}
      - {id: 1.2, title: Отчёт, due: в течение 3 рабочих дней после 1.1, owner: c}
      - {id: 1.3, title: Журнал, due: до 25 числа каждого месяца, owner: c}
      - {id: 1.4, title: Беседа, due: по мере необходимости, owner: c}
"""


async def test_a_relative_date_counted_at_the_start_is_the_first_plan_and_no_change(
    start_school: StartSchool, clock: SetClock
) -> None:
    running = await start_school(load_text(SMALL))
    step = (await running.rows()).step("1.2")
    assert step.plan_end == step.due_end == date(2021, 9, 23)
    assert await changes(running) == ()

    later_in(clock, 2021, 9, 13)
    await finish_step(
        running.karta, await running.target("1.1"), by=await running.actor("c"), reason=""
    )

    (change,) = await changes(running)
    assert (change.kind, change.code, change.who) == ("step.due_followed", "1.2", "Карта")
    assert (change.before_day, change.after_day) == (date(2021, 9, 23), date(2021, 9, 16))
    assert (await running.rows()).step("1.2").plan_end == date(2021, 9, 23)


async def test_the_next_turn_keeps_from_which_date_to_which_and_counts_for_its_owner(
    start_school: StartSchool, clock: SetClock
) -> None:
    running = await start_school(load_text(SMALL))
    curator = await running.actor("c")
    later_in(clock, 2021, 9, 28)

    await finish_step(running.karta, await running.target("1.3"), by=curator)

    (done,) = await events(running, "step.done")
    assert (done.details["before_end"], done.details["after_end"]) == ("2021-09-25", "2021-10-25")
    assert (done.details["late_days"], done.details["owner"]) == (4, str(curator.person_id))
    async with running.karta.transaction() as session:
        found = await plan_and_fact(session, await running.rows(), clock.now())
    turned = next(r.step for s in found.stages for r in s.rows if r.step.code == "1.3")
    assert (turned.moved, turned.turn) == (False, 2)
    # 1.1 is late now, and so is 1.2, which follows it; the turn was four days late.
    assert found.by_person == (Lateness("куратор", 0, 1, 2, 5, 8),)


async def test_what_is_done_when_needed_has_no_plan_to_deviate_from(
    start_school: StartSchool,
) -> None:
    step = (await (await start_school(load_text(SMALL))).rows()).step("1.4")

    assert (step.plan_start, step.plan_end, step.due_end) == (None, None, None)


async def test_waiting_for_the_check_is_not_the_owners_lateness(
    running: Running, clock: SetClock
) -> None:
    director, curator = await running.actor("director"), await running.actor("curator")
    later_in(clock, 2021, 9, 30)
    await report_step(running.karta, await running.target("1.1"), by=director, note="сделано",
                      attachments=[LinkAttachment("school.example/1")])  # fmt: skip
    later_in(clock, 2021, 10, 12)
    await finish_step(running.karta, await running.target("1.1"), by=curator)

    (done,) = await events(running, "step.done")
    assert done.details["late_days"] == 0


async def test_a_year_is_told_in_plan_and_fact(
    karta: Karta, clock: SetClock, shipped: Loaded
) -> None:
    await live_through(karta, clock, shipped)
    async with karta.transaction() as session:
        programme_id = (
            await session.exec(select(Event.programme_id).where(Event.kind == "programme.started"))
        ).one()
    running = Running(karta, programme_id)
    rows = await running.rows()
    async with karta.transaction() as session:
        found = await plan_and_fact(session, rows, clock.now())

    words = {r.step.code: (r.now, r.fact, r.deviation) for s in found.stages for r in s.rows}
    assert words["1.1"] == ("", "07.09 – 25.09.2026", "на 5 дней раньше")
    assert words["2.3"] == ("", "13.11.2026 – 20.01.2027", "на 21 день позже")
    assert words["3.1"] == ("", "с 20.01.2027", "уже на 18 дней позже")
    assert words["3.2"] == ("01.02.2027 – 12.03.2027", "с 20.01.2027", "сдвинут на 14 дней позже")
    assert words["4.2"] == ("", "не требуется", "")
    told = forecast_of(rows, TODAY)
    assert told.sentence == (
        "Завершится около 17 января 2028, на 3 недели позже плана: 8 завершённых мероприятий "
        "выполнены в среднем (медиана) на 6 рабочих дней позже срока; столько же добавлено к "
        "оставшимся срокам; 1 просроченное мероприятие ожидается не раньше сегодняшнего дня; этап "
        "6 ждёт этапа 5, до 30 июня 2027; этап 7 ждёт этапа 6, до 8 июля 2027."
    )
    kinds = [change.kind for change in await changes(running, date(2026, 12, 17))]
    assert kinds == ["step.skipped", "stage.opened_early", "step.due_moved", "revision.applied",
                     *["step.due_moved"] * 4]  # fmt: skip


async def test_a_stopped_programme_has_no_forecast_and_keeps_its_page(
    running: Running, clock: SetClock
) -> None:
    director = await running.actor("director")
    await stop_programme(running.karta, running.programme_id, by=director, reason="закрыли")
    rows = await running.rows()

    with pytest.raises(MoveRefused, match="остановлена: прогноза нет"):
        forecast_of(rows, date(2021, 9, 7))
    async with running.karta.transaction() as session:
        found = await plan_and_fact(session, rows, clock.now())
    assert (found.forecast, found.no_forecast) == (
        None,
        "дорожная карта – остановлена: прогноза нет",
    )


async def test_with_little_finished_the_forecast_says_so(running: Running) -> None:
    told = forecast_of(await running.rows(), date(2021, 9, 7))

    assert (
        "мало данных – завершённых нет, нужно хотя бы 3; взяты сроки самого плана" in told.sentence
    )


async def test_one_schools_changes_are_not_anothers(karta: Karta, shipped: Loaded) -> None:
    first = Running(karta, (await start_programme(karta, shipped)).programme_id)
    second = Running(karta, (await start_programme(karta, shipped)).programme_id)
    await move_due(karta, await first.target("2.1"), by=await first.actor("curator"),
                   end=date(2021, 12, 20), reason="карантин")  # fmt: skip

    assert len(await changes(first)) == 1
    assert await changes(second) == ()


def test_days_are_read_as_people_and_browsers_write_them() -> None:
    assert day_since("01.11.2026") == day_since("2026-11-01") == date(2026, 11, 1)
    for wrong in ("31.02.2026", "вчера", "", "0001-01-01", "01.01.9999"):
        with pytest.raises(InputWrong):
            day_since(wrong)


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, ""), (1, "на 1 день позже"), (-3, "на 3 дня раньше"), (42, "на 6 недель позже"),
     (90, "на 3 месяца позже"), (-365, "на 12 месяцев раньше")],
)  # fmt: skip
def test_spans_are_told_in_the_unit_people_would_use(days: int, words: str) -> None:
    assert later_words(days) == words
