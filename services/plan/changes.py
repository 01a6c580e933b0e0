"""What has changed in a programme's plan since a day: who, when, why, from what to what."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, or_, select

from models.database import AsyncSession
from models.repository import ProgrammeRows
from models.tables import Event
from roadmap.dues import parse_one_date
from roadmap.errors import InputWrong
from services.journal.kinds import CHANGE_KINDS, DUE_KINDS, EVENT_KIND_WORDS, EventKind
from services.journal.record import who_acted


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One change. `at` is in the school's zone; `reason` may be empty.

    code: the number of the step or stage, "" for the road map itself; step_id: None too once the
    step has left the road map. before, after: words; more: whatever else a new revision changed.
    before_day, after_day: the last days of a due date, None where unknown or not about one.
    """

    at: datetime
    who: str
    kind: str
    what: str
    code: str
    title: str
    step_id: UUID | None
    before: str
    after: str
    before_day: date | None
    after_day: date | None
    reason: str
    more: tuple[str, ...]


def day_since(typed: str) -> date:
    """The day as people type it, «01.11.2026» or as browsers send it; raises `InputWrong`."""
    day = parse_one_date(typed.strip()[:40])
    if day is None:
        raise InputWrong(
            f"даты «{typed.strip()[:40]}» нет в календаре; пишите, например, 01.11.2026"
        )
    if not 2000 <= day.year <= 2100:
        raise InputWrong(f"год {day.year} не похож на правду; проверьте дату")
    return day


async def changes_since(
    session: AsyncSession, rows: ProgrammeRows, since: date
) -> tuple[PlanChange, ...]:
    """Every change of the plan on this school day and later, newest first."""
    zone = ZoneInfo(rows.organisation.zone)
    found = await session.exec(
        select(Event)
        .where(
            Event.programme_id == rows.programme.id,
            col(Event.kind).in_(CHANGE_KINDS),
            Event.at >= datetime.combine(since, time.min, zone),
            # Relative dates counted as the programme starts are the plan, not its change.
            or_(Event.kind != EventKind.STEP_DUE_FOLLOWED, Event.at != rows.programme.started_at),
        )
        .order_by(col(Event.id).desc())
    )
    return tuple(_change(rows, event, zone) for event in found)


def _change(rows: ProgrammeRows, event: Event, zone: ZoneInfo) -> PlanChange:
    details = event.details
    step = next((s for s in rows.steps if s.id == event.step_id), None)
    stage = next((s for s in rows.stages if s.id == event.stage_id), None)
    code, title = "", ""
    if step is not None:
        code, title = step.code, step.title
    elif event.kind.startswith("step."):
        code = event.text.partition(":")[0]  # a revision has dropped it since
    elif stage is not None:
        code, title = stage.code, stage.title
    before, after = _from_to(event)
    is_due = event.kind in DUE_KINDS
    return PlanChange(
        at=event.at.astimezone(zone),
        who=who_acted(rows.people, event),
        kind=event.kind,
        what=EVENT_KIND_WORDS[EventKind(event.kind)],
        code=code,
        title=title,
        step_id=step.id if step else None,
        before=before,
        after=after,
        before_day=_day(details.get("before_end")) if is_due else None,
        after_day=_day(details.get("after_end")) if is_due else None,
        reason=event.reason,
        more=tuple(details.get("others", ())),
    )


def _from_to(event: Event) -> tuple[str, str]:
    details: dict[str, Any] = event.details
    match event.kind:
        case EventKind.STEP_OWNER_CHANGED:
            return details.get("before_name", ""), details.get("after_name", "")
        case EventKind.STEP_SKIPPED:
            return "в плане", "не требуется"
        case EventKind.STEP_RESTORED:
            return "не требуется", "в плане"
        case EventKind.STAGE_OPENED_EARLY:
            return "закрыт", "открыт досрочно"
        case EventKind.REVISION_APPLIED:
            number = details.get("number")
            return (f"редакция {number - 1}", f"редакция {number}") if number else ("", "")
    return details.get("before", ""), details.get("after", "")


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
