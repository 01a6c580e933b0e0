"""The `karta` command as it is typed, with right and wrong input."""

import json
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.support.live import ROOT, LiveKarta


@pytest.fixture(scope="module")
def live() -> Iterator[LiveKarta]:
    with LiveKarta() as running:
        yield running


@pytest.fixture
def idle() -> Iterator[LiveKarta]:
    """A data folder in which nothing runs."""
    made = LiveKarta()
    yield made
    made.close()


def test_check_says_what_it_understood(idle: LiveKarta) -> None:
    done = idle.run("check", "roadmap.yaml")

    assert (done.returncode, done.stderr) == (1, "")  # the document's odd dates
    assert "Ошибок нет, 2 замечания: 7 этапов, 35 мероприятий" in done.stdout
    assert "этап 5 не может начаться раньше 31 мая 2022" in done.stdout


def test_check_as_json_is_json_only(idle: LiveKarta) -> None:
    said = json.loads(idle.run("check", "roadmap.yaml", "--json").stdout)

    assert [problem["code"] for problem in said["problems"]] == [
        "week-overload", "stage-before-gate",
    ]  # fmt: skip
    assert said["stages"][1]["steps"][0] | {"title": ""} == {
        "id": "2.1", "title": "", "kind": "survey",
        "due": {"text": "Ноябрь 2021", "start": "2021-11-01", "end": "2021-11-30",
                "turns": [{"start": "2021-11-01", "end": "2021-11-30"}]},
        "owner": {"id": "social", "name": "Белякова Т.Ю.", "post": "соц. педагог"},
    }  # fmt: skip


def test_check_tells_every_mistake_with_its_line_and_ends_with_2(
    idle: LiveKarta, tmp_path: Path
) -> None:
    wrong = tmp_path / "roadmap.yaml"
    text = (ROOT / "roadmap.yaml").read_text("utf-8")
    wrong.write_text(text.replace("owner: social", "owner: zavuch", 1).replace(
        "due: Март 2022", "due: 30 февраля 2022", 1), "utf-8")  # fmt: skip

    done = idle.run("check", str(wrong))

    assert done.returncode == 2
    assert 'step 2.1: owner "zavuch" is not in people; use one of: director' in done.stdout
    assert "step 3.3: due" in done.stdout


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"[" * 300, b"x" * 300_000, b"a: &a 1"])
def test_check_of_something_else_is_a_sentence_not_a_traceback(
    idle: LiveKarta, tmp_path: Path, content: bytes
) -> None:
    wrong = tmp_path / "w.yaml"
    wrong.write_bytes(content)

    done = idle.run("check", str(wrong))

    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    assert f"{wrong}:1: " in done.stdout


def test_the_repair_that_check_offers_can_be_typed(idle: LiveKarta, tmp_path: Path) -> None:
    plan = tmp_path / "план.yaml"
    plan.write_bytes((ROOT / "roadmap.yaml").read_bytes())
    said = idle.run("check", str(plan)).stdout
    (offered,) = [line for line in said.split("\n") if "Перенести: karta " in line]
    typed = offered.partition("karta ")[2].partition(" (")[0]
    assert idle.run(*shlex.split(typed)).returncode == 2  # the reason is for a person to write
    command = shlex.split(typed.replace("…", "опечатка в документе"))

    shown = idle.run(*command, "--dry-run")
    assert shown.returncode == 0 and "+        due: Сентябрь 2022" in shown.stdout
    assert plan.read_bytes() == (ROOT / "roadmap.yaml").read_bytes()

    done = idle.run(*command)
    assert (done.returncode, done.stderr) == (0, "")
    assert "5.1: Сентябрь 2021 → Сентябрь 2022" in done.stdout
    assert "karta revise" in done.stdout
    assert idle.run("check", str(plan)).returncode == 0


