"""What a programme taught: its plan, and which steps ran late by how much."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import ProgrammeRows, load_programme, programmes_of
from models.situation import Situation
from models.tables import Event, Revision
from roadmap.next_year import Lesson
from roadmap.states import StepState
from services.journal.kinds import EventKind
from services.karta import Karta
from services.programme.finding import the_programme


@dataclass(frozen=True, slots=True)
class Taught:
    """The newest revision of a programme's plan, by how many months it was moved, its lessons.

    today: the school's date; school and title: to tell whether a file is this programme's.
    """

    title: str
    school: str
    source: str
    file_name: str
    shift_months: int
    lessons: tuple[Lesson, ...]
    today: date


async def taught_by_programme(karta: Karta, wanted: str | None) -> Taught:
    """Of the programme a command means; raises `NotFound`."""
    async with karta.transaction() as session:
        return await taught_by(karta, session, await the_programme(session, wanted))


async def taught_by_plan(karta: Karta, title: str, school: str) -> Taught | None:
    """Of the newest programme that this school runs by a plan of this title, if any."""
    async with karta.transaction() as session:
        for programme in await programmes_of(session, None):
            if programme.title == title:
                rows = await load_programme(session, programme.id)
                if rows.organisation.name == school:
                    return await taught_by(karta, session, rows)
    return None


async def taught_by(karta: Karta, session: AsyncSession, rows: ProgrammeRows) -> Taught:
    """Lateness comes from the journal; for what was done before it kept it, from the dates."""
    programme = rows.programme
    situation = Situation(rows, karta.clock.now())
    revision = (
        await session.exec(
            select(Revision).where(
                Revision.programme_id == programme.id, Revision.number == programme.revision
            )
        )
    ).one()
    entries = await session.exec(
        select(Event)
        .where(Event.programme_id == programme.id, Event.kind == EventKind.STEP_DONE)
        .order_by(col(Event.id))
    )
    # By step and turn: a step that came back and was done again counts as it ended.
    done: dict[object, dict[int, int]] = defaultdict(dict)
    for entry in entries:
        if "late_days" in entry.details:
            done[entry.step_id][entry.details.get("turn") or 0] = int(entry.details["late_days"])
    return Taught(
        title=programme.title,
        school=rows.organisation.name,
        source=revision.source,
        file_name=revision.file_name,
        shift_months=revision.shift_months,
        lessons=tuple(_lessons(situation, done)),
        today=situation.today,
    )


def _lessons(situation: Situation, done: dict[object, dict[int, int]]) -> list[Lesson]:
    found = []
    for step in situation.rows.steps:
        ended = step.state is StepState.DONE or bool(step.turns)
        told = done.get(step.id, {}) if ended else {}
        late = [days for days in told.values() if days > 0]
        if not told and step.state is StepState.DONE and step.finished_at:
            days = situation.days_after_due(step, step.finished_at)
            late = [days] if days > 0 else []
        if late:
            found.append(Lesson(step.code, max(late), len(late)))
        if over := situation.late_days(step):
            found.append(Lesson(step.code, over, unfinished=True))
    return found
