"""Reading a road map: what is understood, and a clear sentence for everything that is wrong."""

import pytest

from roadmap.kinds import EvidenceRule, Kind
from roadmap.loader import Loaded, load_bytes, load_text

SMALL = """\
title: Карта
organisation:
  name: Школа
  zone: Asia/Magadan
period:
  start: 01.09.2021
  end: 31.05.2022
people:
  director:
    name: Москвина Т.Н.
    post: директор школы
    email: director@talon.example
    roles: [director, curator]
stages:
  - id: 1
    title: Первый
    steps:
      - id: 1.1
        title: Начать
        due: Сентябрь 2021
        owner: director
  - id: 2
    title: Второй
    steps:
      - id: 2.1
        title: Продолжить
        due: Октябрь 2021
        owner: director
      - id: 2.2
        title: Закончить
        due: Ноябрь 2021
        owner: director
        kind: pairing
"""


def changed(old: str, new: str) -> Loaded:
    assert SMALL.count(old) >= 1
    return load_text(SMALL.replace(old, new, 1))


def sentences(loaded: Loaded) -> list[str]:
    return [str(problem) for problem in loaded.problems]


def test_a_road_map_is_understood() -> None:
    roadmap = load_text(SMALL).require()

    assert [step.id for step in roadmap.steps] == ["1.1", "2.1", "2.2"]
    assert roadmap.after_of(roadmap.stages[1]) == ("1",)
    assert roadmap.steps[2].kind is Kind.PAIRING
    assert roadmap.steps[2].evidence_rule is EvidenceRule.REQUIRED


def test_numbers_are_kept_as_they_are_written() -> None:
    roadmap = changed("id: 2.1\n", "id: 2.10\n").require()

    assert [step.id for step in roadmap.steps] == ["1.1", "2.10", "2.2"]


def test_a_bom_and_windows_line_ends_are_fine() -> None:
    assert load_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode(), "x").problems == ()


def test_an_unknown_owner_is_told_with_its_place_and_the_known_ones() -> None:
    (sentence,) = sentences(changed("owner: director\n  - id: 2", "owner: zavuch\n  - id: 2"))

    assert sentence == (
        'roadmap.yaml:21: step 1.1: owner "zavuch" is not in people; use one of: director'
    )


def test_all_errors_come_in_one_run() -> None:
    text = (
        SMALL.replace("due: Сентябрь 2021", "due: 31 сентября 2021", 1)
        .replace("owner: director", "owner: zavuch", 1)
        .replace("title: Второй", "titel: Второй", 1)
        .replace("kind: pairing", "kind: paring", 1)
        .replace("id: 2.2", "id: 2.1", 1)
    )
    codes = {problem.code for problem in load_text(text).problems}

    assert codes >= {
        "due-no-such-date", "unknown-owner", "unknown-key", "missing-key", "bad-choice",
        "duplicate-step",
    }  # fmt: skip


CASES = {
    "broken-yaml": ("title: Карта", "title: [Карта", None),
    "tab": ("  name: Школа", "\tname: Школа", 3),
    "duplicate-key": ("  zone: Asia/Magadan", "  zone: Asia/Magadan\n  zone: Asia/Tokyo", 5),
    "anchor": ("title: Карта", "title: &x Карта", 1),
    "alias": ("title: Карта", "title: *x", 1),
    "tag": ("title: Карта", "title: !!python/object:os.system Карта", 1),
    "unknown-key": ("    title: Первый", "    title: Первый\n    tilte: Первый", 17),
    "due-no-such-date": ("due: Октябрь 2021", "due: 30 февраля 2022", 27),
    "due-end-before-start": ("due: Октябрь 2021", "due: Октябрь 2022–Май 2022", 27),
    "duplicate-step": ("id: 2.2", "id: 2.1", 29),
    "duplicate-stage": ("- id: 2\n", "- id: 1\n", 22),
    "no-email": ("    email: director@talon.example\n", "", 9),
    "bad-email": ("director@talon.example", "директор", 12),
    "unknown-zone": ("Asia/Magadan", "Asia/Magadann", 4),
    "bad-date": ("start: 01.09.2021", "start: 31.09.2021", 6),
    "period-reversed": ("end: 31.05.2022", "end: 31.05.2021", 7),
    "unknown-stage": ("    title: Второй", "    title: Второй\n    after: [7]", 24),
    "unknown-step": ("        kind: pairing", '        needs: ["2.3"]', 33),
    "not-a-list": ("        kind: pairing", "        needs: 2.1", 33),
    "bad-flag": ("        kind: pairing", "        mandatory: может быть", 33),
    "bad-choice": ("kind: pairing", "kind: paring", 33),
    "empty-value": ("title: Карта", "title:", 1),
    "missing-key": ("        title: Начать\n", "", 18),
    "no-name": ("    name: Москвина Т.Н.\n    post: директор школы\n", "", 9),
}


