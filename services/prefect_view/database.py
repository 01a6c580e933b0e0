"""`PrefectView` on our database: what the Prefect flows read, settle and remember."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text, update
from sqlmodel import col, select

from models.database import AsyncSession
from models.dues import due_words
from models.repository import load_programme
from models.situation import Situation
from models.tables import Organisation, Programme, Stage, Step
from roadmap.calendar import SchoolCalendar
from roadmap.errors import NotFound
from roadmap.spec import CalendarSpec, school_calendar
from roadmap.states import ProgrammeState, StageState
from services.karta import Karta
from services.prefect_view.picture import (
    ProgrammePicture,
    Shown,
    StagePicture,
    StepPicture,
    programme_shown,
    stage_shown,
    step_shown,
)
from services.programme.advance import advance, advance_programme

DAILY_MISSED_AT = time(7, 45)
"""School time after which a daily pass that Prefect should have started counts as missed."""


def picture_of(situation: Situation, base_url: str) -> ProgrammePicture:
    """What Prefect should show of a programme."""
    rows = situation.rows
    stages = []
    for stage in rows.stages:
        steps = rows.steps_of(stage)
        stages.append(
            StagePicture(
                id=stage.id,
                code=stage.code,
                title=stage.title,
                state=stage_shown(stage.state, [step.state for step in steps]),
                last_shown=stage.shown_state,
                steps=tuple(
                    StepPicture(
                        id=step.id,
                        code=step.code,
                        title=step.title,
                        state=_step_shown(situation, stage, step),
                        last_shown=step.shown_state,
                        owner_post=rows.owner(step).post or "должность не указана",
                        due_text=due_words(step),
                        url=f"{base_url}/steps/{step.id}",
                    )
                    for step in steps
                ),
            )
        )
    return ProgrammePicture(
        id=rows.programme.id,
        title=rows.programme.title,
        organisation=rows.organisation.name,
        version=rows.programme.version,
        state=programme_shown(
            rows.programme.state,
            {stage.code: stage.state for stage in rows.stages},
            [step.state for step in rows.steps],
        ),
        stages=tuple(stages),
    )


def _step_shown(situation: Situation, stage: Stage, step: Step) -> Shown:
    waits_for = situation.missing(step) if stage.state is not StageState.CLOSED else ()
    due = situation.deadline(step)
    return step_shown(step.state, due, situation.today, waits_for=waits_for)


async def _lock(session: AsyncSession, programme_id: UUID) -> None:
    """The programme's row first, as every use case does: else a click and a pass, each holding what
    the other wants, would wait for each other until the database ends one of them."""
    await session.exec(
        select(Programme.id).where(Programme.id == programme_id).with_for_update(key_share=True)
    )


class DatabaseView:
    """See `services.prefect_view.port.PrefectView`.

    wake_letters: has the letters that are due sent, without waiting for it.
    """

    def __init__(self, karta: Karta, wake_letters: Callable[[], None]) -> None:
        self._karta = karta
        self._wake_letters = wake_letters

    def wake_letters(self) -> None:
        self._wake_letters()

    async def settle(self, programme_id: UUID) -> ProgrammePicture | None:
        now = self._karta.clock.now()
        async with self._karta.transaction() as session:
            try:
                rows = await load_programme(session, programme_id, lock=True)
            except NotFound:
                return None
            if rows.programme.state is ProgrammeState.DRAFT:
                return None
            situation = Situation(rows, now)
            await advance(self._karta, session, situation)
            return picture_of(situation.again(), self._karta.settings.base_url)

    async def daily(self, programme_id: UUID) -> bool:
        return bool(await advance_programme(self._karta, programme_id))

    async def record_shown(
        self,
        picture: ProgrammePicture,
        steps: Iterable[StepPicture],
        stages: Iterable[StagePicture],
    ) -> bool:
        async with self._karta.transaction() as session:
            await _lock(session, picture.id)
            for step in steps:
                await session.exec(
                    update(Step).where(col(Step.id) == step.id).values(shown_state=step.key)
                )
            for stage in stages:
                await session.exec(
                    update(Stage).where(col(Stage.id) == stage.id).values(shown_state=stage.key)
                )
            newest = await session.exec(
                update(Programme)
                .where(col(Programme.id) == picture.id)
                .values(shown_version=picture.version)
                .returning(col(Programme.version))
            )
            return newest.scalar_one_or_none() in (picture.version, None)

    async def forget_shown(self, programme_id: UUID, ids: Iterable[UUID]) -> None:
        wanted = list(ids)
        async with self._karta.transaction() as session:
            await _lock(session, programme_id)
            for table in (Step, Stage):
                await session.exec(
                    update(table)
                    .where(col(table.programme_id) == programme_id, col(table.id).in_(wanted))
                    .values(shown_state=None)
                )
            await session.exec(
                update(Programme).where(col(Programme.id) == programme_id).values(shown_version=0)
            )

    async def remember_run(self, programme_id: UUID, flow_run_id: UUID) -> None:
        async with self._karta.transaction() as session:
            await session.exec(
                update(Programme)
                .where(col(Programme.id) == programme_id)
                .values(flow_run_id=flow_run_id)
            )

    async def run_of(self, programme_id: UUID) -> UUID | None:
        run: UUID | None = await self._first(
            select(Programme.flow_run_id).where(Programme.id == programme_id)
        )
        return run

    async def lagging(self) -> list[UUID]:
        return await self._all(
            select(Programme.id)
            .where(
                Programme.state != ProgrammeState.DRAFT,
                Programme.version != Programme.shown_version,
            )
            .order_by(col(Programme.created_at))
        )

    async def running_programmes(self) -> list[UUID]:
        return await self._all(
            select(Programme.id)
            .where(Programme.state == ProgrammeState.RUNNING)
            .order_by(col(Programme.created_at))
        )

    async def programmes_in(self, zone: str) -> list[UUID]:
        return await self._all(
            select(Programme.id)
            .join(Organisation, col(Organisation.id) == col(Programme.organisation_id))
            .where(Programme.state == ProgrammeState.RUNNING, Organisation.zone == zone)
            .order_by(col(Programme.created_at))
        )

    async def zones(self) -> list[str]:
        return await self._all(
            select(Organisation.zone)
            .join(Programme, col(Organisation.id) == col(Programme.organisation_id))
            .where(Programme.state == ProgrammeState.RUNNING)
            .distinct()
            .order_by(Organisation.zone)
        )

    async def daily_missed(self) -> list[UUID]:
        """Programmes whose daily pass of today should have been done a while ago."""
        now = self._karta.clock.now()
        async with self._karta.transaction() as session:
            found = await session.exec(
                select(
                    Programme.id,
                    col(Programme.daily_done),
                    Programme.calendar,
                    Organisation.zone,
                )
                .join(Organisation, col(Organisation.id) == col(Programme.organisation_id))
                .where(Programme.state == ProgrammeState.RUNNING)
            )
            return [
                programme_id
                for programme_id, done, declared, zone in found
                if self._is_missed(
                    done,
                    now.astimezone(ZoneInfo(zone)),
                    school_calendar(zone, CalendarSpec.model_validate(declared)),
                )
            ]

    @staticmethod
    def _is_missed(done: date | None, local: datetime, calendar: SchoolCalendar) -> bool:
        today = local.date()
        if local.time() < DAILY_MISSED_AT or (done is not None and done >= today):
            return False
        return calendar.is_working_day(today)

    @asynccontextmanager
    async def pass_lock(self, programme_id: UUID) -> AsyncIterator[bool]:
        # A session's lock, on a connection of its own: it goes when the process dies.
        async with self._karta.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            key = {"key": programme_id.int % 2**63}
            taken = (
                await connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key)
            ).scalar_one()
            try:
                yield bool(taken)
            finally:
                if taken:
                    await connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)

    async def _all(self, query: Any) -> list[Any]:
        async with self._karta.transaction() as session:
            return list(await session.exec(query))

    async def _first(self, query: Any) -> Any:
        async with self._karta.transaction() as session:
            return (await session.exec(query)).first()
