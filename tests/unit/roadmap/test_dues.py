"""Deadlines as schools write them, and the dates they mean."""

import string
import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roadmap.dues import (
    Doubt,
    Due,
    Occurrence,
    Offset,
    Period,
    Rule,
    YearDay,
    months_between,
    occurrences,
    parse_due,
    parse_one_date,
    print_due,
    resolve,
    resolve_all,
    shift_month,
)
from roadmap.terms import Term


def day(text: str) -> date:
    return date.fromisoformat(text)


def maybe_day(text: str) -> date | None:
    return day(text) if text else None


PROGRAMME = Period(day("2021-09-01"), day("2022-12-31"))
THREE_YEARS = Period(day("2021-09-01"), day("2024-12-31"))


class Weekdays:
    """Counts Monday to Friday and knows no holidays."""

    def add_working_days(self, start: date, amount: int) -> date:
        step = timedelta(days=1 if amount > 0 else -1)
        while amount:
            start += step
            if start.weekday() < 5:
                amount -= int(step / timedelta(days=1))
        return start


# Text, first day, last day; the year is in the text.
WITH_YEAR = [
    ("Сентябрь 2021", "2021-09-01", "2021-09-30"),
    ("сентябрь 2021 г.", "2021-09-01", "2021-09-30"),
    ("сентябрь 2021г", "2021-09-01", "2021-09-30"),
    ("СЕНТЯБРЬ 2021 ГОДА", "2021-09-01", "2021-09-30"),
    ("Сентябрь\n2021", "2021-09-01", "2021-09-30"),
    ("  Сентябрь \t\u00a0 2021 ", "2021-09-01", "2021-09-30"),
    ("сен-\nтябрь 2021", "2021-09-01", "2021-09-30"),
    ("Cентябрь 2021", "2021-09-01", "2021-09-30"),  # a Latin C
    ("c 1 по 15 сентября 2021", "2021-09-01", "2021-09-15"),  # and here
    ("«сентябрь» 2021", "2021-09-01", "2021-09-30"),
    ("сентябрь (2021)", "2021-09-01", "2021-09-30"),
    ("сент. 2021 г.", "2021-09-01", "2021-09-30"),
    ("09.2021", "2021-09-01", "2021-09-30"),
    ("в сентябре 2021 года", "2021-09-01", "2021-09-30"),
    ("в течение сентября 2021 г.", "2021-09-01", "2021-09-30"),
    ("Февраль 2022", "2022-02-01", "2022-02-28"),
    ("февраль 2024", "2024-02-01", "2024-02-29"),
    ("Февраль-май 2022", "2022-02-01", "2022-05-31"),
    ("Февраль–май 2022", "2022-02-01", "2022-05-31"),
    ("Февраль — май 2022", "2022-02-01", "2022-05-31"),
    ("февраль -май  2022", "2022-02-01", "2022-05-31"),
    ("Февраль-\nмай\n2022", "2022-02-01", "2022-05-31"),
    ("ФЕВРАЛЬ–МАЙ 2022 Г.", "2022-02-01", "2022-05-31"),
    ("сентябрь 2021 – май 2022", "2021-09-01", "2022-05-31"),
    ("сентябрь–май 2022", "2021-09-01", "2022-05-31"),
    ("сентябрь 2021 – май", "2021-09-01", "2022-05-31"),
    ("с сентября 2021 года по май 2022 года", "2021-09-01", "2022-05-31"),
    ("сентябрь–октябрь–ноябрь 2021", "2021-09-01", "2021-11-30"),
    ("до 15.09.2021", "", "2021-09-15"),
    ("до 15.09.21", "", "2021-09-15"),
    ("до 15.09.2021 г. включительно", "", "2021-09-15"),
    ("Срок: до 15.09.2021", "", "2021-09-15"),
    ("в срок до 31 марта 2022 года", "", "2022-03-31"),
    ("не позднее 25 мая 2022 г.", "", "2022-05-25"),
    ("к 1 сентября 2022", "", "2022-09-01"),
    ("по 31.05.2022", "", "2022-05-31"),
    ("до конца мая 2022", "", "2022-05-31"),
    ("не позднее мая 2022", "", "2022-05-31"),
    ("до начала мая 2022", "", "2022-04-30"),
    ("до конца 2021–2022 учебного года", "", "2022-05-31"),
    ("25 августа 2021 года", "2021-08-25", "2021-08-25"),
    ("15 сентября 2021 г., в 15:00", "2021-09-15", "2021-09-15"),
    ("2021-09-15", "2021-09-15", "2021-09-15"),
    ("1.12.2021-29.12.2021", "2021-12-01", "2021-12-29"),
    ("01.12.2021 – 29.12.2021 г.", "2021-12-01", "2021-12-29"),
    ("с 29 ноября по 17 декабря 2021 г.", "2021-11-29", "2021-12-17"),
    ("с 20 декабря по 15 января 2022", "2021-12-20", "2022-01-15"),
    ("с 1 по 15 сентября 2021", "2021-09-01", "2021-09-15"),
    ("с 1-го по 15-е сентября 2021", "2021-09-01", "2021-09-15"),
    ("1–15.09.2021", "2021-09-01", "2021-09-15"),
    ("01.09–15.09.2021", "2021-09-01", "2021-09-15"),
    ("первая половина сентября 2021", "2021-09-01", "2021-09-15"),
    ("3-я декада февраля 2022", "2022-02-21", "2022-02-28"),
    ("III квартал 2022", "2022-07-01", "2022-09-30"),
    ("3 квартал 2022 г.", "2022-07-01", "2022-09-30"),
    ("ІІІ кв. 2022", "2022-07-01", "2022-09-30"),  # Ukrainian letters for Roman figures
    ("I–II квартал 2022", "2022-01-01", "2022-06-30"),
    ("1 полугодие 2021–2022 учебного года", "2021-09-01", "2021-12-31"),
    ("2021-2022 уч. год, второе полугодие", "2022-01-01", "2022-05-31"),
    ("3 четверть 2021/22 уч. г.", "2022-01-10", "2022-03-25"),
    ("3 четверть 2022 года", "2022-01-10", "2022-03-25"),
    ("2021–2022 учебный год", "2021-09-01", "2022-05-31"),
    ("2021/2022", "2021-09-01", "2022-05-31"),
    ("в течение 2021-2022 учебного года", "2021-09-01", "2022-05-31"),
    ("2021-2024 гг.", "2021-01-01", "2024-12-31"),
    ("2022 год", "2022-01-01", "2022-12-31"),
]


