"""Moving stages and accepting warnings in the file itself: nothing else in it changes."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.dues import parse_due
from roadmap.dues.rewording import shifted_words
from roadmap.errors import InputWrong
from roadmap.loader import load_bytes, load_text
from roadmap.plan_edits import Change, accept_warning, shift_stages, stages_named
from services.plan.file_edits import accept_in_file, shift_in_file
from services.plan.files import read_plan, write_new, write_plan

SHIPPED = (Path(__file__).parents[3] / "roadmap.yaml").read_text("utf-8")
TODAY = date(2026, 11, 24)

SMALL = """\
# Комментарий сверху
title: Карта   # и сбоку
organisation: {name: Школа, zone: Asia/Magadan}
period:
  start: 2021-09-01
  end: "31 мая 2022"
people:
  d: {post: директор, email: d@talon.example, roles: [director, curator]}
stages:
  - id: 1
    title: Первый
    steps:
      - {id: 1.1, title: Дело, due: 'Сентябрь 2021', owner: d}   # в одну строку
      - id: 1.2
        title: Дело
        due: "до 15.10.2021"    # срок в кавычках
        owner: d
      - id: 1.3
        title: Дело
        due: >-
          Сентябрь
          2021
        owner: d
      - {id: 1.4, title: Дело, due: в течение 3 дней после 1.1, owner: d}
      - {id: 1.5, title: Дело, due: октябрь, owner: d}
      - {id: 1.6, title: Дело, due: ежемесячно, owner: d}

  # Перед вторым
  - id: 2
    title: Второй
    steps:
      - {id: 2.1, title: Дело, due: Май 2022, owner: d}
