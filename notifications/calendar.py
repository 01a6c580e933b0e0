"""Due dates and meetings as iCalendar (RFC 5545, 5546). Pure: the same entries give the same bytes.

A calendar program knows an entry by its UID, which never changes, and takes a later version of it
by its SEQUENCE, which only rises. A feed is read again and again and carries no METHOD; what a
letter brings is one message with a METHOD.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import (
    Alarm,
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vDuration,
)

from notifications.address import Sender
from notifications.compose import one_line

PRODID = "-//Karta//Roadmap//RU"

REFRESH = timedelta(hours=1)
"""How often a program that follows a feed is asked to read it again."""

DUE_ALARM = time(9)
"""When, on the day before, a due date is announced: in the school's zone."""

MEETING_ALARM = timedelta(hours=1)
"""How long before its beginning a meeting is announced."""


class Method(StrEnum):
    """What a letter's calendar does: tells of entries, new or changed, or takes them back."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


class Standing(StrEnum):
    """How a due date stands: only what is in hand has an alarm."""

    IN_HAND = "in-hand"
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class DueEntry:
    """The deadline of a step, or of one turn of a recurring step (the first is 1).

    day: None when undetermined. sequence: rises with every change. changed_at: when it was changed
    last, aware. url: the step's page. notes: lines of the description.
    """

    step_id: UUID
    code: str
    title: str
    day: date | None
    standing: Standing
    sequence: int
    changed_at: datetime
    url: str
    notes: tuple[str, ...] = ()
    turn: int | None = None

    @property
    def uid(self) -> str:
        turn = "" if self.turn is None else f"-{self.turn}"
        return f"step-{self.step_id}{turn}@karta"

    @property
    def is_cancelled(self) -> bool:
        return self.standing is Standing.CANCELLED

    @property
    def summary(self) -> str:
        """«2.1 Анкетирование – срок», «✓ 2.1 Анкетирование», «Отменено: 2.1 Анкетирование»."""
        words = f"{self.code} {self.title}"
        match self.standing:
            case Standing.DONE:
                return f"✓ {words}"
            case Standing.CANCELLED:
                return f"Отменено: {words}"
            case _:
                return f"{words} – срок"


@dataclass(frozen=True, slots=True)
class MeetingEntry:
    """A meeting for a step: from `starts_at` to `ends_at`, both aware; more in `DueEntry`."""

    id: UUID
    code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    is_cancelled: bool
    sequence: int
    changed_at: datetime
    url: str
    notes: tuple[str, ...] = ()

    @property
    def uid(self) -> str:
        return f"meeting-{self.id}@karta"

    @property
    def summary(self) -> str:
        """«Встреча: 2.1 Анкетирование»."""
        what = "Встреча отменена" if self.is_cancelled else "Встреча"
        return f"{what}: {self.code} {self.title}"


Entry = DueEntry | MeetingEntry


def feed(name: str, entries: Iterable[Entry], *, zone: str) -> bytes:
    """A calendar to be followed at its address; the follower replaces all it had by it.

    Undated entries are left out: without a METHOD a VEVENT needs its DTSTART (RFC 5545 3.6.1).
    """
    calendar = _empty()
    calendar.add("X-WR-CALNAME", one_line(name))
    calendar.add("X-WR-TIMEZONE", zone)
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    return _filled(calendar, [e for e in entries if _is_dated(e)], zone)


def publication(
    method: Method, entries: Iterable[Entry], *, zone: str, organizer: Sender, at: datetime
) -> bytes | None:
    """The calendar that a letter made at a moment brings; None when there is nothing to bring.

    PUBLISH leaves undated entries out. CANCEL takes every entry back, however it stands.
    """
    if method is Method.CANCEL:
        kept = [_cancelled(entry) for entry in entries]
    else:
        kept = [entry for entry in entries if _is_dated(entry)]
    if not kept:
        return None
    calendar = _empty()
    calendar.add("METHOD", method.value)
    return _filled(calendar, kept, zone, organizer=organizer, at=at)


def _empty() -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", PRODID)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    return calendar


def _is_dated(entry: Entry) -> bool:
    return isinstance(entry, MeetingEntry) or entry.day is not None


def _cancelled(entry: Entry) -> Entry:
    if isinstance(entry, MeetingEntry):
        return replace(entry, is_cancelled=True)
    return replace(entry, standing=Standing.CANCELLED)


def _filled(
    calendar: Calendar,
    entries: Sequence[Entry],
    zone: str,
    *,
    organizer: Sender | None = None,
    at: datetime | None = None,
) -> bytes:
    meetings = [entry for entry in entries if isinstance(entry, MeetingEntry)]
    if meetings or not entries:  # a calendar must not be empty (RFC 5545 3.6)
        years = [moment.year for m in meetings for moment in (m.starts_at, m.ends_at)]
        calendar.add_component(_timezone(zone, min(years, default=2020), max(years, default=2020)))
    for entry in entries:
        event = _due(entry, zone) if isinstance(entry, DueEntry) else _meeting(entry, zone)
        # Without a METHOD the stamp is that of the last change; with one, that of the message
        # (RFC 5545 3.8.7.2).
        event.add("DTSTAMP", (at or entry.changed_at).astimezone(UTC))
        event.add("LAST-MODIFIED", entry.changed_at.astimezone(UTC))
        if organizer is not None:  # a message must name its sender (RFC 5546 3.2.1, 3.2.5)
            event.add("ORGANIZER", _address(organizer))
        calendar.add_component(event)
    written: bytes = calendar.to_ical()  # the library leaves its type open
    return written


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("UID", entry.uid)
    event.add("SEQUENCE", entry.sequence)
    event.add("STATUS", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("SUMMARY", one_line(entry.summary))
    lines = [one_line(line) for line in (*entry.notes, entry.url)]
    event.add("DESCRIPTION", "\n".join(line for line in lines if line))
    event.add("URL", entry.url)
    return event


def _due(entry: DueEntry, zone: str) -> Event:
    event = _event(entry)
    event.add("TRANSP", "TRANSPARENT")  # a due date takes nobody's time
    if entry.day is not None:
        event.add("DTSTART", entry.day)
        event.add("DTEND", entry.day + timedelta(days=1))
        if entry.standing is Standing.IN_HAND:
            eve = datetime.combine(entry.day - timedelta(days=1), DUE_ALARM, ZoneInfo(zone))
            # An absolute moment: a phone that is in another zone rings when the school wakes.
            event.add_component(_alarm(eve.astimezone(UTC), f"Завтра срок: {entry.code}"))
    return event


def _meeting(entry: MeetingEntry, zone: str) -> Event:
    event = _event(entry)
    event.add("TRANSP", "TRANSPARENT" if entry.is_cancelled else "OPAQUE")
    local = ZoneInfo(zone)
    event.add("DTSTART", entry.starts_at.astimezone(local))
    event.add("DTEND", entry.ends_at.astimezone(local))
    if entry.place:
        event.add("LOCATION", one_line(entry.place))
    if not entry.is_cancelled:
        event.add_component(_alarm(-MEETING_ALARM, f"Через час встреча: {entry.code}"))
    return event


def _alarm(trigger: datetime | timedelta, words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", one_line(words))
    kind = {"VALUE": "DATE-TIME"} if isinstance(trigger, datetime) else {}
    alarm.add("TRIGGER", trigger, parameters=kind)
    return alarm


def _address(sender: Sender) -> vCalAddress:
    address = vCalAddress(f"mailto:{sender.address}")
    if name := one_line(sender.name).replace('"', "'"):  # a parameter cannot hold the sign itself
        address.params["CN"] = name
    return address


@lru_cache(maxsize=256)
def _timezone(zone: str, first_year: int, last_year: int) -> Timezone:
    """The zone's VTIMEZONE, right from a year before the first of these years to one after.

    Made here: the library's own puts the beginning of summer time an hour late, since the onset is
    told in the clock time that ends then (RFC 5545 3.6.5).
    """
    local = ZoneInfo(zone)
    start = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 2, 1, 1, tzinfo=UTC)
    made = Timezone()
    made.add("TZID", zone)
    made.add_component(_observance(start, local, _offset(start, local)))
    for onset in _changes(start, end, local):
        before = _offset(onset - timedelta(seconds=1), local)
        made.add_component(_observance(onset, local, before))
    return made


def _observance(
    onset: datetime, local: ZoneInfo, before: timedelta
) -> TimezoneStandard | TimezoneDaylight:
    """The offset that comes into force at a moment, where `before` was in force."""
    after = onset.astimezone(local)
    made = TimezoneDaylight() if after.dst() else TimezoneStandard()
    made.add("DTSTART", (onset + before).replace(tzinfo=None))
    made.add("TZOFFSETFROM", before)
    made.add("TZOFFSETTO", after.utcoffset())
    made.add("TZNAME", after.tzname())
    return made


def _offset(moment: datetime, local: ZoneInfo) -> timedelta:
    return moment.astimezone(local).utcoffset() or timedelta(0)


def _changes(start: datetime, end: datetime, local: ZoneInfo) -> Iterable[datetime]:
    """The moments at which the zone's offset, or its name, changes."""

    def rule(moment: datetime) -> tuple[timedelta | None, timedelta | None, str | None]:
        there = moment.astimezone(local)
        return there.utcoffset(), there.dst(), there.tzname()

    day = start
    while day < end:
        after = day + timedelta(days=1)
        if rule(day) != rule(after):
            low, high = day, after
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=1) // 2)
                low, high = (middle, high) if rule(middle) == rule(low) else (low, middle)
            yield high
        day = after