@pytest.mark.parametrize(("text", "start", "end"), WITH_YEAR)
def test_a_deadline_with_its_year_needs_no_period(text, start, end):
    due = parse_due(text)
    assert (due.start, due.end, due.doubts) == (maybe_day(start), day(end), ())
    assert due.text == text
    assert due.dated


# The year comes from a programme that runs from September 2021 to December 2022.
FROM_PERIOD = [
    ("Сентябрь–май", "2021-09-01", "2022-05-31"),
    ("с сентября по май", "2021-09-01", "2022-05-31"),
    ("май", "2022-05-01", "2022-05-31"),
    ("не позднее 25 мая", "", "2022-05-25"),
    ("до 1 марта", "", "2022-03-01"),
    ("15.03", "2022-03-15", "2022-03-15"),
    ("II квартал", "2022-04-01", "2022-06-30"),
    ("3 четверть", "2022-01-10", "2022-03-25"),
    ("2 полугодие", "2022-01-01", "2022-05-31"),
    ("в течение года", "2021-09-01", "2022-12-31"),
    ("в течение всего периода", "2021-09-01", "2022-12-31"),
    ("Весь период реализации программы", "2021-09-01", "2022-12-31"),
    ("В течении года", "2021-09-01", "2022-12-31"),
    ("в течение учебного года", "2021-09-01", "2022-05-31"),
]


@pytest.mark.parametrize(("text", "start", "end"), FROM_PERIOD)
def test_a_missing_year_comes_from_the_period(text, start, end):
    due = parse_due(text, period=PROGRAMME)
    assert (due.start, due.end, due.doubts) == (maybe_day(start), day(end), ())


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("октябрь", "2021-10-01", "2021-10-31"),
        ("1 четверть", "2021-09-01", "2021-10-22"),
        ("1 полугодие", "2021-09-01", "2021-12-31"),
    ],
)
def test_of_two_years_in_the_period_the_first_is_taken_and_said(text, start, end):
    due = parse_due(text, period=PROGRAMME)
    assert (due.start, due.end) == (day(start), day(end))
    assert [(doubt.code, doubt.severity) for doubt in due.doubts] == [("due-year-chosen", "info")]


def test_a_half_of_a_named_year_may_be_taught_or_of_the_calendar():
    due = parse_due("1 полугодие 2022 года")
    assert (due.start, due.end) == (day("2022-01-01"), day("2022-06-30"))
    assert [(doubt.code, doubt.severity) for doubt in due.doubts] == [("due-two-readings", "info")]
    assert 'due: "январь – июнь 2022" или due: "сентябрь – декабрь 2022"' in due.doubts[0].message


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (
            "Август 2022 года, август 2023 года",
            [("2022-08-01", "2022-08-31"), ("2023-08-01", "2023-08-31")],
        ),
        (
            "сентябрь, декабрь 2021 г. и март 2022 г.",
            [
                ("2021-09-01", "2021-09-30"),
                ("2021-12-01", "2021-12-31"),
                ("2022-03-01", "2022-03-31"),
            ],
        ),
        ("декабрь, январь 2022", [("2021-12-01", "2021-12-31"), ("2022-01-01", "2022-01-31")]),
        ("до 15.09.2021; до 15.12.2021", [("", "2021-09-15"), ("", "2021-12-15")]),
        ("1 и 15 сентября 2021", [("2021-09-01", "2021-09-01"), ("2021-09-15", "2021-09-15")]),
        ("I, III квартал 2022", [("2022-01-01", "2022-03-31"), ("2022-07-01", "2022-09-30")]),
    ],
)
def test_a_list_of_deadlines_comes_round_at_each(text, spans):
    due = parse_due(text)
    assert due.rule is not None and due.rule.every == "dates"
    assert occurrences(due) == tuple(Occurrence(maybe_day(a), day(b)) for a, b in spans)
    assert due.end == day(spans[-1][1])
    assert due.doubts == ()


