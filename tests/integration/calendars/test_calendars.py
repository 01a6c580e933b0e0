"""Calendars people follow: what is in them, who may read them, what their address gives away."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from httpx import ASGITransport, AsyncClient, Response
from icalendar import Calendar, Event
from sqlalchemy import text

from models.tables import Substitution
from roadmap.errors import MoveRefused
from roadmap.loader import Loaded, load_text
from services.access.sign_in import first_link, sign_in_by_link
from services.actor import Actor
from services.calendars.addresses import calendars_for, renew_calendar, switch_off_calendar
from services.calendars.feed import feed_of
from services.clock import SetClock
from services.karta import Karta
from services.people.cards import add_person, change_person
from services.plan.revision import apply_revision
from services.programme.stopping import stop_programme
from services.steps.change import Target
from services.steps.corrections import move_due
from services.steps.meetings import cancel_meeting, set_meeting
from services.steps.moves import finish_step, restore_step, skip_step
from tests.integration.conftest import Running, StartSchool
from web.app import create_app
from web.viewer import SESSION


@pytest.fixture
async def web(karta: Karta) -> AsyncIterator[AsyncClient]:
    """The pages, asked directly."""
    transport = ASGITransport(app=create_app(karta), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://karta.example") as client:
        yield client


async def address(running: Running, actor: Actor, *, whole: bool = False) -> str:
    """The path of a fresh calendar of this person, or of the programme."""
    programme_id = running.programme_id if whole else None
    await renew_calendar(running.karta, programme_id, by=actor)
    found = await calendars_for(running.karta, actor)
    (calendar,) = [c for c in found if c.programme_id == programme_id]
    base = running.karta.settings.base_url
    assert calendar.https.startswith(f"{base}/calendar/")
    assert calendar.webcal == f"webcal://{calendar.https.partition('://')[2]}"
    return calendar.https.removeprefix(base)


async def events(running: Running, path: str) -> dict[str, Event]:
    """What stands in the calendar, by the UID's meaningful part."""
    feed = await feed_of(running.karta, path.removeprefix("/calendar/").removesuffix(".ics"))
    return {str(event["UID"]): event for event in Calendar.from_ical(feed.content).events}


async def entry(running: Running, path: str, code: str) -> Event:
    step = (await running.rows()).step(code)
    return (await events(running, path))[f"step-{step.id}@karta"]


async def test_a_persons_calendar_has_their_own_steps_and_a_programmes_all(
    running: Running,
) -> None:
    social = await running.actor("social")
    own = await events(running, await address(running, social))
    curator = await running.actor("curator")
    whole = await events(running, await address(running, curator, whole=True))

    rows = await running.rows()
    mine = {f"step-{s.id}@karta" for s in rows.steps if s.owner_id == social.person_id}
    assert set(own) == mine
    assert len(whole) == len([s for s in rows.steps if s.due_end])
    event = own[f"step-{rows.step('2.2').id}@karta"]
    assert event["DTSTART"].dt == date(2021, 11, 30)
    base = running.karta.settings.base_url
    assert event["URL"] == f"{base}/steps/{rows.step('2.2').id}"
    assert "/l/" not in event["DESCRIPTION"]
    assert event.walk("VALARM") == []  # its stage has not begun


async def test_a_step_in_hand_rings_and_a_done_one_is_ticked(running: Running) -> None:
    path = await address(running, await running.actor("director"))
    assert len((await entry(running, path, "1.1")).walk("VALARM")) == 1

    await running.done("1.1")

    done = await entry(running, path, "1.1")
    assert done["SUMMARY"].startswith("✓ 1.1 ")
    assert done.walk("VALARM") == []


async def test_a_moved_date_keeps_the_uid_and_raises_the_sequence(
    running: Running, clock: SetClock
) -> None:
    curator = await running.actor("curator")
    path = await address(running, curator, whole=True)
    before = await entry(running, path, "2.1")
    clock.moment += timedelta(hours=1)

    await move_due(
        running.karta, await running.target("2.1"), by=curator, end=date(2021, 12, 20),
        reason="карантин",
    )  # fmt: skip

    after = await entry(running, path, "2.1")
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == date(2021, 12, 20)
    assert after["LAST-MODIFIED"].dt == after["DTSTAMP"].dt == clock.moment
    assert before["LAST-MODIFIED"].dt < clock.moment


async def test_a_step_that_is_not_needed_is_cancelled_and_comes_back(running: Running) -> None:
    curator = await running.actor("curator")
    path = await address(running, curator, whole=True)

    async def step_now() -> Event:
        return await entry(running, path, "1.4")

    seen = [await step_now()]
    await skip_step(running.karta, await running.target("1.4"), by=curator, reason="уже было")
    seen.append(await step_now())
    await restore_step(running.karta, await running.target("1.4"), by=curator, reason="ошибка")
    seen.append(await step_now())

    assert [event["STATUS"] for event in seen] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert all(a["SEQUENCE"] < b["SEQUENCE"] for a, b in pairwise(seen))


