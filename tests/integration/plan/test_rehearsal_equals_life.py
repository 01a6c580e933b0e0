"""What a rehearsal foretells is what happens: the same programme lived through on a real database.

The clock is set by the test; everything else is the product's own: rows, use cases, daily passes,
the outbox, letters taken by a real SMTP server.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from models.repository import ProgrammeRows, load_programme
from models.tables import Event, Letter, LetterStep, Step
from roadmap.calendar import school_day
from roadmap.loader import Loaded, load_text
from roadmap.planner import DAILY_AT
from roadmap.rehearsal import Rehearsal, rehearse
from roadmap.scenarios import scenario_from
from services.actor import actor_of
from services.clock import SetClock
from services.karta import Karta
from services.letters.delivery import deliver_due, make_mailer
from services.letters.outbox import GATHER
from services.people.finding import person_by
from services.plan.starting import start_programme
from services.prefect_view.database import DatabaseView
from services.steps.change import Target
from services.steps.moves import finish_step
from tests.support.smtp_server import Received, SmtpServer

SMALL = """
title: Наставничество
organisation: {name: Школа, zone: Asia/Kamchatka}
period: {start: 01.09.2026, end: 31.01.2027}
people:
  head: {name: Орлова А.А., post: директор, email: head@school.example, roles: [director]}
  deputy: {post: завуч, email: deputy@school.example, roles: [curator]}
  teacher: {name: Белова Т.Ю., post: учитель, email: teacher@school.example}
policy: {remind_days_before: [10, 3, 1], late_every_working_days: 2}
calendar: {due_on_day_off: after, days_off: [02.10.2026, 05.10.2026]}
stages:
  - id: 1
    title: Подготовка
    steps:
      - {id: 1.1, title: Встреча, due: Сентябрь 2026, owner: teacher}
      - {id: 1.2, title: Приказ, due: до 25.09.2026, owner: deputy, needs: ["1.1"]}
  - id: 2
    title: Работа
    steps:
      - {id: 2.1, title: Занятия, due: Октябрь 2026, owner: teacher, kind: survey}
      - {id: 2.2, title: Отчёт, due: в течение 3 рабочих дней после 2.1, owner: deputy}
      - {id: 2.3, title: Сверка, due: ежемесячно, owner: teacher, mandatory: false}
      - {id: 2.4, title: Письма семьям, due: по мере необходимости, owner: head}
  - id: 3
    title: Итоги
    steps:
      - {id: 3.1, title: Праздник, due: 25.12.2026, owner: deputy}
      - {id: 3.2, title: Приглашения, due: не позднее чем за 10 дней до 3.1, owner: teacher}