def test_a_list_without_years_goes_on_over_new_year():
    due = parse_due("октябрь, декабрь, март", period=PROGRAMME)
    assert [each.start for each in occurrences(due)] == [
        day("2021-10-01"),
        day("2021-12-01"),
        day("2022-03-01"),
    ]


# -- what cannot be dated -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "по графику ФЦТ",
        "по отдельному плану",
        "по мере необходимости школы и по графику",
        "1 раз в 2 месяца до 5 числа",
        "ежегодно по графику ФЦТ",
        "до 7.2",
        "в срок",
        "в течение",
        "в 2021 или 2022",
        "апробация",
        "по окончании учебного года",
        "каждый понедельник, 11.10",
        "ежегодно до 1 октября 2022",
        "сентябрь 2021 – май 2022 – 2023",
        "28, 5 октября 2021",
        "1\n5 сентября",
        "май 2022 (перенесено на июнь)",
        "1 сентября – 1 четверть",
        "5 четверть",
        "сентябрь 2021 " * 20,
        "-",
        ".",
    ],
)
def test_what_cannot_be_dated_is_neither_an_error_nor_a_guess(text):
    due = parse_due(text, period=PROGRAMME)
    assert not due.dated
    assert (due.start, due.end, due.rule, due.relative) == (None, None, None, None)
    assert [(doubt.code, doubt.severity) for doubt in due.doubts] == [("due-undated", "info")]
    assert print_due(due) == "срок не определён"
    assert due.text == text


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_deadline_says_that_nothing_is_said(text):
    assert parse_due(text).doubts[0].message.startswith("срок не указан")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("30 февраля", "30 февраля нет в календаре"),
        ("до 30 февраля 2022", "30 февраля 2022 года нет в календаре"),
        ("29 февраля 2022", "29 февраля 2022 года нет в календаре"),
        ("31.09.2021", "31 сентября 2021 года нет в календаре"),
        ("00.09.2021", "0 сентября 2021 года нет в календаре"),
        ("15.13.2021", "15.13.2021 нет в календаре"),
        ("с 25 по 32 мая 2022", "32 мая 2022 года нет в календаре"),
        ("30 февраля, ежегодно", "30 февраля нет в календаре"),
        ("сентябрь 1021", "1021 год не похож на год плана: проверьте год"),
    ],
)
def test_a_date_that_does_not_exist_is_an_error(text, message):
    due = parse_due(text, period=PROGRAMME)
    assert due.doubts == (Doubt("due-no-such-date", message, "error"),)
    assert not due.dated


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Октябрь 2022–Май 2022", "конец раньше начала: октябрь 2022 – май 2022"),
        (
            "31.12.2021 – 1.12.2021",
            "конец раньше начала: 31 декабря 2021 года – 1 декабря 2021 года",
        ),
        ("2024-2021 гг.", "конец раньше начала: 2024 год – 2021 год"),
    ],
)
def test_an_end_before_its_start_is_an_error(text, message):
    due = parse_due(text)
    assert due.doubts == (Doubt("due-end-before-start", message, "error"),)
    assert not due.dated


def test_a_missing_year_without_a_period_is_a_warning():
    due = parse_due("октябрь")
    assert [(doubt.code, doubt.severity) for doubt in due.doubts] == [("due-no-year", "warning")]
    assert not due.dated


def test_a_month_that_the_period_never_reaches_is_a_warning():
    due = parse_due("август", period=Period(day("2021-09-01"), day("2022-05-31")))
    assert [(doubt.code, doubt.severity) for doubt in due.doubts] == [("due-no-year", "warning")]
    assert "01.09.2021 – 31.05.2022" in due.doubts[0].message


@pytest.mark.parametrize("text", ["ежемесячно", "постоянно", "в течение года", "1 раз в четверть"])
def test_what_lasts_the_whole_period_asks_for_one(text):
    due = parse_due(text)
    assert [(doubt.code, doubt.severity) for doubt in due.doubts] == [("due-no-period", "warning")]
    assert not due.dated


def test_29_february_without_a_year_is_the_leap_one():
    due = parse_due("29 февраля", period=Period(day("2021-09-01"), day("2024-08-31")))
    assert due.end == day("2024-02-29")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("до мая 2022", "", "2022-04-30"),
        ("конец мая 2022", "2022-05-21", "2022-05-31"),
        ("последняя неделя февраля 2022", "2022-02-22", "2022-02-28"),
    ],
)
def test_a_rough_word_is_read_and_the_reading_is_said(text, start, end):
    due = parse_due(text)
    assert (due.start, due.end) == (maybe_day(start), day(end))
    assert [(doubt.code, doubt.severity) for doubt in due.doubts] == [("due-approximate", "info")]
    assert f"{day(end):%d.%m.%Y}" in due.doubts[0].message