async def test_a_step_that_a_revision_dropped_is_cancelled_for_its_owner(
    running: Running, shipped: Loaded
) -> None:
    curator, director = await running.actor("curator"), await running.actor("director")
    own = await address(running, director)
    whole = await address(running, curator, whole=True)
    before = await entry(running, own, "1.4")
    start, end = shipped.text.index("      - id: 1.4"), shipped.text.index("  - id: 2\n")

    await apply_revision(
        running.karta,
        running.programme_id,
        load_text(shipped.text[:start] + shipped.text[end:]),
        by=curator,
    )

    for path in (own, whole):
        gone = (await events(running, path))[before["UID"]]
        assert gone["STATUS"] == "CANCELLED"
        assert gone["SEQUENCE"] > before["SEQUENCE"]
        assert gone["DTSTART"].dt == before["DTSTART"].dt


RECURRING = """
title: Мониторинг
organisation: {name: Школа, zone: Asia/Magadan}
period: {start: 2021-09-01, end: 2022-05-31}
people:
  director: {post: директор, email: d@school.example, roles: [director, curator]}
stages:
  - id: 1
    title: Мониторинг
    steps:
      - {id: 1.1, title: Сводка, due: "1 раз в четверть", owner: director, kind: monitoring}
      - {id: 1.2, title: По необходимости, due: "по мере необходимости", owner: director}
"""


async def test_a_recurring_step_stands_there_once_for_each_turn_that_remains(
    start_school: StartSchool,
) -> None:
    running = await start_school(load_text(RECURRING))
    director = await running.actor("director")
    path = await address(running, director)
    step = (await running.rows()).step("1.1")
    all_turns = len(step.turns)
    assert all_turns > 2
    before = await events(running, path)
    assert sorted(before) == [f"step-{step.id}-{n + 1}@karta" for n in range(all_turns)]

    await finish_step(running.karta, await running.target("1.1"), by=director, reason="видел")
    await move_due(
        running.karta, await running.target("1.1"), by=director, end=date(2021, 12, 15),
        reason="раньше",
    )  # fmt: skip

    after = await events(running, path)
    assert sorted(after) == [f"step-{step.id}-{n + 1}@karta" for n in range(1, all_turns)]
    second = f"step-{step.id}-2@karta"
    assert after[second]["SEQUENCE"] > before[second]["SEQUENCE"]
    assert after[second]["DTSTART"].dt == date(2021, 12, 15)
    third = f"step-{step.id}-3@karta"
    assert after[third]["DTSTART"].dt == before[third]["DTSTART"].dt

    await skip_step(running.karta, await running.target("1.1"), by=director, reason="не нужно")
    assert {e["STATUS"] for e in (await events(running, path)).values()} == {"CANCELLED"}


async def test_whoever_stands_in_today_sees_the_steps_too(
    running: Running, clock: SetClock
) -> None:
    social, director = await running.actor("social"), await running.actor("director")
    path = await address(running, social)
    step = (await running.rows()).step("1.1")
    async with running.karta.transaction() as session:
        session.add(
            Substitution(
                organisation_id=director.organisation_id,
                person_id=director.person_id,
                deputy_id=social.person_id,
                first_day=date(2021, 9, 1),
                last_day=date(2021, 9, 10),
                created_at=clock.moment,
                created_by=director.person_id,
            )
        )

    assert f"step-{step.id}@karta" in await events(running, path)
    clock.moment = datetime(2021, 9, 12, tzinfo=UTC)
    assert f"step-{step.id}@karta" not in await events(running, path)


async def test_a_meeting_is_in_the_calendar_at_its_instant_and_its_cancelling_too(
    running: Running,
) -> None:
    social = await running.actor("social")
    path = await address(running, social)
    step_id = (await running.rows()).step("2.2").id

    await set_meeting(
        running.karta, Target(step_id), by=social, start=datetime(2021, 12, 15, 15),
        end=datetime(2021, 12, 15, 16, 30), place="кабинет 12",
    )  # fmt: skip
    (meeting,) = [e for uid, e in (await events(running, path)).items() if "meeting" in uid]
    assert meeting["DTSTART"].dt == datetime(2021, 12, 15, 4, tzinfo=UTC)
    assert meeting["LOCATION"] == "кабинет 12"

    await cancel_meeting(running.karta, Target(step_id), by=social)
    gone = (await events(running, path))[meeting["UID"]]
    assert gone["STATUS"] == "CANCELLED"
    assert gone["SEQUENCE"] > meeting["SEQUENCE"]


async def test_a_stopped_programme_leaves_nothing_in_calendars(running: Running) -> None:
    director = await running.actor("director")
    own = await address(running, director)
    whole = await address(running, director, whole=True)

    await stop_programme(running.karta, running.programme_id, by=director, reason="реорганизация")

    assert await events(running, own) == {}
    assert await events(running, whole) == {}


