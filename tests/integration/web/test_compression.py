"""What goes over the wire: compressed when asked, plain when not, pages of secrets always plain."""

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient, Response
from sqlmodel import select

from models.tables import Evidence
from services.access.sign_in import first_link, sign_in_by_link
from services.steps.evidence import FileAttachment
from services.steps.moves import report_step
from tests.integration.conftest import Running
from web.app import create_app
from web.static_files import static_url
from web.viewer import SESSION

STYLES = static_url("karta.css")


@pytest.fixture
async def web(running: Running) -> AsyncIterator[AsyncClient]:
    """The pages, asked directly by the director, who is signed in."""
    director = await running.actor("director")
    link = await first_link(running.karta, director.person_id)
    _, token = await sign_in_by_link(running.karta, link.rpartition("/")[2])
    transport = ASGITransport(app=create_app(running.karta), raise_app_exceptions=False)
    async with AsyncClient(
        transport=transport, base_url="http://karta.example", cookies={SESSION: token}
    ) as client:
        yield client


async def taking(web: AsyncClient, coding: str, path: str, **headers: str) -> Response:
    answer = await web.get(path, headers={"accept-encoding": coding, **headers})
    assert answer.status_code in (200, 304), path
    return answer


@pytest.mark.parametrize("path", ["/", "/plan", "/people", "/nowhere", "/letters", STYLES])
async def test_what_is_asked_for_compressed_comes_so_and_is_the_same(
    web: AsyncClient, path: str
) -> None:
    plain = await web.get(path, headers={"accept-encoding": "identity"})
    small = await web.get(path, headers={"accept-encoding": "br, gzip"})

    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert small.num_bytes_downloaded < plain.num_bytes_downloaded / 1.5
    assert small.text == plain.text
    for answer in (plain, small):
        assert answer.headers["vary"] == "Accept-Encoding"
        assert int(answer.headers["content-length"]) == answer.num_bytes_downloaded
        assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_a_file_is_kept_for_a_year_and_asked_for_anew_by_its_tag(
    web: AsyncClient, coding: str
) -> None:
    first = await taking(web, coding, STYLES)
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"

    again = await taking(web, coding, STYLES, **{"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["vary"] == "Accept-Encoding"


async def test_one_tag_for_both_forms_of_a_file_is_a_weak_one(web: AsyncClient) -> None:
    tags = {(await taking(web, c, STYLES)).headers["etag"] for c in ("identity", "gzip")}

    assert len(tags) == 1
    assert tags.pop().startswith('W/"')


async def test_a_part_of_a_file_is_a_part_of_its_plain_bytes(web: AsyncClient) -> None:
    whole = await taking(web, "identity", STYLES)

    part = await web.get(STYLES, headers={"accept-encoding": "gzip", "range": "bytes=0-599"})

    assert part.status_code == 206
    assert "content-encoding" not in part.headers
    assert part.content == whole.content[:600]


@pytest.mark.parametrize("path", ["/calendar", "/mailbox"])
async def test_a_page_that_shows_tokens_is_never_compressed(web: AsyncClient, path: str) -> None:
    await web.post("/calendar/renew")

    answer = await taking(web, "gzip", path)

    assert len(answer.content) > 500
    assert "content-encoding" not in answer.headers


async def test_a_followed_calendar_and_a_downloaded_file_come_as_they_are(
    running: Running, web: AsyncClient
) -> None:
    await web.post("/calendar/renew")
    page = await web.get("/calendar")
    followed = page.text.partition('value="')[2].partition('"')[0].partition("/calendar/")[2]
    content = b"%PDF-1.4 " + b"registry " * 200
    await report_step(
        running.karta, await running.target("1.1"), by=await running.actor("curator"),
        attachments=[FileAttachment("приказ.pdf", content)],
    )  # fmt: skip
    async with running.karta.transaction() as session:
        evidence = (await session.exec(select(Evidence))).one()

    for path in (f"/calendar/{followed}", f"/files/{evidence.id}"):
        answer = await taking(web, "gzip", path)
        assert "content-encoding" not in answer.headers
        assert answer.num_bytes_downloaded > 500


async def test_a_request_that_is_too_large_is_still_told_so(web: AsyncClient) -> None:
    answer = await web.post("/leave", headers={"content-length": str(200 * 1024 * 1024)})

    assert answer.status_code == 413
