"""What the letter of the day says: the planner's mentions → its payload."""

from models.situation import Situation
from models.tables import Person
from notifications.letters import (
    DailyItem,
    DailyLetter,
)
from roadmap.planner import Mention, Why
from roadmap.russian import plural
from services.letters.payloads.frame import ask_whom, letter_frame, may_change
from services.letters.payloads.steps import step_line


def daily_letter(situation: Situation, to: Person, mentions: tuple[Mention, ...]) -> DailyLetter:
    rows = situation.rows
    items = []
    for mention in mentions:
        step = rows.step(mention.step)
        others = mention.why in (Why.CURATOR_LATE, Why.DIRECTOR_LATE) and step.owner_id != to.id
        items.append(
            DailyItem(
                step=step_line(situation, step, None if others else to),
                why=why_words(mention),
                urgent=mention.why not in (Why.SOON, Why.TODAY, Why.NEW),
                owner=rows.owner(step).display if others else "",
            )
        )
    return DailyLetter(
        **letter_frame(rows, to),
        ask_whom=ask_whom(rows, to),
        may_change=may_change(to),
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
