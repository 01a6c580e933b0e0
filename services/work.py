"""What every change of one step has in common: locking, versions, letters, advancing."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import wraps
from hashlib import blake2s, sha256
from typing import ParamSpec
from uuid import UUID

from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import ProgrammeRows, load_programme
from models.tables import Event, Person, Step
from notifications.letters import Payload
from roadmap.errors import ChangedMeanwhile, InputWrong, MoveRefused, NotFound
from roadmap.states import STEP_STATE_WORDS, ProgrammeState
from services.actor import Actor
from services.advance import advance, changed
from services.boards import addressee, school_day
from services.evidence import FileAttachment
from services.journal import who_acted
from services.outbox import queue_letter
from services.wiring import Karta

P = ParamSpec("P")

LONGEST_TEXT = 4000
"""Characters of a note or reason."""


@dataclass(frozen=True, slots=True)
class Target:
    """A step a person acts on and, from a page, the version of it that the page showed.

    Without a version the move is made on whatever the step is now. form: tells what was typed into
    the form from what was typed into another.
    """

    step_id: UUID
    version: int | None = None
    form: str = ""


@dataclass
class Work:
    """A step being changed inside a transaction; `form` as in `Target`."""

    session: AsyncSession
    rows: ProgrammeRows
    step: Step
    now: datetime
    form: str = ""

    @property
    def today(self) -> date:
        return school_day(self.now, self.rows.organisation.zone)


@asynccontextmanager
async def work_on(karta: Karta, target: Target, by: Actor) -> AsyncIterator[Work]:
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
        yield Work(session, rows, step, now, target.form)
        step.version += 1
        step.last_form = target.form
        session.add(step)
        await session.flush()
        await changed(session, rows)
        await advance(karta, session, rows, now)


async def _what_changed(session: AsyncSession, rows: ProgrammeRows, step: Step) -> ChangedMeanwhile:
    last = (
        await session.exec(
            select(Event).where(Event.step_id == step.id).order_by(col(Event.id).desc()).limit(1)
        )
    ).first()
    state = f"сейчас мероприятие {step.code} «{STEP_STATE_WORDS[step.state]}»"
    if last is None:
        words = f"пока страница была открыта, мероприятие изменилось; {state}"
        return ChangedMeanwhile(words, None, "", step.last_form)
    who = who_acted(rows.people, last)
    words = f"пока страница была открыта, {who}: «{last.text}»; {state}"
    return ChangedMeanwhile(words, last.by_id, last.kind, step.last_form)


def once(kind: str) -> Callable[[Callable[P, Awaitable[None]]], Callable[P, Awaitable[None]]]:
    """The same form sent twice by the same person is one change: the second is already done.

    A form that says something else is not the same, and is told what has changed meanwhile.
    """

    def wrap(use_case: Callable[P, Awaitable[None]]) -> Callable[P, Awaitable[None]]:
        @wraps(use_case)
        async def made(*args: P.args, **kwargs: P.kwargs) -> None:
            typed = _typed(kwargs)
            known = [replace(a, form=typed) if isinstance(a, Target) else a for a in args]
            try:
                await use_case(*known, **kwargs)  # type: ignore[arg-type]
            except ChangedMeanwhile as error:
                by = kwargs["by"]
                if not isinstance(by, Actor) or (error.by, error.kind) != (by.person_id, kind):
                    raise
                if known != list(args) and error.form != typed:
                    raise

        return made

    return wrap


def _typed(values: Mapping[str, object]) -> str:
    """A digest of what a form says, files by their contents; who sent it is no part of it."""
    digest = blake2s()
    for name, value in sorted(values.items()):
        if name == "by":
            continue
        for part in value if isinstance(value, list | tuple) else (value,):
            if isinstance(part, FileAttachment):
                digest.update(part.file_name.encode() + sha256(part.content).digest())
            else:
                digest.update(f"{name}={str(part).strip()}\0".encode())
    return digest.hexdigest()


def cleaned(words: str, what: str, *, required: bool) -> str:
    """A note or reason as typed, trimmed; raises `InputWrong` when missing or too long."""
    # A browser counts a line break as one character and sends two.
    trimmed = words.replace("\r\n", "\n").strip().replace("\x00", "")
    if required and not trimmed:
        raise InputWrong(f"напишите, {what}: без этого нельзя")
    if len(trimmed) > LONGEST_TEXT:
        raise InputWrong(f"{what}: {len(trimmed)} знаков, можно не больше {LONGEST_TEXT}")
    return trimmed


def readers(work: Work, by: Actor, *, besides: UUID | None = None) -> list[Person]:
    """Who gets the curators' letters today, else the director's, each once.

    Neither the actor nor `besides`: nobody is asked to judge their own doing.
    """
    aside = {by.person_id, besides}
    for role in ("curator", "director"):
        asked = [person for person in work.rows.with_role(role) if person.id not in aside]
        found = [addressee(work.rows, person, work.today) for person in asked]
        if reached := {person.id: person for person in found if person.id not in aside}:
            return list(reached.values())
    return []


async def send(
    karta: Karta, work: Work, letter: Payload, to: Person, kind: str, *, opens: bool = True
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
