"""What letters say about a programme's steps: rows → payloads."""

from datetime import date

from models.repository import ProgrammeRows
from models.tables import Person, Step
from notifications.letters import (
    Contact,
    DailyItem,
    DailyLetter,
    OpenedLetter,
    ReportedLetter,
    ReturnedLetter,
    StepLine,
)
from roadmap.calendar import SchoolCalendar
from roadmap.kinds import KINDS, EvidenceRule
from roadmap.planner import Mention, Why
from services.actor import CURATING, Actor
from services.boards import calendar_of, deadline, due_words, late_days
from templates.russian import day_month_year, plural


def step_line(rows: ProgrammeRows, step: Step, today: date, to: Person | None = None) -> StepLine:
    """The step as a letter speaks of it; `to` who is to do it, being the owner or their deputy."""
    stage = rows.stage_of(step)
    card = KINDS[step.kind]
    calendar = calendar_of(rows)
    late = late_days(step, today, calendar)
    return StepLine(
        id=step.id,
        code=step.code,
        title=step.title,
        due=last_day(step, calendar),
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


def last_day(step: Step, calendar: SchoolCalendar) -> str:
    """«до 30 ноября 2026», «5 сентября 2026» of a single day, «срок не определён»."""
    due = deadline(step, calendar)
    if due is None:
        return due_words(step)
    day = day_month_year(due)
    return day if step.due_start == step.due_end else f"до {day}"


def hello(person: Person) -> str:
    """«Здравствуйте, Москвина Т.Н.!» – or only the greeting when the document names nobody."""
    return f"Здравствуйте, {person.name}!" if person.name else "Здравствуйте!"


def ask_whom(rows: ProgrammeRows, person: Person) -> Contact | None:
    """Whom the person may ask: a curator, else the director; None when that is the person."""
    for role in ("curator", "director"):
        for other in rows.with_role(role):
            if other.id != person.id:
                return contact(other)
    return None


def contact(person: Person) -> Contact:
    return Contact(who=person.display, email=person.email)


def letter_frame(rows: ProgrammeRows, to: Person) -> dict[str, str]:
    """What every letter about a programme begins and ends with."""
    return {
        "school": rows.organisation.name,
        "programme": rows.programme.title,
        "hello": hello(to),
    }


def opened_letter(rows: ProgrammeRows, to: Person, steps: list[Step], today: date) -> OpenedLetter:
    return OpenedLetter(
        **letter_frame(rows, to),
        ask_whom=ask_whom(rows, to),
        may_change=_may_change(to),
        steps=tuple(step_line(rows, step, today, to) for step in steps),
    )


def _may_change(person: Person) -> bool:
    """Whether the person moves dates and changes owners without asking anybody."""
    return not CURATING.isdisjoint(person.roles)


def returned_letter(
    rows: ProgrammeRows, to: Person, step: Step, by: Actor, reason: str, today: date
) -> ReturnedLetter:
    return ReturnedLetter(
        **letter_frame(rows, to),
        by=contact(rows.people[by.person_id]),
        reason=reason,
        may_change=_may_change(to),
        step=step_line(rows, step, today, to),
    )


def reported_letter(
    rows: ProgrammeRows, to: Person, step: Step, by: Actor, attached: int, today: date
) -> ReportedLetter:
    return ReportedLetter(
        **letter_frame(rows, to),
        by=contact(rows.people[by.person_id]),
        note=step.report_note,
        attached=attached,
        step=step_line(rows, step, today),
    )


def daily_letter(
    rows: ProgrammeRows, to: Person, mentions: tuple[Mention, ...], today: date
) -> DailyLetter:
    items = []
    for mention in mentions:
        step = rows.step(mention.step)
        others = mention.why in (Why.CURATOR_LATE, Why.DIRECTOR_LATE) and step.owner_id != to.id
        items.append(
            DailyItem(
                step=step_line(rows, step, today, None if others else to),
                why=why_words(mention),
                urgent=mention.why not in (Why.SOON, Why.TODAY, Why.NEW),
                owner=rows.owner(step).display if others else "",
            )
        )
    return DailyLetter(
        **letter_frame(rows, to),
        ask_whom=ask_whom(rows, to),
        may_change=_may_change(to),
        items=tuple(items),
    )


def why_words(mention: Mention) -> str:
    """«срок через 7 дней», «срок сегодня», «просрочено на 3 рабочих дня»."""
    match mention.why:
        case Why.NEW:
            return "новое мероприятие"
        case Why.TODAY:
            return "срок сегодня"
        case Why.SOON if mention.days == 1:
            return "срок завтра"
        case Why.SOON:
            return f"срок через {plural(mention.days, 'день', 'дня', 'дней')}"
        case _:
            days = plural(mention.days, "рабочий день", "рабочих дня", "рабочих дней")
            return f"просрочено на {days}"
