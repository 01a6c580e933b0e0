"""advance: applies the planner's actions in the caller's transaction. Idempotent; never sends."""

from uuid import UUID

from models.database import AsyncSession, notify
from models.repository import ProgrammeRows, load_programme
from models.situation import Situation
from roadmap.planner import (
    Action,
    CloseStage,
    EndDaily,
    EndDigest,
    FinishProgramme,
    LetterKind,
    OpenStage,
    OpenStep,
    QueueLetter,
    ReopenStage,
    ResumeProgramme,
    SetDue,
    plan,
)
from roadmap.states import Move, ProgrammeState, StageState, moved
from services.journal.due_and_owner import due_change, due_in_force
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.letters.outbox import queue_daily_letter, queue_letter
from services.letters.payloads.daily import daily_letter
from services.letters.payloads.digest import digest_letter
from services.letters.payloads.steps import opened_letter
from services.programme.open_proposals import DUE_ONLY, withdraw_open


async def advance_programme(karta: Karta, programme_id: UUID) -> list[Action]:
    """One pass over one programme in a transaction of its own; what it did."""
    async with karta.transaction() as session:
        rows = await load_programme(session, programme_id, lock=True)
        return await advance(karta, session, Situation(rows, karta.clock.now()))


async def advance(karta: Karta, session: AsyncSession, situation: Situation) -> list[Action]:
    """Does everything the planner asks for; rows must be locked, with the caller's changes in them.

    Returns the actions done; an empty list means all was as it should be.
    """
    actions = plan(situation.board, situation.now)
    for action in actions:
        await _perform(karta, session, situation, action)
    if any(not isinstance(action, EndDaily | EndDigest) for action in actions):
        await raise_version(session, situation.rows)
    return actions


async def raise_version(session: AsyncSession, rows: ProgrammeRows) -> None:
    """Raises the programme's version, so that Prefect's view is brought up to date on commit."""
    rows.programme.version += 1
    session.add(rows.programme)
    await notify(session, "karta_changed", str(rows.programme.id))


async def _perform(
    karta: Karta, session: AsyncSession, situation: Situation, action: Action
) -> None:
    rows, now = situation.rows, situation.now
    programme = rows.programme
    match action:
        case OpenStage(code):
            stage = rows.stage(code)
            stage.state, stage.opened_at = StageState.OPEN, now
            session.add(stage)
            record(
                session, EventKind.STAGE_OPENED, f"Этап {code} открыт", at=now,
                programme=programme, stage=stage,
            )  # fmt: skip
        case OpenStep(code):
            step = rows.step(code)
            step.state = moved(step.state, Move.OPEN)
            step.opened_at, step.version = now, step.version + 1
            session.add(step)
            record(
                session, EventKind.STEP_OPENED, f"Мероприятие {code} в работе", at=now,
                programme=programme, step=step,
            )  # fmt: skip
        case CloseStage(code):
            stage = rows.stage(code)
            stage.state, stage.closed_at = StageState.DONE, now
            session.add(stage)
            record(
                session, EventKind.STAGE_DONE, f"Этап {code} завершён", at=now,
                programme=programme, stage=stage,
            )  # fmt: skip
        case ReopenStage(code):
            stage = rows.stage(code)
            stage.state, stage.closed_at = StageState.OPEN, None
            session.add(stage)
            record(
                session, EventKind.STAGE_REOPENED, f"Этап {code} снова идёт", at=now,
                programme=programme, stage=stage,
            )  # fmt: skip
        case FinishProgramme():
            programme.state, programme.finished_at = ProgrammeState.DONE, now
            record(
                session,
                EventKind.PROGRAMME_DONE,
                "Дорожная карта завершена",
                at=now,
                programme=programme,
            )
        case ResumeProgramme():
            programme.state, programme.finished_at = ProgrammeState.RUNNING, None
            record(
                session, EventKind.PROGRAMME_RESUMED, "Дорожная карта снова идёт", at=now,
                programme=programme,
            )  # fmt: skip
        case SetDue(code, start, end):
            step = rows.step(code)
            was = due_in_force(step)
            step.due_start, step.due_end = start, end
            step.due_set_on = situation.today
            if step.plan_end is None:
                # Counted for the first time: this is what the first plan meant.
                step.plan_start, step.plan_end = start, end
            step.version += 1
            session.add(step)
            change = due_change(was, step)
            await withdraw_open(
                session, programme, step, DUE_ONLY, at=now, why="срок уже изменился"
            )
            record(
                session, EventKind.STEP_DUE_FOLLOWED,
                f"{code}: срок {change['after']} (был {change['before']})", at=now,
                programme=programme, step=step,
                reason=f"срок «{step.due_text}» посчитан заново", **change,
            )  # fmt: skip
        case QueueLetter():
            await _queue(karta, session, situation, action)
        case EndDaily(on):
            programme.daily_done = on
            session.add(programme)
        case EndDigest(on):
            programme.digest_done = on
            session.add(programme)


async def _queue(
    karta: Karta, session: AsyncSession, situation: Situation, action: QueueLetter
) -> None:
    rows, now = situation.rows, situation.now
    to = rows.person(action.to)
    steps = [rows.step(code) for code in action.steps]
    codes = "+".join(action.steps)
    if action.kind is LetterKind.OPENED:
        letter = opened_letter(situation, to, steps)
        # The moment, not the day: a step restored and opened again the same day is told again.
        key = f"opened:{rows.programme.id}:{to.id}:{codes}:{now.isoformat()}"
        for step in steps:
            step.told_id = to.id
            session.add(step)
        await queue_letter(
            karta, session, letter, key=key, to=to, now=now, programme_id=rows.programme.id,
            step_ids=tuple(step.id for step in steps),
        )  # fmt: skip
        return
    for step in steps:
        if situation.addressee(rows.owner(step)).id == to.id:
            step.told_id = to.id
            session.add(step)
    daily = (
        daily_letter(situation, to, action.mentions)
        if action.digest is None
        else await digest_letter(session, situation, to, action.mentions, action.digest)
    )
    await queue_daily_letter(
        karta, session, daily, to=to, on=action.on, now=now, programme_id=rows.programme.id,
        step_ids=tuple(step.id for step in steps),
    )  # fmt: skip
