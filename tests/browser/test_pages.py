"""The pages as people use them: roles, refusals, keyboard and phone, and what axe-core says."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import SCREENSHOTS, SignIn, step_of
from tests.support.live import LiveKarta, until
from tests.support.smtp_server import SmtpServer

DIRECTOR, CURATOR, SOCIAL = (f"{key}@talon.example" for key in ("director", "curator", "social"))
OBSERVER = "observer@region.example"


@pytest.fixture(scope="module")
def live(smtp: SmtpServer) -> Iterator[LiveKarta]:
    """Stage 1 done, a report waiting for the curator, an observer from the region."""
    with LiveKarta(smtp.url) as running:
        running.run("done", "1.1", "1.2", "1.3", "1.4")
        running.run(
            "report", "2.2", "--as", "social", "--note", "12 из 14", "--link", "a.example/1"
        )
        running.run("person", "add", "--name", "Петрова А.А.", "--email", OBSERVER,
                    "--role", "observer")  # fmt: skip
        yield running


def no_violations(page: Page) -> None:
    page.wait_for_load_state()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


PAGES = ["/", "/my", "/plan", "/calendar", "/letters", "/journal", "/people"]


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible_and_fits(live: LiveKarta, sign_in: SignIn, width: int) -> None:
    page = sign_in(CURATOR, viewport={"width": width, "height": 900})
    for path in PAGES:
        page.goto(live.url + path)
        no_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if path == "/" and os.environ.get("KARTA_RECORD"):
            page.screenshot(path=SCREENSHOTS / ("board.png" if width > 400 else "board-phone.png"))
    for code in ("2.1", "2.2", "1.1", "3.1"):
        step_of(page, live, code)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        no_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, code
        if code == "2.2" and os.environ.get("KARTA_RECORD"):
            page.screenshot(path=SCREENSHOTS / f"step-{width}.png")
    page.goto(f"{live.url}/letters")
    page.locator("tbody a").first.click()
    no_violations(page)
    page.goto(f"{live.url}/people")
    page.get_by_role("link", name="Изменить карточку").first.click()
    no_violations(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_before_signing_in_are_accessible(
    live: LiveKarta, smtp: SmtpServer, window: SignIn, width: int
) -> None:
    page = window(viewport={"width": width, "height": 900})
    for path in ("/enter", "/nowhere", "/l/unknown", "/enter/unknown"):
        page.goto(live.url + path)
        no_violations(page)
    page.goto(next(x for letter in smtp.letters for x in letter.links if "/l/" in x))
    no_violations(page)


def test_a_page_asked_for_before_signing_in_comes_after_it(live: LiveKarta, window: SignIn) -> None:
    page = window()
    page.goto(f"{live.url}/journal")

    expect(page).to_have_url(f"{live.url}/enter?back=/journal")


def test_looking_at_a_letters_link_changes_nothing(
    live: LiveKarta, smtp: SmtpServer, window: SignIn
) -> None:
    link = next(x for letter in smtp.letters for x in letter.links if "/l/" in x)
    before = live.status()
    page = window()

    for _ in range(3):
        assert page.request.head(link).status == 200
        assert page.request.get(link).status == 200

    assert live.status() == before


def test_the_wrong_content_is_refused_and_the_typed_words_stay(
    live: LiveKarta, sign_in: SignIn, tmp_path: Path
) -> None:
    page = sign_in(SOCIAL)
    step_of(page, live, "2.1")
    fake = tmp_path / "анкеты.pdf"
    fake.write_bytes(b"MZ this is a program")
    page.get_by_label("Что сделано").fill("17 анкет")
    page.get_by_label("Файлы – обязательно").set_input_files(fake)
    page.get_by_role("button", name="Отправить куратору").click()

    expect(page.get_by_role("alert")).to_contain_text("Файл «анкеты.pdf» внутри не pdf")
    expect(page.get_by_label("Что сделано")).to_have_value("17 анкет")


def test_the_curator_returns_a_report_with_a_reason(live: LiveKarta, sign_in: SignIn) -> None:
    page = sign_in(CURATOR)
    step_of(page, live, "2.2")
    page.get_by_text("Вернуть на доработку").click()
    page.get_by_label("Что доработать").fill("Не хватает двух согласий")
    page.get_by_role("button", name="Вернуть", exact=True).click()

    expect(page.get_by_text("Мероприятие 2.2 возвращено")).to_be_visible()
    owner = sign_in(SOCIAL)
    expect(owner.get_by_text("возвращено вам на доработку")).to_be_visible()
    step_of(owner, live, "2.2")
    expect(owner.locator(".returned")).to_contain_text("Не хватает двух согласий")


def test_of_two_curators_one_wins_and_the_other_is_told(live: LiveKarta, sign_in: SignIn) -> None:
    first, second = sign_in(CURATOR), sign_in(DIRECTOR)
    step_of(first, live, "2.3")
    step_of(second, live, "2.3")
    first.locator("summary", has_text="Не требуется").click()
    first.get_by_label("Почему мероприятие не требуется").fill("база уже есть")
    first.get_by_role("button", name="Не требуется").click()
    expect(first.get_by_text("Мероприятие 2.3: не требуется.")).to_be_visible()

    second.get_by_label("Почему принимаете без него").fill("видел")
    second.get_by_role("button", name="Выполнено").click()

    expect(second.get_by_role("alert").first).to_contain_text("Пока страница была открыта")


def test_several_marked_at_once_tell_of_each_that_was_not(live: LiveKarta, sign_in: SignIn) -> None:
    page = sign_in(CURATOR)
    page.get_by_label("Выбрать 2.1").check()
    page.get_by_role("button", name="Отметить выбранные").click()
    expect(page.get_by_text("нет подтверждения")).to_be_visible()

    page.get_by_label("Почему принимаете без подтверждения").fill("анкеты в папке у секретаря")
    page.get_by_role("button", name="Отметить с этой причиной").click()

    expect(page.get_by_text("Выполнено: 2.1.")).to_be_visible()


def test_the_director_opens_a_stage_early_and_others_see_no_such_button(
    live: LiveKarta, sign_in: SignIn
) -> None:
    curator = sign_in(CURATOR)
    assert curator.get_by_text("Открыть раньше срока").count() == 0
    page = sign_in(DIRECTOR)
    stage = page.locator("#stage-4")
    stage.get_by_text("Открыть раньше срока").click()
    stage.get_by_label("Почему этап 4").fill("обучение проводит область")
    stage.get_by_role("button", name="Открыть этап 4").click()

    expect(page.get_by_text("Этап 4 открыт досрочно.")).to_be_visible()
    expect(page.locator("#stage-4")).to_contain_text("обучение проводит область")


def test_an_observer_reads_and_cannot_act(live: LiveKarta, sign_in: SignIn) -> None:
    page = sign_in(OBSERVER)
    assert page.get_by_role("button", name="Выполнено").count() == 0
    step_of(page, live, "4.1")
    assert page.locator("main form").count() == 0
    path = page.url

    answer = page.request.post(f"{path}/done", form={"version": ""}, headers={"origin": live.url})

    assert answer.status == 422
    assert "может куратор или директор" in answer.text()


def test_a_form_from_another_site_is_turned_away(live: LiveKarta, sign_in: SignIn) -> None:
    page = sign_in(CURATOR)
    code = next(code for code, state in live.step_states().items() if state == "open")
    step_of(page, live, code)

    answer = page.request.post(
        f"{page.url}/done", form={"version": ""}, headers={"origin": "https://evil.example"}
    )

    assert answer.status == 403
    assert live.step_states()[code] == "open"


def test_everything_works_without_javascript_and_by_keyboard(
    live: LiveKarta, sign_in: SignIn
) -> None:
    page = sign_in(CURATOR, java_script_enabled=False)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="К содержанию")).to_be_focused()
    button = page.get_by_role("button", name="Выполнено: 4.2")
    button.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Мероприятие 4.2 отмечено выполненным.")).to_be_visible()


def test_the_board_prints_on_a4(live: LiveKarta, sign_in: SignIn) -> None:
    page = sign_in(CURATOR)

    printed = page.pdf(format="A4")

    assert printed.startswith(b"%PDF")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Отметить выбранные")).to_be_hidden()


def test_on_a_phone_the_board_is_folded_to_the_stages_that_go_on(
    live: LiveKarta, sign_in: SignIn
) -> None:
    phone = {"width": 390, "height": 900}
    page = sign_in(CURATOR, viewport=phone)

    expect(page.locator("#stage-2 .steps")).to_be_visible()
    for folded in ("#stage-1 .steps", "#stage-3 .steps"):
        expect(page.locator(folded)).to_be_hidden()
    page.locator("#stage-3").get_by_text("Мероприятия этапа: 4").click()
    expect(page.locator("#stage-3 .steps")).to_be_visible()
    no_violations(page)

    page.goto(f"{live.url}/#stage-1")
    page.reload()
    expect(page.locator("#stage-1 .steps")).to_be_visible()


def test_a_phone_that_is_turned_still_unfolds_the_stages_it_folded(
    live: LiveKarta, sign_in: SignIn
) -> None:
    page = sign_in(CURATOR, viewport={"width": 390, "height": 844})
    page.set_viewport_size({"width": 844, "height": 390})

    page.locator("#stage-3").get_by_text("Мероприятия этапа: 4").click()

    expect(page.locator("#stage-3 .steps")).to_be_visible()


@pytest.mark.parametrize("settings", [
    {"viewport": {"width": 1280, "height": 900}},
    {"viewport": {"width": 390, "height": 900}, "java_script_enabled": False},
])  # fmt: skip
def test_on_a_computer_or_without_scripts_the_board_shows_every_step(
    live: LiveKarta, sign_in: SignIn, settings: dict
) -> None:
    page = sign_in(CURATOR, **settings)

    assert page.locator(".step").count() == 35
    assert page.locator(".step:visible").count() == 35


@pytest.mark.parametrize("width", [1280, 390])
def test_the_calendar_page_is_accessible_before_and_after_the_address_is_made(
    live: LiveKarta, sign_in: SignIn, width: int
) -> None:
    page = sign_in(CURATOR, viewport={"width": width, "height": 900}, java_script_enabled=False)
    page.get_by_role("link", name="Календарь").click()
    for _ in range(page.get_by_role("button", name="Отключить").count()):
        page.get_by_role("button", name="Отключить").first.click()
    for scripted in (False, True):
        if scripted:
            page.get_by_role("button", name="Получить ссылку: Мои мероприятия").click()
            page.get_by_role("button", name="Получить ссылку").click()
        reader = sign_in(CURATOR, viewport={"width": width, "height": 900})
        reader.goto(f"{live.url}/calendar")
        no_violations(reader)
        assert reader.evaluate("document.documentElement.scrollWidth") <= width
    own = page.get_by_label("Адрес, чтобы скопировать").first.input_value()
    assert page.get_by_role("link", name="Подписаться: Мои мероприятия").get_attribute(
        "href"
    ) == own.replace("http://", "webcal://")
    answer = page.request.get(own)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"

    page.get_by_role("button", name="Заменить ссылку: Мои мероприятия").click()

    expect(page.get_by_text("Прежняя, если была, больше не работает")).to_be_visible()
    assert page.request.get(own).status == 410


@pytest.mark.parametrize("width", [1280, 390])
def test_a_meeting_is_set_refused_and_cancelled_on_the_steps_page(
    live: LiveKarta, smtp: SmtpServer, sign_in: SignIn, width: int
) -> None:
    page = sign_in(CURATOR, viewport={"width": width, "height": 900})
    step_of(page, live, "3.2")
    page.locator("summary", has_text="Назначить встречу").click()
    page.get_by_label("Дата встречи").fill("2020-12-15")
    page.get_by_label("Начало").fill("15:00")
    page.get_by_label("Окончание").fill("16:30")
    page.get_by_label("Место").fill("кабинет 12")
    page.get_by_role("button", name="Назначить встречу").click()

    expect(page.get_by_role("alert")).to_contain_text("не может начаться в прошлом")
    expect(page.get_by_label("Место")).to_have_value("кабинет 12")
    no_violations(page)
    page.get_by_label("Дата встречи").fill("2099-12-15")
    page.get_by_role("button", name="Назначить встречу").click()

    expect(page.get_by_text("Встреча по мероприятию 3.2 назначена")).to_be_visible()
    section = page.get_by_role("region", name="Встреча")
    expect(section).to_contain_text("Вторник, 15 декабря 2099, с 15:00 до 16:30")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    no_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(live.url)
    row = page.locator(".step", has=page.locator(".num:text-is('3.2')"))
    expect(row).to_contain_text("встреча 15 декабря, 15:00, кабинет 12")
    no_violations(page)

    step_of(page, live, "3.2")
    page.get_by_role("button", name="Отменить встречу").click()

    expect(page.get_by_text("Встреча по мероприятию 3.2 отменена")).to_be_visible()
    until(
        lambda: [letter.subject for letter in smtp.letters],
        lambda subjects: any(s.startswith("Встреча отменена: 15 декабря") for s in subjects),
    )