def test_of_two_readings_of_a_bracket_both_are_named_and_how_to_settle_them():
    due = parse_due("сентябрь 2021 (октябрь 2021)")
    assert due.end == day("2021-09-30")
    assert [(doubt.code, doubt.severity) for doubt in due.doubts] == [("due-two-readings", "info")]
    assert 'due: "сентябрь 2021" или due: "октябрь 2021"' in due.doubts[0].message


def test_a_day_of_the_week_that_is_another_is_told():
    due = parse_due("14 сентября 2021 г. (среда)")
    assert due.end == day("2021-09-14")
    assert "14.09.2021 – вторник, а написано «среда»" in due.doubts[0].message


def test_words_in_brackets_that_name_no_date_are_told():
    due = parse_due("сентябрь 2021 (входная диагностика)")
    assert due.end == day("2021-09-30")
    assert "слова в скобках «входная диагностика» на дату не повлияли" in due.doubts[0].message


def test_a_month_that_may_or_may_not_be_meant_is_told_with_both_ends():
    (doubt,) = parse_due("до мая 2022").doubts
    assert 'due: "до 30.04.2022" или due: "до 31.05.2022"' in doubt.message


def test_a_month_outside_the_period_is_told_with_the_nearest_ones():
    (doubt,) = parse_due("август", period=Period(day("2021-09-01"), day("2022-05-31"))).doubts
    assert 'due: "август 2021" или due: "август 2022"' in doubt.message


def test_only_a_first_day_leaves_the_deadline_open():
    due = parse_due("с 1 сентября 2021")
    assert (due.start, due.end, due.dated) == (day("2021-09-01"), None, False)
    assert due.doubts[0].code == "due-undated"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01.09.2021", "2021-09-01"),
        ("1 сентября 2021 г.", "2021-09-01"),
        ("2021-09-01", "2021-09-01"),
        ("сентябрь 2021", ""),
        ("до 01.09.2021", ""),
        ("1 сентября", ""),
        ("31.06.2021", ""),
        ("завтра", ""),
    ],
)
def test_one_date_is_a_single_day_with_its_year(text, expected):
    assert parse_one_date(text) == maybe_day(expected)


# -- the school's own terms -----------------------------------------------------------------------

OWN_TERMS = (
    Term("quarter", 1, day("2021-09-01"), day("2021-10-29")),
    Term("quarter", 2, day("2021-11-08"), day("2021-12-28")),
)


def test_the_schools_own_terms_win_and_make_up_the_half_year():
    quarter = parse_due("1 четверть 2021–2022 учебного года", terms=OWN_TERMS)
    assert (quarter.start, quarter.end) == (day("2021-09-01"), day("2021-10-29"))
    half = parse_due("1 полугодие 2021–2022 учебного года", terms=OWN_TERMS)
    assert (half.start, half.end) == (day("2021-09-01"), day("2021-12-28"))
    undeclared = parse_due("1 четверть 2022–2023 учебного года", terms=OWN_TERMS)
    assert undeclared.end == day("2022-10-21")


# -- what recurs ----------------------------------------------------------------------------------