"""


def moved(text: str, *stages: str, months: int = 12, reason: str = "так решили") -> Change:
    return shift_stages(text, "roadmap.yaml", stages, months, reason, TODAY)


@pytest.mark.parametrize(
    ("words", "months", "found"),
    [
        ("Сентябрь 2021", 12, "Сентябрь 2022"),
        ("сентябрь 2021 г.", 12, "сентябрь 2022 г."),
        ("Февраль-май 2022", 12, "Февраль-май 2023"),
        ("Февраль-май 2022", 10, "Декабрь-март 2023"),
        ("сентябрь 2021 – май 2022", 1, "октябрь 2021 – июнь 2022"),
        ("до 15.09.2021", 12, "до 15.09.2022"),
        ("до 15.09.21", 4, "до 15.01.22"),
        ("в срок до 31 марта 2022 года", 1, "в срок до 30 апреля 2022 года"),
        ("с 29 ноября по 17 декабря 2021 г.", 12, "с 29 ноября по 17 декабря 2022 г."),
        ("с 29 ноября по 17 декабря 2021 г.", 1, "с 29 декабря по 17 января 2022 г."),
        ("1.12.2021-29.12.2021", 2, "1.02.2022-28.02.2022"),
        ("Август 2022 года, август 2023 года", 12, "Август 2023 года, август 2024 года"),
        ("III квартал 2022", 12, "III квартал 2023"),
        ("III квартал 2022", 1, "август – октябрь 2022"),
        ("1 четверть 2021", 12, "1 четверть 2022"),
        ("2021–2022 учебный год", 12, "2022–2023 учебный год"),
        ("1 полугодие 2021/22", 12, "1 полугодие 2022/23"),
        ("2021-2024 гг.", 12, "2022-2025 гг."),
        ("2021-09-15", -9, "2020-12-15"),
        ("ФЕВРАЛЬ 2022", 1, "МАРТ 2022"),
        ("сент. 2021", 1, "окт. 2021"),
        ("29.02.2024", 12, "28.02.2025"),
        ("октябрь", 12, None),
        ("ежегодно", 12, None),
        ("Май, ежегодно с 2023", 12, None),
        ("в течение 3 рабочих дней после 5.4", 12, None),
        ("по отдельному плану", 12, None),
    ],
)
def test_a_due_date_is_moved_in_its_own_words(words: str, months: int, found: str | None) -> None:
    assert shifted_words(words, parse_due(words), months) == found


def test_only_the_due_dates_and_a_note_change() -> None:
    change = moved(SHIPPED, "5", "6", "7")

    before, after = SHIPPED.split("\n"), change.text.split("\n")
    (note,) = [line for line in after if "так решили" in line]
    assert note == (
        "  # 24.11.2026. Сроки этапов 5, 6, 7 перенесены на 12 месяцев вперёд: так решили"
    )
    assert after[after.index(note) + 1] == "  - id: 5"
    after.remove(note)
    differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(differing) == 4 + 8 + 8 + 1
    assert all(old.strip().startswith(("due: ", "end: ")) for old, _ in differing)
    assert ("  end: 31.12.2022", "  end: 31.12.2023") in differing


def test_quotation_marks_folds_and_flow_stay() -> None:
    change = moved(SMALL, "1")

    assert "due: 'Сентябрь 2022', owner: d}   # в одну строку" in change.text
    assert 'due: "до 15.10.2022"    # срок в кавычках' in change.text
    assert "due: >-\n          Сентябрь\n          2022\n" in change.text
    assert 'end: "31 октября 2022"' in change.text  # 15 October and the period ends with a month
    assert "start: 2021-09-01" in change.text
    assert [words.split(":")[0] for words in change.left[:3]] == ["1.4", "1.5", "1.6"]


@settings(deadline=None, max_examples=25)
@given(
    months=st.integers(-240, 240).filter(bool),
    stages=st.sets(st.sampled_from("1234567"), min_size=1),
    ends=st.sampled_from(["\n", "\r\n"]),
)
def test_moving_moves_whole_months_and_nothing_else(
    months: int, stages: set[str], ends: str
) -> None:
    text = SHIPPED.replace("\n", ends)
    before = load_text(text).require()
    chosen = tuple(stage.id for stage in before.stages if stage.id in stages)

    change = moved(text, *chosen, months=months)

    after = load_text(change.text).require()
    for old, new in zip(before.stages, after.stages, strict=True):
        for was, now in zip(old.steps, new.steps, strict=True):
            wanted = was.due.shifted(months if old.id in stages else 0)
            assert (now.due.start, now.due.end) == (wanted.start, wanted.end)
            assert now.model_copy(update={"due": was.due}) == was
    kept = [line for line in change.text.split(ends) if "перенесены на" not in line]
    for old, new in zip(text.split(ends), kept, strict=True):
        assert old == new or old.strip().startswith(("due: ", "start: ", "end: "))
    assert change.left == ()
    back = moved(change.text, *chosen, months=-months)
    assert [s.due.text for s in load_text(back.text).require().steps] == [
        s.due.text for s in before.steps
    ]


@pytest.mark.parametrize(
    ("named", "found"),
    [("5", ("5",)), ("5-6", ("5", "6")), ("5,7", ("5", "7")), ("7, 5–6", ("5", "6", "7"))],
)
def test_stages_are_named_one_by_one_or_from_to(named: str, found: tuple[str, ...]) -> None:
    assert stages_named(named, load_text(SHIPPED).require()) == found


def test_a_stage_with_a_hyphen_in_its_number_is_that_stage() -> None:
    roadmap = load_text(SMALL.replace("id: 2\n", "id: 1-а\n")).require()

    assert stages_named("1-а", roadmap) == ("1-а",)
    assert stages_named("1-1-а", roadmap) == ("1", "1-а")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"months": 0}, "на 0 месяцев"),
        ({"months": 5000}, "не больше"),
        ({"reason": " \n"}, "напишите причину"),
        ({"reason": "…"}, "напишите причину"),
        ({"reason": "x" * 501}, "слишком длинная"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(arguments: dict, sentence: str) -> None:
    with pytest.raises(InputWrong, match=sentence):
        moved(SMALL, "1", **arguments)


def test_a_reason_of_several_lines_becomes_one() -> None:
    change = moved(SMALL, "2", reason="одна\nвторая: # {третья}\x07")

    assert "перенесены на 12 месяцев вперёд: одна вторая: # {третья}\n  - id: 2" in change.text


# -- accepting ----------------------------------------------------------------------------------


def accepted(text: str, code: str = "stage-before-gate", *places: str) -> str:
    return accept_warning(text, "roadmap.yaml", code, places, 'так «в "документе"»', TODAY).text


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "# комментарий в конце",
        "accepted:\n",
        "accepted: # пока ничего\nrole_models: []\n",
        "accepted: []\n",
        "accepted: [{code: due-undated, reason: x}]\n",
        "accepted:\n- code: due-undated\n  reason: >-\n    так\n    надо\n\n# конец\n",
        "accepted:\n    - {code: due-undated, reason: x}   # зачем\nrole_models: []\n",
        "...\n",
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_an_entry_is_added_however_the_list_is_written(tail: str, ends: str) -> None:
    text = (SHIPPED + tail).replace("\n", ends)

    new = accepted(text, "stage-before-gate", "5")

    loaded = load_text(new)
    entry = loaded.require().accepted[-1]
    assert (entry.code, entry.at) == ("stage-before-gate", ("5",))
    assert 'так «в "документе"»' in entry.reason and "24.11.2026" in new
    assert "stage-before-gate" not in [problem.code for problem in loaded.problems]
    left = iter(new.splitlines())
    assert all(line in left or line.startswith("accepted: [") for line in text.splitlines())


def test_several_warnings_are_accepted_one_after_another() -> None:
    new = accepted(accepted(SHIPPED, "stage-before-gate", "5"), "week-overload")

    assert load_text(new).problems == ()
    with pytest.raises(InputWrong, match="уже принято"):
        accepted(new, "week-overload")


@pytest.mark.parametrize(
    ("code", "places", "sentence"),
    [
        ("stage", (), "замечания stage нет"),
        ("unknown-key", (), "это ошибка"),
        ("stage-before-gate", ("9",), "--at 9"),
        ("stage-before-gate", ("1",), "в файле нет или оно уже принято"),
    ],
)
def test_what_is_not_there_cannot_be_accepted(
    code: str, places: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(InputWrong, match=sentence):
        accepted(SHIPPED, code, *places)


# -- the file -----------------------------------------------------------------------------------


def test_a_byte_order_mark_and_windows_line_ends_stay(tmp_path: Path) -> None:
    path = tmp_path / "план.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    plan = read_plan(path)

    write_plan(plan, moved(plan.text, "2").text)

    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf# ")
    assert content.count(b"\n") == content.count(b"\r\n") == SMALL.count("\n") + 1
    assert load_bytes(content, "x").require().steps[-1].due.text == "Май 2023"
    assert [each.name for each in tmp_path.iterdir()] == ["план.yaml"]


def test_a_link_goes_on_leading_to_the_changed_file(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_text(SMALL, "utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    plan = read_plan(link)

    write_plan(plan, moved(plan.text, "2").text)

    assert link.is_symlink() and "Май 2023" in real.read_text("utf-8")
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_file_that_may_not_be_written_or_was_changed_meanwhile_is_left(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(SMALL, "utf-8")
    plan = read_plan(path)
    path.chmod(0o444)
    with pytest.raises(InputWrong, match="только для чтения"):
        write_plan(plan, "x")
    path.chmod(0o644)
    path.write_text(SMALL + "# новое\n", "utf-8")
    with pytest.raises(InputWrong, match="только что изменили"):
        write_plan(plan, "x")
    assert path.read_text("utf-8").endswith("# новое\n")


def test_a_new_file_does_not_take_another_ones_place(tmp_path: Path) -> None:
    path = tmp_path / "roadmap-2027.yaml"
    write_new(path, "a")
    with pytest.raises(InputWrong, match="уже есть"):
        write_new(path, "b")
    write_new(path, "b", force=True)
    assert path.read_text("utf-8") == "b"
    with pytest.raises(InputWrong, match="папка"):
        write_new(tmp_path, "x", force=True)
    with pytest.raises(InputWrong, match="не записан"):
        write_new(tmp_path / "нет" / "x.yaml", "x")


def test_the_file_keeps_the_day_at_the_school_whatever_the_machines_zone(tmp_path: Path) -> None:
    file = tmp_path / "план.yaml"
    file.write_text(SMALL, "utf-8")
    evening = datetime(2026, 11, 24, 20, tzinfo=UTC)  # already the 25th in Magadan

    shown = shift_in_file(file, "2", 12, "так решили", evening, dry_run=True)
    assert file.read_text("utf-8") == SMALL
    assert shown[-1] == "Файл не изменён: это только просмотр (--dry-run)."

    said = shift_in_file(file, "2", 12, "так решили", evening, dry_run=False)
    assert "25.11.2026" in file.read_text("utf-8")
    assert said[-1] == f"Записано в {file}."


def test_what_to_accept_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(InputWrong, match="--accept КОД"):
        accept_in_file(tmp_path / "план.yaml", "", "5", "x", datetime(2026, 11, 24, tzinfo=UTC))


@pytest.mark.parametrize("due", ["9 мая 2022", "1 сентября 2021", "День учителя, 2021"])
def test_a_fixed_day_is_not_moved_by_a_month(due: str) -> None:
    change = moved(SMALL.replace("due: октябрь", f'due: "{due}"'), "1", months=1)

    assert f'due: "{due}"' in change.text
    assert f"1.5: «{due}» – день закреплён за своей датой и не переносится" in change.left


@pytest.mark.parametrize(
    ("spelt", "months", "expected"),
    [
        (r'"Сентябрь\n2021"', 12, r'"Сентябрь\n2022"'),
        (r'"Сентябрь\_2021"', 12, r'"Сентябрь\_2022"'),
        (r'"Сентябрь\_2021"', 1, r'"Октябрь\_2021"'),
        (r'"\u0421\u0435нтябрь 2021"', 12, r'"\u0421\u0435нтябрь 2022"'),
        (r'"до 15.10.\x32021"', 12, r'"до 15.10.\x32022"'),
        (r'"до\u00a015.10.2021\u00a0г."', 12, r'"до\u00a015.10.2022\u00a0г."'),
        ('"Сентябрь \\\n          2021"', 12, '"Сентябрь \\\n          2022"'),
        ('"Сен\\\n          тябрь 2021"', 12, '"Сен\\\n          тябрь 2022"'),
        ('"Сентябрь\n          2021"', 12, '"Сентябрь\n          2022"'),
        ("'Сентябрь\n          2021'", 1, "'Октябрь\n          2021'"),
        ("Сентябрь\u00a02021\u00a0г.", 12, "Сентябрь\u00a02022\u00a0г."),
        ("Сентябрь\u00a02021\u00a0г.", 3, "Декабрь\u00a02021\u00a0г."),
        ("|-\n          сен-\n          тябрь 2021", 1, '"октябрь 2021"'),
        ('"29\u201304.11.2021"', 1, '"29\u201304.12.2021"'),
    ],
)
def test_a_due_date_is_moved_however_it_is_spelt(spelt: str, months: int, expected: str) -> None:
    step = f"""\
      - id: 1.7
        title: Дело
        due: {spelt}
        owner: d
"""
    text = SMALL.replace("\n  # Перед вторым", step + "\n  # Перед вторым")

    change = moved(text, "1", months=months)

    assert f"        due: {expected}\n        owner: d" in change.text
    was, now = load_text(text).require(), load_text(change.text).require()
    (old,) = [step.due for step in was.steps if step.id == "1.7"]
    (new,) = [step.due for step in now.steps if step.id == "1.7"]
    wanted = old.shifted(months)
    assert (new.start, new.end) == (wanted.start, wanted.end)


def test_two_readings_settled_by_the_period_are_moved_as_they_were_settled() -> None:
    text = SMALL.replace("due: октябрь", "due: сентябрь 2021–2022")

    change = moved(text, "1")

    assert "{id: 1.5, title: Дело, due: сентябрь 2022, owner: d}" in change.text
