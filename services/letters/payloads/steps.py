"""What letters say about a programme's steps: rows → payloads."""

from models.dues import due_words
from models.situation import Situation
from models.tables import Person, Step
from notifications.letters import OpenedLetter, ReportedLetter, ReturnedLetter
from notifications.payload import StepLine
from roadmap.kinds import KINDS, EvidenceRule
from roadmap.russian import day_month_year, plural
from services.actor import Actor
from services.letters.payloads.frame import ask_whom, contact, letter_frame, may_change


def step_line(situation: Situation, step: Step, to: Person | None = None) -> StepLine:
    """The step as a letter speaks of it; `to` who is to do it, being the owner or their deputy."""
    rows = situation.rows
    stage = rows.stage_of(step)
    card = KINDS[step.kind]
    late = situation.late_days(step)
    return StepLine(
        id=step.id,
        code=step.code,
        title=step.title,
        due=last_day(situation, step),
        period=due_words(step) if step.due_end and step.due_start != step.due_end else "",
        late=f"просрочено на {plural(late, 'день', 'дня', 'дней')}" if late else "",
        stage=f"{stage.code}. {stage.title}",
        task=stage.task,
        result=stage.result,
        ask=card.ask,
        attach=card.evidence,
        required=step.evidence is EvidenceRule.REQUIRED,
        instead_of=rows.owner(step).display if to and to.id != step.owner_id else "",
    )


def last_day(situation: Situation, step: Step) -> str:
    """«до 30 ноября 2026», «5 сентября 2026» of a single day, «срок не определён»."""
    due = situation.deadline(step)
    if due is None:
        return due_words(step)
    day = day_month_year(due)
    return day if step.due_start == step.due_end else f"до {day}"


def opened_letter(situation: Situation, to: Person, steps: list[Step]) -> OpenedLetter:
    return OpenedLetter(
        **letter_frame(situation.rows, to),
        ask_whom=ask_whom(situation.rows, to),
        may_change=may_change(to),
        steps=tuple(step_line(situation, step, to) for step in steps),
    )


def returned_letter(
    situation: Situation, to: Person, step: Step, by: Actor, reason: str
) -> ReturnedLetter:
    return ReturnedLetter(
        **letter_frame(situation.rows, to),
        by=contact(situation.rows.people[by.person_id]),
        reason=reason,
        may_change=may_change(to),
        step=step_line(situation, step, to),
    )


def reported_letter(
    situation: Situation, to: Person, step: Step, by: Actor, attached: int
) -> ReportedLetter:
    return ReportedLetter(
        **letter_frame(situation.rows, to),
        by=contact(situation.rows.people[by.person_id]),
        note=step.report_note,
        attached=attached,
        step=step_line(situation, step),
    )