# Text, number of occurrences, the first two, the last; September 2021 – December 2024.
RECURRING = [
    ("ежегодно", 4, ("2021-09-01", "2022-08-31"), ("2022-09-01", "2023-08-31"), "2024-12-31"),
    ("Май, ежегодно с 2023", 2, ("2023-05-01", "2023-05-31"), ("2024-05-01", "2024-05-31"), ""),
    ("ежегодно в мае, начиная с 2023 года", 2, ("2023-05-01", "2023-05-31"), None, "2024-05-31"),
    ("сентябрь, ежегодно", 4, ("2021-09-01", "2021-09-30"), None, "2024-09-30"),
    ("сентябрь 2022, ежегодно", 3, ("2022-09-01", "2022-09-30"), None, "2024-09-30"),
    ("ежегодно до 1 октября", 4, ("", "2021-10-01"), ("", "2022-10-01"), "2024-10-01"),
    ("декабрь–январь, ежегодно", 4, ("2021-12-01", "2022-01-31"), None, "2024-12-31"),
    ("2 раза в год (сентябрь, май)", 7, ("2021-09-01", "2021-09-30"), None, "2024-09-30"),
    ("май и сентябрь, ежегодно", 7, ("2021-09-01", "2021-09-30"), ("2022-05-01", "2022-05-31"), ""),
    ("1 раз в 2 года", 2, ("2021-09-01", "2023-08-31"), ("2023-09-01", "2024-12-31"), ""),
    ("ежемесячно", 40, ("2021-09-01", "2021-09-30"), ("2021-10-01", "2021-10-31"), "2024-12-31"),
    ("не реже 1 раза в месяц", 40, ("2021-09-01", "2021-09-30"), None, "2024-12-31"),
    ("2 раза в месяц", 80, ("2021-09-01", "2021-09-15"), ("2021-09-16", "2021-09-30"), ""),
    ("ежемесячно, сентябрь 2021 – май", 9, ("2021-09-01", "2021-09-30"), None, "2022-05-31"),
    (
        "до 25 числа каждого месяца",
        40,
        ("2021-09-01", "2021-09-25"),
        ("2021-10-01", "2021-10-25"),
        "2024-12-25",
    ),
    ("до 31 числа каждого месяца", 40, ("2021-09-01", "2021-09-30"), None, "2024-12-31"),
    ("10 числа каждого месяца", 40, ("2021-09-10", "2021-09-10"), None, "2024-12-10"),
    (
        "ежеквартально не позднее 10 числа следующего месяца",
        13,
        ("2021-10-01", "2021-10-10"),
        ("2022-01-01", "2022-01-10"),
        "2024-10-10",
    ),
    (
        "до 10 числа месяца, следующего за отчётным кварталом",
        13,
        ("2021-10-01", "2021-10-10"),
        None,
        "2024-10-10",
    ),
    ("ежеквартально", 14, ("2021-09-01", "2021-09-30"), ("2021-10-01", "2021-12-31"), ""),
    ("1 раз в четверть", 14, ("2021-09-01", "2021-10-22"), ("2021-11-01", "2021-12-30"), ""),
    ("в конце каждой четверти", 14, ("2021-09-01", "2021-10-22"), None, "2024-12-30"),
    ("1 раз в полугодие", 7, ("2021-09-01", "2021-12-31"), ("2022-01-01", "2022-05-31"), ""),
    ("2 раза в год", 7, ("2021-09-01", "2022-02-28"), ("2022-03-01", "2022-08-31"), ""),
    ("еженедельно", 175, ("2021-09-01", "2021-09-05"), ("2021-09-06", "2021-09-12"), "2024-12-31"),
    ("каждую пятницу", 174, ("2021-09-03", "2021-09-03"), ("2021-09-10", "2021-09-10"), ""),
    ("1 раз в 2 недели", 88, ("2021-09-01", "2021-09-12"), ("2021-09-13", "2021-09-26"), ""),
    ("постоянно", 1, ("2021-09-01", "2024-12-31"), None, "2024-12-31"),
    ("Постоянно, в течение года", 1, ("2021-09-01", "2024-12-31"), None, "2024-12-31"),
    ("ежегодно, 2022–2023 гг.", 2, ("2022-01-01", "2022-12-31"), None, "2023-12-31"),
]


@pytest.mark.parametrize(("text", "count", "first", "second", "last_day"), RECURRING)
def test_a_recurring_deadline_comes_round(text, count, first, second, last_day):
    due = parse_due(text, period=THREE_YEARS)
    found = occurrences(due, THREE_YEARS)
    assert len(found) == count
    assert found[0] == Occurrence(maybe_day(first[0]), day(first[1]))
    if second:
        assert found[1] == Occurrence(maybe_day(second[0]), day(second[1]))
    if last_day:
        assert found[-1].end == day(last_day)
    assert (due.start, due.end) == (found[0].start or found[0].end, found[-1].end)
    assert due.doubts == ()


def test_as_needed_lasts_the_period_and_never_comes_round():
    due = parse_due("по мере необходимости", period=PROGRAMME)
    assert (due.start, due.end) == (PROGRAMME.start, PROGRAMME.end)
    assert occurrences(due, PROGRAMME) == ()


def test_a_recurring_deadline_without_a_period_is_dated_by_its_first_time():
    due = parse_due("Май, ежегодно с 2023")
    assert (due.start, due.end) == (day("2023-05-01"), day("2023-05-31"))
    assert [doubt.code for doubt in due.doubts] == ["due-no-period"]


def test_a_recurring_deadline_after_the_period_is_said():
    due = parse_due("Май, ежегодно с 2023", period=PROGRAMME)
    assert due.end == day("2023-05-31")
    assert [doubt.code for doubt in due.doubts] == ["due-outside-period"]


def test_a_plain_deadline_comes_round_once():
    due = parse_due("Февраль–май 2022")
    assert occurrences(due) == (Occurrence(day("2022-02-01"), day("2022-05-31")),)
    assert occurrences(due, Period(day("2022-06-01"), day("2022-12-31"))) == ()


def test_occurrences_of_a_window_are_those_that_touch_it():
    due = parse_due("ежемесячно", period=PROGRAMME)
    window = Period(day("2022-01-15"), day("2022-02-10"))
    assert [each.start for each in occurrences(due, window)] == [
        day("2022-01-01"),
        day("2022-02-01"),
    ]


def test_a_rule_without_dates_takes_them_from_the_window_asked_for():
    due = parse_due("ежемесячно")
    assert len(occurrences(due, PROGRAMME)) == 16
    assert occurrences(due) == ()


# -- what follows an event ------------------------------------------------------------------------

