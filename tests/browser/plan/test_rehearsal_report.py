"""The rehearsal's page in a browser: without a server, on a screen, a phone and paper."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from cli.main import run
from tests.browser.conftest import SCREENSHOTS, SignIn
from tests.conftest import ROADMAP


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rehearsal") / "rehearsal.html"
    assert run(["rehearse", str(ROADMAP), "--from", "2026-09", "--html", str(out)]) == 0
    return out


@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_is_accessible_and_fits(window: SignIn, report: Path, width: int) -> None:
    page = window(viewport={"width": width, "height": 1900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    if width > 400 and os.environ.get("KARTA_RECORD"):
        page.screenshot(path=SCREENSHOTS / "rehearsal.png")

    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert asked == [report.as_uri()]


def test_the_report_prints_on_a4(window: SignIn, report: Path) -> None:
    page = window()
    page.goto(report.as_uri())

    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="print")
    assert page.locator("details").first.is_hidden()