@pytest.mark.parametrize("code", CASES)
def test_each_mistake_has_its_own_sentence_and_line(code: str) -> None:
    old, new, line = CASES[code]

    loaded = changed(old, new)

    found = [problem for problem in loaded.problems if problem.code == code]
    assert found, loaded.problems
    assert line is None or found[0].line == line
    assert loaded.roadmap is None
    assert found[0].explanation and "{" not in found[0].explanation + found[0].message


def test_an_unknown_key_comes_with_the_nearest_right_one() -> None:
    loaded = changed("        owner: director\n  - id: 2", "        ownr: director\n  - id: 2")

    assert 'roadmap.yaml:21: step 1.1: unknown key "ownr", did you mean "owner"?' in sentences(
        loaded
    )


@pytest.mark.parametrize(
    ("new", "code", "path"),
    [
        ("after: [2]", "self-reference", ""),
        ("after: [1]\n    x: 1", "unknown-key", ""),
    ],
)
def test_a_stage_that_waits_for_itself_is_an_error(new: str, code: str, path: str) -> None:
    loaded = changed("    title: Второй", f"    title: Второй\n    {new}")

    assert code in {problem.code for problem in loaded.problems}


def test_stages_that_wait_in_a_circle_are_an_error() -> None:
    loaded = changed("    title: Первый", "    title: Первый\n    after: [2]")

    (found,) = [problem for problem in loaded.problems if problem.code == "cycle"]
    assert "этап 1 → " in found.explanation and "stage 1 → " in found.message


def test_a_step_that_needs_one_of_a_later_stage_waits_in_a_circle() -> None:
    loaded = changed(
        "        due: Сентябрь 2021", '        due: Сентябрь 2021\n        needs: ["2.1"]'
    )

    assert "cycle" in {problem.code for problem in loaded.problems}


def test_an_optional_step_may_need_one_of_a_later_stage() -> None:
    loaded = changed(
        "        due: Сентябрь 2021",
        '        due: Декабрь 2021\n        mandatory: false\n        needs: ["2.1"]',
    )

    assert loaded.problems == ()


def test_a_deadline_that_cannot_be_dated_is_a_warning_not_an_error() -> None:
    loaded = changed("due: Октябрь 2021", "due: по отдельному плану")

    assert loaded.roadmap is not None
    assert [problem.code for problem in loaded.warnings] == ["due-undated"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"# only a comment\n", "empty"),
        (b"- a\n- b\n", "not-a-mapping"),
        (b"just words", "not-a-mapping"),
        ("название: Карта".encode("cp1251"), "not-utf8"),
        (b"title: x\n" + b"#" * 300_000, "too-large"),
        (b"[" * 5000, "too-deep"),
        (b"---\ntitle: a\n---\ntitle: b\n", "many-documents"),
        (bytes(range(256)), "not-utf8"),
        (b"\x00\x01\x02", "broken-yaml"),
    ],
)
def test_a_file_that_is_no_road_map_is_told_so(content: bytes, code: str) -> None:
    loaded = load_bytes(content, "roadmap.yaml")

    assert code in [problem.code for problem in loaded.problems]
    assert loaded.roadmap is None


