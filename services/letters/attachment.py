"""The calendar that a letter brings, decided by the letter's kind when it is composed.

It tells of the steps as they are then: a letter that waited for the mail server brings no stale
date, and SEQUENCE lets a calendar tell the later of two.
"""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import load_programme
from models.situation import Situation
from models.tables import DroppedStep, Letter, Meeting
from notifications.address import parse_sender
from notifications.calendar import Entry, MeetingEntry, Method, publication
from notifications.change_letters import AnsweredLetter, ChangedLetter
from notifications.compose import CalendarPart
from notifications.letters import MeetingLetter, OpenedLetter
from notifications.payload import Payload
from roadmap.states import StepState
from services.calendars.entries import Entries
from services.karta import Karta


async def letter_calendar(
    karta: Karta, session: AsyncSession, letter: Letter, payload: Payload
) -> CalendarPart | None:
    """What is attached to this letter; None for kinds that bring nothing. The same every time."""
    match payload:
        case OpenedLetter(steps=steps):
            return await steps_calendar(karta, session, letter, {step.id for step in steps})
        case ChangedLetter(step=step) | AnsweredLetter(agreed=True, step=step):
            return await steps_calendar(karta, session, letter, {step.id}, takes_back=True)
        case MeetingLetter():
            return _of_meeting(karta, letter, payload)
        case _:
            return None


async def steps_calendar(
    karta: Karta,
    session: AsyncSession,
    letter: Letter,
    step_ids: Collection[UUID],
    *,
    takes_back: bool = False,
) -> CalendarPart | None:
    """Due dates and meetings of those of the steps that are the reader's.

    takes_back: when none of them is the reader's any more – given to somebody else, not needed,
    dropped or without a date –, the letter takes them out of the calendar.
    """
    assert letter.programme_id is not None  # only letters about a programme tell of steps
    rows = await load_programme(session, letter.programme_id, step_ids=step_ids)
    entries = Entries(Situation(rows, letter.created_at), karta.settings.base_url)
    reader = rows.people[letter.person_id]
    meetings = await session.exec(
        select(Meeting)
        .where(col(Meeting.step_id).in_(step_ids), Meeting.ends_at > letter.created_at)
        .order_by(col(Meeting.starts_at), col(Meeting.id))
    )
    theirs: list[Entry] = []
    lost: list[Entry] = []
    kept_ids = {
        step.id
        for step in rows.steps
        if step.state is not StepState.SKIPPED and entries.concerns(step, reader)
    }
    for step in rows.steps:
        made = entries.of_step(step, changed_at=letter.created_at)
        (theirs if step.id in kept_ids else lost).extend(made)
    for meeting in meetings:
        entry = entries.of_meeting(meeting, changed_at=letter.created_at)
        is_kept = meeting.step_id in kept_ids and not entry.is_cancelled
        (theirs if is_kept else lost).append(entry)
    part = _part(karta, letter, Method.PUBLISH, theirs, rows.organisation.zone)
    if part is not None or not takes_back:
        return part
    dropped = await session.exec(
        select(DroppedStep).where(col(DroppedStep.id).in_(step_ids)).order_by(col(DroppedStep.code))
    )
    for gone in dropped:
        lost += entries.of_dropped(gone, changed_at=letter.created_at)
    return _part(karta, letter, Method.CANCEL, [*theirs, *lost], rows.organisation.zone)


def _of_meeting(karta: Karta, letter: Letter, payload: MeetingLetter) -> CalendarPart | None:
    """The meeting as the letter tells of it."""
    meeting, step = payload.meeting, payload.step
    notes = [f"Этап {step.stage}"]
    if payload.by is not None:
        notes.append(f"Кого спросить: {payload.by.who}, {payload.by.email}")
    entry = MeetingEntry(
        id=meeting.id,
        code=step.code,
        title=step.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        is_cancelled=payload.is_cancelled,
        sequence=meeting.sequence,
        changed_at=letter.created_at,
        url=f"{karta.settings.base_url}/steps/{step.id}",
        notes=tuple(notes),
    )
    method = Method.CANCEL if payload.is_cancelled else Method.PUBLISH
    return _part(karta, letter, method, [entry], meeting.zone)


def _part(
    karta: Karta, letter: Letter, method: Method, entries: list[Entry], zone: str
) -> CalendarPart | None:
    sender = parse_sender(karta.settings.mail_from)
    content = publication(method, entries, zone=zone, organizer=sender, at=letter.created_at)
    return CalendarPart(method.value, content) if content is not None else None