# Text, offset, and the dates when the event is on Friday 10 December 2021.
RELATIVE = [
    (
        "в течение 3 рабочих дней после 5.4",
        Offset("5.4", "after", 3, "working-day", True),
        "2021-12-11",
        "2021-12-15",
    ),
    (
        "в течение трёх рабочих дней со дня выполнения мероприятия 5.4.",
        Offset("5.4", "after", 3, "working-day", True),
        "2021-12-11",
        "2021-12-15",
    ),
    (
        "не позднее 3 раб. дней после 5.4",
        Offset("5.4", "after", 3, "working-day", True),
        "2021-12-11",
        "2021-12-15",
    ),
    (
        "не позднее чем за 10 дней до 7.2",
        Offset("7.2", "before", 10, "day"),
        "",
        "2021-11-30",
    ),
    ("за неделю до начала 7.2", Offset("7.2", "before", 1, "week"), "", "2021-12-03"),
    (
        "не позднее, чем за 2 рабочих дня до п. 7.2",
        Offset("7.2", "before", 2, "working-day"),
        "",
        "2021-12-08",
    ),
    (
        "через 2 недели после начала этапа",
        Offset("stage", "after", 2, "week"),
        "2021-12-24",
        "2021-12-24",
    ),
    (
        "через месяц после окончания этапа 4",
        Offset("stage 4 end", "after", 1, "month"),
        "2022-01-10",
        "2022-01-10",
    ),
    (
        "в течение недели с момента открытия 5 этапа",
        Offset("stage 5", "after", 1, "week", True),
        "2021-12-11",
        "2021-12-17",
    ),
    ("до начала этапа 5", Offset("stage 5", "before", 1, "day"), "", "2021-12-09"),
    (
        "через 10 календарных дней после начала программы",
        Offset("programme", "after", 10, "day"),
        "2021-12-20",
        "2021-12-20",
    ),
]


@pytest.mark.parametrize(("text", "offset", "start", "end"), RELATIVE)
def test_a_relative_deadline_is_counted_from_its_event(text, offset, start, end):
    due = parse_due(text, period=PROGRAMME)
    assert due == Due(text, relative=offset)
    assert not due.dated
    found = resolve(due, {offset.anchor: day("2021-12-10")}, Weekdays())
    assert (found.start, found.end) == (maybe_day(start), day(end))
    assert found.relative == offset and found.text == text


def test_a_relative_deadline_moves_with_what_it_follows():
    due = parse_due("через 2 недели после начала этапа")
    first = resolve(due, {"stage": day("2021-12-10")}, Weekdays())
    assert resolve(first, {"stage": day("2022-01-10")}, Weekdays()).end == day("2022-01-24")
    assert resolve(first, {}, Weekdays()) == due


def test_a_deadline_after_an_event_without_an_end_has_none():
    due = resolve(parse_due("после 5.4"), {"5.4": day("2021-12-10")}, Weekdays())
    assert (due.start, due.end) == (day("2021-12-11"), None)


def test_a_date_is_not_taken_for_the_number_of_a_step():
    assert parse_due("через 3 дня после 15.09.2021").relative is None
    assert parse_due("до 15.09.2021").relative is None


def test_a_chain_of_relative_deadlines_is_counted_in_order():
    dues = {
        "5.6": parse_due("через 2 дня после 5.5"),
        "5.5": parse_due("в течение 3 рабочих дней после 5.4"),
        "5.4": parse_due("10.12.2021"),
        "5.3": parse_due("не позднее чем за неделю до 5.4"),
        "6.1": parse_due("через неделю после начала этапа"),
    }
    found = resolve_all(
        dues, {"stage 6": day("2022-01-10")}, Weekdays(), stages={"6.1": "6", "5.6": "5"}
    )
    assert {code: due.end for code, due in found.items()} == {
        "5.3": day("2021-12-03"),
        "5.4": day("2021-12-10"),
        "5.5": day("2021-12-15"),
        "5.6": day("2021-12-17"),
        "6.1": day("2022-01-17"),
    }


def test_a_step_done_wins_over_its_due_date():
    dues = {"5.4": parse_due("10.12.2021"), "5.5": parse_due("через 2 дня после 5.4")}
    found = resolve_all(dues, {"5.4": day("2021-12-20")}, Weekdays())
    assert found["5.5"].end == day("2021-12-22")
    assert found["5.4"].end == day("2021-12-10")


def test_before_a_month_counts_from_its_first_day_and_after_from_its_last():
    dues = {
        "7.1": parse_due("за 10 дней до 7.2"),
        "7.2": parse_due("Июнь 2022"),
        "7.3": parse_due("через 10 дней после 7.2"),
    }
    found = resolve_all(dues, {}, Weekdays())
    assert (found["7.1"].end, found["7.3"].end) == (day("2022-05-22"), day("2022-07-10"))


def test_deadlines_that_follow_one_another_in_a_circle_are_an_error():
    dues = {
        "1.1": parse_due("через 2 дня после 1.2"),
        "1.2": parse_due("через 2 дня после 1.1"),
        "1.3": parse_due("через 2 дня после 1.2"),
    }
    found = resolve_all(dues, {}, Weekdays())
    assert not any(due.dated for due in found.values())
    doubts = [doubt for due in found.values() for doubt in due.doubts]
    assert {doubt.code for doubt in doubts} == {"due-relative-cycle"}
    assert "1.1 → 1.2 → 1.1" in doubts[0].message


