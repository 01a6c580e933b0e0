"""A school in the middle of its year: the shipped plan, lived through with a set clock."""

import asyncio
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self
from uuid import uuid4

import uvicorn
from sqlmodel import select

from models.repository import load_programme
from models.tables import Letter, LetterStep, Person, Step
from roadmap.loader import Loaded, load_text
from roadmap.states import StepState
from services.access.sign_in import first_link, sign_in_by_link
from services.actor import actor_of
from services.clock import SetClock
from services.installation.postgres import with_database
from services.karta import Karta, wire
from services.letters.links import letter_links
from services.people.cards import add_person
from services.plan.revision import apply_revision
from services.plan.starting import start_programme
from services.programme.early_opening import open_stage_early
from services.settings import Settings
from services.steps.change import Target
from services.steps.corrections import change_owner, move_due
from services.steps.evidence import LinkAttachment
from services.steps.moves import finish_step, report_step, skip_step
from tests.conftest import execute
from tests.support.live import free_port, until
from web.app import create_app

MONTHS = 60
"""By so much the shipped plan is moved: it begins in September 2026."""

TODAY = date(2027, 2, 16)
"""The day on which the story ends."""


def at(year: int, month: int, day: int) -> datetime:
    """Ten in the morning in Magadan, where the school is."""
    return datetime(year, month, day - 1, 23, 0, tzinfo=UTC)


async def live_through(karta: Karta, clock: SetClock, shipped: Loaded) -> None:
    """From September to February: a late start, moved dates, a new owner, a stage opened early."""
    clock.moment = at(2026, 9, 7)
    programme_id = (await start_programme(karta, shipped, months=MONTHS)).programme_id
    async with karta.transaction() as session:
        rows = await load_programme(session, programme_id)
    director, curator, social = (
        actor_of(rows.person(key)) for key in ("director", "curator", "social")
    )
    target = {step.code: Target(step.id) for step in rows.steps}
    await add_person(
        karta, by=director, email="observer@region.example", name="Петрова А.А.", key="observer",
        post="отдел образования", roles=["observer"],
    )  # fmt: skip

    async def done(code: str, month: int, day: int, year: int = 2026) -> None:
        clock.moment = at(year, month, day)
        await finish_step(karta, target[code], by=curator, reason="подтверждение в папке")

    await done("1.1", 9, 25)
    await done("1.2", 10, 6)
    await done("1.3", 10, 28)
    await done("1.4", 11, 13)
    clock.moment = at(2026, 11, 24)
    await move_due(
        karta, target["2.1"], by=curator, end=date(2026, 12, 11),
        reason="карантин в 5–6 классах, анкеты соберём после него",
    )  # fmt: skip
    clock.moment = at(2026, 12, 9)
    link = [LinkAttachment("talon.example/ankety")]
    await report_step(karta, target["2.1"], by=social, note="17 анкет", attachments=link)
    await done("2.1", 12, 10)
    await done("2.2", 12, 15)
    clock.moment = at(2026, 12, 16)
    await change_owner(
        karta, target["2.3"], by=curator, owner_id=social.person_id,
        reason="базу ведёт соц. педагог",
    )  # fmt: skip
    await done("2.3", 1, 20, 2027)
    clock.moment = at(2027, 1, 26)
    fifth = shipped.text
    for old in ("Сентябрь 2021", "Октябрь 2021", "Ноябрь 2021", "Декабрь 2021"):
        start = fifth.index("- id: 5")
        fifth = fifth[:start] + fifth[start:].replace(f"due: {old}", "due: Июнь 2022", 1)
    await apply_revision(
        karta, programme_id, load_text(fifth, shipped.file), by=director,
        reason="пары складываются после обучения наставников",
    )  # fmt: skip
    clock.moment = at(2027, 2, 4)
    await move_due(
        karta, target["3.2"], by=curator, end=date(2027, 3, 12), reason="ждём ответа родителей"
    )
    clock.moment = at(2027, 2, 8)
    await open_stage_early(
        karta, programme_id, "4", by=director, reason="обучение в феврале проводит область"
    )
    await skip_step(karta, target["4.2"], by=curator, reason="материалы даёт область")
    await done("4.1", 2, 15, 2027)
    clock.moment = at(2027, 2, 16)


class ServedSchool:
    """The real pages over that school, in a thread; its clock stands at the story's end."""

    def __init__(self, server_url: str, template: str, shipped: Loaded, home: Path) -> None:
        self.port = free_port()
        self.sessions: dict[str, str] = {}
        self.letter_link = ""
        self._server_url, self._template = server_url, template
        self._shipped, self._home = shipped, home
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._failure: BaseException | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        until(lambda: self._failure or (self._server and self._server.started), bool, 60)
        if self._failure:
            raise self._failure
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.should_exit = True
        self._thread.join(20)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # told to the test, which waits in another thread
            self._failure = error

    async def _serve(self) -> None:
        name = f"served_{uuid4().hex[:12]}"
        await execute(self._server_url, f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        clock = SetClock(at(2026, 9, 7))
        settings = Settings(
            home=self._home, port=self.port, smtp_url="smtp://127.0.0.1:25", _env_file=None
        )
        karta = wire(settings, with_database(self._server_url, name), clock=clock)
        try:
            await live_through(karta, clock, self._shipped)
            self.sessions = await _sessions(karta)
            self.letter_link = await _letter_link(karta)
            config = uvicorn.Config(create_app(karta), port=self.port, log_level="warning")
            self._server = uvicorn.Server(config)
            await self._server.serve()
        finally:
            await karta.close()
            await execute(self._server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _sessions(karta: Karta) -> dict[str, str]:
    """A session's token for everybody, by key."""
    async with karta.transaction() as session:
        people = list(await session.exec(select(Person)))
    found = {}
    for person in people:
        link = await first_link(karta, person.id)
        found[person.key] = (await sign_in_by_link(karta, link.rpartition("/")[2]))[1]
    return found


async def _letter_link(karta: Karta) -> str:
    """What a letter's button opens: the page of a step that is under way."""
    async with karta.transaction() as session:
        found = await session.exec(
            select(Letter, Step.id)
            .join(LetterStep, LetterStep.letter_id == Letter.id)
            .join(Step, Step.id == LetterStep.step_id)
            .where(Letter.kind == "opened", Step.state == StepState.OPEN)
            .order_by(Step.position, Letter.created_at.desc())
        )
        letter, step_id = found.first()
        return (await letter_links(karta, session, letter)).steps[step_id]
