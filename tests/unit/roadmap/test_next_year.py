"""Next year's plan: dates moved, school days respected, owners kept, lessons at the steps."""

from datetime import date
from pathlib import Path

import pytest

from roadmap.errors import InputWrong
from roadmap.loader import load_text
from roadmap.next_year import Lesson, NextYear, next_year

SHIPPED = (Path(__file__).parents[3] / "roadmap.yaml").read_text("utf-8")
TODAY = date(2026, 11, 24)

SMALL = """\
title: План на 2021-2022 учебный год
organisation: {name: Школа, zone: Asia/Magadan}
period: {start: 01.09.2021, end: 31.08.2022}
calendar:
  vacations:
    - {name: осень, start: 25.10.2021, end: 31.10.2021}
  working_days: [06.11.2021]
people:
  d: {post: директор, email: d@talon.example, roles: [director, curator]}
stages:
  - id: 1
    title: Первый
    steps:
      - {id: 1.1, title: Дело, due: до 15.10.2021, owner: d}
      - {id: 1.2, title: Дело, due: с 13 ноября по 20 ноября 2021 г., owner: d}
      - {id: 1.3, title: Дело, due: май, owner: d}
      - {id: 1.4, title: Дело, due: в течение 3 дней после 1.1, owner: d}
      - {id: 1.5, title: Дело, due: до 25 числа каждого месяца, owner: d}
      - {id: 1.6, title: Дело, due: в течение всего периода, owner: d}
      - {id: 1.7, title: Дело, due: "15 октября 2021 года", owner: d}
"""


def planned(text: str, *lessons: Lesson, months: int = 12, already: int = 0) -> NextYear:
    return next_year(text, "папка/roadmap.yaml", months, lessons, TODAY, already=already)


def test_every_date_of_the_shipped_plan_moves_by_a_year_and_owners_stay() -> None:
    year = planned(SHIPPED)

    before, after = load_text(SHIPPED).require(), load_text(year.text).require()
    assert year.first_year == 2022
    assert year.moved == 35
    assert after.shifted(-12).period == before.period
    for was, now in zip(before.steps, after.steps, strict=True):
        wanted = was.due.shifted(12)
        assert (now.due.start, now.due.end, now.owner) == (wanted.start, wanted.end, was.owner)
    assert "# 24.11.2026. План следующего года из roadmap.yaml" in year.text


def test_the_months_by_which_the_programme_was_moved_are_added() -> None:
    year = planned(SHIPPED, already=62)

    due = load_text(year.text).require().steps[0].due
    assert due.text == "Ноябрь 2027"
    assert load_text(year.text).errors == ()


def test_days_named_by_the_plan_fall_on_working_days() -> None:
    text = planned(SMALL).text

    # 15 October 2022 is a Saturday; 13 and 20 November 2022 are Sundays.
    assert "due: до 14.10.2022" in text
    assert "due: с 14 ноября по 18 ноября 2022 г." in text
    assert 'due: "14 октября 2022 года"' in text


def test_words_without_a_year_follow_the_period() -> None:
    year = planned(SMALL)
    steps = {step.id: step.due for step in load_text(year.text).require().steps}

    assert steps["1.3"].end == date(2023, 5, 31)
    assert steps["1.5"].end == date(2023, 8, 25)
    assert (steps["1.6"].start, steps["1.6"].end) == (date(2022, 9, 1), date(2023, 8, 31))
    assert "due: в течение 3 дней после 1.1" in year.text


def test_the_calendars_dates_move_and_are_to_be_looked_at() -> None:
    year = planned(SMALL)

    assert "start: 25.10.2022, end: 31.10.2022" in year.text
    assert "working_days: [06.11.2021]" in year.text
    assert any("каникул" in words for words in year.look_at)
    assert any("working_days" in words for words in year.look_at)
    assert any("название" in words for words in year.look_at)


def test_lessons_are_comments_at_their_steps() -> None:
    year = planned(
        SHIPPED,
        Lesson("2.1", 5),
        Lesson("6.4", 21, times=3),
        Lesson("7.8", 2, unfinished=True),
        Lesson("1.1", 0),
        Lesson("9.9", 4),
    )

    lines = year.text.split("\n")
    assert lines[lines.index("      - id: 2.1") - 1] == (
        "      # прошлый раз: выполнено на 5 дней позже срока"
    )
    assert lines[lines.index("      - id: 6.4") - 1] == (
        "      # прошлый раз: выполнено позже срока 3 раза, больше всего на 21 день"
    )
    assert "# прошлый раз: не выполнено, просрочено на 2 дня" in year.text
    assert year.text.count("прошлый раз") == 3
    assert year.lessons == 3


def test_months_out_of_range_are_refused() -> None:
    with pytest.raises(InputWrong, match="нужно от 1"):
        planned(SHIPPED, months=0)
    with pytest.raises(InputWrong):
        planned(SHIPPED, months=1200, already=1200)


@pytest.mark.parametrize(
    ("due", "months", "expected"),
    [
        # 9 May 2027 is a Sunday, 1 September 2029 a Saturday, 5 October 2030 a Saturday.
        ("9 мая 2026", 12, "9 мая 2027"),
        ("09.05.2026", 12, "09.05.2027"),
        ("1 сентября 2027 г.", 24, "1 сентября 2029 г."),
        ("5 октября 2029 (День учителя)", 12, "5 октября 2030 (День учителя)"),
        ("День учителя 2029", 12, "День учителя 2030"),
        ("Последний звонок, 2030 г.", 24, "Последний звонок, 2032 г."),
        ("9 мая 2026", 14, "9 мая 2027"),
        ("День Победы, 2026", 74, "День Победы, 2032"),
        ("до 9 мая 2026", 12, "до 9 мая 2027"),
    ],
)
def test_a_fixed_day_stays_on_its_day(due: str, months: int, expected: str) -> None:
    text = SMALL.replace("due: май, ", f'due: "{due}", ')
    text = text.replace("start: 01.09.2021, end: 31.08.2022", "start: 01.09.2025, end: 31.08.2032")

    assert f'due: "{expected}"' in planned(text, months=months).text