# -- printing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Сентябрь 2026 г.", "сентябрь 2026"),
        ("Февраль-\nмай 2027", "февраль – май 2027"),
        ("с октября 2026 по май 2027", "октябрь 2026 – май 2027"),
        ("не позднее 15 сентября 2026", "до 15.09.2026"),
        ("5 сентября 2026", "05.09.2026"),
        ("с 29 ноября по 17 декабря 2026", "29.11.2026 – 17.12.2026"),
        ("2026 год", "2026 год"),
        ("2026-2029 гг.", "2026–2029 годы"),
        ("Август 2026 года, август 2027 года", "август 2026, август 2027"),
        ("ежемесячно, сентябрь 2026 – май 2027", "ежемесячно, сентябрь 2026 – май 2027"),
        ("Ежегодно, май, с 2026 по 2028", "май, ежегодно с 2026 по 2028 год"),
        ("ежегодно до 1 октября 2026–2028", "до 1 октября, ежегодно с 2026 по 2028 год"),
        (
            "до 25 числа каждого месяца, сентябрь – декабрь 2026",
            "до 25 числа каждого месяца, сентябрь – декабрь 2026",
        ),
        (
            "вторая половина февраля, ежегодно, 2026–2027 годы",
            "16 февраля – 29 февраля, ежегодно с 2026 по 2027 год",
        ),
        ("1 раз в четверть, 2026–2027 учебный год", "1 раз в четверть, сентябрь 2026 – май 2027"),
        ("каждую пятницу сентября 2026", "еженедельно по пятницам, сентябрь 2026"),
        ("через неделю после 5.4", "через 1 неделю после 5.4"),
        ("в течение 21 рабочего дня после 5.4", "в течение 21 рабочего дня после 5.4"),
        ("за 2 недели до начала этапа 5", "не позднее чем за 2 недели до начала этапа 5"),
        ("по графику", "срок не определён"),
    ],
)
def test_a_deadline_is_printed_in_school_russian(text, printed):
    assert print_due(parse_due(text)) == printed


# -- moving by whole months -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "months", "printed"),
    [
        ("Сентябрь 2021", 60, "сентябрь 2026"),
        ("Март 2022", -1, "февраль 2022"),
        ("Февраль–май 2022", 57, "ноябрь 2026 – февраль 2027"),
        ("до 31 марта 2022", 1, "до 30.04.2022"),
        ("29 февраля 2024", 12, "28.02.2025"),
        ("Август 2022 года, август 2023 года", 6, "февраль 2023, февраль 2024"),
        ("май, ежегодно с 2023 по 2025", 8, "январь, ежегодно с 2024 по 2026 год"),
        ("ежемесячно, сентябрь–декабрь 2021", 5, "ежемесячно, февраль – май 2022"),
        ("по графику ФЦТ", 12, "срок не определён"),
    ],
)
def test_dates_move_by_whole_months_and_the_words_stay(text, months, printed):
    due = parse_due(text)
    moved = due.shifted(months)
    assert print_due(moved) == printed
    assert moved.text == text


def test_months_between_counts_calendar_months():
    assert months_between(day("2021-08-31"), day("2021-09-01")) == 1
    assert months_between(day("2022-01-01"), day("2021-11-30")) == -2
    assert shift_month(day("2021-09-15"), months_between(day("2021-09-15"), day("2026-11-01"))) == (
        day("2026-11-15")
    )


# -- properties -----------------------------------------------------------------------------------

WORDS = (
    "сентябрь", "мая", "октября", "февраль", "2021", "2022", "г.", "года", "гг.", "до", "с", "по",
    "не позднее", "в срок", "в течение", "через", "за", "после", "числа", "каждого", "месяца",
    "ежегодно", "ежемесячно", "ежеквартально", "раз в", "четверть", "полугодие", "квартал", "III",
    "1", "25", "30", "31", "0", "99", "5.4", "15.09.2021", "31.02.2021", "-", "–", ",", "и",
    "(", ")", "учебный год", "рабочих", "дней", "недели", "начала", "конца", "этапа", "по графику",
    "декада", "последняя", "неделя", "постоянно", "следующего", "пятницам", "2021/22", "/", ".",
    "программы",
)  # fmt: skip
sentences = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
anything = st.one_of(
    st.text(max_size=80),
    st.text(string.digits + ".-/– ,смайгодпдечткврл", max_size=40),
    sentences,
)
days_ = st.dates(date(1950, 1, 1), date(2150, 12, 31))
periods = st.tuples(days_, st.integers(0, 2000)).map(
    lambda pair: Period(pair[0], pair[0] + timedelta(days=pair[1]))
)
months = st.integers(-600, 600)


