"""Telling a step's owner of what has changed."""

from typing import Literal

from models.tables import Person
from services.actor import Actor
from services.karta import Karta
from services.letters.payloads.changes import changed_letter
from services.steps.change import StepChange, queue_about_step


async def tell_owner(
    karta: Karta,
    work: StepChange,
    by: Actor,
    what: Literal["due", "skipped", "owner"],
    reason: str,
    *,
    owner: Person | None = None,
    before: str = "",
    after: str = "",
) -> bool:
    """Tells the owner, else whoever stands in for them, unless it is they who changed the step.

    Whether a letter was queued.

    `owner`: the former one of a step that was given away; their letter opens it no more.
    """
    whose = owner or work.rows.owner(work.step)
    to = work.situation.addressee(whose)
    if by.person_id in (whose.id, to.id) or to.id == work.step.owner_id != whose.id:
        return False
    letter = changed_letter(
        work.situation, to, work.step, by, what, reason, before=before, after=after
    )
    await queue_about_step(karta, work, letter, to, "changed", opens=what != "owner")
    return True
