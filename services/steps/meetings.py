"""Meetings of a step: setting, changing and cancelling one. Each use case is one transaction."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from models.tables import Meeting
from notifications.letters import MeetingNews
from roadmap.errors import InputWrong, MoveRefused
from roadmap.states import FINISHED
from services.actor import Actor
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.steps.change import Changed, Target, changing
from services.steps.meeting_rows import (
    cancel_live_meeting,
    live_meeting,
    meeting_view,
    tell_of_meeting,
)
from services.steps.same_form import once

LONGEST = timedelta(hours=24)
LONGEST_PLACE = 200
"""Characters."""


@once(EventKind.MEETING_SET)
async def set_meeting(
    karta: Karta, target: Target, *, by: Actor, start: datetime, end: datetime, place: str = ""
) -> Changed:
    """The step's owner or a curator sets its meeting, or changes the one that is still to come.

    start, end: without a zone, by the school's clock. The owner gets a letter with a calendar file.
    Raises `InputWrong` for a time that cannot be, `MoveRefused` for a finished step.
    """
    async with changing(karta, target, by) as work:
        step, session = work.step, work.session
        by = by.require_owner_or_curator(step, "Назначить встречу")
        if step.state in FINISHED:
            raise MoveRefused(f"мероприятие {step.code} уже завершено, встреча не назначается")
        place = " ".join(place.split())
        if len(place) > LONGEST_PLACE:
            raise InputWrong(f"место встречи: {len(place)} знаков, можно не больше {LONGEST_PLACE}")
        starts_at, ends_at = _span(start, end, ZoneInfo(work.rows.organisation.zone))
        if starts_at < work.now:
            raise InputWrong("встреча не может начаться в прошлом; проверьте дату и время")
        meeting = await live_meeting(session, step.id, work.now)
        if meeting is None:
            news = MeetingNews.SET
            meeting = Meeting(
                step_id=step.id, starts_at=starts_at, ends_at=ends_at, place=place,
                changed_at=work.now, changed_by=by.person_id,
            )  # fmt: skip
        else:
            news = MeetingNews.CHANGED
            if (meeting.starts_at, meeting.ends_at, meeting.place) == (starts_at, ends_at, place):
                raise InputWrong("встреча уже назначена на это время и в этом месте")
            meeting.starts_at, meeting.ends_at, meeting.place = starts_at, ends_at, place
            meeting.sequence += 1
            meeting.changed_at, meeting.changed_by = work.now, by.person_id
        session.add(meeting)
        view = meeting_view(meeting, work.rows.organisation.zone)
        verb = "назначена" if news is MeetingNews.SET else "перенесена или изменена"
        where = f", {place}" if place else ""
        record(
            session, EventKind.MEETING_SET, f"{step.code}: встреча {verb} – {view.when}{where}",
            at=work.now, by=by, programme=work.rows.programme, step=step,
            meeting=str(meeting.id), sequence=meeting.sequence,
        )  # fmt: skip
        await tell_of_meeting(karta, work, meeting, news, by)
    return work.changed


@once(EventKind.MEETING_CANCELLED)
async def cancel_meeting(karta: Karta, target: Target, *, by: Actor) -> Changed:
    """The step's owner or a curator cancels the meeting that is still to come."""
    async with changing(karta, target, by) as work:
        by = by.require_owner_or_curator(work.step, "Отменить встречу")
        if not await cancel_live_meeting(karta, work, by):
            raise MoveRefused(f"у мероприятия {work.step.code} нет встречи, отменять нечего")
    return work.changed


def _span(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The meeting's moments in UTC; raises `InputWrong`."""
    if not 2000 <= start.year <= 2100:
        raise InputWrong(f"год {start.year} не похож на правду; проверьте дату")
    starts_at = start.replace(tzinfo=zone).astimezone(UTC)
    ends_at = end.replace(tzinfo=zone).astimezone(UTC)
    if ends_at <= starts_at:
        raise InputWrong(
            f"встреча кончается в {end:%H:%M}, а начинается в {start:%H:%M}; "
            "время окончания должно быть позже"
        )
    if ends_at - starts_at > LONGEST:
        raise InputWrong("встреча длится больше 24 часов; проверьте время окончания")
    return starts_at, ends_at