@given(anything, st.none() | periods)
@example("0 сентября", None)
@example("сентябрь" * 200, None)
@example("1 раз в 0 недель", PROGRAMME)
@example("до 0 числа каждого месяца", PROGRAMME)
@example("в течение 0 дней после 5.4", PROGRAMME)
@example("29 февраля, ежегодно", PROGRAMME)
@example("9999 год, сентябрь", Period(date.max - timedelta(days=40), date.max))
@example("ежегодно с сентября", Period(date.min, date.min + timedelta(days=3)))
@example("сентябрь", Period(date.min, date.max))
def test_parsing_never_raises_and_keeps_the_words(text, period):
    due = parse_due(text, period=period)
    assert due.text == text
    if due.start and due.end:
        assert due.start <= due.end
    if any(doubt.severity == "error" for doubt in due.doubts):
        assert not due.dated
    if not due.dated and due.relative is None:
        assert due.doubts


@given(sentences, periods)
@example("ежегодно конец мая", PROGRAMME)
@example("ежегодно, вторая половина февраля", THREE_YEARS)
@example("ежегодно до конца февраля", THREE_YEARS)
def test_whatever_is_read_is_printed_and_read_back_to_the_same_dates(text, period):
    due = parse_due(text, period=period)
    if due.end is None or (due.rule and due.rule.every == "as-needed"):
        return
    again = parse_due(print_due(due))
    assert (again.start, again.end, again.rule) == (due.start, due.end, due.rule)
    assert again.doubts == ()
    assert occurrences(again) == occurrences(due)


plain = st.one_of(
    st.tuples(days_, days_).map(lambda pair: Due("", min(pair), max(pair))),
    days_.map(lambda end: Due("", None, end)),
    days_.map(lambda one: Due("", one, one)),
)


@given(plain, months)
def test_a_printed_date_is_read_back_the_same(due, shift):
    for each in (due, due.shifted(shift // 12)):
        again = parse_due(print_due(each))
        assert (again.start, again.end, again.doubts) == (each.start, each.end, ())


@st.composite
def rules(draw) -> Rule:
    every = draw(st.sampled_from(["year", "quarter", "month", "week", "term", "half-year"]))
    interval = draw(st.integers(1, 3)) if every in ("year", "month", "week") else 1
    shape = draw(st.sampled_from(["plain", "narrow"]))
    if shape == "plain":
        return Rule(every, interval, times=draw(st.integers(1, 4)))
    if every == "year":
        first, last = draw(st.integers(1, 12)), draw(st.integers(1, 12))
        until = (None, YearDay(last, draw(st.integers(0, 28))))
        return Rule("year", interval, within=draw(
            st.sampled_from([((YearDay(first), YearDay(last)),), (until,)])
        ))  # fmt: skip
    if every == "week":
        return Rule("week", interval, weekday=draw(st.integers(0, 6)))
    if every == "month":
        return Rule(
            "month", day=draw(st.integers(1, 31)),
            following=draw(st.booleans()), exact=draw(st.booleans()),
        )  # fmt: skip
    return Rule("quarter", day=draw(st.integers(1, 31)), following=draw(st.booleans()))


@given(rules(), days_, st.integers(0, 1500))
def test_a_printed_rule_is_read_back_the_same(rule, start, length):
    from roadmap.dues.occurrences import span_of

    span = span_of(rule, start, start + timedelta(days=length))
    if span is None:
        return
    due = Due("", *span, rule)
    again = parse_due(print_due(due))
    assert (again.rule, again.start, again.end) == (rule, due.start, due.end), print_due(due)
    assert occurrences(again) == occurrences(due)


@given(
    st.builds(
        Offset,
        st.sampled_from(["5.4", "7.10", "1.2.3", "stage", "stage 5", "stage end", "stage 4 end",
                         "programme", "programme end"]),
        st.just("after"), st.integers(1, 400),
        st.sampled_from(["working-day", "day", "week", "month"]), st.booleans(),
    )
)  # fmt: skip
def test_a_printed_offset_is_read_back_the_same(offset):
    before = Offset(offset.anchor, "before", offset.amount, offset.unit)
    for each in (offset, before):
        assert parse_due(print_due(Due("", relative=each))).relative == each


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 30), months)
def test_whole_months_moved_there_and_back_are_the_same(first, count, shift):
    start = first.replace(day=1)
    end = shift_month(start, count + 1) - timedelta(days=1)
    due = Due("", start, end)
    moved = due.shifted(shift)
    assert moved.start.day == 1 and (moved.end + timedelta(days=1)).day == 1
    assert months_between(moved.start, moved.end) == count
    assert moved.shifted(-shift) == due


@given(sentences, periods, st.integers(-20, 20))
def test_moving_by_whole_years_keeps_the_months(text, period, years):
    due = parse_due(text, period=period)
    moved = due.shifted(12 * years)
    for before, after in ((due.start, moved.start), (due.end, moved.end)):
        assert (before and before.month) == (after and after.month)
        assert (before and before.year + years) == (after and after.year)
    assert moved.doubts == due.doubts and moved.relative == due.relative


def test_importing_dues_imports_no_calendar_of_holidays():
    code = "import sys, roadmap.dues; print('holidays' in sys.modules, 'zoneinfo' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]
