"""Another owner or another due date for a step, given by a curator."""

from datetime import date
from uuid import UUID

from services.actor import Actor
from services.journal.kinds import EventKind
from services.karta import Karta
from services.letters.payloads.steps import last_day
from services.steps.change import Changed, Target, changing
from services.steps.due_and_owner import set_due, set_owner
from services.steps.same_form import once
from services.steps.telling import tell_owner
from services.typed import cleaned


@once(EventKind.STEP_OWNER_CHANGED)
async def change_owner(
    karta: Karta, target: Target, *, by: Actor, owner_id: UUID, reason: str = ""
) -> Changed:
    """A curator gives the step to somebody else; an open one is theirs by letter at once.

    The former owner's links to this step stop working.
    """
    by = by.require_curator("Сменить ответственного")
    reason = cleaned(reason, "причину", required=False)
    async with changing(karta, target, by) as work:
        old = work.rows.owner(work.step)
        new = await set_owner(work, by, owner_id, reason)
        await tell_owner(karta, work, by, "owner", reason, owner=old, after=new.display)
    return work.changed


@once(EventKind.STEP_DUE_MOVED)
async def move_due(karta: Karta, target: Target, *, by: Actor, end: date, reason: str) -> Changed:
    """A curator moves the step's last day; the first plan stays for comparison."""
    by = by.require_curator("Перенести срок")
    reason = cleaned(reason, "почему переносится срок", required=True)
    async with changing(karta, target, by) as work:
        before = last_day(work.situation, work.step)
        await set_due(work, by, end, reason)
        after = last_day(work.situation, work.step)
        await tell_owner(karta, work, by, "due", reason, before=before, after=after)
    return work.changed
