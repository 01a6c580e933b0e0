"""Asking, answering, standing in: the forms as owners, curators and deputies use them."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, step_of
from tests.support.live import LiveKarta
from tests.support.smtp_server import Received, SmtpServer

CURATOR, SOCIAL, PETROVA = (f"{key}@talon.example" for key in ("curator", "social", "petrova"))
LOST = "lost@talon.example"
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture(scope="module")
def live(smtp: SmtpServer) -> Iterator[LiveKarta]:
    """Stage 2 open; Петрова owns nothing, and one address does not exist."""
    smtp.reject(LOST, "550 5.1.1 no such user")
    with LiveKarta(smtp.url) as running:
        running.run("done", "1.1", "1.2", "1.3", "1.4")
        for name, email in (("Петрова А.А.", PETROVA), ("Лосев Л.Л.", LOST)):
            running.run("person", "add", "--name", name, "--post", "педагог", "--email", email)
        yield running


def good_looking(page: Page, width: int) -> None:
    """What axe-core finds, with every form unfolded, and nothing wider than the window."""
    page.wait_for_load_state()  # a fold that is still to come would stay closed
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def letter_to(smtp: SmtpServer, email: str, subject: str) -> Received:
    """The newest letter to a person whose subject begins so, waiting a while for it."""
    for count in range(1, 60):
        found = [x for x in smtp.letters if x.recipient == email and x.subject.startswith(subject)]
        if found:
            return found[-1]
        try:
            smtp.wait_for(len(smtp.letters) + count, 0.5)
        except AssertionError:
            continue
    raise AssertionError([f"{x.recipient}: {x.subject}" for x in smtp.letters])


def test_an_owner_asks_by_the_letters_link_and_the_curator_agrees_with_one_click(
    live: LiveKarta, smtp: SmtpServer, window: SignIn
) -> None:
    opened = letter_to(smtp, SOCIAL, "Ваши мероприятия: 2.1")
    assert "попросить перенести срок" in opened.text
    owner = window()
    owner.goto(next(x for x in opened.links if "/l/" in x))
    owner.get_by_text("Попросить перенести срок").click()
    wanted = date.today() + timedelta(days=200)
    owner.get_by_label("К какому дню успеете").fill(wanted.isoformat())
    owner.get_by_label("Почему не получается к сроку").fill("Класс на карантине")
    owner.get_by_role("button", name="Попросить", exact=True).click()
    expect(owner.get_by_text("Просьба перенести срок отправлена куратору")).to_be_visible()
    expect(owner.get_by_role("button", name="Отозвать")).to_be_visible()

    link = next(x for x in letter_to(smtp, CURATOR, "Просьба перенести срок").links if "/l/" in x)
    curator = window()
    for _ in range(2):
        assert curator.request.get(link).status == 200
    curator.goto(link)
    expect(curator.get_by_text("Класс на карантине").first).to_be_visible()
    curator.get_by_role("button", name="Согласиться").click()

    expect(curator.get_by_text("Сделано, как просили")).to_be_visible()
    answered = letter_to(smtp, SOCIAL, "Срок перенесён: 2.1")
    assert "С вашей просьбой согласились" in answered.text
    owner.reload()
    expect(owner.locator(".facts")).to_contain_text(wanted.strftime("%d.%m.%Y"))


@WIDTHS
def test_the_forms_of_asking_and_answering_are_accessible_and_fit(
    live: LiveKarta, sign_in: SignIn, width: int
) -> None:
    owner = sign_in(SOCIAL, viewport={"width": width, "height": 900})
    step_of(owner, live, "2.2")
    good_looking(owner, width)
    owner.get_by_label("Кому его передать").select_option(label="Петрова А.А., педагог")
    owner.get_by_label("Почему оно не ваше").fill(f"Согласия собирает организатор, {width}")
    owner.get_by_role("button", name="Сообщить куратору").click()
    expect(owner.get_by_text("Куратор узнает")).to_be_visible()
    good_looking(owner, width)

    curator = sign_in(CURATOR, viewport={"width": width, "height": 900})
    expect(curator.get_by_text("«это не моё мероприятие», предлагает: Петрова")).to_be_visible()
    curator.get_by_text("2.2 ").first.click()
    good_looking(curator, width)


def test_what_cannot_be_asked_is_said_beside_the_form_and_the_words_stay(
    live: LiveKarta, sign_in: SignIn
) -> None:
    owner = sign_in(SOCIAL)
    step_of(owner, live, "2.2")
    owner.get_by_text("Попросить перенести срок").click()
    owner.get_by_label("К какому дню успеете").fill("2021-01-01")
    owner.get_by_label("Почему не получается к сроку").fill("Болею")
    owner.get_by_role("button", name="Попросить", exact=True).click()

    expect(owner.get_by_role("alert")).to_contain_text("предложите день позже сегодняшнего")
    expect(owner.get_by_label("Почему не получается к сроку")).to_have_value("Болею")


def test_a_refusal_reaches_the_owner_and_answering_again_is_told(
    live: LiveKarta, smtp: SmtpServer, sign_in: SignIn
) -> None:
    first, second = sign_in(CURATOR), sign_in("director@talon.example")
    step_of(first, live, "2.2")
    step_of(second, live, "2.2")
    first.locator("summary", has_text="Отказать").click()
    first.get_by_label("Почему нет").fill("Организатор в отпуске")
    first.get_by_role("button", name="Отказать").click()
    expect(first.get_by_text("Отказ отправлен.")).to_be_visible()

    second.get_by_role("button", name="Согласиться").click()

    expect(second.get_by_role("alert")).to_contain_text("На просьбу уже ответили отказом")
    refused = letter_to(smtp, SOCIAL, "Мероприятие остаётся за вами: 2.2")
    assert "Организатор в отпуске" in refused.text


@WIDTHS
def test_a_deputy_is_named_and_acts_and_afterwards_may_only_look(
    live: LiveKarta, smtp: SmtpServer, sign_in: SignIn, window: SignIn, width: int
) -> None:
    size = {"width": width, "height": 900}
    owner = sign_in(SOCIAL, viewport=size)
    owner.goto(f"{live.url}/people")
    owner.get_by_text("Кого-то не будет").click()
    owner.get_by_label("Кто замещает").select_option(label="Петрова А.А., педагог")
    owner.get_by_label("Последний день").fill((date.today() + timedelta(days=9)).isoformat())
    owner.get_by_label("Причина, если нужна").fill("курсы")
    owner.get_by_role("button", name="Назначить").click()
    expect(owner.get_by_text("Замещение записано")).to_be_visible()
    good_looking(owner, width)

    deputy = window(viewport=size)
    link = next(x for x in letter_to(smtp, PETROVA, "Ваши мероприятия").links if "/l/" in x)
    deputy.goto(link)
    expect(deputy.get_by_text("Вы замещаете: Белякова Т.Ю.")).to_be_visible()
    expect(deputy.get_by_role("heading", name="Сообщить о выполнении")).to_be_visible()
    good_looking(deputy, width)
    mine = sign_in(PETROVA, viewport=size)
    expect(mine.get_by_text("замещает Петрова А.А.")).to_be_visible()
    mine.goto(f"{live.url}/my")
    expect(mine.get_by_text("Вместо: Белякова Т.Ю.").first).to_be_visible()
    good_looking(mine, width)

    owner.goto(f"{live.url}/people")
    owner.get_by_role("button", name="Уже на месте: Белякова").click()
    expect(owner.get_by_text("Замещение закончено")).to_be_visible()
    deputy.goto(link)
    expect(deputy.get_by_text("Замещение закончилось")).to_be_visible()
    assert deputy.locator("main form").count() == 0


def test_a_substitution_that_cannot_be_is_said_beside_its_form(
    live: LiveKarta, sign_in: SignIn
) -> None:
    page = sign_in(CURATOR)
    page.goto(f"{live.url}/people")
    page.get_by_text("Кого-то не будет").click()
    for label in ("Кого не будет", "Кто замещает"):
        page.get_by_label(label).select_option(label="Петрова А.А., педагог")
    page.get_by_label("Последний день").fill((date.today() + timedelta(days=2)).isoformat())
    page.get_by_role("button", name="Назначить").click()

    expect(page.get_by_role("alert")).to_contain_text("не может замещать сам себя")


def test_a_person_chooses_when_letters_come(live: LiveKarta, sign_in: SignIn) -> None:
    page = sign_in(SOCIAL)
    page.goto(f"{live.url}/my")
    page.get_by_label("Когда присылать новые мероприятия").select_option(
        label="одним письмом утром"
    )
    page.get_by_role("button", name="Сохранить").click()

    expect(
        page.get_by_text("Новые мероприятия будут приходить одним письмом утром.")
    ).to_be_visible()
    expect(page.get_by_label("Когда присылать новые мероприятия")).to_have_value("daily")


def test_a_dead_address_is_put_right_on_the_board_and_the_letter_arrives(
    live: LiveKarta, smtp: SmtpServer, sign_in: SignIn
) -> None:
    page = sign_in(CURATOR)
    step_of(page, live, "2.3")
    page.get_by_text("Сменить ответственного").click()
    page.get_by_label("Новый ответственный").select_option(label="Лосев Л.Л., педагог")
    page.get_by_role("button", name="Сменить").click()
    letter_to(smtp, CURATOR, f"Письмо не доставлено: {LOST}")
    page.goto(live.url)
    field = page.get_by_label(f"Верный адрес вместо {LOST}")
    field.fill(PETROVA)
    page.get_by_role("button", name="Исправить и отправить снова").click()
    expect(page.get_by_role("alert")).to_contain_text("уже указан у сотрудника Петрова А.А.")
    good_looking(page, 1280)

    field.fill("losev@talon.example")
    page.get_by_role("button", name="Исправить и отправить снова").click()

    expect(page.get_by_text("Адрес исправлен: Лосев Л.Л.")).to_be_visible()
    assert letter_to(smtp, "losev@talon.example", "Ваше мероприятие 2.3")
    assert page.get_by_text("Письма не доходят").count() == 0
