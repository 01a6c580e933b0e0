"""What every change of one step has in common: locking, versions, letters, advancing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import ProgrammeRows, load_programme
from models.situation import Situation
from models.tables import Event, Person, Step
from notifications.payload import Payload
from roadmap.errors import ChangedMeanwhile, MoveRefused, NotFound
from roadmap.states import STEP_STATE_WORDS, ProgrammeState, StepState
from services.actor import Actor
from services.journal.record import who_acted
from services.karta import Karta
from services.letters.outbox import queue_letter
from services.programme.advance import advance, raise_version


@dataclass(frozen=True, slots=True)
class Target:
    """A step a person acts on and, from a page, the version of it that the page showed.

    Without a version the move is made on whatever the step is now. form: tells what was typed into
    the form from what was typed into another.
    """

    step_id: UUID
    version: int | None = None
    form: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a use case has made of a step: its number and the state it is in now."""

    code: str
    state: StepState


class StepChangedMeanwhile(ChangedMeanwhile):
    """Somebody was first; `step` is what they have made of it."""

    def __init__(self, message: str, step: Changed, by: object, kind: str, form: str = "") -> None:
        self.step = step
        super().__init__(message, by, kind, form)


@dataclass
class StepChange:
    """A step being changed inside a transaction; `form` as in `Target`."""

    session: AsyncSession
    situation: Situation
    step: Step
    form: str = ""

    @property
    def rows(self) -> ProgrammeRows:
        return self.situation.rows

    @property
    def now(self) -> datetime:
        return self.situation.now

    @property
    def today(self) -> date:
        return self.situation.today

    @property
    def changed(self) -> Changed:
        """What has become of the step; final once the block of `changing` has ended."""
        return Changed(self.step.code, self.step.state)


@asynccontextmanager
async def changing(karta: Karta, target: Target, by: Actor) -> AsyncIterator[StepChange]:
    """Locks the step's programme, checks the version, and advances when the block ends."""
    now = karta.clock.now()
    async with karta.transaction() as session:
        programme_id = (
            await session.exec(select(Step.programme_id).where(Step.id == target.step_id))
        ).one_or_none()
        if programme_id is None:
            raise NotFound("такого мероприятия нет")
        rows = await load_programme(session, programme_id, lock=True)
        if rows.organisation.id != by.organisation_id:
            raise NotFound("такого мероприятия нет")
        step = rows.step_by_id(target.step_id)
        if rows.programme.state is ProgrammeState.STOPPED:
            raise MoveRefused("дорожная карта остановлена, изменить ничего нельзя")
        if target.version is not None and target.version != step.version:
            raise await _what_changed(session, rows, step)
        situation = Situation(rows, now)
        yield StepChange(session, situation, step, target.form)
        step.version += 1
        step.last_form = target.form
        session.add(step)
        await session.flush()
        await raise_version(session, rows)
        await advance(karta, session, situation.again())


async def _what_changed(
    session: AsyncSession, rows: ProgrammeRows, step: Step
) -> StepChangedMeanwhile:
    last = (
        await session.exec(
            select(Event).where(Event.step_id == step.id).order_by(col(Event.id).desc()).limit(1)
        )
    ).first()
    state = f"сейчас мероприятие {step.code} «{STEP_STATE_WORDS[step.state]}»"
    now = Changed(step.code, step.state)
    if last is None:
        words = f"пока страница была открыта, мероприятие изменилось; {state}"
        return StepChangedMeanwhile(words, now, None, "", step.last_form)
    who = who_acted(rows.people, last)
    words = f"пока страница была открыта, {who}: «{last.text}»; {state}"
    return StepChangedMeanwhile(words, now, last.by_id, last.kind, step.last_form)


def curators_to_tell(work: StepChange, by: Actor, *, besides: UUID | None = None) -> list[Person]:
    """Who gets the curators' letters today, else the director's, each once.

    Neither the actor nor `besides`: nobody is asked to judge their own doing.
    """
    aside = {by.person_id, besides}
    for role in ("curator", "director"):
        asked = [person for person in work.rows.with_role(role) if person.id not in aside]
        found = [work.situation.addressee(person) for person in asked]
        if reached := {person.id: person for person in found if person.id not in aside}:
            return list(reached.values())
    return []


async def queue_about_step(
    karta: Karta, work: StepChange, letter: Payload, to: Person, kind: str, *, opens: bool = True
) -> None:
    """Queues a letter about the step; it `opens` the step unless the reader is to see it no more.

    kind: with the step, the reader and the version the step is about to leave, the letter's key.
    """
    await queue_letter(
        karta,
        work.session,
        letter,
        key=f"{kind}:{work.step.id}:{to.id}:{work.step.version}",
        to=to,
        now=work.now,
        programme_id=work.rows.programme.id,
        step_ids=(work.step.id,) if opens else (),
    )
