"""What needs a person's action first, most urgent first."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from models.tables import LetterState
from roadmap.states import IN_HAND, StageState, StepState
from services.actor import Actor
from services.overview import ProgrammeView, StepView
from templates.russian import plural


class Tone(StrEnum):
    """How urgent something is."""

    LATE = "late"
    CHECK = "check"
    RETURNED = "returned"
    OPEN = "open"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do: what, why now, and the page where it is done."""

    tone: Tone
    title: str
    why: str
    href: str
    step_id: UUID | None = None


def needs_of(
    view: ProgrammeView, actor: Actor, letters: Counter[LetterState], left_in_mailbox: int = 0
) -> tuple[Need, ...]:
    """What this person is asked to do now in this programme.

    left_in_mailbox: letters that only the built-in mailbox has although there is a mail server.
    """
    found: list[Need] = []
    own = [s for s in view.steps if s.owner_id == actor.person_id and s.state in IN_HAND]
    found += [
        _step(s, Tone.LATE, f"просрочено на {_days(s.late_days)}") for s in own if s.late_days
    ]
    found += [
        _step(s, Tone.RETURNED, "возвращено вам на доработку")
        for s in own
        if s.state is StepState.RETURNED and not s.late_days
    ]
    if actor.is_curator:
        found += [
            _step(s, Tone.CHECK, "отчёт ждёт проверки")
            for s in view.steps
            if s.state is StepState.REPORTED
        ]
        lost = letters[LetterState.UNDELIVERABLE]
        if lost:
            words = plural(lost, "письмо", "письма", "писем")
            found.append(
                Need(Tone.LATE, f"Не доставлено: {words}", "исправьте адрес и отправьте ещё раз",
                     "/letters?state=undeliverable")
            )  # fmt: skip
        if left_in_mailbox:
            words = plural(left_in_mailbox, "письмо", "письма", "писем")
            found.append(
                Need(Tone.DOUBT, f"Остались во встроенном ящике: {words}",
                     "почтовый сервер появился позже; отправьте их", "/letters")
            )  # fmt: skip
        unclear = letters[LetterState.UNCLEAR]
        if unclear:
            words = plural(unclear, "письмо", "письма", "писем")
            found.append(
                Need(Tone.DOUBT, f"Неясно, дошло ли: {words}", "спросите адресата",
                     "/letters?state=unclear")
            )  # fmt: skip
        found += [
            _step(s, Tone.LATE, f"просрочено на {_days(s.late_days)}, отвечает {s.owner}")
            for s in view.steps
            if s.late_days and s.owner_id != actor.person_id
        ]
        found += [
            _step(s, Tone.DOUBT, f"срок не определён: «{s.due_source}»")
            for stage in view.stages
            if stage.state is StageState.OPEN
            for s in stage.steps
            if s.end is None and s.state in IN_HAND
        ]
    found += [
        _step(s, Tone.OPEN, _left(s))
        for s in sorted(own, key=lambda s: (s.end is None, s.end or view.today))
        if not s.late_days and s.state is StepState.OPEN
    ]
    return tuple(found)


def _step(step: StepView, tone: Tone, why: str) -> Need:
    return Need(tone, f"{step.code} {step.title}", why, f"/steps/{step.id}", step.id)


def _days(number: int) -> str:
    return plural(number, "день", "дня", "дней")


def _left(step: StepView) -> str:
    if step.days_left is None:
        return f"срок: {step.due}"
    if step.days_left == 0:
        return "срок сегодня"
    return f"срок: {step.due}, осталось {_days(step.days_left)}"
