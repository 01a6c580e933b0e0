"""The two changes of a step's plan – another last day, another owner – inside a transaction."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from models.database import AsyncSession
from models.tables import Access, AccessKind, Person, Step
from roadmap.errors import InputWrong, MoveRefused
from roadmap.states import FINISHED
from services.actor import Actor
from services.journal import record
from services.journal_details import due_change, due_in_force, owner_change
from services.open_requests import BOTH, DUE_ONLY, withdraw_open
from services.work import Work


async def set_due(
    work: Work, by: Actor, end: date, reason: str, *, request: UUID | None = None
) -> None:
    """Moves the step's last day.

    request: the one this change agrees to; others about the date have no point any more.
    Raises `MoveRefused`, `InputWrong`.
    """
    step = work.step
    if step.state in FINISHED:
        raise MoveRefused(f"мероприятие {step.code} уже завершено, срок не переносится")
    if not 2000 <= end.year <= 2100:
        raise InputWrong(f"год {end.year} не похож на правду; проверьте дату")
    if end < work.today:
        raise InputWrong(f"{end:%d.%m.%Y} уже прошло; назовите день не раньше сегодняшнего")
    was = due_in_force(step)
    start = step.due_start if step.due_start and step.due_start <= end else None
    step.due_start, step.due_end, step.due_set_on = start, end, work.today
    step.relative = None  # from now on it follows nothing any more
    change = due_change(was, step)
    await withdraw_open(
        work.session, work.rows.programme, step, DUE_ONLY, at=work.now, why="срок уже изменён",
        besides=request,
    )  # fmt: skip
    record(
        work.session, "step.due_moved",
        f"{step.code}: срок {change['after']} (был {change['before']})",
        at=work.now, by=by, programme=work.rows.programme, step=step, reason=reason, **change,
    )  # fmt: skip


def possible_owner(work: Work, person_id: UUID) -> Person:
    """Somebody the step can be given to; raises `InputWrong`."""
    found = work.rows.people.get(person_id)
    if found is None or not found.active:
        raise InputWrong("такого сотрудника нет в списке людей")
    if set(found.roles) == {"observer"}:
        raise InputWrong(f"{found.short} – наблюдатель и мероприятий не ведёт")
    if found.id == work.step.owner_id:
        raise InputWrong(f"за мероприятие {work.step.code} уже отвечает {found.short}")
    return found


async def end_links(session: AsyncSession, step: Step, former: Person, now: datetime) -> None:
    """The former owner's links to the step open it no more."""
    await session.exec(
        update(Access)
        .where(
            col(Access.step_id) == step.id,
            col(Access.person_id) == former.id,
            col(Access.kind) == AccessKind.STEP,
            col(Access.revoked_at).is_(None),
        )
        .values(revoked_at=now)
    )


async def set_owner(
    work: Work, by: Actor, owner_id: UUID, reason: str, *, request: UUID | None = None
) -> Person:
    """Gives the step to somebody else, who is returned; the former owner's links to it end.

    request: the one this change agrees to; others of the former owner have no point any more.
    Raises `InputWrong`.
    """
    step, rows = work.step, work.rows
    old, new = rows.owner(step), possible_owner(work, owner_id)
    step.owner_id = new.id
    if step.told_id == new.id:
        step.told_id = None  # they knew of it standing in for the former owner: now it is theirs
    await end_links(work.session, step, old, work.now)
    await withdraw_open(
        work.session, rows.programme, step, BOTH, at=work.now,
        why="у мероприятия новый ответственный", besides=request,
    )  # fmt: skip
    record(
        work.session, "step.owner_changed",
        f"{step.code}: ответственный – {new.short} (был {old.short})", at=work.now, by=by,
        programme=rows.programme, step=step, reason=reason,
        **owner_change(old, new),
    )  # fmt: skip
    return new