def test_a_warning_can_be_accepted_with_a_reason(idle: LiveKarta, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_bytes((ROOT / "roadmap.yaml").read_bytes())

    for code, at in (("stage-before-gate", ["--at", "5"]), ("week-overload", [])):
        words = ["check", str(plan), "--accept", code, *at]
        assert idle.run(*words).returncode == 2
        assert idle.run(*words, "--reason", "так в документе").returncode == 0
    assert idle.run("check", str(plan)).returncode == 0
    assert "так в документе" in plan.read_text("utf-8")


def test_next_year_without_a_service_has_no_lessons(idle: LiveKarta, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_bytes((ROOT / "roadmap.yaml").read_bytes())

    done = idle.run("next-year", str(plan))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Уроков в нём нет" in done.stdout
    assert idle.run("check", str(tmp_path / "plan-2022.yaml")).returncode == 1
    assert idle.run("next-year", str(plan)).returncode == 2
    assert idle.run("next-year", str(plan), "--force").returncode == 0


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["chek"], 2, "Команды chek нет. Может быть, check?"),
        (["done"], 2, "Не хватает: НОМЕР"),
        (["status", "--jsn"], 2, "Параметра --jsn нет."),
        (["up", "--port", "abc"], 2, "нужно целое число"),
        (["check", "нет.yaml"], 2, ""),
        (["start", "."], 2, ""),
        (["plan", "shift", "9", "--months", "1", "--reason", "x"], 2, "Этапа 9 в дорожной карте"),
        (["plan", "shift", "6-5", "--months", "1", "--reason", "x"], 2, "стоит после этапа"),
        (["plan", "shift", "5", "--months", "0", "--reason", "x"], 2, "--months 0"),
        (["plan", "shift", "5", "--months", "1"], 2, "Напишите причину"),
        (["plan", "shift", "5", "--reason", "x"], 2, "Не хватает: --months"),
        (["plan", "shift", "5", "нет.yaml", "--months", "1", "--reason", "x"], 2, "такого файла"),
        (["plan", "accept", "stage", "--reason", "x"], 2, "Замечания stage нет"),
        (["plan", "accept", "unknown-key", "--reason", "x"], 2, "это ошибка"),
        (["check", "--at", "5", "--reason", "x"], 2, "--accept КОД"),
        (["next-year", "roadmap.yaml", "--months", "0"], 2, "нужно от 1"),
        (["next-year"], 1, "назовите файл"),
        (["status"], 1, "Карта не запущена"),
        (["forecast"], 1, "Карта не запущена"),
        (["changes", "--since", "31.02.2026"], 2, "Даты «31.02.2026» нет в календаре"),
        (["changes", "--since"], 2, "После --since нужно значение."),
    ],
)
def test_wrong_words_get_a_russian_sentence(
    idle: LiveKarta, words: list[str], code: int, sentence: str
) -> None:
    done = idle.run(*words)

    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_check_loads_neither_the_database_nor_prefect() -> None:
    listing = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cli.main", "check", "roadmap.yaml"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in listing.stderr.splitlines()}

    assert {"sqlalchemy", "prefect", "fastapi", "asyncpg", "holidays"} & loaded == set()


def test_the_first_start_begins_the_shipped_road_map_this_month(live: LiveKarta) -> None:
    status = live.status()

    assert status["programme"]["state"] == "running"
    first = status["stages"][0]["steps"][0]
    assert (first["id"], first["state"], first["late_days"]) == ("1.1", "open", 0)
    assert set(first) == {"id", "title", "state", "due", "owner", "late_days"}
    assert status["stages"][1]["missing"] == ["1.1", "1.2", "1.3", "1.4"]
    assert "/enter/" in live.said and "/mailbox" in live.said and "Prefect" in live.said


def test_next_year_comes_from_the_programme_that_runs(live: LiveKarta, tmp_path: Path) -> None:
    target = tmp_path / "next.yaml"

    done = live.run("next-year", "-o", str(target))

    assert (done.returncode, done.stderr) == (0, "")
    assert "Мероприятий с уроками этого года: 0." in done.stdout
    assert live.run("check", str(target)).returncode == 1  # the odd dates of stage 5, moved too
    status, check = live.status(), json.loads(live.run("check", str(target), "--json").stdout)
    due = date.fromisoformat(status["stages"][0]["steps"][0]["due"])
    moved = check["stages"][0]["steps"][0]["due"]
    assert (moved["end"][:4], moved["end"][5:7]) == (str(due.year + 1), f"{due:%m}")


def test_a_step_of_a_closed_stage_is_refused_with_the_reason(live: LiveKarta) -> None:
    done = live.run("done", "2.1")

    assert done.returncode == 1
    assert done.stderr.strip() == "Этап 2 закрыт: не выполнены 1.1, 1.2, 1.3, 1.4."
    assert live.step_states()["2.1"] == "waiting"


def test_a_second_service_on_the_same_folder_is_refused(live: LiveKarta) -> None:
    second = live.run("up")

    assert second.returncode == 1
    assert "уже работает" in second.stderr


