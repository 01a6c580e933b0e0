"""What needs a person's action first, most urgent first.

Addresses that do not work stand above it on the board, each with the field to correct it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from models.tables import LetterState
from roadmap.russian import plural
from roadmap.states import IN_HAND, StageState, StepState
from services.actor import Actor
from services.programme.open_proposals import RequestView
from services.programme.view import ProgrammeView, StepView


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
    view: ProgrammeView,
    actor: Actor,
    letters: Counter[LetterState],
    left_in_mailbox: int = 0,
    *,
    requests: Sequence[RequestView] = (),
) -> tuple[Need, ...]:
    """What this person is asked to do now in this programme, also for those they stand in for.

    left_in_mailbox: letters that only the built-in mailbox has although there is a mail server.
    """
    found: list[Need] = []
    own = [s for s in view.steps if actor.answers_for(s.owner_id) and s.state in IN_HAND]

    def mine(step: StepView, tone: Tone, why: str) -> Need:
        instead = actor.instead_of(step.owner_id)
        return _step(step, tone, f"{why}; вместо: {instead}" if instead else why)

    found += [mine(s, Tone.LATE, f"просрочено на {_days(s.late_days)}") for s in own if s.late_days]
    found += [
        mine(s, Tone.RETURNED, "возвращено вам на доработку")
        for s in own
        if s.state is StepState.RETURNED and not s.late_days
    ]
    if actor.is_curator:
        steps = {s.id: s for s in view.steps}
        found += [
            _step(steps[r.step_id], Tone.CHECK, f"{r.who} {r.asks}", part="#requests")
            for r in requests
            if r.can_answer
        ]
        found += [
            _step(s, Tone.CHECK, "отчёт ждёт проверки")
            for s in view.steps
            if s.state is StepState.REPORTED
        ]
        lost = letters[LetterState.UNDELIVERABLE]
        if lost:
            words = plural(lost, "письмо", "письма", "писем")
            found.append(
                Need(Tone.LATE, f"Не доставлено: {words}", "посмотрите, кому и почему",
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
            if s.late_days and not actor.answers_for(s.owner_id)
        ]
        found += [
            _step(s, Tone.DOUBT, f"срок не определён: «{s.due_source}»")
            for stage in view.stages
            if stage.state is StageState.OPEN
            for s in stage.steps
            if s.end is None and s.state in IN_HAND
        ]
    found += [
        mine(s, Tone.OPEN, _left(s))
        for s in sorted(own, key=lambda s: (s.end is None, s.end or view.today))
        if not s.late_days and s.state is StepState.OPEN
    ]
    return tuple(found)


def _step(step: StepView, tone: Tone, why: str, part: str = "") -> Need:
    return Need(tone, f"{step.code} {step.title}", why, f"/steps/{step.id}{part}", step.id)


def _days(number: int) -> str:
    return plural(number, "день", "дня", "дней")


def _left(step: StepView) -> str:
    if step.days_left is None:
        return f"срок: {step.due}"
    if step.days_left == 0:
        return "срок сегодня"
    return f"срок: {step.due}, осталось {_days(step.days_left)}"
