"""What people do with a step. Each use case is one transaction that ends with `advance`."""

from collections.abc import Sequence

from models.dues import due_words
from models.tables.columns import Json
from roadmap.errors import GateClosed, InputWrong, MoveRefused
from roadmap.gates import Closed
from roadmap.states import Move, StepState, moved
from services.actor import Actor
from services.journal.due_and_owner import due_change, due_in_force
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.letters.payloads.steps import reported_letter, returned_letter
from services.programme.open_proposals import BOTH, DUE_ONLY, withdraw_open
from services.steps.change import (
    Changed,
    StepChange,
    Target,
    changing,
    curators_to_tell,
    queue_about_step,
)
from services.steps.evidence import Attachment, attach, evidence_count
from services.steps.meeting_rows import cancel_live_meeting
from services.steps.same_form import once
from services.steps.telling import tell_owner
from services.steps.workspaces import WORKSPACES, Lacking, Workspaces
from services.typed import cleaned


def _move(work: StepChange, move: Move) -> None:
    """Applies a move of the table; a closed gate is told with its reason."""
    step = work.step
    if step.state is StepState.WAITING and move not in (Move.SKIP, Move.OPEN):
        stage = work.rows.stage_of(step)
        gate = work.situation.gate(step)
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


async def _lacking(work: StepChange, by: Actor, workspaces: Workspaces) -> Lacking | None:
    """What the step lacks once the evidence that its workspace leaves is attached."""
    workspace = workspaces[work.step.kind]
    if left := await workspace.evidence(work.session, work.step):
        await attach(work.session, work.step, left, by=by, now=work.now)
    return await workspace.lacking(work.session, work.step)


def _late_days(work: StepChange, *, accepting: bool) -> int:
    """Calendar days after its due date, 0 in time: what next year's plan may learn from.

    Of an accepted report it is the day of the report: the wait for its check is not the owner's.
    """
    reported = work.step.reported_at if accepting else None
    return work.situation.days_after_due(work.step, reported or work.now)


@once(EventKind.STEP_REPORTED)
async def report_step(
    karta: Karta,
    target: Target,
    *,
    by: Actor,
    note: str = "",
    attachments: Sequence[Attachment] = (),
    workspaces: Workspaces = WORKSPACES,
) -> Changed:
    """The owner says that the step is done; curators get a letter.

    Raises `InputWrong` when the step lacks what its workspace wants, `MoveRefused`, `GateClosed`.
    """
    async with changing(karta, target, by) as work:
        step = work.step
        by = by.require_owner_or_curator(step, "Сообщить о выполнении")
        note = cleaned(note, "что сделано", required=False)
        _move(work, Move.REPORT)
        await attach(work.session, step, attachments, by=by, now=work.now)
        if lacking := await _lacking(work, by, workspaces):
            raise InputWrong(f"мероприятие {step.code}: {lacking.to_owner}")
        count = await evidence_count(work.session, step)
        step.report_note, step.reported_at, step.return_reason = note, work.now, ""
        record(
            work.session,
            EventKind.STEP_REPORTED,
            f"{step.code}: отчёт о выполнении",
            at=work.now,
            by=by,
            programme=work.rows.programme,
            step=step,
            reason=note,
            attached=count,
        )
        for reader in curators_to_tell(work, by):
            letter = reported_letter(work.situation, reader, step, by, count)
            await queue_about_step(karta, work, letter, reader, "reported")
    return work.changed


