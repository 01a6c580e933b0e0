"""The road map that is shipped: complete, as printed, and equal to its schema."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

from roadmap.loader import load_file, load_text
from roadmap.plan_edits import shift_stages
from roadmap.spec import json_schema

ROOT = Path(__file__).parents[3]
SHIPPED = load_file(ROOT / "roadmap.yaml")


def test_it_is_without_errors() -> None:
    assert SHIPPED.errors == ()


def test_it_has_seven_stages_and_thirty_five_steps() -> None:
    counts = [len(stage.steps) for stage in SHIPPED.require().stages]

    assert counts == [4, 3, 4, 4, 4, 8, 8]


def test_its_three_owners_answer_for_what_the_document_says() -> None:
    roadmap = SHIPPED.require()

    assert {key: person.display for key, person in roadmap.people.items()} == {
        "director": "Москвина Т.Н., директор школы",
        "social": "Белякова Т.Ю., соц. педагог",
        "curator": "зам. директора по ВР",
    }
    assert Counter(step.owner for step in roadmap.steps) == {
        "director": 4, "social": 2, "curator": 29,
    }  # fmt: skip


def test_its_dates_are_the_documents_the_odd_ones_too() -> None:
    dues = {step.id: step.due for step in SHIPPED.require().steps}

    assert dues["5.1"].text == "Сентябрь 2021"  # before stage 4, as printed
    assert (dues["6.4"].start.isoformat(), dues["6.4"].end.isoformat()) == (
        "2022-02-01",
        "2022-05-31",
    )
    assert dues["7.8"].end.isoformat() == "2022-12-31"


def test_its_check_tells_what_the_odd_dates_mean_and_how_to_repair_them() -> None:
    assert [problem.code for problem in SHIPPED.problems] == ["week-overload", "stage-before-gate"]
    told = SHIPPED.problems[1].explanation

    assert "этап 5 не может начаться раньше 31 мая 2022" in told
    assert "4 мероприятия просрочены в день открытия" in told
    assert "в этапе 6 – 3 мероприятия просрочены (6.1, 6.2, 6.3)" in told
    assert 'karta plan shift 5-7 --months 12 --reason "…"' in told


def test_the_repair_offered_leaves_no_contradiction() -> None:
    moved = shift_stages(
        SHIPPED.text, "roadmap.yaml", ("5", "6", "7"), 12, "опечатка в годе", date(2026, 11, 24)
    )

    assert load_text(moved.text).problems == ()


def test_every_stage_has_its_task_and_result() -> None:
    assert all(stage.task and stage.result for stage in SHIPPED.require().stages)


def test_the_schema_file_equals_the_classes() -> None:
    stored = json.loads((ROOT / "roadmap.schema.json").read_text("utf-8"))

    assert stored == json_schema()
