"""Letters about changes of the plan: a request, its answer, and what a curator changed."""

from typing import Literal

from models.situation import Situation
from models.tables import Person, Request, RequestKind, RequestState, Step
from notifications.change_letters import AnsweredLetter, AskedLetter, ChangedLetter
from services.actor import Actor
from services.letters.payloads.frame import contact, letter_frame
from services.letters.payloads.steps import step_line


def asked_letter(
    situation: Situation,
    to: Person,
    step: Step,
    by: Actor,
    kind: RequestKind,
    asks: str,
    reason: str,
) -> AskedLetter:
    """For curators; `asks` follows the name of the one who asks."""
    return AskedLetter(
        **letter_frame(situation.rows, to),
        by=contact(situation.rows.people[by.person_id]),
        about=kind.value,
        asks=asks,
        reason=reason,
        step=step_line(situation, step),
    )


def answered_letter(
    situation: Situation,
    to: Person,
    step: Step,
    by: Actor,
    request: Request,
    owner: Person,
    proposed: str,
) -> AnsweredLetter:
    """For the `owner` who asked, or whoever stands in; the step is already as it was agreed."""
    return AnsweredLetter(
        **letter_frame(situation.rows, to),
        by=contact(situation.rows.people[by.person_id]),
        about=request.kind.value,
        agreed=request.state is RequestState.AGREED,
        proposed=proposed,
        answer=request.answer,
        step=step_line(situation, step, to if step.owner_id == owner.id else None),
    )


def changed_letter(
    situation: Situation,
    to: Person,
    step: Step,
    by: Actor,
    what: Literal["due", "skipped", "owner"],
    reason: str,
    *,
    before: str,
    after: str,
) -> ChangedLetter:
    """For the owner, or whoever stands in for them."""
    return ChangedLetter(
        **letter_frame(situation.rows, to),
        by=contact(situation.rows.people[by.person_id]),
        what=what,
        before=before,
        after=after,
        reason=reason,
        step=step_line(situation, step, to if what != "owner" else None),
    )
