"""Plan and fact of a school in the middle of its year, and its weekly letter, as people see them.

KARTA_RECORD=1 writes the pictures of docs/screenshots anew; look at them before committing.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from notifications.compose import render_letter
from roadmap.loader import Loaded
from tests.browser.conftest import SCREENSHOTS, SignIn
from tests.support.letters import every_letter
from tests.support.school_year import ServedSchool
from web.viewer import SESSION


@pytest.fixture(scope="module")
def school(
    postgres_url: str,
    template_database: str,
    shipped: Loaded,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ServedSchool]:
    home: Path = tmp_path_factory.mktemp("school") / "home"
    with ServedSchool(postgres_url, template_database, shipped, home) as served:
        yield served


OpenAs = Callable[..., Page]


@pytest.fixture
def open_as(school: ServedSchool, chromium: Browser, window: SignIn) -> OpenAs:
    """Opens the plan's page for somebody who is signed in."""

    def open_page(key: str, path: str = "/plan", width: int = 1280, **settings) -> Page:
        page = window(viewport={"width": width, "height": 900}, **settings)
        page.context.add_cookies(
            [{"name": SESSION, "value": school.sessions[key], "url": school.url}]
        )
        page.goto(school.url + path)
        return page

    return open_page


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/plan", "/"])
def test_the_page_is_accessible_and_fits(open_as: OpenAs, path: str, width: int) -> None:
    page = open_as("curator", path, width)

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if os.environ.get("KARTA_RECORD") and width > 400 and path == "/plan":
        page.screenshot(path=SCREENSHOTS / "plan.png")
        box = page.locator(".gantt-section").bounding_box()
        assert box is not None
        around = {"x": box["x"] - 24, "y": box["y"] - 24, "width": box["width"] + 48,
                  "height": box["height"] + 48}  # fmt: skip
        page.screenshot(path=SCREENSHOTS / "gantt.png", full_page=True, clip=around)


def test_planned_present_and_actual_days_and_the_deviation_stand_in_a_row(open_as: OpenAs) -> None:
    page = open_as("curator")

    row = page.get_by_role("row").filter(has=page.locator(".num:text-is('2.1')"))
    expect(row.locator("td")).to_have_text(
        ["ноябрь 2026", "01.11.2026 – 11.12.2026", "13.11 – 10.12.2026", "на 10 дней позже"]
    )
    late = page.get_by_role("row").filter(has=page.locator(".num:text-is('3.1')"))
    expect(late.locator("td").last).to_have_text("уже на 18 дней позже")


def test_the_gantt_tells_each_row_in_words_and_by_shapes(open_as: OpenAs) -> None:
    page = open_as("curator")

    strip = page.get_by_role("img", name="2.1: первый план – ноябрь 2026; сейчас – 01.11.2026")
    expect(strip).to_be_visible()
    for shape in (".g-plan", ".g-now", ".g-fact", ".g-end"):
        assert strip.locator(shape).count() == 1, shape
    late = page.get_by_role("img", name="3.1: первый план")
    assert late.locator(".g-late").count() == 1
    assert late.locator(".g-end").count() == 0


def test_the_forecast_says_why(open_as: OpenAs) -> None:
    forecast = open_as("curator").locator(".forecast")

    expect(forecast).to_contain_text("Завершится около")
    expect(forecast).to_contain_text("позже плана")
    expect(forecast).to_contain_text("завершённых мероприятий выполнены в среднем (медиана)")
    expect(forecast).to_contain_text("добавлено к оставшимся срокам")


def test_what_has_changed_since_a_day_names_who_when_why_and_from_what_to_what(
    open_as: OpenAs,
) -> None:
    page = open_as("curator")
    page.get_by_label("С какого дня").fill("2026-11-01")
    page.get_by_role("button", name="Показать").click()

    expect(page.get_by_role("heading", name="Что изменилось с 1 ноября 2026")).to_be_visible()
    rows = page.locator(".changes tbody tr")
    owner = rows.filter(has_text="Сменён ответственный").locator("td")
    expect(owner.nth(2)).to_have_text("зам. директора по ВР")
    expect(owner.nth(3)).to_have_text("Белякова Т.Ю., соц. педагог")
    expect(owner.nth(4)).to_have_text("базу ведёт соц. педагог")
    expect(rows.filter(has_text="карантин")).to_contain_text("24.11.2026 10:00")
    expect(rows.filter(has_text="Этап открыт досрочно")).to_contain_text("Москвина Т.Н.")
    expect(rows.filter(has_text="Новая редакция")).to_contain_text("редакция 2")
    expect(rows.filter(has_text="Не требуется")).to_contain_text("материалы даёт область")


@pytest.mark.parametrize("since", ["31.02.2027", "завтра", "0001-01-01", "9999-12-31", "%00"])
def test_a_day_that_is_none_gives_a_sentence_and_breaks_nothing(
    open_as: OpenAs, since: str
) -> None:
    page = open_as("curator", f"/plan?since={since}")

    expect(page.locator("#since-error")).to_contain_text("Показано за последние 30 дней.")
    expect(page.get_by_role("heading", name="Что изменилось с 17 января 2027")).to_be_visible()


def test_owners_and_observers_read_it_all(open_as: OpenAs) -> None:
    for key in ("social", "observer"):
        page = open_as(key, java_script_enabled=False)
        expect(page.get_by_role("heading", name="Прогноз")).to_be_visible()
        expect(page.locator(".changes tbody tr").first).to_be_visible()


def test_another_schools_programme_is_not_found(open_as: OpenAs) -> None:
    page = open_as("curator", "/programmes/00000000-0000-0000-0000-000000000000/plan")

    expect(page.get_by_role("heading", level=1)).to_have_text("Не найдено")


def test_it_is_reached_by_keyboard_and_the_strips_can_be_scrolled_by_it(open_as: OpenAs) -> None:
    page = open_as("curator", "/", width=390)
    page.get_by_role("navigation").get_by_role("link", name="План и факт").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="План и факт", level=1)).to_be_visible()
    strips = page.locator(".gantt")
    strips.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")

    page.wait_for_function("document.querySelector('.gantt').scrollLeft > 0")


def test_it_prints_on_a4(open_as: OpenAs) -> None:
    page = open_as("curator")

    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 between its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    expect(page.get_by_label("С какого дня")).to_be_hidden()
    expect(page.locator(".g-legend")).to_be_visible()


def test_the_weekly_letter_fits_its_column(window: SignIn, shipped: Loaded) -> None:
    page = window(viewport={"width": 600, "height": 800})
    page.set_content(render_letter(*every_letter(shipped)["digest"]).html)

    assert page.evaluate("document.documentElement.scrollWidth") <= 600
    expect(page.get_by_text("Что изменилось в плане")).to_be_visible()
    if os.environ.get("KARTA_RECORD"):
        page.screenshot(path=SCREENSHOTS / "digest.png", full_page=True)