def test_an_alias_bomb_does_not_expand() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")

    loaded = load_text("\n".join(lines))

    assert [problem.code for problem in loaded.problems] == ["anchor"]


def test_moving_the_plan_keeps_months_and_the_sources_words() -> None:
    roadmap = load_text(SMALL).require().shifted(62)

    due = roadmap.steps[0].due
    assert (due.start.isoformat(), due.end.isoformat()) == ("2026-11-01", "2026-11-30")
    assert due.text == "Сентябрь 2021"
    assert roadmap.period.start.isoformat() == "2026-11-01"


@pytest.mark.parametrize(
    ("old", "new", "line", "meant"),
    [
        ("      - id: 1.1", "      -\tid: 1.1", 18, "табуляция"),
        ("title: Начать", "title: Начать: сразу", 19, "двоеточие"),
        ("title: Начать", 'title: "Начать', 19, "кавычка"),
        ("title: Начать", "title: [Начать", 19, "скобка"),
        ("title: Начать", "title: \x01Начать", 19, "управляющий знак"),
        ("title: Начать", 'title: "На\\0чать"', 19, "управляющий знак"),
    ],
)
def test_broken_yaml_is_told_in_russian_at_the_line_to_mend(
    old: str, new: str, line: int, meant: str
) -> None:
    problem = changed(old, new).errors[0]

    assert problem.line == line
    assert meant in problem.explanation


def test_a_key_without_a_value_means_the_default() -> None:
    loaded = changed("  - id: 2\n", "  - id: 2\n    after: ~\n    goal: null\n")

    assert loaded.problems == ()
    assert loaded.require().stages[1].after is None


def test_no_value_where_one_is_needed_is_told_as_such() -> None:
    assert changed("title: Карта", "title: null").errors[0].code == "empty-value"
    assert changed("email: director@talon.example", "email: ~").errors[0].code == "no-email"


def test_a_wrong_shape_hides_no_other_mistake() -> None:
    text = SMALL.replace("Сентябрь 2021", "32.10.2021", 1).replace(
        "owner: director\n  - id: 2", "owner: zav\n  - id: 2", 1
    )
    start = text.index("      - id: 2.1")
    loaded = load_text(text[:start] + "      a: b\n")

    assert [p.code for p in loaded.errors] == ["due-no-such-date", "unknown-owner", "not-a-list"]


def test_one_mistake_is_told_once() -> None:
    assert [p.code for p in changed("title: Начать", "titel: Начать").errors] == [
        "missing-key", "unknown-key",
    ]  # fmt: skip
    assert [p.code for p in changed("[director, curator]", "[directr]").problems] == ["bad-choice"]
    assert [p.code for p in changed("  - id: 2\n", "  - id: 1\n").errors] == ["duplicate-stage"]


@pytest.mark.parametrize(
    ("due", "code", "said"),
    [
        ("через 3 дня после 1.7", "due-unknown-step", "считается от мероприятия 1.7, которого"),
        ("до начала этапа 9", "due-unknown-stage", "считается от этапа 9, которого в плане нет"),
        ("в течение недели после окончания этапа 12", "due-unknown-stage", "(есть: 1, 2)"),
        ("за 5 дней до мероприятия 77", "due-unknown-step", "от мероприятия 77"),
    ],
)
def test_a_deadline_that_follows_what_is_not_there_is_named(due: str, code: str, said: str) -> None:
    loaded = changed("due: Октябрь 2021", f"due: {due}")

    (found,) = loaded.problems
    assert found.code == code and said in found.explanation
    assert loaded.roadmap is not None


def test_a_deadline_that_follows_what_is_not_there_is_named_beside_an_error() -> None:
    text = SMALL.replace("due: Октябрь 2021", "due: через 3 дня после 1.7")
    loaded = load_text(text.replace("title: Второй", "x: 1"))

    assert "due-unknown-step" in {problem.code for problem in loaded.problems}
