"""Meetings as rows: which is live, how it is told, cancelling it, the letter about it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import ProgrammeRows
from models.tables import Meeting, Step
from notifications.letters import MeetingLetter, MeetingNews, MeetingNote
from roadmap.russian import day_month, day_month_year, weekday
from services.actor import Actor
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.letters.outbox import queue_letter
from services.letters.payloads.frame import contact, letter_frame
from services.letters.payloads.steps import step_line
from services.steps.change import StepChange


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting to be shown, by the school's clock.

    when: «среда, 15 декабря 2021, с 15:00 до 16:30»; brief: «15 декабря, 15:00».
    """

    id: UUID
    when: str
    brief: str
    day: date
    start: time
    end: time
    place: str


def meeting_view(meeting: Meeting, zone: str) -> MeetingView:
    local = ZoneInfo(zone)
    start, end = meeting.starts_at.astimezone(local), meeting.ends_at.astimezone(local)
    return MeetingView(
        id=meeting.id,
        when=when_words(start, end),
        brief=f"{day_month(start.date())}, {start:%H:%M}",
        day=start.date(),
        start=start.time(),
        end=end.time(),
        place=meeting.place,
    )


def when_words(start: datetime, end: datetime) -> str:
    """«среда, 15 декабря 2021, с 15:00 до 16:30»; over midnight with the last day's date."""
    day = f"{weekday(start.date())}, {day_month_year(start.date())}"
    last = "" if start.date() == end.date() else f" {day_month(end.date())}"
    return f"{day}, с {start:%H:%M} до {end:%H:%M}{last}"


async def live_meeting(session: AsyncSession, step_id: UUID, now: datetime) -> Meeting | None:
    """The step's meeting that is still to come or going on; a past one is history."""
    found = await session.exec(
        select(Meeting).where(
            Meeting.step_id == step_id,
            col(Meeting.cancelled_at).is_(None),
            Meeting.ends_at > now,
        )
    )
    return found.first()


async def live_meetings(
    session: AsyncSession, rows: ProgrammeRows, now: datetime
) -> dict[UUID, MeetingView]:
    """Step id → its live meeting, of the whole programme."""
    found = await session.exec(
        select(Meeting)
        .join(Step, col(Step.id) == col(Meeting.step_id))
        .where(
            Step.programme_id == rows.programme.id,
            col(Meeting.cancelled_at).is_(None),
            Meeting.ends_at > now,
        )
    )
    return {m.step_id: meeting_view(m, rows.organisation.zone) for m in found}


async def cancel_live_meeting(
    karta: Karta, work: StepChange, by: Actor, *, tell: bool = True
) -> bool:
    """Cancels the step's live meeting; False when there is none.

    tell: by a letter of its own to the step's owner; False when another letter takes it back.
    """
    session, rows, step, now = work.session, work.rows, work.step, work.now
    meeting = await live_meeting(session, step.id, now)
    if meeting is None:
        return False
    meeting.cancelled_at = meeting.changed_at = now
    meeting.changed_by = by.person_id
    meeting.sequence += 1
    session.add(meeting)
    view = meeting_view(meeting, rows.organisation.zone)
    record(
        session,
        EventKind.MEETING_CANCELLED,
        f"{step.code}: встреча отменена ({view.when})",
        at=now,
        by=by,
        programme=rows.programme,
        step=step,
        meeting=str(meeting.id),
    )
    if tell:
        await tell_of_meeting(karta, work, meeting, MeetingNews.CANCELLED, by)
    return True


async def tell_of_meeting(
    karta: Karta, work: StepChange, meeting: Meeting, news: MeetingNews, by: Actor
) -> None:
    """Queues the letter for the step's owner, who gets it also for a meeting of their own making:
    its file brings the meeting into the calendar. Otherwise it goes to whoever stands in for them.
    """
    rows, step = work.rows, work.step
    owner = rows.owner(step)
    to = owner if owner.id == by.person_id else work.situation.addressee(owner)
    view = meeting_view(meeting, rows.organisation.zone)
    letter = MeetingLetter(
        **letter_frame(rows, to),
        by=None if to.id == by.person_id else contact(rows.people[by.person_id]),
        news=news,
        meeting=MeetingNote(
            id=meeting.id,
            when=view.when,
            brief=view.brief,
            place=meeting.place,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            zone=rows.organisation.zone,
            sequence=meeting.sequence,
        ),
        step=step_line(work.situation, step, to),
    )
    await queue_letter(
        karta,
        work.session,
        letter,
        key=f"meeting:{meeting.id}:{meeting.sequence}:{to.id}",
        to=to,
        now=work.now,
        programme_id=rows.programme.id,
        step_ids=(step.id,),
    )
