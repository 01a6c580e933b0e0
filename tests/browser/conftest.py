"""The product running, a mail server, and Chromium with a window for each person."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.live import LiveKarta
from tests.support.smtp_server import SmtpServer

SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"


@pytest.fixture(scope="module")
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture(scope="module")
def live(smtp: SmtpServer) -> Iterator[LiveKarta]:
    """The shipped road map, started this month, letters going to the mail server."""
    with LiveKarta(smtp.url) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # A module's, not the session's: while it is open no other event loop can run in this thread.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("KARTA_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        yield browser
        browser.close()


SignIn = Callable[..., Page]


def step_of(page: Page, live: LiveKarta, code: str) -> None:
    """Opens a step's page from the board, as a person would."""
    if page.url.rstrip("/") != live.url:
        page.goto(live.url)
    step = page.locator(".step", has=page.locator(f".num:text-is('{code}')"))
    if not step.is_visible():  # a phone: the stage is folded
        page.locator(".stage", has=step).get_by_text("Мероприятия этапа").click()
    step.locator(".what a").click()
    page.wait_for_url("**/steps/*")


@pytest.fixture
def window(chromium: Browser) -> Iterator[SignIn]:
    """Opens a fresh window: nobody is signed in there."""
    contexts = []

    def open_window(**settings) -> Page:
        context = chromium.new_context(locale="ru-RU", **settings)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def sessions() -> dict[str, dict]:
    """Cookies of those who have signed in: nobody asks for more letters than a person would."""
    return {}


@pytest.fixture
def sign_in(live: LiveKarta, smtp: SmtpServer, window: SignIn, sessions: dict[str, dict]) -> SignIn:
    """A window in which this person has signed in with the code from the letter."""

    def sign(email: str, **settings) -> Page:
        if email in sessions:
            page = window(storage_state=sessions[email], **settings)
            page.goto(live.url)
            return page
        page = window(**settings)
        before = len(smtp.letters)
        page.goto(f"{live.url}/enter")
        page.get_by_label("Адрес электронной почты").fill(email)
        page.get_by_role("button", name="Получить письмо").click()
        letter = next(x for x in smtp.wait_for(before + 1)[before:] if x.recipient == email)
        code = re.search(r"(?<!\d)\d{3}\s?\d{3}(?!\d)", letter.text)
        assert code, letter.text
        page.get_by_label("Шесть цифр").fill(code.group())
        page.get_by_role("button", name="Войти", exact=True).click()
        page.get_by_role("button", name="Выйти").wait_for()
        sessions[email] = page.context.storage_state()
        return page

    return sign
