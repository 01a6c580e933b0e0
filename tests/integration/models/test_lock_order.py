"""Locks are taken in the order of docs/architecture.md: nobody waits for each other in a circle."""

import asyncio

from sqlalchemy import text

from models.repository import load_programme, lock_organisation
from roadmap.loader import Loaded, load_text
from services.karta import Karta
from services.people.cards import add_person
from services.plan.revision import apply_revision
from tests.integration.conftest import Running

WAITING = text(
    "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE NOT granted AND datname = current_database()"
)


async def somebody_waits(karta: Karta) -> None:
    """Returns once a transaction of this database waits for a lock."""
    async with asyncio.timeout(10):
        while True:
            async with karta.transaction() as session:
                if (await session.exec(WAITING)).all():
                    return
            await asyncio.sleep(0.02)


async def test_a_revision_waits_for_a_change_of_people_before_it_takes_the_programme(
    running: Running, shipped: Loaded
) -> None:
    curator = await running.actor("curator")
    later = load_text(shipped.text.replace("due: Ноябрь 2021", "due: Декабрь 2021", 1))
    async with running.karta.transaction() as session:
        # As a substitution does: the organisation first, then its programmes.
        await lock_organisation(session, curator.organisation_id)
        revising = asyncio.create_task(
            apply_revision(running.karta, running.programme_id, later, by=curator)
        )
        await somebody_waits(running.karta)
        await load_programme(session, running.programme_id, lock=True)

    assert [difference.code for difference in await revising] == ["2.1"]


async def test_changes_of_people_wait_for_each_other_and_clicks_for_none_of_them(
    running: Running,
) -> None:
    curator = await running.actor("curator")
    async with running.karta.transaction() as session:
        await lock_organisation(session, curator.organisation_id)
        adding = asyncio.create_task(
            add_person(running.karta, by=curator, name="Петрова А.А.", email="p@talon.example")
        )
        await somebody_waits(running.karta)
        async with asyncio.timeout(10):
            await running.done("1.1")
        assert not adding.done()

    assert (await adding).name == "Петрова А.А."
