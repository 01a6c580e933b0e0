"""The school's working days, terms and time zone."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.calendar import SchoolCalendar, Term, Vacation, known_zone
from roadmap.days_off import national_year
from roadmap.dues import parse_due, resolve
from roadmap.terms import TERMS_IN_YEAR, term, usual_term, usual_vacations


def day(text: str) -> date:
    return date.fromisoformat(text)


TALON = SchoolCalendar("Asia/Magadan")
SIX_DAYS = SchoolCalendar("Asia/Magadan", six_day_week=True)


# -- working days ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "working"),
    [
        ("2021-09-01", True),
        ("2021-09-04", False),  # Saturday
        ("2021-02-20", True),  # a Saturday worked for Monday the 22nd
        ("2021-02-22", False),
        ("2021-02-23", False),  # holiday
        ("2021-05-10", False),  # for 9 May, a Sunday
        ("2021-11-05", False),  # moved from 2 January
        ("2021-12-31", False),  # moved from 3 January
        ("2022-01-07", False),
        ("2022-01-10", True),
        ("2022-05-03", False),
        ("2026-01-09", False),  # moved from 3 January
        ("2014-03-10", False),  # for 8 March, a Saturday
    ],
)
def test_working_days_are_those_of_russia_with_moved_days_off(text, working):
    assert TALON.is_working_day(day(text)) is working


@pytest.mark.parametrize(
    ("year", "count"),
    [(2019, 247), (2020, 248), (2021, 247), (2022, 247), (2023, 247), (2024, 248), (2025, 247)],
)
def test_a_year_has_as_many_working_days_as_the_official_calendar(year, count):
    assert len(national_year(year).working_days) == count


@pytest.mark.parametrize(
    ("text", "working"),
    [
        ("2021-09-04", True),  # Saturday
        ("2021-09-05", False),
        ("2021-02-22", True),  # moved from a Saturday: no day off of a six-day week
        ("2021-05-03", True),  # for 1 May, a Saturday
        ("2021-05-10", False),  # for 9 May, a Sunday
        ("2021-11-05", True),  # moved from a Saturday
        ("2021-12-31", False),  # moved from a Sunday
        ("2021-11-04", False),
    ],
)
def test_a_six_day_week_rests_on_sundays_and_on_what_is_moved_from_them(text, working):
    assert SIX_DAYS.is_working_day(day(text)) is working


def test_beyond_the_known_moves_the_labour_code_stands_in_and_it_is_said():
    assert TALON.moves_known(2022)
    assert TALON.caution(2022) is None
    assert not TALON.moves_known(2045)
    assert "2045" in TALON.caution(2045)
    # 12 June 2044 and 4 November 2045 are a Sunday and a Saturday.
    assert not TALON.is_working_day(day("2044-06-13"))
    assert not TALON.is_working_day(day("2045-11-06"))
    assert TALON.is_working_day(day("2045-11-07"))


def test_the_schools_own_days_win():
    school = SchoolCalendar(
        "Asia/Magadan",
        extra_days_off={day("2021-10-29"), day("2021-10-30")},
        extra_working_days=[day("2021-10-30"), day("2021-12-31")],
    )
    assert not school.is_working_day(day("2021-10-29"))
    assert school.is_working_day(day("2021-10-30"))
    assert school.is_working_day(day("2021-12-31"))
    assert TALON.is_working_day(day("2021-10-29"))


@pytest.mark.parametrize(
    ("due", "before", "after"),
    [
        ("2021-10-31", "2021-10-29", "2021-11-01"),  # Sunday
        ("2021-11-04", "2021-11-03", "2021-11-08"),  # four days off
        ("2021-12-31", "2021-12-30", "2022-01-10"),  # New Year
        ("2021-10-29", "2021-10-29", "2021-10-29"),
    ],
)
def test_a_deadline_moves_off_a_day_off(due, before, after):
    assert TALON.move_off_day_off(day(due)) == day(before)
    assert TALON.move_off_day_off(day(due), "before") == day(before)
    assert TALON.move_off_day_off(day(due), "after") == day(after)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2021-12-10", 3, "2021-12-15"),
        ("2021-12-30", 1, "2022-01-10"),
        ("2022-01-10", -1, "2021-12-30"),
        ("2022-01-03", 1, "2022-01-10"),
        ("2022-01-03", -1, "2021-12-30"),
        ("2021-12-11", 0, "2021-12-11"),
        ("2021-09-01", 247 * 3, "2024-09-02"),
    ],
)
def test_working_days_are_added(start, amount, expected):
    assert TALON.add_working_days(day(start), amount) == day(expected)


def test_next_and_previous_working_days_are_other_days():
    assert TALON.next_working_day(day("2021-09-01")) == day("2021-09-02")
    assert TALON.previous_working_day(day("2021-09-01")) == day("2021-08-31")


def test_due_on_friday_and_done_on_monday_is_one_working_day_late():
    assert TALON.working_days_between(day("2021-09-03"), day("2021-09-06")) == 1
    assert TALON.working_days_between(day("2021-09-03"), day("2021-09-05")) == 0
    assert TALON.working_days_between(day("2021-09-06"), day("2021-09-03")) == -1
    assert TALON.working_days_between(day("2021-12-30"), day("2022-01-11")) == 2


plan_days = st.dates(date(2013, 1, 1), date(2060, 1, 1))


@given(plan_days, st.integers(-900, 900).filter(bool))
def test_adding_working_days_is_counting_them_one_by_one(start, amount):
    found = TALON.add_working_days(start, amount)
    assert TALON.is_working_day(found)
    lower, upper = min(start, found), max(start, found)
    between = [lower + timedelta(days=n) for n in range((upper - lower).days + 1)]
    counted = sum(TALON.is_working_day(each) for each in between if each != start)
    assert counted == abs(amount)


@given(plan_days, plan_days)
def test_working_days_between_are_counted_one_by_one(first, second):
    lower, upper = min(first, second), max(first, second)
    counted = sum(
        TALON.is_working_day(lower + timedelta(days=n)) for n in range(1, (upper - lower).days + 1)
    )
    assert TALON.working_days_between(lower, upper) == counted
    assert TALON.working_days_between(upper, lower) == -counted


@given(plan_days, st.sampled_from(["before", "after"]))
def test_a_moved_deadline_is_the_nearest_working_day_on_its_side(due, direction):
    moved = TALON.move_off_day_off(due, direction)
    assert TALON.is_working_day(moved)
    assert moved <= due if direction == "before" else moved >= due
    assert abs(moved - due) <= timedelta(days=12)  # New Year with the weekends around it


def test_a_day_off_has_a_name():
    assert TALON.day_off_name(day("2022-05-09")) == "День Победы"
    assert TALON.day_off_name(day("2021-09-04")) == "суббота"
    assert TALON.day_off_name(day("2021-11-05")) == "выходной день, перенесённый с 02.01.2021"
    assert TALON.day_off_name(day("2021-09-01")) is None
    school = SchoolCalendar("Asia/Magadan", extra_days_off=[day("2021-09-01")])
    assert school.day_off_name(day("2021-09-01")) == "выходной день школы"


def test_relative_deadlines_count_the_schools_working_days():
    due = parse_due("в течение 3 рабочих дней после 5.4")
    assert resolve(due, {"5.4": day("2021-12-29")}, TALON).end == day("2022-01-11")


# -- terms and vacations --------------------------------------------------------------------------


def test_the_usual_quarters_are_those_the_ministry_recommends():
    quarters = [TALON.term("quarter", number, 2025) for number in (1, 2, 3, 4)]
    assert [(each.start, each.end) for each in quarters] == [
        (day("2025-09-01"), day("2025-10-24")),
        (day("2025-11-05"), day("2025-12-30")),
        (day("2026-01-12"), day("2026-03-27")),
        (day("2026-04-06"), day("2026-05-26")),
    ]


def test_the_usual_longer_terms_are_whole_months():
    spans = {
        ("half-year", 1): ("2021-09-01", "2021-12-31"),
        ("half-year", 2): ("2022-01-01", "2022-05-31"),
        ("trimester", 1): ("2021-09-01", "2021-11-30"),
        ("trimester", 2): ("2021-12-01", "2022-02-28"),
        ("trimester", 3): ("2022-03-01", "2022-05-31"),
        ("year", 1): ("2021-09-01", "2022-05-31"),
    }
    for (kind, number), (start, end) in spans.items():
        assert TALON.term(kind, number, 2021) == Term(kind, number, day(start), day(end))


OWN = SchoolCalendar(
    "Asia/Magadan",
    terms=(
        Term("quarter", 1, day("2021-09-01"), day("2021-10-29")),
        Term("quarter", 2, day("2021-11-08"), day("2021-12-28")),
        Term("quarter", 3, day("2022-01-12"), day("2022-03-18")),
        Term("quarter", 4, day("2022-03-28"), day("2022-05-25")),
    ),
    vacations=(Vacation("осенние каникулы", day("2021-10-30"), day("2021-11-07")),),
)


def test_declared_terms_win_and_make_up_half_years_and_the_year():
    assert OWN.term("quarter", 1, 2021).end == day("2021-10-29")
    assert OWN.term("half-year", 2, 2021) == Term(
        "half-year", 2, day("2022-01-12"), day("2022-05-25")
    )
    assert OWN.term("year", 1, 2021).end == day("2022-05-25")
    assert OWN.term("quarter", 1, 2022) == usual_term("quarter", 1, 2022)


def test_a_day_lies_in_its_term_or_between_terms():
    assert OWN.term_on(day("2021-12-28")).number == 2
    assert OWN.term_on(day("2021-12-29")) is None
    assert OWN.term_on(day("2022-02-01"), "half-year").number == 2
    assert OWN.term_on(day("2022-07-01")) is None


def test_lessons_are_held_on_working_days_outside_vacations():
    assert OWN.is_school_day(day("2021-10-29"))
    assert not OWN.is_school_day(day("2021-11-01"))
    assert OWN.is_working_day(day("2021-11-01"))
    assert OWN.vacation_on(day("2021-11-01")).name == "осенние каникулы"
    assert not TALON.is_school_day(day("2026-03-30"))
    assert TALON.vacation_on(day("2022-08-15")).name == "летние каникулы"
    assert TALON.vacation_on(day("2022-09-01")) is None


def test_a_term_that_a_school_year_does_not_have_is_refused():
    with pytest.raises(ValueError, match="quarter"):
        term("quarter", 5, 2021)


@given(st.integers(1992, 2150))
def test_usual_quarters_and_vacations_follow_one_another(year):
    quarters = [usual_term("quarter", n, year) for n in range(1, TERMS_IN_YEAR["quarter"] + 1)]
    spans = sorted([(q.start, q.end) for q in quarters] + [
        (v.start, v.end) for v in usual_vacations(year)
    ])  # fmt: skip
    assert all(start <= end for start, end in spans)
    for (_, end), (start, _) in pairwise(spans):
        assert start == end + timedelta(days=1)
    assert spans[0][0] == date(year, 9, 1) and spans[-1][1] == date(year + 1, 8, 31)
    assert all((end - start).days >= 6 for start, end in spans)


# -- the school's zone ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hours"),
    [("2010-12-01", 11), ("2013-05-01", 12), ("2015-05-01", 10), ("2016-05-01", 11),
     ("2022-05-01", 11)],
)  # fmt: skip
def test_the_day_ends_in_the_schools_zone_whatever_its_rules_were_then(text, hours):
    end = TALON.end_of_day(day(text))
    assert (end.hour, end.minute, end.second) == (23, 59, 59)
    assert end.utcoffset() == timedelta(hours=hours)
    assert end.astimezone(UTC).hour == 23 - hours


def test_today_is_the_schools_day_not_the_servers():
    evening_in_utc = datetime(2021, 9, 1, 13, 30, tzinfo=UTC)
    assert TALON.today(evening_in_utc) == day("2021-09-02")
    assert SchoolCalendar("Europe/Kaliningrad").today(evening_in_utc) == day("2021-09-01")
    moscow = evening_in_utc.astimezone(ZoneInfo("Europe/Moscow"))
    assert TALON.today(moscow) == day("2021-09-02")


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        TALON.today(datetime(2021, 9, 1))


def test_a_deadline_lasts_until_the_last_second_of_its_day():
    due = day("2021-09-30")
    last = TALON.end_of_day(due)
    assert TALON.today(last) == due
    assert TALON.days_left(due, last) == 0
    assert TALON.days_left(due, last + timedelta(seconds=1)) == -1
    assert TALON.days_left(due, TALON.start_of_day(due) - timedelta(seconds=1)) == 1


@given(st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_every_moment_lies_within_its_day_at_the_school(now):
    now = now.replace(microsecond=0)
    today = TALON.today(now)
    assert TALON.start_of_day(today) <= now <= TALON.end_of_day(today)


@pytest.mark.parametrize("zone", ["Asia/Magadan", "Europe/Kaliningrad", "UTC"])
def test_a_zone_is_known(zone):
    assert known_zone(zone)


@pytest.mark.parametrize("zone", ["", "Magadan", "../etc/passwd", "Asia/", "Азия/Магадан", "a\0b"])
def test_an_unknown_zone_is_refused_at_once(zone):
    assert not known_zone(zone)
    with pytest.raises((ZoneInfoNotFoundError, ValueError, OSError)):
        SchoolCalendar(zone)


def test_calendars_with_the_same_days_are_equal():
    assert SchoolCalendar("UTC", extra_days_off=[day("2021-09-01")]) == SchoolCalendar(
        "UTC", extra_days_off={day("2021-09-01")}
    )
    assert hash(TALON) == hash(SchoolCalendar("Asia/Magadan"))
