"""A step's due date as its row keeps it, and the words in which it is shown."""

from datetime import date

from pydantic import TypeAdapter

from models.tables import DroppedStep, Step
from models.tables.columns import Json
from roadmap.calendar import SchoolCalendar
from roadmap.dues import Due, Offset, print_due

_offsets: TypeAdapter[Offset] = TypeAdapter(Offset)


def offset_of(stored: Json | None) -> Offset | None:
    """The stored `relative` of a step."""
    return _offsets.validate_python(stored) if stored else None


def stored_offset(offset: Offset | None) -> Json | None:
    """The offset as JSON, for a step's `relative`."""
    return _offsets.dump_python(offset, mode="json") if offset else None


def turns_of(step: Step | DroppedStep) -> tuple[tuple[date | None, date], ...]:
    """Every time a recurring step comes round, empty for others."""
    return tuple(
        (date.fromisoformat(start) if start else None, date.fromisoformat(end))
        for start, end in step.turns
        if end is not None  # every turn has its last day
    )


def due_words(step: Step) -> str:
    """The due date in force: «ноябрь 2026», «до 15.09.2026», «срок не определён»."""
    return print_due(
        Due(step.due_text, step.due_start, step.due_end, relative=offset_of(step.relative))
    )


def deadline(step: Step, calendar: SchoolCalendar) -> date | None:
    """The day by which the step must be done: its last day, moved off a day off."""
    return calendar.deadline(step.due_end) if step.due_end else None