async def get(web: AsyncClient, path: str, **headers: str) -> Response:
    return await web.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


async def test_a_calendar_is_sent_as_one_and_again_only_when_it_changed(
    running: Running, web: AsyncClient, clock: SetClock
) -> None:
    path = await address(running, await running.actor("director"))

    first = await get(web, path)
    assert first.status_code == 200
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert first.headers["cache-control"].startswith("private")
    assert first.headers["referrer-policy"] == "no-referrer"
    assert first.content.startswith(b"BEGIN:VCALENDAR\r\n")
    etag = first.headers["etag"]

    clock.moment += timedelta(hours=3)
    for known in (etag, f'"other", W/{etag}', "*"):
        again = await get(web, path, if_none_match=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    head = await web.head(path)
    assert (head.status_code, head.headers["etag"]) == (200, etag)

    await running.done("1.1")
    changed = await get(web, path, if_none_match=etag)
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


async def test_a_wrong_address_is_unknown_and_a_replaced_one_is_gone(
    running: Running, web: AsyncClient
) -> None:
    social = await running.actor("social")
    assert (await get(web, f"/calendar/{'x' * 43}.ics")).status_code == 404
    old = await address(running, social)

    new = await address(running, social)

    assert new != old
    gone = await get(web, old)
    assert gone.status_code == 410
    assert "Этот адрес календаря заменён или отключён" in gone.text
    assert (await get(web, new)).status_code == 200

    await switch_off_calendar(running.karta, by=social)
    assert (await get(web, new)).status_code == 410
    assert not (await calendars_for(running.karta, social))[0].is_on


async def test_the_calendar_of_whoever_left_is_dead(running: Running, web: AsyncClient) -> None:
    director = await running.actor("director")
    person = await add_person(running.karta, by=director, email="new@talon.example", name="Новая")
    path = await address(running, await running.actor(person.key))
    assert (await get(web, path)).status_code == 200

    await change_person(
        running.karta, person.id, by=director, email=person.email, name=person.name,
        post=person.post, roles=person.roles, active=False,
    )  # fmt: skip

    assert (await get(web, path)).status_code == 410


async def test_the_whole_programme_is_for_those_who_see_it_and_as_long_as_they_do(
    running: Running, web: AsyncClient
) -> None:
    social, director = await running.actor("social"), await running.actor("director")
    with pytest.raises(MoveRefused, match="видят куратор, директор и наблюдатель"):
        await renew_calendar(running.karta, running.programme_id, by=social)
    watcher = await add_person(
        running.karta, by=director, email="o@region.example", name="Петрова", roles=["observer"]
    )
    path = await address(running, await running.actor(watcher.key), whole=True)
    assert (await get(web, path)).status_code == 200

    await change_person(
        running.karta, watcher.id, by=director, email=watcher.email, name=watcher.name,
        post=watcher.post, roles=["owner"],
    )  # fmt: skip

    assert (await get(web, path)).status_code == 410


async def signed_in(running: Running, web: AsyncClient, key: str) -> None:
    actor = await running.actor(key)
    link = await first_link(running.karta, actor.person_id)
    _, token = await sign_in_by_link(running.karta, link.rpartition("/")[2])
    web.cookies.set(SESSION, token)


async def test_the_page_gives_replaces_and_takes_away_the_address(
    running: Running, web: AsyncClient
) -> None:
    assert (await web.get("/calendar")).status_code == 303
    await signed_in(running, web, "social")
    page = await web.get("/calendar")
    assert "Получить ссылку" in page.text
    assert "webcal://" not in page.text

    assert (await web.post("/calendar/renew")).status_code == 303
    page = await web.get("/calendar")
    assert page.text.count('href="webcal://') == 1
    assert "Заменить ссылку" in page.text

    assert (await web.post("/calendar/off")).status_code == 303
    assert "webcal://" not in (await web.get("/calendar")).text
    refused = await web.post("/calendar/renew", data={"programme": str(running.programme_id)})
    assert refused.status_code == 409
    wrong = await web.post("/calendar/renew", data={"programme": "../x"})
    assert "страница устарела" in wrong.text.lower()


async def test_no_log_ever_has_the_token(
    running: Running, web: AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.CRITICAL)  # the asker's own log, not ours
    path = await address(running, await running.actor("social"))
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    await get(web, path)
    rows = await running.rows()
    async with running.karta.transaction() as session:
        organisation = await session.merge(rows.organisation)
        organisation.zone = "Nowhere/Nowhere"  # our own fault, which is written down
    broken = await get(web, path)

    assert broken.status_code == 500
    assert "страница /calendar сломалась" in caplog.text
    assert token not in caplog.text
    async with running.karta.transaction() as session:
        found = await session.exec(text("SELECT hash FROM access WHERE kind = 'CALENDAR'"))
        assert token not in {row[0] for row in found}
