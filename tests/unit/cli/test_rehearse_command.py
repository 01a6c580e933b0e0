"""`karta rehearse` as it is typed, and the page it writes."""

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cli.main import run
from roadmap.loader import Loaded, load_text
from roadmap.rehearsal import rehearse
from roadmap.scenarios import OnTime, OwnerIll, scenario_from
from services.plan.rehearsal_page import rehearsal_html, rehearsal_page
from services.plan.rehearsal_words import scenario_words
from tests.conftest import ROADMAP
from tests.unit.roadmap.test_rehearsal import HEAD, STAGES, road_map


@pytest.fixture
def plan_file(tmp_path: Path) -> str:
    file = tmp_path / "план.yaml"
    file.write_text(HEAD + STAGES, "utf-8")
    return str(file)


def test_the_shipped_plan_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rehearse", str(ROADMAP)]) == 0

    said = capsys.readouterr()
    assert said.err == ""
    assert "Начало 1 сентября 2021, конец 30 декабря 2022." in said.out
    assert "С опозданием: 12 мероприятий из 35; дольше всех 5.1 – на 250 дней." in said.out
    assert re.search(r"Москвина Т\.Н\., директор школы +45 писем: о новом 1", said.out)


def test_json_is_json_only_with_iso_dates(
    plan_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rehearse", plan_file, "--scenario", "late:3", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["stages", "letters", "late", "end"]
    assert found["stages"][0] == {"id": "1", "opened": "2026-09-01", "closed": "2026-10-05"}
    assert found["letters"][0] == {
        "date": "2026-09-01",
        "to": "teacher@school.example",
        "kind": "opened",
        "steps": ["1.1"],
    }
    assert found["late"][0] == {
        "step": "1.2",
        "due": "2026-09-25",
        "finished": "2026-09-28",
        "days": 3,
    }
    assert date.fromisoformat(found["end"])


def test_what_never_happens_is_null(plan_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = "owner-ill:teacher:2026-09-01–2099-01-01"
    assert run(["rehearse", plan_file, "--scenario", scenario, "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["end"] is None
    assert found["stages"][1] == {"id": "2", "opened": None, "closed": None}
    assert found["late"][0]["finished"] is None
    assert run(["rehearse", plan_file, "--scenario", scenario]) == 0
    said = capsys.readouterr().out
    assert "К 31 мая 2032 программа не завершилась" in said
    assert "Не выполнено: 1.1 (Белова Т.Ю.)" in said


def test_from_moves_every_date_as_start_does(
    plan_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rehearse", plan_file, "--from", "2027-09", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["stages"][0]["opened"] == "2027-09-01"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--scenario", "poor"], "Сценария «poor» нет; есть, например: on-time"),
        (["--scenario", "late:x"], "нужно число дней"),
        (["--scenario", "owner-ill:zavuch:2026-10-05-2026-10-06"], "нет в people; есть: head"),
        (["--scenario", "owner-ill:teacher:2026-13-05-2026-10-06"], "Такого дня нет: 2026-13-05"),
        (["--from", "сентябрь"], "нужен месяц вида 2026-09"),
        (["--json", "--html", "x.html"], "что-нибудь одно"),
        (["--html", "/нет/такой/папки/x.html"], "назовите другой файл"),
        (["--html", "."], "назовите другой файл"),
        (["--scenari", "on-time"], "Параметра --scenari нет"),
    ],
)
def test_wrong_words_get_a_sentence_and_end_with_2(
    plan_file: str, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert run(["rehearse", plan_file, *words]) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err
    assert "Traceback" not in said.err


def test_a_wrong_file_is_told_as_check_tells_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rehearse", str(tmp_path / "нет.yaml")]) == 2
    assert "нет.yaml:1: no such file" in capsys.readouterr().err
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text((HEAD + STAGES).replace("owner: teacher", "owner: zavuch"), "utf-8")
    assert run(["rehearse", str(wrong)]) == 2
    assert 'owner "zavuch" is not in people' in capsys.readouterr().err


def test_the_road_map_itself_is_never_overwritten(
    plan_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rehearse", plan_file, "--html", plan_file]) == 2

    assert "сама дорожная карта" in capsys.readouterr().err
    assert Path(plan_file).read_text("utf-8") == HEAD + STAGES


def test_an_illness_outside_the_programme_is_pointed_out(
    plan_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rehearse", plan_file, "--scenario", "owner-ill:teacher:1.3.2020-9.3.2020"]) == 0

    assert "болезнь не приходится: проверьте даты" in capsys.readouterr().out


# -- the page ---------------------------------------------------------------------------------


class _Outside(HTMLParser):
    """Collects whatever a page would ask the network for, or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe", "object"):
            self.found.append(tag)
        self.found += [
            f"{name}={value}"
            for name, value in attrs
            if name in ("src", "href", "xlink:href") or name.startswith("on")
        ]


def test_the_page_is_one_file_that_needs_nothing_else(shipped: Loaded, tmp_path: Path) -> None:
    out = tmp_path / "репетиция.html"

    assert run(["rehearse", str(ROADMAP), "--html", str(out)]) == 0

    page = out.read_text("utf-8")
    reader = _Outside()
    reader.feed(page)
    assert reader.found == []
    assert "url(" not in page and "@import" not in page


def test_what_people_wrote_is_shown_as_text() -> None:
    stages = STAGES.replace("title: Встреча", 'title: "<b>Встреча</b> & чай"')
    plan = load_text(HEAD.replace("name: Школа", 'name: "<script>alert(1)</script>"') + stages)
    roadmap = plan.require()
    scenario = scenario_from("late:2", roadmap)

    page = rehearsal_html(roadmap, rehearse(roadmap, scenario), scenario)

    assert "<script>" not in page and "<b>Встреча" not in page
    assert "&lt;b&gt;Встреча&lt;/b&gt; &amp; чай" in page


@pytest.mark.parametrize(
    "scenario",
    ["on-time", "late:40", "random:3", "owner-ill:teacher:2026-09-01–2099-01-01"],
)
def test_the_pictures_stay_inside_their_frames(scenario: str) -> None:
    roadmap = road_map()
    chosen = scenario_from(scenario, roadmap)

    page = rehearsal_page(roadmap, rehearse(roadmap, chosen), chosen)

    spans = [span for row in page.stages for span in (row.plan, row.run) if span]
    spans += [span for row in page.months for _, span in row.bars]
    spans += [bar for person in page.people for bar in person.bars]
    assert all(span.x >= 0 and span.x + span.width <= 1000.2 for span in spans)
    assert all(0 < bar.height <= 100 for person in page.people for bar in person.bars)
    assert max(bar.height for person in page.people for bar in person.bars) == 100
    assert sum(row.total for row in page.months) == int(dict(page.figures)["писем"])


def test_the_scenario_is_said_in_words() -> None:
    roadmap = road_map()
    ill = OwnerIll("deputy", date(2026, 12, 20), date(2027, 1, 15))

    assert scenario_words(OnTime(), roadmap).startswith("все успевают в срок")
    assert scenario_words(scenario_from("late:21", roadmap), roadmap) == (
        "все опаздывают на 21 день"
    )
    assert scenario_words(ill, roadmap).endswith(
        "но завуч болеет с 20 декабря 2026 по 15 января 2027"
    )
