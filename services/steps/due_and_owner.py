"""The two changes of a step's plan – another last day, another owner – inside a transaction."""

from datetime import date
from uuid import UUID

from models.tables import Person
from roadmap.errors import InputWrong, MoveRefused
from roadmap.states import FINISHED
from services.access.links import end_links
from services.actor import Actor
from services.journal.due_and_owner import due_change, due_in_force, owner_change
from services.journal.kinds import EventKind
from services.journal.record import record
from services.programme.open_proposals import BOTH, DUE_ONLY, withdraw_open
from services.steps.change import StepChange


async def set_due(
    work: StepChange, by: Actor, end: date, reason: str, *, request: UUID | None = None
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
        work.session, EventKind.STEP_DUE_MOVED,
        f"{step.code}: срок {change['after']} (был {change['before']})",
        at=work.now, by=by, programme=work.rows.programme, step=step, reason=reason, **change,
    )  # fmt: skip


def possible_owner(work: StepChange, person_id: UUID) -> Person:
    """Somebody the step can be given to; raises `InputWrong`."""
    found = work.rows.people.get(person_id)
    if found is None or not found.active:
        raise InputWrong("такого сотрудника нет в списке людей")
    if set(found.roles) == {"observer"}:
        raise InputWrong(f"{found.short} – наблюдатель и мероприятий не ведёт")
    if found.id == work.step.owner_id:
        raise InputWrong(f"за мероприятие {work.step.code} уже отвечает {found.short}")
    return found


async def set_owner(
    work: StepChange, by: Actor, owner_id: UUID, reason: str, *, request: UUID | None = None
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
        work.session, EventKind.STEP_OWNER_CHANGED,
        f"{step.code}: ответственный – {new.short} (был {old.short})", at=work.now, by=by,
        programme=rows.programme, step=step, reason=reason,
        **owner_change(old, new),
    )  # fmt: skip
    return new
