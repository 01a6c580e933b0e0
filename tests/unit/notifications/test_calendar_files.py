"""Calendars as other programs read them: RFC 5545 and 5546, read back with icalendar."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from notifications.address import Sender
from notifications.calendar import (
    DueEntry,
    Entry,
    MeetingEntry,
    Method,
    Standing,
    feed,
    publication,
)
from notifications.compose import one_line

ZONE = "Asia/Magadan"
AT = datetime(2021, 11, 1, 7, 30, tzinfo=UTC)
SENDER = Sender('Карта «школы "Талон"»', "karta@talon.example")
PAGE = "https://karta.talon.example/steps/1"

DUE = DueEntry(
    step_id=UUID(int=1),
    code="2.1",
    title="Анкетирование",
    day=date(2021, 11, 30),
    standing=Standing.IN_HAND,
    sequence=3,
    changed_at=datetime(2021, 10, 5, 1, 2, 3, tzinfo=UTC),
    url=PAGE,
    notes=("Что сделать: раздайте анкеты.", "Этап 2. Базы"),
)
MEETING = MeetingEntry(
    id=UUID(int=2),
    code="2.1",
    title="Анкетирование",
    starts_at=datetime(2021, 12, 15, 4, tzinfo=UTC),
    ends_at=datetime(2021, 12, 15, 5, 30, tzinfo=UTC),
    place="кабинет 12",
    is_cancelled=False,
    sequence=1,
    changed_at=datetime(2021, 11, 5, tzinfo=UTC),
    url=PAGE,
)


def read(content: bytes) -> Calendar:
    return Calendar.from_ical(content)


def fed(*entries: Entry) -> list[Event]:
    return read(feed("Мои мероприятия", entries, zone=ZONE)).events


def sent(method: Method, *entries: Entry) -> bytes:
    content = publication(method, entries, zone=ZONE, organizer=SENDER, at=AT)
    assert content is not None
    return content


def test_a_due_date_is_a_whole_day_that_takes_no_time() -> None:
    (event,) = fed(DUE)

    assert event["UID"] == "step-00000000-0000-0000-0000-000000000001@karta"
    assert event["SUMMARY"] == "2.1 Анкетирование – срок"
    assert event["DTSTART"].dt == date(2021, 11, 30)
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["DTEND"].dt == date(2021, 12, 1)
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["STATUS"] == "CONFIRMED"
    assert event["SEQUENCE"] == 3
    assert event["URL"] == PAGE
    assert event["DESCRIPTION"] == f"Что сделать: раздайте анкеты.\nЭтап 2. Базы\n{PAGE}"


def test_what_is_in_hand_is_announced_the_day_before_at_nine_in_the_school() -> None:
    (event,) = fed(DUE)

    (alarm,) = event.walk("VALARM")

    assert alarm["ACTION"] == "DISPLAY"
    assert alarm["DESCRIPTION"]
    assert alarm["TRIGGER"].params["VALUE"] == "DATE-TIME"
    rings = alarm["TRIGGER"].dt.astimezone(ZoneInfo(ZONE))
    assert rings.replace(tzinfo=None) == datetime(2021, 11, 29, 9)


@pytest.mark.parametrize("standing", [Standing.PLANNED, Standing.DONE, Standing.CANCELLED])
def test_nothing_else_rings(standing: Standing) -> None:
    (event,) = fed(replace(DUE, standing=standing))

    assert event.walk("VALARM") == []


def test_a_done_step_is_ticked_and_a_cancelled_one_says_so() -> None:
    done, gone = fed(
        replace(DUE, standing=Standing.DONE), replace(DUE, standing=Standing.CANCELLED)
    )

    assert (done["SUMMARY"], done["STATUS"]) == ("✓ 2.1 Анкетирование", "CONFIRMED")
    assert (gone["SUMMARY"], gone["STATUS"]) == ("Отменено: 2.1 Анкетирование", "CANCELLED")


def test_each_turn_of_a_recurring_step_is_an_entry_of_its_own() -> None:
    first, second = fed(replace(DUE, turn=1), replace(DUE, turn=2, day=date(2022, 2, 28)))

    assert first["UID"] != second["UID"]
    assert second["UID"].endswith("-2@karta")


def test_a_meeting_is_at_its_hour_in_the_schools_zone_and_at_the_right_instant() -> None:
    calendar = read(feed("Встречи", [MEETING], zone=ZONE))
    (event,) = calendar.events

    assert event["DTSTART"].params["TZID"] == ZONE
    assert event["DTSTART"].dt.replace(tzinfo=None) == datetime(2021, 12, 15, 15)
    assert event["DTSTART"].dt == MEETING.starts_at
    assert event["DTEND"].dt == MEETING.ends_at
    assert event["LOCATION"] == "кабинет 12"
    assert event["TRANSP"] == "OPAQUE"
    (alarm,) = event.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(hours=-1)
    assert [zone["TZID"] for zone in calendar.timezones] == [ZONE]
    assert calendar.get_missing_tzids() == set()


def test_a_cancelled_meeting_says_so_rings_no_more_and_takes_no_time() -> None:
    (event,) = fed(replace(MEETING, is_cancelled=True, sequence=2))

    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 2)
    assert event["TRANSP"] == "TRANSPARENT"
    assert event.walk("VALARM") == []


def test_a_feed_has_its_name_no_method_and_asks_to_be_read_again() -> None:
    calendar = read(feed("Мои мероприятия – МКОУ", [DUE], zone=ZONE))

    assert (calendar["VERSION"], calendar["PRODID"]) == ("2.0", "-//Karta//Roadmap//RU")
    assert "METHOD" not in calendar
    assert calendar["X-WR-CALNAME"] == "Мои мероприятия – МКОУ"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in calendar.to_ical()
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in calendar.to_ical()
    (event,) = calendar.events
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == DUE.changed_at
    assert "ORGANIZER" not in event


def test_an_undated_step_is_left_out_of_a_feed_and_an_empty_feed_is_still_a_calendar() -> None:
    content = feed("Мои мероприятия", [replace(DUE, day=None)], zone=ZONE)

    assert b"BEGIN:VEVENT" not in content
    assert len(read(content).subcomponents) == 1


def test_what_a_letter_brings_has_its_method_its_stamp_and_its_sender() -> None:
    calendar = read(sent(Method.PUBLISH, DUE, MEETING))

    assert calendar["METHOD"] == "PUBLISH"
    for event in calendar.events:
        assert event["DTSTAMP"].dt == AT
        assert event["ORGANIZER"] == "mailto:karta@talon.example"
        assert event["ORGANIZER"].params["CN"] == "Карта «школы 'Талон'»"
        assert "ATTENDEE" not in event


def test_taking_back_cancels_whatever_it_is_given_also_without_a_date() -> None:
    calendar = read(sent(Method.CANCEL, DUE, MEETING, replace(DUE, day=None, turn=2)))

    assert calendar["METHOD"] == "CANCEL"
    assert {event["STATUS"] for event in calendar.events} == {"CANCELLED"}
    assert [event.walk("VALARM") for event in calendar.events] == [[], [], []]
    assert "DTSTART" not in calendar.events[2]


def test_nothing_to_tell_is_no_calendar() -> None:
    nothing = [replace(DUE, day=None)]

    assert publication(Method.PUBLISH, nothing, zone=ZONE, organizer=SENDER, at=AT) is None
    assert publication(Method.CANCEL, [], zone=ZONE, organizer=SENDER, at=AT) is None


def test_the_same_entries_give_the_same_bytes() -> None:
    assert sent(Method.PUBLISH, DUE, MEETING) == sent(Method.PUBLISH, DUE, MEETING)


WORDS = st.text(
    st.characters(codec="utf-8") | st.sampled_from('«»–,;:\\"😀👩‍🏫\n\r\t\u2028ёЙй'), max_size=300
)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(title=WORDS, place=WORDS, note=WORDS, name=WORDS, day=DAYS)
def test_any_words_come_back_whole_in_lines_of_75_octets(
    title: str, place: str, note: str, name: str, day: date
) -> None:
    due = replace(DUE, title=f"Очень длинное название мероприятия {title}", day=day, notes=(note,))
    meeting = replace(MEETING, title=title, place=place)
    organizer = Sender(name, "karta@talon.example")
    contents = [
        feed(name, [due, meeting], zone=ZONE),
        publication(Method.PUBLISH, [due, meeting], zone=ZONE, organizer=organizer, at=AT),
    ]
    for content in contents:
        assert content is not None
        well_formed(content)
        calendar = read(content)
        first, second = calendar.events
        assert first["SUMMARY"] == one_line(due.summary)
        assert first["DTSTART"].dt == day
        assert first["DESCRIPTION"] == "\n".join(filter(None, (one_line(note), PAGE)))
        assert second.get("LOCATION", "") == one_line(place)
        assert [complete(event) for event in calendar.events] == [[], []]


def well_formed(content: bytes) -> None:
    """Lines of at most 75 octets end in CRLF, and none is cut inside a letter (RFC 5545 3.1)."""
    lines = content.split(b"\r\n")
    assert lines.pop() == b""
    for line in lines:
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode("utf-8")


def complete(event: Event) -> Iterable[str]:
    """Properties that RFC 5545 3.6.1 wants and that are missing, or stand there twice."""
    once = ("UID", "DTSTAMP", "DTSTART", "SEQUENCE", "STATUS", "SUMMARY", "LAST-MODIFIED")
    return [name for name in once if name not in event or isinstance(event[name], list)]


ZONES = [
    "Asia/Magadan",
    "Europe/Moscow",
    "Europe/Kaliningrad",
    "Europe/Berlin",
    "Asia/Srednekolymsk",
]


@pytest.mark.parametrize("zone", ZONES)
@given(moment=st.datetimes(datetime(2009, 6, 1), datetime(2040, 1, 1)), hours=st.integers(1, 23))
def test_the_zone_in_the_calendar_says_what_the_zone_says(
    zone: str, moment: datetime, hours: int
) -> None:
    starts_at = moment.replace(tzinfo=UTC, microsecond=0)
    meeting = replace(MEETING, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours))

    calendar = read(feed("Встречи", [meeting], zone=zone))

    local = starts_at.astimezone(ZoneInfo(zone))
    (event,) = calendar.events
    assert event["DTSTART"].dt.replace(tzinfo=None) == local.replace(tzinfo=None)
    (rules,) = calendar.timezones
    assert offset_at(rules, starts_at) == local.utcoffset()


def offset_at(rules, moment: datetime) -> timedelta:
    """The offset that the VTIMEZONE's observances give (RFC 5545 3.6.5): the latest onset wins."""
    onsets = [
        (part["DTSTART"].dt - part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td)
        for part in rules.subcomponents
    ]
    begun = [pair for pair in onsets if pair[0] <= moment.replace(tzinfo=None)]
    return max(begun)[1]
