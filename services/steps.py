"""What people do with a step. Each use case is one transaction that ends with `advance`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import ParamSpec
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import ProgrammeRows, load_programme
from models.tables import Access, AccessKind, Event, Evidence, Person, Step
from notifications.letters import Payload
from roadmap.errors import ChangedMeanwhile, GateClosed, InputWrong, MoveRefused, NotFound
from roadmap.gates import Closed, step_gate
from roadmap.kinds import KINDS, EvidenceRule
from roadmap.states import STEP_STATE_WORDS, Move, ProgrammeState, StepState, moved
from services.actor import Actor
from services.advance import advance, changed
from services.boards import addressee, board_of, calendar_of, deadline, due_words, school_day
from services.evidence import Attachment, attach
from services.journal import record
from services.journal_details import due_change, due_in_force, owner_change
from services.meeting_rows import cancel_live_meeting
from services.outbox import queue_letter
from services.wiring import Karta
from services.writing import reported_letter, returned_letter

P = ParamSpec("P")

LONGEST_TEXT = 4000
"""Characters of a note or reason."""


@dataclass(frozen=True, slots=True)
class Target:
    """A step a person acts on and, from a page, the version of it that the page showed.

    Without a version the move is made on whatever the step is now.
    """

    step_id: UUID
    version: int | None = None


@dataclass
class Work:
    """A step being changed inside a transaction."""

    session: AsyncSession
    rows: ProgrammeRows
    step: Step
    now: datetime

    @property
    def today(self) -> date:
        return school_day(self.now, self.rows.organisation.zone)


@asynccontextmanager
async def changing(karta: Karta, target: Target, by: Actor) -> AsyncIterator[Work]:
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
        yield Work(session, rows, step, now)
        step.version += 1
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
        return ChangedMeanwhile(words, None, "")
    who = rows.people[last.by_id].short if last.by_id in rows.people else "Карта"
    words = f"пока страница была открыта, {who}: «{last.text}»; {state}"
    return ChangedMeanwhile(words, last.by_id, last.kind)


def once(kind: str) -> Callable[[Callable[P, Awaitable[None]]], Callable[P, Awaitable[None]]]:
    """The same form sent twice by the same person is one change: the second is already done."""

    def wrap(use_case: Callable[P, Awaitable[None]]) -> Callable[P, Awaitable[None]]:
        @wraps(use_case)
        async def made(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                await use_case(*args, **kwargs)
            except ChangedMeanwhile as error:
                by = kwargs["by"]
                if not isinstance(by, Actor) or (error.by, error.kind) != (by.person_id, kind):
                    raise

        return made

    return wrap


def _move(work: Work, move: Move) -> None:
    """Applies a move of the table; a closed gate is told with its reason."""
    step = work.step
    if step.state is StepState.WAITING and move not in (Move.SKIP, Move.OPEN):
        stage = work.rows.stage_of(step)
        board = board_of(work.rows)
        gate = step_gate(board, board.stage(stage.code), tuple(step.needs))
        if isinstance(gate, Closed):
            what = (
                f"этап {stage.code} закрыт"
                if stage.opened_at is None
                else (f"мероприятие {step.code} ещё не началось")
            )
            raise GateClosed(f"{what}: {gate.reason}", gate.missing)
    try:
        step.state = moved(step.state, move)
    except MoveRefused as refusal:
        raise MoveRefused(f"{step.code}: {refusal}") from None


def cleaned(words: str, what: str, *, required: bool) -> str:
    """A note or reason as typed, trimmed; raises `InputWrong` when missing or too long."""
    # A browser counts a line break as one character and sends two.
    trimmed = words.replace("\r\n", "\n").strip().replace("\x00", "")
    if required and not trimmed:
        raise InputWrong(f"напишите, {what}: без этого нельзя")
    if len(trimmed) > LONGEST_TEXT:
        raise InputWrong(f"{what}: {len(trimmed)} знаков, можно не больше {LONGEST_TEXT}")
    return trimmed


async def _evidence_count(work: Work) -> int:
    """How many files and links the step has; of a recurring one, those of this time."""
    found = select(func.count()).select_from(Evidence).where(Evidence.step_id == work.step.id)
    if work.step.turn_since is not None:
        found = found.where(Evidence.added_at > work.step.turn_since)
    return (await work.session.exec(found)).one()


def _late_days(work: Work, step: Step, *, accepting: bool) -> int:
    """Calendar days after its due date, 0 in time: what next year's plan may learn from.

    Of an accepted report it is the day of the report: the wait for its check is not the owner's.
    """
    due = deadline(step, calendar_of(work.rows))
    day = work.today
    if accepting and step.reported_at is not None:
        day = school_day(step.reported_at, work.rows.organisation.zone)
    return max(0, (day - due).days) if due else 0


@once("step.reported")
async def report_step(
    karta: Karta,
    target: Target,
    *,
    by: Actor,
    note: str = "",
    attachments: Sequence[Attachment] = (),
) -> None:
    """The owner says that the step is done; curators get a letter.

    Raises `InputWrong` when evidence is required and there is none, `MoveRefused`, `GateClosed`.
    """
    async with changing(karta, target, by) as work:
        step = work.step
        by.require_owner_or_curator(step, "Сообщить о выполнении")
        note = cleaned(note, "что сделано", required=False)
        _move(work, Move.REPORT)
        await attach(work.session, step, attachments, by=by, now=work.now)
        count = await _evidence_count(work)
        if step.evidence is EvidenceRule.REQUIRED and not count:
            raise InputWrong(
                f"мероприятие {step.code}: приложите {KINDS[step.kind].evidence}; "
                "без этого отчёт не принимается"
            )
        step.report_note, step.reported_at, step.return_reason = note, work.now, ""
        record(
            work.session, "step.reported", f"{step.code}: отчёт о выполнении", at=work.now, by=by,
            programme=work.rows.programme, step=step, reason=note, attached=count,
        )  # fmt: skip
        readers = _others(work, by, "curator") or _others(work, by, "director")
        for reader in _addressees(work, readers):
            letter = reported_letter(work.rows, reader, step, by, count, work.today)
            await _send(karta, work, letter, reader, "reported")


def _others(work: Work, by: Actor, role: str) -> list[Person]:
    return [person for person in work.rows.with_role(role) if person.id != by.person_id]


def _addressees(work: Work, people: list[Person]) -> list[Person]:
    """Who gets their letters today, each once."""
    found = [addressee(work.rows, person, work.today) for person in people]
    return list({person.id: person for person in found}.values())


async def _send(karta: Karta, work: Work, letter: Payload, to: Person, kind: str) -> None:
    await queue_letter(
        karta,
        work.session,
        letter,
        key=f"{kind}:{work.step.id}:{to.id}:{work.step.version}",
        to=to,
        now=work.now,
        programme_id=work.rows.programme.id,
        step_ids=(work.step.id,),
    )


@once("step.done")
async def finish_step(karta: Karta, target: Target, *, by: Actor, reason: str = "") -> None:
    """A curator accepts a report or marks an open step done.

    `reason` is needed where evidence is required and there is none.
    """
    by.require_curator("Отметить выполненным")
    async with changing(karta, target, by) as work:
        step = work.step
        reason = cleaned(reason, "причину", required=False)
        accepting = step.state is StepState.REPORTED
        following = board_of(work.rows).step(step.code).next_turn
        _move(work, Move.NEXT if following else Move.ACCEPT if accepting else Move.DONE)
        lacking = step.evidence is EvidenceRule.REQUIRED and not await _evidence_count(work)
        if lacking and not reason:
            raise InputWrong(
                f"мероприятие {step.code}: нет подтверждения (нужно приложить "
                f"{KINDS[step.kind].evidence}); приложите его или напишите, почему принимаете без "
                "него"
            )
        words = "принято" if accepting else "выполнено"
        if step.turns:
            words += f", {step.turn + 1}-й раз из {len(step.turns)}, срок {due_words(step)}"
        without = " без подтверждения" if lacking else ""
        details = {
            "without_evidence": lacking,
            "turn": step.turn,
            "late_days": _late_days(work, step, accepting=accepting),
            "owner": str(step.owner_id),
        }
        if following is None:
            step.finished_at = work.now
        else:
            was = due_in_force(step)
            step.turn += 1
            step.due_start, step.due_end = following
            step.due_set_on, step.turn_since = work.today, work.now
            step.report_note, step.reported_at = "", None
            details |= due_change(was, step)
        record(
            work.session, "step.done", f"{step.code}: {words}{without}", at=work.now, by=by,
            programme=work.rows.programme, step=step, reason=reason, **details,
        )  # fmt: skip


@once("step.returned")
async def return_step(karta: Karta, target: Target, *, by: Actor, reason: str) -> None:
    """A curator sends a reported or finished step back to its owner, who gets a letter."""
    by.require_curator("Вернуть на доработку")
    reason = cleaned(reason, "что доработать", required=True)
    async with changing(karta, target, by) as work:
        step = work.step
        _move(work, Move.RETURN)
        step.return_reason, step.finished_at = reason, None
        record(
            work.session, "step.returned", f"{step.code}: возвращено на доработку", at=work.now,
            by=by, programme=work.rows.programme, step=step, reason=reason,
        )  # fmt: skip
        owner = addressee(work.rows, work.rows.owner(step), work.today)
        step.told_id = owner.id  # this letter tells the owner; no opening letter besides
        letter = returned_letter(work.rows, owner, step, by, reason, work.today)
        await _send(karta, work, letter, owner, "returned")


@once("step.skipped")
async def skip_step(karta: Karta, target: Target, *, by: Actor, reason: str) -> None:
    """A curator says that the step is not needed, and why."""
    by.require_curator("Отметить «не требуется»")
    reason = cleaned(reason, "почему мероприятие не требуется", required=True)
    async with changing(karta, target, by) as work:
        step = work.step
        _move(work, Move.SKIP)
        step.finished_at = work.now
        await cancel_live_meeting(karta, work.session, work.rows, step, by, work.now)
        record(
            work.session, "step.skipped", f"{step.code}: не требуется", at=work.now, by=by,
            programme=work.rows.programme, step=step, reason=reason,
        )  # fmt: skip


@once("step.restored")
async def restore_step(karta: Karta, target: Target, *, by: Actor, reason: str) -> None:
    """A curator takes «не требуется» back."""
    by.require_curator("Вернуть мероприятие в план")
    reason = cleaned(reason, "почему мероприятие снова нужно", required=True)
    async with changing(karta, target, by) as work:
        step = work.step
        _move(work, Move.RESTORE)
        step.finished_at, step.told_id = None, None
        record(
            work.session, "step.restored", f"{step.code}: снова в плане", at=work.now, by=by,
            programme=work.rows.programme, step=step, reason=reason,
        )  # fmt: skip


@once("step.owner_changed")
async def change_owner(
    karta: Karta, target: Target, *, by: Actor, owner_id: UUID, reason: str = ""
) -> None:
    """A curator gives the step to somebody else; an open one is theirs by letter at once.

    The former owner's links to this step stop working.
    """
    by.require_curator("Сменить ответственного")
    reason = cleaned(reason, "причину", required=False)
    async with changing(karta, target, by) as work:
        step, rows = work.step, work.rows
        new = rows.people.get(owner_id)
        if new is None or not new.active:
            raise InputWrong("такого сотрудника нет в списке людей")
        if set(new.roles) == {"observer"}:
            raise InputWrong(f"{new.short} – наблюдатель и мероприятий не ведёт")
        old = rows.owner(step)
        if new.id == old.id:
            raise InputWrong(f"за мероприятие {step.code} уже отвечает {new.short}")
        step.owner_id = new.id
        await work.session.exec(
            update(Access)
            .where(
                col(Access.step_id) == step.id,
                col(Access.person_id) == old.id,
                col(Access.kind) == AccessKind.STEP,
                col(Access.revoked_at).is_(None),
            )
            .values(revoked_at=work.now)
        )
        record(
            work.session, "step.owner_changed",
            f"{step.code}: ответственный – {new.short} (был {old.short})", at=work.now, by=by,
            programme=rows.programme, step=step, reason=reason,
            **owner_change(old, new),
        )  # fmt: skip


@once("step.due_moved")
async def move_due(karta: Karta, target: Target, *, by: Actor, end: date, reason: str) -> None:
    """A curator moves the step's last day; the first plan stays for comparison."""
    by.require_curator("Перенести срок")
    reason = cleaned(reason, "почему переносится срок", required=True)
    async with changing(karta, target, by) as work:
        step = work.step
        if step.state in (StepState.DONE, StepState.SKIPPED):
            raise MoveRefused(f"мероприятие {step.code} уже завершено, срок не переносится")
        if not 2000 <= end.year <= 2100:
            raise InputWrong(f"год {end.year} не похож на правду; проверьте дату")
        was = due_in_force(step)
        start = step.due_start if step.due_start and step.due_start <= end else None
        step.due_start, step.due_end, step.due_set_on = start, end, work.today
        step.relative = None  # from now on it follows nothing any more
        record(
            work.session, "step.due_moved",
            f"{step.code}: срок {due_words(step)} (был {was.words})",
            at=work.now, by=by, programme=work.rows.programme, step=step, reason=reason,
            **due_change(was, step),
        )  # fmt: skip


async def open_stage_early(
    karta: Karta, programme_id: UUID, stage_code: str, *, by: Actor, reason: str
) -> None:
    """The director opens a closed stage before its time, with a reason the journal keeps."""
    by.require_director("Открыть этап раньше срока")
    reason = cleaned(reason, "почему этап открывается раньше", required=True)
    now = karta.clock.now()
    async with karta.transaction() as session:
        rows = await load_programme(session, programme_id, lock=True)
        if rows.organisation.id != by.organisation_id:
            raise NotFound("такой программы нет")
        if rows.programme.state is not ProgrammeState.RUNNING:
            raise MoveRefused("дорожная карта не идёт, открыть этап нельзя")
        stage = rows.stage(stage_code)
        if stage.opened_at is not None:
            raise MoveRefused(f"этап {stage_code} уже открыт")
        stage.opened_early_by, stage.opened_early_reason = by.person_id, reason
        session.add(stage)
        record(
            session, "stage.opened_early", f"Этап {stage_code} открыт досрочно", at=now, by=by,
            programme=rows.programme, stage=stage, reason=reason,
        )  # fmt: skip
        await session.flush()
        await advance(karta, session, rows, now)
