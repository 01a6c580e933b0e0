"""What a journal entry keeps, for machines, of a change of a date or an owner."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.dues import due_words
from models.tables import Person, Step


@dataclass(frozen=True, slots=True)
class DueInForce:
    """A step's due date at a moment: its words, and its days, None when they are not known."""

    words: str
    start: date | None
    end: date | None


def due_in_force(step: Step) -> DueInForce:
    """The due date as it is now; take it before changing the step."""
    return DueInForce(due_words(step), step.due_start, step.due_end)


def due_change(before: DueInForce, step: Step) -> dict[str, Any]:
    """From what to what, for an entry's details: words, and days in ISO or None."""
    after = due_in_force(step)
    return {
        "before": before.words,
        "after": after.words,
        "before_start": _iso(before.start),
        "before_end": _iso(before.end),
        "after_start": _iso(after.start),
        "after_end": _iso(after.end),
    }


def owner_change(before: Person, after: Person) -> dict[str, Any]:
    """From whom to whom: ids, and the names of that day, whatever becomes of the people."""
    return {
        "before": str(before.id),
        "after": str(after.id),
        "before_name": before.display,
        "after_name": after.display,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
