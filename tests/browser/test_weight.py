"""What a first visit weighs on the wire, and that the part of Bootstrap sent looks like the whole.

Weighed by the browser itself: headers and bodies as they came, of everything the page asked for.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from roadmap.loader import Loaded
from styles.bootstrap import KEPT, WHOLE
from tests.browser.conftest import SignIn
from tests.support.school_year import ServedSchool
from web.viewer import SESSION

FIRST_VISIT_BYTES = 80_000


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


Open = Callable[..., Page]


@pytest.fixture
def curators_window(school: ServedSchool, chromium: Browser, window: SignIn) -> Open:
    """A fresh window in which the curator is signed in; nothing has been loaded into it."""

    def open_window(**settings) -> Page:
        page = window(**settings)
        page.context.add_cookies(
            [{"name": SESSION, "value": school.sessions["curator"], "url": school.url}]
        )
        return page

    return open_window


def weigh(page: Page, address: str) -> dict[str, int]:
    """Bytes that come over the wire with a page, by address, nothing kept from before."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    addresses: dict[str, str] = {}
    weights_by_id: dict[str, int] = {}
    network.on(
        "Network.requestWillBeSent",
        lambda event: addresses.update({event["requestId"]: event["request"]["url"]}),
    )
    network.on(
        "Network.loadingFinished",
        lambda event: weights_by_id.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.goto(address, timeout=30_000)
    # The icon comes last, after the page is there; the browser tells of it when it has time.
    for _ in range(300):
        if addresses.keys() <= weights_by_id.keys() and "icon.svg" in str(addresses):
            break
        page.wait_for_timeout(100)
    weights = {addresses[i]: weight for i, weight in weights_by_id.items()}
    return {at: int(weight) for at, weight in weights.items() if not at.startswith("data:")}


def names(weights: dict[str, int]) -> set[str]:
    return {address.partition("?")[0].rpartition("/")[2] for address in weights}


def test_a_first_visit_of_the_board_is_light(school: ServedSchool, curators_window: Open) -> None:
    page = curators_window()

    weights = weigh(page, f"{school.url}/")

    assert page.locator(".step").count() == 35
    assert names(weights) == {"", KEPT.name, "karta.css", "board.js", "icon.svg"}
    assert sum(weights.values()) <= FIRST_VISIT_BYTES, weights


def test_a_first_visit_by_a_letters_link_is_light(school: ServedSchool, window: SignIn) -> None:
    page = window()

    weights = weigh(page, school.letter_link)

    assert page.get_by_label("Что сделано").is_visible()
    token = school.letter_link.rpartition("/")[2]
    assert names(weights) == {token, KEPT.name, "karta.css", "icon.svg"}
    assert sum(weights.values()) <= FIRST_VISIT_BYTES, weights


PATHS = ["/", "/my", "/plan", "/calendar", "/letters", "/journal", "/people"]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_look_as_with_the_whole_of_bootstrap(
    school: ServedSchool, curators_window: Open, window: SignIn, width: int
) -> None:
    # A colour that is still changing would differ between two pictures of one page.
    settings = {"viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    page, strangers = curators_window(**settings), window(**settings)
    linked = [
        address_of_first(page, f"{school.url}{path}", link)
        for path, link in [
            ("/", ".stage-done .step .what a"),
            ("/", ".stage-open .step .what a"),
            ("/", ".stage-closed .step .what a"),
            ("/letters", "tbody a"),
            ("/people", "main a[href^='/people/']"),
        ]
    ]

    for address in [*(school.url + path for path in PATHS), *linked]:
        assert_looks_the_same(page, address)
    for address in [f"{school.url}/enter", f"{school.url}/nowhere", school.letter_link]:
        assert_looks_the_same(strangers, address)


def address_of_first(page: Page, address: str, link: str) -> str:
    page.goto(address)
    return page.locator(link).first.evaluate("link => link.href")


def assert_looks_the_same(page: Page, address: str) -> None:
    """Pixel by pixel, all that can be unfolded unfolded, with the kept part and with the whole."""
    kept, whole = f"**/{KEPT.name}?v=*", WHOLE.read_text("utf-8")
    replaced: list[str] = []

    def send_the_whole(route: Route) -> None:
        replaced.append(route.request.url)
        route.fulfill(body=whole, content_type="text/css")

    with_the_part = picture(page, address)
    page.route(kept, send_the_whole)
    with_the_whole = picture(page, address)
    page.unroute(kept)

    assert len(replaced) == 1
    assert with_the_part == with_the_whole, address


def picture(page: Page, address: str) -> bytes:
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    # A letter in its frame has styles of its own, and lays itself out when it likes.
    frames = page.locator("iframe")
    return page.screenshot(full_page=True, animations="disabled", mask=[frames])
