"""What `karta check` says of the dates it understood, in words and as JSON."""

import pytest

from cli.check import checked_json, print_checked
from roadmap.loader import Loaded, load_text

PLAN = """\
title: План
organisation: {{name: Школа}}
period: {{start: 01.09.2021, end: 31.05.2022}}
people:
  head: {{name: Иванов И.И., email: head@school.example, roles: [director, curator]}}
stages:
  - id: "1"
    title: Этап
    steps:
      - {{id: "1.1", title: Первое, owner: head, due: "{first}"}}
      - {{id: "1.2", title: Второе, owner: head, due: "{second}"}}
"""


def plan(first: str, second: str = "Октябрь 2021") -> Loaded:
    return load_text(PLAN.format(first=first, second=second))


def turns(loaded: Loaded) -> list[list[tuple[str | None, str]]]:
    (stage,) = checked_json(loaded)["stages"]
    return [[(t["start"], t["end"]) for t in s["due"]["turns"]] for s in stage["steps"]]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("Октябрь 2021", [("2021-10-01", "2021-10-31")]),
        ("до 15.10.2021", [(None, "2021-10-15")]),
        ("весна, осень", [("2021-09-01", "2021-11-30"), ("2022-03-01", "2022-05-31")]),
        ("сентябрь (до 15-го)", [("2021-09-01", "2021-09-15")]),
        ("май 2022, 2023", [("2022-05-01", "2022-05-31"), ("2023-05-01", "2023-05-31")]),
        ("1 раз в полугодие", [("2021-09-01", "2021-12-31"), ("2022-01-01", "2022-05-31")]),
        ("через 5 дней после 1.2", [("2021-11-05", "2021-11-05")]),
        ("по отдельному плану", []),
        ("по мере необходимости", []),
    ],
)
def test_the_dates_understood_are_told_turn_by_turn(due: str, expected: list) -> None:
    assert turns(plan(due))[0] == expected


def test_the_dates_understood_stand_beside_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    print_checked(plan("до 15.05 2022–2024", "29–04.11"))

    said = capsys.readouterr().out
    assert "3 срока, до 15.05.2024" in said
    assert "1.1 «до 15.05 2022–2024»: до 15.05.2022; до 15.05.2023; до 15.05.2024" in said
    assert "29–04.11                  29.10.2021 – 04.11.2021" in said


def test_of_many_turns_the_first_and_the_last_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    print_checked(plan("каждый понедельник в 11.10"))

    said = capsys.readouterr().out
    assert "«каждый понедельник в 11.10»: 06.09.2021; 13.09.2021;" in said
    assert "; … 30.05.2022" in said


def test_two_readings_are_a_problem_of_their_own_with_what_to_type() -> None:
    (found,) = plan("май 2021–2022", "сентябрь 2021 (октябрь 2021)").problems[:1]

    assert found.code == "due-two-readings"
    assert 'due: "сентябрь 2021" или due: "октябрь 2021"' in found.explanation


def test_a_deadline_with_a_first_day_only_is_told() -> None:
    assert [found.code for found in plan("после 1.2").problems] == ["due-undated"]
