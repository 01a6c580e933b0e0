"""Letters about changes of the plan: a request, its answer, and what a curator changed."""

from datetime import date
from typing import Literal

from models.repository import ProgrammeRows
from models.tables import Person, Request, RequestKind, RequestState, Step
from notifications.change_letters import AnsweredLetter, AskedLetter, ChangedLetter
from services.actor import Actor
from services.letters.payloads.frame import contact, letter_frame
from services.letters.payloads.steps import step_line


def asked_letter(
    rows: ProgrammeRows,
    to: Person,
    step: Step,
    by: Actor,
    kind: RequestKind,
    asks: str,
    reason: str,
    today: date,
) -> AskedLetter:
    """For curators; `asks` follows the name of the one who asks."""
    return AskedLetter(
        **letter_frame(rows, to),
        by=contact(rows.people[by.person_id]),
        about=kind.value,
        asks=asks,
        reason=reason,
        step=step_line(rows, step, today),
    )


def answered_letter(
    rows: ProgrammeRows,
    to: Person,
    step: Step,
    by: Actor,
    request: Request,
    owner: Person,
    proposed: str,
    today: date,
) -> AnsweredLetter:
    """For the `owner` who asked, or whoever stands in; the step is already as it was agreed."""
    return AnsweredLetter(
        **letter_frame(rows, to),
        by=contact(rows.people[by.person_id]),
        about=request.kind.value,
        agreed=request.state is RequestState.AGREED,
        proposed=proposed,
        answer=request.answer,
        step=step_line(rows, step, today, to if step.owner_id == owner.id else None),
    )


def changed_letter(
    rows: ProgrammeRows,
    to: Person,
    step: Step,
    by: Actor,
    what: Literal["due", "skipped", "owner"],
    reason: str,
    today: date,
    *,
    before: str,
    after: str,
) -> ChangedLetter:
    """For the owner, or whoever stands in for them."""
    return ChangedLetter(
        **letter_frame(rows, to),
        by=contact(rows.people[by.person_id]),
        what=what,
        before=before,
        after=after,
        reason=reason,
        step=step_line(rows, step, today, to if what != "owner" else None),
    )