"""


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


class Life:
    """A programme that is lived through day by day, and the post that comes meanwhile."""

    def __init__(self, karta: Karta, clock: SetClock, server: SmtpServer) -> None:
        settings = karta.settings.changed(smtp_url=server.url, mail_from="karta@school.example")
        self.karta = Karta(settings, karta.engine, clock, karta.secret)
        self.clock, self.server = clock, server
        self.mailer = make_mailer(self.karta)
        self.received: list[tuple[date, Received]] = []

    async def lived(self, loaded: Loaded, foretold: Rehearsal) -> ProgrammeRows:
        """What became of it: the same acts at the same moments, by the product's use cases.

        The daily pass runs at 07:30 on each and every day, days off included.
        """
        calendar = loaded.require().school_calendar
        truth = DatabaseView(self.karta, wake_letters=lambda: None)
        self.clock.moment = foretold.started
        programme_id = (await start_programme(self.karta, loaded)).programme_id
        rows = await self.rows(programme_id)
        async with self.karta.transaction() as session:
            key = rows.with_role("curator")[0].key
            curator = actor_of(await person_by(session, key, rows.organisation.id))
        day = calendar.today(foretold.started)
        await self.deliver(day)
        while True:
            for act in foretold.acts:
                if calendar.today(act.at) == day:
                    self.clock.moment = act.at
                    target = Target(rows.step(act.step).id)
                    await finish_step(self.karta, target, by=curator, reason="видел сам")
            await self.deliver(day)
            if day == foretold.last_day:
                await self.mailer.close()
                return await self.rows(programme_id)
            day += timedelta(days=1)
            self.clock.moment = datetime.combine(day, DAILY_AT, calendar.tz)
            await truth.daily(programme_id)
            await self.deliver(day)

    async def deliver(self, day: date) -> None:
        """Sends what is queued; a letter of the day has waited for others to join it."""
        before = len(self.server.letters)
        self.clock.moment += GATHER
        await deliver_due(self.karta, self.mailer)
        self.received += [(day, letter) for letter in self.server.letters[before:]]

    async def rows(self, programme_id: UUID) -> ProgrammeRows:
        async with self.karta.transaction() as session:
            return await load_programme(session, programme_id)

    async def letters(self) -> Counter:
        """Every letter the server took: day, address, kind, steps; read from it where it says so.

        A letter has no header for its kind and steps: its Message-ID leads to its outbox row.
        """
        async with self.karta.transaction() as session:
            rows = {letter.message_id: letter for letter in await session.exec(select(Letter))}
            steps = await session.exec(
                select(LetterStep.letter_id, Step.code).join(
                    Step, col(Step.id) == LetterStep.step_id
                )
            )
            codes: dict[UUID, set[str]] = {}
            for letter_id, code in steps:
                codes.setdefault(letter_id, set()).add(code)
        found: Counter = Counter()
        for day, letter in self.received:
            row = rows[letter.message_id]
            about = frozenset(codes.get(row.id, ()))
            assert all(code in letter.text for code in about)
            found[day, letter.recipient, row.kind, about] += 1
        return found

    async def done(self, programme_id: UUID) -> list[tuple[date, str, int]]:
        """The journal's own account: when each step was done, and how many days late."""
        async with self.karta.transaction() as session:
            events = await session.exec(
                select(Event, Step.code)
                .join(Step, col(Step.id) == Event.step_id)
                .where(Event.kind == "step.done", Event.programme_id == programme_id)
                .order_by(col(Event.id))
            )
            rows = await load_programme(session, programme_id)
            return [
                (school_day(event.at, rows.organisation.zone), code, event.details["late_days"])
                for event, code in events
            ]


async def compare(life: Life, loaded: Loaded, scenario: str) -> Rehearsal:
    """Rehearses, lives, and holds the two histories against each other."""
    roadmap = loaded.require()
    foretold = rehearse(roadmap, scenario_from(scenario, roadmap))

    rows = await life.lived(loaded, foretold)

    zone = rows.organisation.zone
    assert [(s.code, _day(s.opened_at, zone), _day(s.closed_at, zone)) for s in rows.stages] == [
        (s.code, s.opened, s.closed) for s in foretold.stages
    ]
    assert _day(rows.programme.finished_at, zone) == foretold.end
    assert await life.done(rows.programme.id) == [
        (run.finished, run.code, run.days_late) for run in foretold.steps if run.finished
    ]
    assert await life.letters() == Counter(
        (x.on, roadmap.people[x.to].email, x.kind.value, frozenset(x.steps))
        for x in foretold.letters
    )
    return foretold


def _day(moment: datetime | None, zone: str) -> date | None:
    return school_day(moment, zone) if moment else None


@pytest.fixture
def life(karta: Karta, clock: SetClock, server: SmtpServer) -> Life:
    return Life(karta, clock, server)


async def test_the_shipped_plan_on_time_over_its_fifteen_months(
    life: Life, shipped: Loaded
) -> None:
    foretold = await compare(life, shipped, "on-time")

    assert foretold.end == date(2022, 12, 30)
    assert len(foretold.letters) > 100


async def test_recurring_and_relative_steps_when_people_are_early_and_late(life: Life) -> None:
    foretold = await compare(life, load_text(SMALL), "random:2026")

    assert foretold.late
    assert {run.turn for run in foretold.steps if run.code == "2.3"} == {0, 1, 2, 3, 4}


async def test_an_ill_owner_for_whom_nobody_stands_in(life: Life) -> None:
    foretold = await compare(life, load_text(SMALL), "owner-ill:teacher:2026-09-21–2026-10-20")

    assert [run.code for run in foretold.late][:2] == ["1.2", "1.1"]