def test_a_taken_port_is_named(idle: LiveKarta) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", idle.port))
        taken.listen()
        done = idle.run("up")

    assert done.returncode == 1
    assert f"Порт {idle.port} занят" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("KARTA_SMTP_URL", "mail.example", "KARTA_SMTP_URL"),
        ("KARTA_PORT", "70000", "KARTA_PORT"),
        ("KARTA_HOME", "/proc/karta", "нельзя писать"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, sentence: str) -> None:
    wrong = LiveKarta(**{name: value})
    done = wrong.run("up")
    wrong.close()

    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_the_commands_move_steps_and_people(live: LiveKarta, tmp_path: Path) -> None:
    assert live.run("done", "1.1", "1.2").returncode == 0
    assert live.run("skip", "1.3").returncode == 2
    assert live.run("skip", "1.3", "--reason", "выпускников нет").returncode == 0
    assert live.run("report", "1.4", "--note", "встреча прошла").returncode == 0
    assert live.run("return", "1.4", "--reason", "когда?").returncode == 0
    assert live.run("open-stage", "3", "--reason", "пора").returncode == 0
    added = live.run("person", "add", "--name", "Иванова И.И.", "--email", "iva@school.example")
    assert added.returncode == 0, added.stderr
    assert "iva@school.example" in live.run("person", "list").stdout

    states = live.step_states()

    assert (states["1.1"], states["1.3"], states["1.4"], states["3.1"]) == (
        "done", "skipped", "returned", "open",
    )  # fmt: skip
    assert json.loads(live.run("letters", "--json").stdout)


def test_the_commands_say_who_is_away_and_when_letters_come(live: LiveKarta) -> None:
    away = ("person", "away", "social", "--from", "01.12.2099", "--to", "14.12.2099")

    made = live.run(*away, "--deputy", "curator", "--reason", "курсы")
    assert (made.returncode, made.stdout.strip()) == (
        0, "Белякова Т.Ю.: с 01.12.2099 по 14.12.2099 замещает зам. директора по ВР.",
    )  # fmt: skip
    overlapping = live.run(*away, "--deputy", "director")
    assert overlapping.returncode == 2 and "замещение уже есть" in overlapping.stderr
    assert live.run("person", "back", "social").returncode == 0
    nothing = live.run("person", "back", "social")
    assert nothing.returncode == 1 and "замещения нет" in nothing.stderr

    assert live.run("person", "away", "social", "--from", "32.12.2099", "--to", "1.1.2100",
                    "--deputy", "curator").returncode == 2  # fmt: skip
    assert live.run(*away, "--deputy", "nobody").returncode == 2
    assert "одним письмом утром" in live.run("person", "rhythm", "social", "daily").stdout
    assert live.run("person", "rhythm", "social", "weekly").returncode == 2


def test_a_revision_is_shown_before_it_is_applied(live: LiveKarta, tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    text = (ROOT / "roadmap.yaml").read_text("utf-8")
    new.write_text(text.replace("due: Декабрь 2022", "due: Ноябрь 2022", 1), "utf-8")

    shown = live.run("revise", str(new))
    assert "7.8, срок:" in shown.stdout and "Ничего не изменено" in shown.stdout
    applied = live.run("revise", str(new), "--yes")

    assert applied.returncode == 0 and "Применено." in applied.stdout
    assert "ничего не меняет" in live.run("revise", str(new)).stdout


def test_what_has_changed_and_when_it_will_end_are_told(live: LiveKarta) -> None:
    found = json.loads(live.run("changes", "--json").stdout)
    assert {change["kind"] for change in found} == {
        "step.skipped", "stage.opened_early", "revision.applied", "step.due_moved",
    }  # fmt: skip
    told = live.run("changes", "--since", "01.11.2020")
    assert "почему: выпускников нет" in told.stdout
    assert live.run("changes", "--since", "01.01.2100").stdout == (
        "С 1 января 2100 план не менялся.\n"
    )

    forecast = json.loads(live.run("forecast", "--json").stdout)

    assert [stage["id"] for stage in forecast["stages"]] == list("1234567")
    assert live.run("forecast").stdout.strip() == forecast["sentence"]


def test_a_road_map_starts_in_the_month_that_is_named(live: LiveKarta) -> None:
    started = live.run("start", "roadmap.yaml", "--from", "2026-09", "--json")
    assert json.loads(started.stdout)["months"] == 60

    assert live.run("start", "roadmap.yaml", "--from", "2026-13").returncode == 2
