"""Meetings of a step, the letters about them, and the files that letters bring."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from icalendar import Calendar
from sqlmodel import col, select

from models.tables import Event, Letter, Meeting, Substitution
from notifications.mailer import RecordingMailer
from roadmap.errors import InputWrong, MoveRefused
from roadmap.loader import Loaded, load_text
from services.clock import SetClock
from services.letters.attachment import steps_calendar
from services.letters.copies import send_again
from services.letters.delivery import deliver_due
from services.people.cards import add_person
from services.plan.revision import apply_revision
from services.steps.change import Target
from services.steps.corrections import change_owner, move_due
from services.steps.evidence import LinkAttachment
from services.steps.meeting_rows import live_meetings
from services.steps.meetings import cancel_meeting, set_meeting
from services.steps.moves import report_step, skip_step
from tests.integration.conftest import Running

START, END = datetime(2021, 12, 15, 15), datetime(2021, 12, 15, 16, 30)


async def meet(
    running: Running,
    code: str = "1.1",
    *,
    by: str = "curator",
    start: datetime = START,
    end: datetime = END,
    place: str = "",
) -> None:
    actor = await running.actor(by)
    target = await running.target(code)
    await set_meeting(running.karta, target, by=actor, start=start, end=end, place=place)


async def meetings(running: Running) -> list[Meeting]:
    async with running.karta.transaction() as session:
        found = await session.exec(select(Meeting).order_by(col(Meeting.starts_at)))
        return list(found)


async def letters(running: Running, kind: str = "meeting") -> list[Letter]:
    async with running.karta.transaction() as session:
        found = await session.exec(
            select(Letter).where(Letter.kind == kind).order_by(col(Letter.created_at), Letter.key)
        )
        return list(found)


async def delivered(running: Running) -> list[EmailMessage]:
    mailer = RecordingMailer()
    await deliver_due(running.karta, mailer)
    return mailer.sent


def file_of(message: EmailMessage) -> Calendar:
    (file,) = message.iter_attachments()
    return Calendar.from_ical(file.get_payload(decode=True))


async def test_a_meeting_is_kept_at_its_instant_told_and_written_down(running: Running) -> None:
    await meet(running, place="  кабинет  12 ")

    (meeting,) = await meetings(running)
    assert meeting.starts_at == datetime(2021, 12, 15, 4, tzinfo=UTC)
    assert (meeting.place, meeting.sequence) == ("кабинет 12", 0)
    (letter,) = await letters(running)
    assert letter.to_address == "director@talon.example"
    assert letter.subject.startswith("Встреча: 15 декабря, 15:00 – 1.1 ")
    assert letter.payload["by"]["email"] == "curator@talon.example"
    async with running.karta.transaction() as session:
        event = (await session.exec(select(Event).where(Event.kind == "meeting.set"))).one()
    assert event.text == (
        "1.1: встреча назначена – среда, 15 декабря 2021, с 15:00 до 16:30, кабинет 12"
    )


async def test_changing_keeps_the_meeting_and_raises_its_sequence(running: Running) -> None:
    await meet(running)
    later = timedelta(days=1)

    await meet(running, start=START + later, end=END + later)

    (meeting,) = await meetings(running)
    assert meeting.sequence == 1
    first, second = [file_of(message) for message in await delivered(running)][-2:]
    assert first.events[0]["UID"] == second.events[0]["UID"]
    assert [c.events[0]["SEQUENCE"] for c in (first, second)] == [0, 1]
    assert second["METHOD"] == "PUBLISH"
    assert second.events[0]["DTSTART"].dt == datetime(2021, 12, 16, 4, tzinfo=UTC)


async def test_cancelling_takes_it_out_of_the_calendar(running: Running) -> None:
    await meet(running)
    await delivered(running)
    curator = await running.actor("curator")

    await cancel_meeting(running.karta, await running.target("1.1"), by=curator)

    (message,) = await delivered(running)
    calendar = file_of(message)
    assert message["Subject"].startswith("Встреча отменена: 15 декабря")
    assert calendar["METHOD"] == "CANCEL"
    assert (calendar.events[0]["STATUS"], calendar.events[0]["SEQUENCE"]) == ("CANCELLED", 1)
    with pytest.raises(MoveRefused, match="нет встречи"):
        await cancel_meeting(running.karta, await running.target("1.1"), by=curator)


async def test_a_step_that_is_not_needed_has_no_meeting_either(running: Running) -> None:
    await meet(running)
    curator = await running.actor("curator")

    await skip_step(running.karta, await running.target("1.1"), by=curator, reason="уже было")

    (meeting,) = await meetings(running)
    assert meeting.cancelled_at is not None
    # The letter that says so takes the meeting out of the calendar too: one letter is enough.
    assert [letter.payload["news"] for letter in await letters(running)] == ["set"]
    assert len(await letters(running, "changed")) == 1


async def test_after_a_meeting_that_is_over_a_new_one_is_another(
    running: Running, clock: SetClock
) -> None:
    await meet(running)
    clock.moment = datetime(2022, 1, 10, tzinfo=UTC)
    rows = await running.rows()
    async with running.karta.transaction() as session:
        assert await live_meetings(session, rows, clock.moment) == {}

    await meet(running, start=datetime(2022, 2, 1, 9), end=datetime(2022, 2, 1, 10))

    first, second = await meetings(running)
    assert (first.sequence, second.sequence) == (0, 0)
    assert first.cancelled_at is None


REFUSED = [
    (datetime(2021, 9, 1, 10), datetime(2021, 9, 1, 11), "не может начаться в прошлом"),
    (END, START, "время окончания должно быть позже"),
    (START, START, "время окончания должно быть позже"),
    (START, START + timedelta(hours=24, minutes=1), "больше 24 часов"),
    (datetime(2201, 1, 1, 9), datetime(2201, 1, 1, 10), "год 2201 не похож на правду"),
]


@pytest.mark.parametrize(("start", "end", "said"), REFUSED)
async def test_a_time_that_cannot_be_is_refused_in_a_sentence(
    running: Running, start: datetime, end: datetime, said: str
) -> None:
    with pytest.raises(InputWrong, match=said):
        await meet(running, start=start, end=end)

    assert await meetings(running) == []
    assert await letters(running) == []


async def test_only_the_owner_and_curators_set_it_and_only_while_there_is_work(
    running: Running,
) -> None:
    with pytest.raises(MoveRefused, match="ответственный за мероприятие или куратор"):
        await meet(running, by="social")
    with pytest.raises(InputWrong, match="можно не больше 200"):
        await meet(running, place="м" * 201)
    await running.done("1.1")
    with pytest.raises(MoveRefused, match="уже завершено"):
        await meet(running)
    await meet(running, "1.2", by="director")
    with pytest.raises(InputWrong, match="уже назначена на это время"):
        await meet(running, "1.2")
    assert len(await meetings(running)) == 1


async def test_the_same_form_sent_twice_is_one_meeting_and_one_letter(running: Running) -> None:
    curator, target = await running.actor("curator"), await running.target("1.1")

    for _ in range(2):
        await set_meeting(running.karta, target, by=curator, start=START, end=END)

    assert len(await meetings(running)) == 1
    assert len(await letters(running)) == 1


async def test_whoever_stands_in_gets_the_letter_unless_the_owner_set_it(
    running: Running, clock: SetClock
) -> None:
    director, social = await running.actor("director"), await running.actor("social")
    async with running.karta.transaction() as session:
        session.add(
            Substitution(
                organisation_id=director.organisation_id, person_id=director.person_id,
                deputy_id=social.person_id, first_day=datetime(2021, 9, 1).date(),
                last_day=datetime(2021, 9, 30).date(), created_at=clock.moment,
                created_by=director.person_id,
            )
        )  # fmt: skip

    await meet(running, "1.1")
    await meet(running, "1.2", by="director")

    told = {letter.to_address: letter.payload["by"] for letter in await letters(running)}
    assert set(told) == {"social@talon.example", "director@talon.example"}
    assert told["director@talon.example"] is None


async def test_a_letter_about_a_meeting_that_has_changed_since_is_not_sent_again(
    running: Running,
) -> None:
    director, curator = await running.actor("director"), await running.actor("curator")
    await meet(running)
    await delivered(running)
    (first,) = await letters(running)
    await send_again(running.karta, first.id, by=director)
    await cancel_meeting(running.karta, await running.target("1.1"), by=curator)

    with pytest.raises(MoveRefused, match="изменена или отменена"):
        await send_again(running.karta, first.id, by=director)


# What letters bring


async def test_the_opening_letter_brings_its_due_dates(running: Running) -> None:
    (message,) = await delivered(running)

    calendar = file_of(message)
    assert calendar["METHOD"] == "PUBLISH"
    rows = await running.rows()
    assert [e["UID"] for e in calendar.events] == [
        f"step-{rows.step(code).id}@karta" for code in ("1.1", "1.2", "1.3", "1.4")
    ]
    assert [e["SEQUENCE"] for e in calendar.events] == [
        rows.step(code).version for code in ("1.1", "1.2", "1.3", "1.4")
    ]
    assert "/l/" not in calendar.to_ical().decode()


async def test_a_letter_that_waited_brings_the_dates_of_today_and_only_what_is_still_theirs(
    running: Running,
) -> None:
    curator, social = await running.actor("curator"), await running.actor("social")
    await change_owner(
        running.karta, await running.target("1.2"), by=curator, owner_id=social.person_id
    )
    await move_due(
        running.karta, await running.target("1.1"), by=curator,
        end=datetime(2021, 10, 20).date(), reason="отпуск",
    )  # fmt: skip
    await meet(running, "1.1")

    first = next(
        m for m in await delivered(running) if m["To"].endswith("<director@talon.example>")
    )

    rows = await running.rows()
    events = {str(e["UID"]): e for e in file_of(first).events}
    assert events[f"step-{rows.step('1.1').id}@karta"]["DTSTART"].dt.isoformat() == "2021-10-20"
    assert f"step-{rows.step('1.2').id}@karta" not in events
    assert any(uid.startswith("meeting-") for uid in events)


async def test_the_same_state_gives_the_same_file(running: Running) -> None:
    (letter,) = await letters(running, "opened")
    ids = {step.id for step in (await running.rows()).steps_of((await running.rows()).stage("1"))}
    async with running.karta.transaction() as session:
        first = await steps_calendar(running.karta, session, letter, ids)
        second = await steps_calendar(running.karta, session, letter, ids)

    assert first == second


async def test_what_is_no_longer_the_readers_can_be_taken_back(
    running: Running, shipped: Loaded
) -> None:
    """Given to somebody else, not needed, dropped: each time with a higher SEQUENCE."""
    karta, curator = running.karta, await running.actor("curator")
    (letter,) = await letters(running, "opened")
    await meet(running, "1.2")
    rows = await running.rows()
    other = await add_person(karta, by=curator, email="other@talon.example", name="Новая Н.Н.")
    await change_owner(karta, await running.target("1.2"), by=curator, owner_id=other.id)
    await skip_step(karta, await running.target("1.3"), by=curator, reason="не нужно")
    start, end = shipped.text.index("      - id: 1.4"), shipped.text.index("  - id: 2\n")
    await apply_revision(
        karta, running.programme_id, load_text(shipped.text[:start] + shipped.text[end:]),
        by=curator,
    )  # fmt: skip

    for code, entries in (("1.2", 2), ("1.3", 1), ("1.4", 1)):
        step = rows.step(code)
        async with karta.transaction() as session:
            assert await steps_calendar(karta, session, letter, {step.id}) is None
            part = await steps_calendar(karta, session, letter, {step.id}, takes_back=True)
        assert part is not None
        assert part.method == "CANCEL"
        events = Calendar.from_ical(part.content).events
        assert len(events) == entries
        assert {e["STATUS"] for e in events} == {"CANCELLED"}
        (gone,) = [e for e in events if e["UID"] == f"step-{step.id}@karta"]
        assert gone["SEQUENCE"] > step.version


async def test_a_step_still_theirs_is_published_also_by_a_letter_that_could_take_back(
    running: Running,
) -> None:
    (letter,) = await letters(running, "opened")
    step = (await running.rows()).step("1.1")

    async with running.karta.transaction() as session:
        part = await steps_calendar(running.karta, session, letter, {step.id}, takes_back=True)

    assert part is not None
    assert part.method == "PUBLISH"


async def test_other_letters_bring_nothing(running: Running) -> None:
    await running.done("1.1", "1.2", "1.3", "1.4")
    social = await running.actor("social")
    step = (await running.rows()).step("2.1")
    await report_step(
        running.karta, Target(step.id), by=social, attachments=[LinkAttachment("a.example/1")]
    )

    reported = [m for m in await delivered(running) if m["Subject"].startswith("На проверку")]

    assert [m.get_content_type() for m in reported] == ["multipart/alternative"]