@once(EventKind.STEP_DONE)
async def finish_step(
    karta: Karta,
    target: Target,
    *,
    by: Actor,
    reason: str = "",
    workspaces: Workspaces = WORKSPACES,
) -> Changed:
    """A curator accepts a report or marks an open step done.

    `reason` is needed where the step lacks what its workspace wants.
    """
    by = by.require_curator("Отметить выполненным")
    async with changing(karta, target, by) as work:
        step = work.step
        reason = cleaned(reason, "причину", required=False)
        accepting = step.state is StepState.REPORTED
        following = work.situation.board.step(step.code).next_turn
        _move(work, Move.NEXT if following else Move.ACCEPT if accepting else Move.DONE)
        lacking = await _lacking(work, by, workspaces)
        if lacking and not reason:
            raise InputWrong(f"мероприятие {step.code}: {lacking.to_curator}")
        words = "принято" if accepting else "выполнено"
        if step.turns:
            words += f", {step.turn + 1}-й раз из {len(step.turns)}, срок {due_words(step)}"
        without = f" {lacking.noted}" if lacking else ""
        await withdraw_open(
            work.session, work.rows.programme, step, BOTH if following is None else DUE_ONLY,
            at=work.now, why="мероприятие выполнено",
        )  # fmt: skip
        details: Json = {
            "without_evidence": lacking is not None,
            "turn": step.turn,
            "late_days": _late_days(work, accepting=accepting),
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
            work.session, EventKind.STEP_DONE, f"{step.code}: {words}{without}", at=work.now, by=by,
            programme=work.rows.programme, step=step, reason=reason, **details,
        )  # fmt: skip
    return work.changed


@once(EventKind.STEP_RETURNED)
async def return_step(karta: Karta, target: Target, *, by: Actor, reason: str) -> Changed:
    """A curator sends a reported or finished step back to its owner, who gets a letter."""
    by = by.require_curator("Вернуть на доработку")
    reason = cleaned(reason, "что доработать", required=True)
    async with changing(karta, target, by) as work:
        step = work.step
        _move(work, Move.RETURN)
        step.return_reason, step.finished_at = reason, None
        record(
            work.session,
            EventKind.STEP_RETURNED,
            f"{step.code}: возвращено на доработку",
            at=work.now,
            by=by,
            programme=work.rows.programme,
            step=step,
            reason=reason,
        )
        owner = work.situation.addressee(work.rows.owner(step))
        step.told_id = owner.id  # this letter tells the owner; no opening letter besides
        letter = returned_letter(work.situation, owner, step, by, reason)
        await queue_about_step(karta, work, letter, owner, "returned")
    return work.changed


@once(EventKind.STEP_SKIPPED)
async def skip_step(karta: Karta, target: Target, *, by: Actor, reason: str) -> Changed:
    """A curator says that the step is not needed, and why."""
    by = by.require_curator("Отметить «не требуется»")
    reason = cleaned(reason, "почему мероприятие не требуется", required=True)
    async with changing(karta, target, by) as work:
        step = work.step
        _move(work, Move.SKIP)
        step.finished_at = work.now
        await withdraw_open(
            work.session, work.rows.programme, step, BOTH, at=work.now,
            why="мероприятие больше не требуется",
        )  # fmt: skip
        record(
            work.session, EventKind.STEP_SKIPPED, f"{step.code}: не требуется", at=work.now, by=by,
            programme=work.rows.programme, step=step, reason=reason,
        )  # fmt: skip
        told = await tell_owner(karta, work, by, "skipped", reason)
        await cancel_live_meeting(karta, work, by, tell=not told)
    return work.changed


@once(EventKind.STEP_RESTORED)
async def restore_step(karta: Karta, target: Target, *, by: Actor, reason: str) -> Changed:
    """A curator takes «не требуется» back."""
    by = by.require_curator("Вернуть мероприятие в план")
    reason = cleaned(reason, "почему мероприятие снова нужно", required=True)
    async with changing(karta, target, by) as work:
        step = work.step
        _move(work, Move.RESTORE)
        step.finished_at, step.told_id = None, None
        record(
            work.session,
            EventKind.STEP_RESTORED,
            f"{step.code}: снова в плане",
            at=work.now,
            by=by,
            programme=work.rows.programme,
            step=step,
            reason=reason,
        )
    return work.changed
